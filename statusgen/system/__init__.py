"""Access to files, Git, the network, worker processes, time limits and installed packages."""
