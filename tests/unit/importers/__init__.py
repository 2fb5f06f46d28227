"""Tests of statusgen.importers."""
