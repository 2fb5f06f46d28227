"""Tests of statusgen.publishing."""
