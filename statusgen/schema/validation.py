"""Validation of untyped values, which yields typed records, or problems and their positions."""

import re
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from statusgen.problems import Level, Problem, instead, likely, quoted
from statusgen.schema import yaml_errors
from statusgen.schema.base_model import Shape
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
        record = shape.model_validate(plain(root), context={"zone": zone})
    except ValidationError as error:
        found = _without_renamed(error.errors(include_url=False, include_input=False), shape)
        problems += [_problem(detail, shape, root, path) for detail in found[:MAX_PROBLEMS]]
        if len(found) > MAX_PROBLEMS:
            problems.append(more(path, problems))
        return (None, problems)
    return (record, problems)


def more(path: Path, problems: list[Problem]) -> Problem:
    """Return a final problem for *path* that replaces those omitted after *problems*."""
    line, column = problems[-1].line, problems[-1].column
    message = "too many problems; fix these first"
    return Problem(path=path, line=line, column=column, message=message)


def _without_renamed(details: list[ErrorDetails], shape: type[Shape]) -> list[ErrorDetails]:
    """Return *details* without missing keys that the same map has under a wrong name."""
    unknown = (detail["loc"] for detail in details if detail["type"] == "extra_forbidden")
    renamed = {
        (*route[:-1], likely(str(route[-1]), list(_inner(shape, route[:-1]))))
        for route in unknown
        if str(route[-1]) not in _shape_at(shape, route[:-1]).MISPLACED
    }
    return [one for one in details if one["type"] != "missing" or one["loc"] not in renamed]


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
        name, known = str(route[-1]), _inner(shape, route[:-1])
        remedy = _shape_at(shape, route[:-1]).MISPLACED.get(name) or instead(name, known)
        message = yaml_errors.odd_space(name) or f"unknown key {quoted(name)}; {remedy}"
    elif detail["type"] == "missing":
        key_name = str(route[-1])
        example = _inner(shape, route[:-1])[key_name]
        message = f"missing key '{key_name}'; add a line such as {key_name}: {example}"
    elif detail["type"] == "value_error":
        message = str(detail["ctx"]["error"])
    elif detail["type"] in ("model_type", "dict_type"):
        message = "expected a map; write 'key: value' lines"
    secrets = _secrets_of(shape, route)
    if secrets and _SECRET.search(message):
        message = secrets
    return Problem(path=path, line=line, column=column, message=message)


def _secrets_of(shape: type[Shape], route: tuple[str | int, ...]) -> str:
    """Return the message to show instead of a secret at *route*, or an empty string."""
    is_known = bool(route) and route[0] in shape.model_fields
    return _shape_at(shape, route[:1]).SECRETS if is_known else ""


def _inner(shape: type[Shape], route: tuple[str | int, ...]) -> dict[str, str]:
    """Return the keys of the shape at *route*, each with an example value."""
    shape = _shape_at(shape, route)
    fields = ((name, field) for name, field in shape.model_fields.items() if name != "extra")
    return {name: str((field.examples or [""])[0]) for name, field in fields}


def _shape_at(shape: type[Shape], route: tuple[str | int, ...]) -> type[Shape]:
    """Return the shape at *route* below *shape*."""
    for part in route:
        if isinstance(part, str):
            shape = _shape_in(shape.model_fields[part].annotation) or shape
    return shape


def _shape_in(annotation: object) -> type[Shape] | None:
    """Return the shape in *annotation*, which may be nested: `list[UpdateShape] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    return next(filter(None, map(_shape_in, get_args(annotation))), None)


def _example(shape: type[Shape]) -> str:
    name, example = next(iter(_inner(shape, ()).items()))
    return f"{name}: {example}"


def _swallowed(root: Node, path: Path) -> Iterator[Problem]:
    """Warn about text that is cut off by a comment, as in `title: Issue #5`."""
    for key, scalar in scalars(root):
        if scalar.commented and key in _FREE_TEXT:
            what = f"the text after ' #' is a comment and is not part of {quoted(scalar.text)}"
            remedy = "put the value in quotes, or move the comment to its own line"
            yield Problem(
                path=path,
                line=scalar.line,
                column=scalar.column,
                message=f"{what}; {remedy}",
                level=Level.WARNING,
            )
