"""Automatic fixes for unambiguous mistakes in an incident file.

These are an outdated top-level `state`, updates out of order, old names of services, and, on
request, times without an offset. A fix is kept only if it reduces the number of errors, or does not
change the meaning of the file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from statusgen.authoring.edit import IncidentFile, Lines, Splice, replacement, spliced
from statusgen.content.fields import IncidentShape
from statusgen.content.front_matter import front_matter_tree
from statusgen.model import Kind, Severity, State
from statusgen.problems import errors, quoted
from statusgen.schema.empty_values import without_empty
from statusgen.schema.yaml_document import Route, Source
from statusgen.schema.yaml_nodes import ListNode, MapNode, Scalar
from statusgen.times import missing_offset, parse

_TIMES = ("started", "resolved", "starts", "ends", "announced", "until")


@dataclass(frozen=True, kw_only=True)
class FixedText:
    """The fixed *text* of a file; *done* describes each fix in a few words."""

    text: str
    done: tuple[str, ...]


_Fix = Callable[[IncidentFile, MapNode], tuple[list[Splice], str] | None]


def fix(file: IncidentFile, *, offsets: bool = False) -> FixedText:
    """Return the fixed text of *file*, with missing UTC offsets added if *offsets* is set."""
    steps: list[_Fix] = [_rename, _sort, _catch_up]
    if offsets:
        steps.append(_add_offsets)
    # Try all fixes together first, since one mistake can hide the next; then one by one.
    together = _apply(file, steps)
    if _is_better(file, together.text):
        return together
    text: str = file.text
    done: tuple[str, ...] = ()
    for fix in steps:
        alone = _apply(replace(file, text=text), [fix])
        if alone.done and _is_better(replace(file, text=text), alone.text):
            text = alone.text
            done += alone.done
    return FixedText(text=text, done=done)


def _apply(file: IncidentFile, steps: list[_Fix]) -> FixedText:
    text, done = file.text, []
    for fix in steps:
        tree = front_matter_tree(text, path=file.path)
        root = without_empty(tree, IncidentShape) if tree is not None else None
        made = fix(replace(file, text=text), root) if isinstance(root, MapNode) else None
        if made is not None:
            text = spliced(text, made[0])
            done.append(made[1])
    return FixedText(text=text, done=tuple(done))


def _is_better(file: IncidentFile, text: str) -> bool:
    before, after = file.parsed(), file.parsed(text)
    gone = len(errors(before.problems)) - len(errors(after.problems))
    return gone > 0 or (gone == 0 and before.incident == after.incident)


def _rename(file: IncidentFile, root: MapNode) -> tuple[list[Splice], str] | None:
    """Replace service aliases with ids, unless a service would then be listed twice."""
    source, ids = Source(file.path, root, []), file.config.service_ids
    old: list[Scalar] = []
    for owner in [(), *(("updates", index) for index in range(source.count("updates")))]:
        names = source.name_nodes(*owner, "services")
        targets = [ids.get(name.text, name.text) for name in names]
        pairs = zip(names, targets, strict=True)
        old += [name for name, one in pairs if name.text != one and targets.count(one) == 1]
    splices = [replacement(file.text, name, ids[name.text]) for name in old]
    renames = (f"{quoted(one.text)} to {ids[one.text]}" for one in old)
    done = f"renamed {', '.join(dict.fromkeys(renames))}"
    return (splices, done) if splices else None


def _catch_up(file: IncidentFile, root: MapNode) -> tuple[list[Splice], str] | None:
    """Set a top-level `state` that matches an earlier update to that of the last one."""
    source = Source(file.path, root, [])
    top, severity = root.value("state"), source.text("severity")
    if not isinstance(top, Scalar) or severity not in set(Severity):
        return None
    states = [str(Kind.of(Severity(severity)).first_state)]
    routes = [("updates", index, "state") for index in range(source.count("updates"))]
    states += [source.text(*route) for route in routes if source.has(*route)]
    if top.text == states[-1] or top.text not in states:
        return None
    if top.text == State.RESOLVED and source.has("resolved"):
        return None  # The state may refer to the time in `resolved`.
    return ([replacement(file.text, top, states[-1])], f"set state to {states[-1]}")


def _sort(file: IncidentFile, root: MapNode) -> tuple[list[Splice], str] | None:
    """Sort the updates, oldest first; comments above an update move with it."""
    updates = root.value("updates")
    lines = Lines(file.text)
    if not isinstance(updates, ListNode) or not updates.items:
        return None
    if file.text[lines.offset((updates.line, updates.column))] != "-":
        return None
    source = Source(file.path, root, [])
    try:
        times = [
            parse(source.text("updates", index, "at"), file.config.zone)
            for index in range(len(updates.items))
        ]
    except ValueError:
        return None
    order = sorted(range(len(times)), key=lambda index: times[index])
    if order == sorted(order):
        return None
    starts = [*_starts(updates, lines), lines.below(updates.items[-1].end[0])]
    parts = [file.text[a:b] for a, b in pairwise(starts)]
    text = "".join(parts[index] for index in order)
    return ([Splice(start=starts[0], end=starts[-1], text=text)], "sorted updates")


def _starts(updates: ListNode, lines: Lines) -> Iterator[int]:
    """Yield the offset at which each entry in the list begins, including comments above it."""
    end = updates.line - 1
    for item in updates.items:
        row = item.line
        while lines.rows[row - 1][updates.column - 1 : updates.column] != "-":
            row -= 1  # The dash is on its own line.
        while row - 1 > end and lines.rows[row - 2].lstrip().startswith("#"):
            row -= 1
        yield lines.starts[row - 1]
        end = item.end[0]


def _add_offsets(file: IncidentFile, root: MapNode) -> tuple[list[Splice], str] | None:
    """Add the UTC offset of the site's time zone to times without one."""
    source = Source(file.path, root, [])
    routes: list[Route] = [(key,) for key in _TIMES]
    routes += [("updates", index, "at") for index in range(source.count("updates"))]
    splices = []
    for route in routes:
        node = source.node(*route)
        if not source.has(*route) or not isinstance(node, Scalar):
            continue
        offset = missing_offset(node.text, file.config.zone)
        if offset:
            splices.append(replacement(file.text, node, f"{node.text}{offset}"))
    noun = "time" if len(splices) == 1 else "times"
    return (splices, f"added offsets to {len(splices)} {noun}") if splices else None
