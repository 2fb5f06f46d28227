"""APIs compatible with Statuspage, Stashboard and django-statusboard."""
