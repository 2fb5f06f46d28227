"""Tests of statusgen.timeline."""
