"""Tests of statusgen.i18n."""
