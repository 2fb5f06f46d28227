"""Markdown to safe HTML and back to plain text, and what is refused of it."""
