"""Import the GitHub issues of other status pages, by adapting them to the rules for our own."""
