"""Import the cards of a Trello board, read live through the API or from an export."""
