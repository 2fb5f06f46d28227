"""Tests of statusgen.cli."""
