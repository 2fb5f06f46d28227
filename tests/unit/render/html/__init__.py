"""Tests of statusgen.render.html."""
