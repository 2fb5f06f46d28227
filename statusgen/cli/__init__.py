"""The command line: options, arguments, the console."""
