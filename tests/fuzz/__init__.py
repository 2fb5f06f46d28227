"""Fuzzing: what must hold for any bytes, by the module that reads them, and the kept corpus."""
