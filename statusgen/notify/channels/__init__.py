"""Ways to send a message: our webhook, and chat, mail and push through Apprise."""
