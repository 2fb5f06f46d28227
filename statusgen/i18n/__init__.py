"""Messages, dates and numbers in the supported languages; `languages/` holds the messages."""
