"""Import the incidents of a page on Atlassian Statuspage, public or through its API."""
