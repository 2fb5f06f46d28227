"""Checks and reports after a build: the live site, the changes, the WebSub hub."""
