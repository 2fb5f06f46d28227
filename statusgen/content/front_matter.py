"""Splitting of an incident file into front matter and body."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from frontmatter.default_handlers import YAMLHandler

from statusgen.markup import merge_conflicts
from statusgen.markup.merge_conflicts import Conflict, Marker
from statusgen.problems import Level, quoted
from statusgen.schema import yaml_loader
from statusgen.schema.yaml_document import Source
from statusgen.schema.yaml_nodes import MapNode

# Used only to find the fences. The package ignores front matter that it cannot parse.
_FENCES = YAMLHandler()
_FENCE = YAMLHandler.FM_BOUNDARY

# Lines that people write in place of `---`.
_NEAR_FENCE = re.compile(r"[ \t]*(?:-{2,}|[\u2010-\u2015\u2212]+|\+\+\+|\.\.\.|===+)[ \t]*")
_NEAR_OPENING = re.compile(rf"(?:{_NEAR_FENCE.pattern}|---[ \t]+\S.*)\n(?=[a-z_]+:)")
_MORE_MATTER = re.compile(r"^ +(?:- )?[a-z_]+:(?= |$)", re.MULTILINE)
_ABOVE = re.compile(r"^---[ \t]*\n(?=[a-z_]+:)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Halves:
    """Front matter and body of a file, each with the line it starts on."""

    matter: str
    line: int
    body: str
    body_line: int


def begins_with_fence(data: bytes) -> bool:
    """Return whether *data*, the contents of a file, begins with a line `---`."""
    start = data.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n")
    return _FENCES.detect(start.decode(errors="replace"))


def front_matter_tree(text: str, *, path: Path) -> MapNode | None:
    """Return the front matter of *text* as a map with positions, or None if it is not a map."""
    source = Source(path, MapNode(entries=(), line=1, column=1), [])
    halves = split(text.replace("\r\n", "\n").replace("\r", "\n"), source)
    if halves is None:
        return None
    root, _ = yaml_loader.load(halves.matter, path=path, line=halves.line)
    return root if isinstance(root, MapNode) else None


def split(text: str, source: Source) -> Halves | None:
    """Split *text* at its fences; blank lines may precede the first one.

    Return None if there is a problem, which is added to *source*. Merge conflicts are one unless
    all of them are in the body.
    """
    conflicts = _conflicts_from_front_matter(text)
    for one in conflicts:
        row = 1 + text.count("\n", 0, one.start)
        source.wrong_at(one.message, row, 1)
    if conflicts:
        return None
    matter_from = text.lstrip("\n")
    line = 1 + len(text) - len(matter_from)
    if not _FENCES.detect(matter_from):
        other, first = _other_format(matter_from), matter_from.partition("\n")[0]
        what = f"{other} front matter is not supported" if other else "no front matter"
        message = f"{what}; begin the file with a line '---', then 'title: …'"
        if _NEAR_OPENING.match(matter_from):
            message = f"{quoted(first)} does not begin the front matter; write '---'"
        elif not other and _ABOVE.search(matter_from):
            message = "no text can precede the front matter; remove the lines above '---'"
        source.wrong_at(message, line, 1)
        return None
    try:
        matter, body = _FENCES.split(matter_from)
    except ValueError:
        rows = matter_from.split("\n")
        near = [row for row in range(1, len(rows)) if _NEAR_FENCE.fullmatch(rows[row])]
        what = "the front matter is not closed; add a line '---' after it"
        if near:
            what = f"{quoted(rows[near[0]])} does not close the front matter; write '---'"
        source.wrong_at(what, line + near[0] if near else line, 1)
        return None
    # The package treats blank lines after a fence as part of it.
    opening = matter_from.index(matter) if matter else 0
    lead = len(body) - len(body.lstrip("\n"))
    body_line = line + matter_from[: len(matter_from) - len(body) + lead].count("\n")
    rest = _FENCE.search(body)
    if body[lead:].startswith(" ") and rest:
        is_matter = _MORE_MATTER.search(body, 0, rest.start()) is not None
        level = Level.ERROR if is_matter else Level.WARNING
        what = "a line '---' above ended the front matter; indent it if it is part of a text"
        source.wrong_at(what, body_line, 1, level=level)
        if is_matter:
            return None
    return Halves(
        matter=matter,
        line=line + matter_from[:opening].count("\n"),
        body=body.strip("\n").rstrip(),
        body_line=body_line,
    )


def _conflicts_from_front_matter(text: str) -> list[Conflict]:
    """Return all conflicts in *text* if one of them begins above the body, else none."""
    fences = list(islice(_FENCE.finditer(text), 2))
    is_split = _FENCES.detect(text.lstrip("\n")) and len(fences) > 1
    body = fences[1].end() if is_split else 0
    found = merge_conflicts.conflicts(_markers(text, body))
    return found if not is_split or (found and found[0].start < body) else []


def _markers(text: str, body: int) -> Iterator[Marker]:
    """Yield the markers of conflicts in *text*, whose body begins at the offset *body*."""
    yield from merge_conflicts.markers_of_yaml(text[:body])
    for one in merge_conflicts.markers_of_markdown(text[body:]):
        yield one._replace(start=body + one.start, end=body + one.end)


def _other_format(text: str) -> str | None:
    if text.startswith("+++"):
        return "TOML"
    return "JSON" if text.startswith("{") else None
