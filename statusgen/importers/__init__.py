"""Incidents from elsewhere: what a source tells becomes incidents, and these become files.

A module that speaks to a source hands on records; from there all is worked out on values. What is
the same for all sources (which files are ours, what to write, what to leave alone) is in `sync`.
"""
