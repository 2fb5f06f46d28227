"""Tests of statusgen.importers.github."""
