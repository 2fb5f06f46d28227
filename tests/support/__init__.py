"""Helpers, example sites and fake servers that tests share."""
