"""Incidents of other systems in one shape, and their conversion to incident files.

A source reads its own format into a `SourceSite`; all rules on times, states, services and texts
that do not depend on the source are here.
"""
