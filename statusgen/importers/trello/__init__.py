"""Import the cards on a Trello board, through the API or from an export."""
