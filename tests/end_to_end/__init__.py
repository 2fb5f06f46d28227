"""Tests of whole commands, sites, workflows and packages."""
