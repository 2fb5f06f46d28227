"""The message catalogues in `languages/`.

A catalogue is a JSON object of messages by name, a format that translation tools support. A
message with a count has one name for each plural form of its language (CLDR: `.one`, `.few`,
`.other`, …).
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from statusgen.system import files

_FOLDER = Path(__file__).parent / "languages"
_LIMIT = 1024 * 1024

ORIGINAL = "en"


@cache
def languages() -> tuple[str, ...]:
    """Return the codes (BCP 47) of all catalogues, sorted."""
    return tuple(sorted(entry.path.removesuffix(".json") for entry in files.walk(_FOLDER)))


@cache
def messages(code: str) -> Mapping[str, str]:
    """Return the messages of the language *code*, which is one of `languages`."""
    text = files.read_text(_FOLDER / f"{code}.json", limit=_LIMIT)
    found: dict[str, str] = json.loads(text)
    return found
