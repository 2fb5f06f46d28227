"""Tests of statusgen.render.compat."""
