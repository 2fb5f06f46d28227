"""Renderers: each module turns a `Site` into the files below its paths, independently of others.

A renderer returns a dict that maps a path to a function without arguments, which returns the bytes.
So the work can be done in any order, in any process, or not at all.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

Output = Callable[[], bytes]
Outputs = dict[str, Output]

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the date of a document in which nothing has happened yet


def json_bytes(document: object) -> bytes:
    """Return *document* as a JSON file: UTF-8, compact, with a line end."""
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
