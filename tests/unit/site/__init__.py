"""Tests of statusgen.site."""
