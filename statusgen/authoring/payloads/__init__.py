"""Payloads of monitors: one module for each format."""
