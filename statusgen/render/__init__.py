"""A `Site` to files: each module names the paths it fills and how, and knows nothing else.

What a renderer returns maps a path to a function without arguments that gives its bytes, so that
the work can be done in any order, in any process, or not at all.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime

Output = Callable[[], bytes]
Outputs = dict[str, Output]

NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # where nothing has happened yet


def json_bytes(document: object) -> bytes:
    """Return *document* as a JSON file: UTF-8, compact, with a line end."""
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
