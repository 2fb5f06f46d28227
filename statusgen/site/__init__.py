"""Settings, incidents and a moment to `Site`: everything that a page may say."""
