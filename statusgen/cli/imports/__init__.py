"""The import commands, one module for each kind of source."""
