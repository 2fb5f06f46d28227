"""Read the front matter of a Markdown file: YAML, TOML or JSON."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from statusgen.importers.json_reader import JsonError, parse_json
from statusgen.schema import yaml_loader, yaml_nodes
from statusgen.schema.yaml_loader import NULLS

_FENCED = re.compile(
    r"\s*(?:---[ \t]*+(?P<kind>json|toml|yaml)?[ \t]*+\n(?P<matter>.*?)^---"
    r"|\+\+\+[ \t]*\n(?P<toml>.*?)^\+\+\+)[ \t]*(?:\n|\Z)",
    re.DOTALL | re.MULTILINE,
)
# A line such as `title: API: down`, which is not YAML unless the value is quoted.
_BARE = re.compile(r"^([A-Za-z_]+):[ \t]+(?=[^\s'\"\[{>|#&*!-])(.*:(?:[ \t].*|))$", re.MULTILINE)
_TRUE = ("true", "yes", "on")


@dataclass(frozen=True)
class SourceValues:
    """The values in a file; every scalar is text, and names ignore case."""

    values: Mapping[str, object]

    def text(self, name: str) -> str:
        """Return the text *name*, empty if it is missing, null or no text."""
        found = self.values.get(name.lower())
        return found.strip() if isinstance(found, str) and found not in NULLS else ""

    def flag(self, name: str) -> bool:
        """Return whether *name* is true."""
        return self.text(name).lower() in _TRUE

    def has(self, name: str) -> bool:
        """Return whether *name* is present with a value."""
        return self.values.get(name.lower()) not in (None, "", *NULLS)

    def names(self, name: str) -> list[str]:
        """Return the list of texts *name*, which may be a single one."""
        found = self.values.get(name.lower())
        items = found if isinstance(found, list) else [found]
        return [one.strip() for one in items if isinstance(one, str) and one not in NULLS]

    def map(self, name: str) -> "SourceValues":
        """Return the map *name*, empty if it is missing or no map."""
        found = self.values.get(name.lower())
        return SourceValues(found) if isinstance(found, dict) else SourceValues({})

    def maps(self, name: str) -> "list[SourceValues]":
        """Return the maps in the list *name*; a text in it becomes a map with this name."""
        found = self.values.get(name.lower())
        items = found if isinstance(found, list) else []
        named = [{"name": one} if isinstance(one, str) else one for one in items]
        return [SourceValues(one) for one in named if isinstance(one, dict)]


def split(text: str) -> tuple[SourceValues, str]:
    """Split *text* into the values of its front matter and its body.

    Raises ValueError with the reason if it has none, or if that is invalid.
    """
    found = _FENCED.match(text)
    if found is None:
        raise ValueError("it has no front matter")
    body = text[found.end() :]
    if found["toml"] is not None or found["kind"] == "toml":
        return (parse_toml(found["toml"] if found["kind"] is None else found["matter"]), body)
    if found["kind"] == "json":
        return (_parse_json(found["matter"]), body)
    return (parse_yaml(found["matter"]), body)


def parse_yaml(text: str) -> SourceValues:
    """Parse the YAML map *text*; raise ValueError if it is invalid.

    A value that contains `: ` without quotes is read as text.
    """
    path = Path("front matter")
    root, problems = yaml_loader.load(text, path=path)
    if root is None and problems:
        quoted_text = _BARE.sub(lambda one: f"{one[1]}: {_quoted(one[2])}", text)
        root, problems = yaml_loader.load(quoted_text, path=path)
    if root is None and problems:
        raise ValueError(f"its front matter is not YAML: {problems[0].message}")
    if not isinstance(root, yaml_nodes.MapNode):
        raise ValueError("its front matter is not a map")
    return SourceValues(_lowered(yaml_nodes.plain(root)))


def parse_toml(text: str) -> SourceValues:
    """Parse the TOML document *text*; raise ValueError if it is invalid."""
    try:
        return SourceValues(_lowered(tomllib.loads(text)))
    except RecursionError:
        raise ValueError("its front matter is not TOML: it is nested too deeply") from None
    except ValueError as error:  # Not only TOMLDecodeError: an integer may have too many digits.
        reason = str(error).partition(";")[0]
        raise ValueError(f"its front matter is not TOML: {reason}") from None


def _parse_json(text: str) -> SourceValues:
    try:
        found = parse_json(text)
    except JsonError as error:
        raise ValueError(f"its front matter: {error}") from None
    if not isinstance(found, dict):
        raise ValueError("its front matter is not an object")
    return SourceValues(_lowered(found))


def _lowered(values: object) -> dict[str, object]:
    """Return *values*, a map, with keys in lower case and scalars as text."""
    found = _plain(values)
    return found if isinstance(found, dict) else {}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key).lower(): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):  # or a datetime
        return value.isoformat()
    return "" if value is None else str(value)


def _quoted(text: str) -> str:
    comment = re.search(r"\s#", text)
    value = text[: comment.start()] if comment else text
    return "'" + value.strip().replace("'", "''") + "'"
