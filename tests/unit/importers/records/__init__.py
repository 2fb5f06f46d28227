"""Tests of statusgen.importers.records."""
