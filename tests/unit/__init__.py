"""Tests of single modules, in the same folders as the code."""
