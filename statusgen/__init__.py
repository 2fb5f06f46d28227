"""Static status pages, kept in Git.

Data flows through the packages in one direction: `content` parses incident files and `config` the
settings, `site` assembles what the pages show at a given time, `render` turns that into bytes, and
`output` writes them to a folder. `build` runs these steps, and `cli` is the command line. The steps
between reading and writing are pure: they use no clock, read no files and print nothing.

The same files at the same time produce the same bytes on every machine with the same dependency
versions (Babel releases differ in how they format dates and units). An error in any file stops the
build before anything is written. Files that statusgen did not write are never deleted.
"""

__version__ = "0.1.0"
