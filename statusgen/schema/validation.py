"""Validation of untyped values, which yields typed records, or problems and their positions."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from statusgen.model import Severity
from statusgen.problems import Level, Problem, likely, quoted
from statusgen.schema import shape_slips
from statusgen.schema.base_model import Shape, keys_at, shape_at
from statusgen.schema.yaml_nodes import MapNode, Node, Scalar, find, plain, scalars

MAX_PROBLEMS = 100  # reported per file; more of them usually repeat one mistake

_SECRET = re.compile("://|whsec_")  # part of an address or a signing key

_FREE_TEXT = frozenset({"title", "name", "description", "text", "source"})

_Shaped = TypeVar("_Shaped", bound=Shape)


def validate(
    shape: type[_Shaped], root: Node | None, *, path: Path, line: int = 1, zone: tzinfo = UTC
) -> tuple[_Shaped | None, list[Problem]]:
    """Validate *root* against *shape*; times without an offset are in *zone*.

    Return the record (None if there is an error) and the problems in *path*, which are reported on
    *line* if the text is empty.
    """
    if not isinstance(root, MapNode):
        where = (root.line, root.column) if root else (line, 1)
        if root is None or root == Scalar(text="", line=where[0], column=where[1]):
            root = MapNode(entries=(), line=where[0], column=where[1])
        else:
            what = f"expected a map; write 'key: value' lines such as {_example(shape)}"
            return (None, [Problem(path=path, line=where[0], column=where[1], message=what)])
    problems = list(_swallowed(root, path))
    try:
        record = shape.model_validate(plain(root), context=_context(root, zone))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found = shape_slips.without_consequences(_without_renamed(details, shape), shape, root)
        problems += [_problem(detail, shape, root, path) for detail in found[:MAX_PROBLEMS]]
        problems = _without_doubles(problems)
        if len(found) > MAX_PROBLEMS:
            problems.append(more(path, problems))
        return (None, problems)
    return (record, problems)


def _context(root: MapNode, zone: tzinfo) -> dict[str, object]:
    """Return what the parsers of values need to know about the file."""
    severity = root.value("severity")
    typed = severity.text if isinstance(severity, Scalar) else ""
    return {"zone": zone, "severity": likely(typed, list(Severity)) or Severity.MAJOR}


def more(path: Path, problems: list[Problem]) -> Problem:
    """Return a final problem for *path* that replaces those omitted after *problems*."""
    line, column = problems[-1].line, problems[-1].column
    message = "too many problems; fix these first"
    return Problem(path=path, line=line, column=column, message=message)


def _without_renamed(details: list[ErrorDetails], shape: type[Shape]) -> list[ErrorDetails]:
    """Return *details* without missing keys that the same map has under a wrong name."""
    unknown = (detail["loc"] for detail in details if detail["type"] == "extra_forbidden")
    renamed = {
        (*route[:-1], likely(str(route[-1]), list(keys_at(shape, route[:-1]))))
        for route in unknown
        if str(route[-1]) not in shape_at(shape, route[:-1]).MISPLACED
    }
    return [one for one in details if one["type"] != "missing" or one["loc"] not in renamed]


def _without_doubles(problems: list[Problem]) -> list[Problem]:
    """Return *problems*; of a text lost to a comment, the error alone, with that message."""
    nothing = _cut_off("")
    places = {(one.line, one.column): one for one in problems if one.message == nothing}
    lost = [
        places.get((one.line, one.column)) if one.level is Level.ERROR else None for one in problems
    ]
    merged = [replace(one, level=Level.ERROR) for one in lost if one]
    kept = [one for one, cause in zip(problems, lost, strict=True) if not cause]
    return [one for one in kept if one not in lost] + merged


def _problem(detail: ErrorDetails, shape: type[Shape], root: Node, path: Path) -> Problem:
    route = detail["loc"]
    node, _ = find(root, route)
    line, column = node.line, node.column
    message = str(detail["msg"])
    # For a problem with the key itself, pydantic appends "[key]" to the route.
    named = route[:-1] if route[-1:] == ("[key]",) else route
    if detail["type"] == "extra_forbidden" or named != route:
        owner, _ = find(root, named[:-1])
        key = owner.key(str(named[-1])) if isinstance(owner, MapNode) else None
        line, column = (key.line, key.column) if key else (line, column)
    if detail["type"] == "extra_forbidden":
        message = shape_slips.unknown_key(route, shape, root)
    elif detail["type"] == "missing":
        message = shape_slips.missing_key(route, shape, root)
    elif detail["type"] == "value_error":
        message = shape_slips.value_message(str(detail["ctx"]["error"]), node, route, shape, root)
    elif detail["type"] in ("model_type", "dict_type"):
        message = "expected a map; write 'key: value' lines"
        if detail["type"] == "model_type":
            message += shape_slips.such_as(keys_at(shape, route), node)
    secrets = _secrets_of(shape, route)
    if secrets and _SECRET.search(message):
        message = secrets
    return Problem(path=path, line=line, column=column, message=message)


def _secrets_of(shape: type[Shape], route: tuple[str | int, ...]) -> str:
    """Return the message to show instead of a secret at *route*, or an empty string."""
    is_known = bool(route) and route[0] in shape.model_fields
    return shape_at(shape, route[:1]).SECRETS if is_known else ""


def _example(shape: type[Shape]) -> str:
    name, example = next(iter(keys_at(shape, ()).items()))
    return f"{name}: {example}"


def _swallowed(root: Node, path: Path) -> Iterator[Problem]:
    """Warn about text that is cut off by a comment, as in `title: Issue #5`."""
    for key, scalar in scalars(root):
        if scalar.commented and key in _FREE_TEXT:
            yield Problem(
                path=path,
                line=scalar.line,
                column=scalar.column,
                message=_cut_off(scalar.text),
                level=Level.WARNING,
            )


def _cut_off(text: str) -> str:
    """Return the message for *text*, which a comment ended."""
    what = f"the text after ' #' is a comment and is not part of {quoted(text)}"
    return f"{what}; put the value in quotes, or move the comment to its own line"
