"""Import the incidents in a folder of dated Markdown files, as static status pages keep them."""
