"""Writing content: new incidents, updates, fixes, events from monitoring tools, new sites."""
