"""Validation of untyped values, which yields typed records, or problems and their positions."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TypeVar

from statusgen.problems import Level, Problem, likely, quoted
from statusgen.schema import shape_slips
from statusgen.schema.shapes.reader import Context, Fault, FaultKind, read
from statusgen.schema.shapes.shape import Shape, keys_at, shape_at
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
    values = {key.text: plain(value) for key, value in root.entries}
    record, faults = read(shape, values, Context(zone, values.get("severity")))
    if faults:
        found = shape_slips.without_consequences(_without_renamed(faults, shape), shape, root)
        problems += [_problem(fault, shape, root, path) for fault in found[:MAX_PROBLEMS]]
        problems = _without_doubles(problems)
        if len(found) > MAX_PROBLEMS:
            problems.append(more(path, problems))
    return (record, problems)


def more(path: Path, problems: list[Problem]) -> Problem:
    """Return a final problem for *path* that replaces those omitted after *problems*."""
    line, column = problems[-1].line, problems[-1].column
    message = "too many problems; fix these first"
    return Problem(path=path, line=line, column=column, message=message)


def _without_renamed(faults: list[Fault], shape: type[Shape]) -> list[Fault]:
    """Return *faults* without missing keys that the same map has under a wrong name."""
    unknown = (fault.route for fault in faults if fault.kind is FaultKind.UNKNOWN)
    renamed = {
        (*route[:-1], likely(str(route[-1]), list(keys_at(shape, route[:-1]))))
        for route in unknown
        if str(route[-1]) not in shape_at(shape, route[:-1]).MISPLACED
    }
    return [one for one in faults if one.kind is not FaultKind.MISSING or one.route not in renamed]


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


def _problem(fault: Fault, shape: type[Shape], root: Node, path: Path) -> Problem:
    route = fault.route
    node, _ = find(root, route)
    place: Node = node
    message = fault.message
    if fault.kind in (FaultKind.KEY, FaultKind.UNKNOWN):
        owner, _ = find(root, route[:-1])
        place = (owner.key(str(route[-1])) if isinstance(owner, MapNode) else None) or node
    if fault.kind is FaultKind.UNKNOWN:
        message = shape_slips.unknown_key(route, shape, root)
    elif fault.kind is FaultKind.MISSING:
        message = shape_slips.missing_key(route, shape, root)
    elif fault.kind in (FaultKind.NO_MAP, FaultKind.NO_SHAPE):
        message = "expected a map; write 'key: value' lines"
        if fault.kind is FaultKind.NO_SHAPE:
            message += shape_slips.such_as(keys_at(shape, route), node)
    elif fault.kind is FaultKind.VALUE:
        message = shape_slips.value_message(message, node, route, shape, root)
    secrets = _secrets_of(shape, route)
    if secrets and _SECRET.search(message):
        message = secrets
    return Problem(path=path, line=place.line, column=place.column, message=message)


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
