"""Messages, dates and numbers in every language; `languages/` holds the messages."""
