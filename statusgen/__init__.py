"""A status page kept in Git.

The folders, in the direction of the data: `content` parses incident files, `config` the settings,
`site` assembles everything that a page may say at one moment, `render` turns that into bytes and
`output` writes a folder. `build` runs them, `cli` commands it. Between reading and writing all is
pure: no clock, no files, no printing.

The same files and the same moment give the same bytes on every machine with the same versions of
the dependencies: releases of Babel differ in how they write dates and units. A file with a problem
stops the build before anything is written, and what statusgen did not write it never deletes.
"""

__version__ = "0.1.0"
