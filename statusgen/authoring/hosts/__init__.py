"""The files of a new site that depend on its host and repository."""
