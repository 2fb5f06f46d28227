"""Import GitHub issues."""
