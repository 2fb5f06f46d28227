"""Transports for messages: the webhook, and Apprise for chat, mail and push."""
