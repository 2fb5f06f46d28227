"""`serve`: the site on this machine, rebuilt on every change."""
