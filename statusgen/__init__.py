"""Static status pages, kept in Git.

Data moves through the folders in one direction: `content` parses incident files, `config` the
settings, `site` assembles everything that a page shows at one moment, `render` turns that into
bytes, and `output` writes a folder. `build` runs these steps, and `cli` is the command line. The
steps between reading and writing are pure: they use no clock, read no files and print nothing.

The same files and the same moment give the same bytes on every machine with the same versions of
the dependencies (releases of Babel differ in how they format dates and units). A file with a
problem stops the build before anything is written. Files that statusgen did not write are never
deleted.
"""

__version__ = "0.1.0"
