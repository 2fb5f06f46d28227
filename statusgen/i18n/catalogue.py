"""The message catalogues in `languages/`.

A catalogue is a JSON object that maps names to messages; translation tools support this format. A
message with a count has one entry per plural form in its language (CLDR: `.one`, `.few`, `.other`,
…).
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
    """Return the language codes (BCP 47) of all catalogues, sorted."""
    return tuple(sorted(entry.path.removesuffix(".json") for entry in files.walk(_FOLDER)))


@cache
def messages(code: str) -> Mapping[str, str]:
    """Return the messages in the language *code*, which must be one of `languages`."""
    text = files.read_text(_FOLDER / f"{code}.json", limit=_LIMIT)
    catalogue: dict[str, str] = json.loads(text)
    return catalogue
