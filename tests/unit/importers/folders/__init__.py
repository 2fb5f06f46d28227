"""Tests of statusgen.importers.folders."""
