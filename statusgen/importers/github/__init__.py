"""Issues of GitHub as the source."""
