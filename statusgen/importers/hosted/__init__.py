"""Import the incidents of hosted status pages through their APIs, with a key."""
