"""The pipeline from a folder to its site."""
