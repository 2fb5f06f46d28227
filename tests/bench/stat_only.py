"""Stat every file in the given folders: a lower bound for every build."""

import os
import sys


def look(folder: str) -> None:
    """Stat every file in *folder* and below."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                look(entry.path)
            else:
                entry.stat(follow_symlinks=False)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        look(name)
