"""Notifications: send updates to a site's channels and record what was sent.

`occasions` classifies updates, `record` stores what was sent, `pending` plans which updates go to
which channel, `wording` writes the messages, and `protocol` claims, sends and records them.
"""
