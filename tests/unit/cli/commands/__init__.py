"""Tests of statusgen.cli.commands."""
