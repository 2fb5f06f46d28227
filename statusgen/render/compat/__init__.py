"""The APIs of Statuspage, Stashboard and django-statusboard."""
