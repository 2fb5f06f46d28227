"""The pipeline from a site's folder to its published files."""
