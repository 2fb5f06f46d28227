"""Tests of statusgen.render."""
