"""Import the incidents of a Cachet page through its public API, version 2 or 3."""
