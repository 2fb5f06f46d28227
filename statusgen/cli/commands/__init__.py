"""The commands: each checks its input, calls one function and prints the result."""
