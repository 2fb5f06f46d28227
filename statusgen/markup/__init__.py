"""Conversion of Markdown to safe HTML and plain text, and checks of Markdown."""
