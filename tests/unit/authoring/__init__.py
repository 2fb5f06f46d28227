"""Tests of statusgen.authoring."""
