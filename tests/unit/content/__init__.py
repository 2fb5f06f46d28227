"""Tests of statusgen.content."""
