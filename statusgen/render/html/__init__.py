"""HTML pages and their theme."""
