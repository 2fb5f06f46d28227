"""Tests of statusgen.build."""
