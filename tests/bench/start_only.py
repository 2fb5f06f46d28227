"""Start a command of statusgen and exit when it opens a file of the site.

``python start_only.py ARGUMENTS`` runs in the folder of the site. Folders that it lists do not
count.
"""

import os
import sys
from pathlib import Path

_SITE = f"{Path.cwd()}{os.sep}"
_OPENS = {"open", "sqlite3.connect"}  # audit events, with the path as first argument


def _stop(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _OPENS or not isinstance(arguments[0], str | bytes | os.PathLike):
        return
    path = os.fsdecode(arguments[0])
    # Everything that Python imports has an absolute path.
    if path.startswith(_SITE) or not Path(path).is_absolute():
        os._exit(0)


if __name__ == "__main__":
    sys.addaudithook(_stop)

    from statusgen.__main__ import main

    main()
    sys.exit("the command opened no file of the site")
