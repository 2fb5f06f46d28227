"""Computation of an incident's states and severities over time, and of uptime."""
