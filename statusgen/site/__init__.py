"""Assembly of a `Site`, the input of all renderers, from settings, incidents and a moment."""
