"""Rendered files to a published folder, atomically."""
