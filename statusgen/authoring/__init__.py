"""Changes that people and monitors make: new incidents, updates, fixes, whole sites."""
