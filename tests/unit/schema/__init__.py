"""Tests of statusgen.schema."""
