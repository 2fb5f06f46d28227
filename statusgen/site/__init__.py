"""Assembly of a `Site`, the input for all renderers, from settings and incidents at one moment."""
