"""Split an incident file into its front matter and its body."""

from dataclasses import dataclass
from pathlib import Path

from frontmatter.default_handlers import YAMLHandler

from statusgen.problems import Level
from statusgen.schema import yaml_loader
from statusgen.schema.yaml_document import Source
from statusgen.schema.yaml_nodes import MapNode

# Only to find the fences: loading is ours, since the package drops what it cannot read.
_FENCES = YAMLHandler()
_FENCE = YAMLHandler.FM_BOUNDARY


@dataclass(frozen=True, kw_only=True)
class Halves:
    """A file cut at its fences: two texts and the lines that they begin on."""

    matter: str
    line: int
    body: str
    body_line: int


def front_matter_tree(text: str, *, path: Path) -> MapNode | None:
    """The values in the front matter of *text*, each with its place; None if they are no map."""
    source = Source(path, MapNode(entries=(), line=1, column=1), [])
    halves = split(text.replace("\r\n", "\n").replace("\r", "\n"), source)
    if halves is None:
        return None
    root, _ = yaml_loader.load(halves.matter, path=path, line=halves.line)
    return root if isinstance(root, MapNode) else None


def split(text: str, source: Source) -> Halves | None:
    """Split *text* at its fences, which blank lines may precede."""
    matter_from = text.lstrip("\n")
    line = 1 + len(text) - len(matter_from)
    if not _FENCES.detect(matter_from):
        other = _other_format(matter_from)
        what = f"the file begins with {other}" if other else "there is no front matter"
        source.wrong_at(f"{what}; begin with a line '---', then 'title: …'", line, 1)
        return None
    try:
        matter, body = _FENCES.split(matter_from)
    except ValueError:
        what = "the front matter is not closed; write a line '---' below it"
        source.wrong_at(what, line, 1)
        return None
    # The package counts blank lines after a fence as part of it.
    opening = matter_from.index(matter) if matter else 0
    lead = len(body) - len(body.lstrip("\n"))
    body_line = line + matter_from[: len(matter_from) - len(body) + lead].count("\n")
    if body[lead:].startswith(" ") and _FENCE.search(body):
        what = "a line '---' ended the front matter above this line, and the text goes on"
        remedy = "indent the line if it belongs to a text"
        source.wrong_at(f"{what}; {remedy}", body_line, 1, level=Level.WARNING)
    return Halves(
        matter=matter,
        line=line + matter_from[:opening].count("\n"),
        body=body.strip("\n").rstrip(),
        body_line=body_line,
    )


def _other_format(text: str) -> str | None:
    if text.startswith("+++"):
        return "TOML front matter"
    return "JSON front matter" if text.startswith("{") else None
