"""Pages and the theme."""
