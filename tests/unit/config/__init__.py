"""Tests of statusgen.config."""
