"""Renderers: each module renders its own files from a `Site`, independently of the others.

A renderer returns a dict that maps each path to a function without arguments, which returns the
content. Files can therefore be rendered in any order, in any process, or not at all.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

Output = Callable[[], bytes]
Outputs = dict[str, Output]

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # the date of a document without any entries yet


def json_bytes(document: object) -> bytes:
    """Return *document* as compact JSON in UTF-8, with a trailing newline."""
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
