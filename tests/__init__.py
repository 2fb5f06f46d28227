"""Tests of statusgen."""
