"""Stand-ins for other people's servers, on 127.0.0.1."""
