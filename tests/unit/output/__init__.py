"""Tests of statusgen.output."""
