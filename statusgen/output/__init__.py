"""Atomic publication of rendered files to a folder."""
