"""Import incidents from other systems and write them as files.

A client fetches records from a source; all later steps are pure functions. For every source, `sync`
decides which files an import owns, and which of them it writes or skips.
"""
