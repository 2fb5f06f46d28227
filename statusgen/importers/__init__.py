"""Import incidents from other systems, and write them as files.

A client of a source returns records; all later steps are pure. `sync` decides for every source
which files an import owns, and which of them it writes or skips.
"""
