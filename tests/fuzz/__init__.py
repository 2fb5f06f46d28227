"""Fuzz targets by module, and the corpus of inputs that found bugs."""
