"""Explanation of YAML syntax errors: the likely mistake behind each, and its remedy."""
