"""Tests of statusgen.render.feeds."""
