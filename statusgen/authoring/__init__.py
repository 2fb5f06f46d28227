"""Writing of content: new incidents, updates, fixes, events of monitoring tools, new sites."""
