"""Parsing, checking and formatting of incident files."""
