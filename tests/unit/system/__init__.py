"""Tests of statusgen.system."""
