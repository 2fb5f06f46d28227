"""Description of the maps in a file, and conversion of values to them."""
