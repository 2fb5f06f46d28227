"""Incident files to incidents and back, with every problem."""
