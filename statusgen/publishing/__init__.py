"""After a build: is it live, what changed, who is told."""
