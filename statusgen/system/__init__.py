"""The outside: files, git, the network, workers, time limits and installed packages."""
