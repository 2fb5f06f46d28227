"""Tests of statusgen.schema.shapes."""
