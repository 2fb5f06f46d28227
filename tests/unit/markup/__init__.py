"""Tests of statusgen.markup."""
