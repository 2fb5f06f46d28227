"""Tests of statusgen.cache."""
