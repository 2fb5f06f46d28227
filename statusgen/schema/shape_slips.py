"""Remedies for values that do not fit their shape, chosen by the layout of the file.

They recognise a value that is not indented, a dash too many, and a service written as a pair.
"""

from itertools import islice, takewhile

from statusgen.problems import instead, likely, listed, quoted
from statusgen.schema.shapes.reader import Fault, FaultKind
from statusgen.schema.shapes.shape import Shape, annotation_at, keys_at, shape_at, shape_in
from statusgen.schema.syntax import yaml_errors, yaml_slips
from statusgen.schema.yaml_nodes import ListNode, MapNode, Node, Scalar, find

_MAX_CHECKED = 100  # unknown keys whose consequences are looked for
_CLEAR = 0.8  # similarity of a misspelt key, beside another explanation

_MAX_NAME = 60  # characters of a name that a remedy repeats


def without_consequences(faults: list[Fault], shape: type[Shape], root: Node) -> list[Fault]:
    """Return *faults* without those that follow from another slip in the same map.

    These are a missing value whose lines are not indented, and missing keys of a service that is
    written as `web: Website`.
    """
    dropped: set[tuple[tuple[str | int, ...], FaultKind]] = set()
    unknown = (one.route for one in faults if one.kind is FaultKind.UNKNOWN)
    for route in islice(unknown, _MAX_CHECKED):
        above = _owner_above(route, shape, root)
        if above is not None:
            dropped.add(((*route[:-1], above[0].text), FaultKind.VALUE))
        if _short_entry(route, shape, root):
            dropped |= {((*route[:-1], name), FaultKind.MISSING) for name in ("id", "name")}
    return [one for one in faults if (one.route, one.kind) not in dropped]


def _owner_above(
    route: tuple[str | int, ...], shape: type[Shape], root: Node
) -> tuple[Scalar, Scalar] | None:
    """Return the entry above the unknown key at *route* if it has no value, or an open block.

    The unknown key is then likely to be part of that value.
    """
    owner, _ = find(root, route[:-1])
    known = keys_at(shape, route[:-1])
    entries = owner.entries if isinstance(owner, MapNode) else ()
    above = takewhile(lambda entry: entry[0].text != route[-1], entries)
    before = [(key, value) for key, value in above if key.text in known]
    if not before or likely(str(route[-1]), list(known), least=_CLEAR):
        return None
    key, value = before[-1]
    if not isinstance(value, Scalar):
        return None
    is_open = value.indent is not None or (not value.text and not value.commented)
    return (key, value) if is_open else None


def _short_entry(route: tuple[str | int, ...], shape: type[Shape], root: Node) -> str:
    """Return the value of the unknown key at *route*, if it is alone in a map that has a name."""
    owner, _ = find(root, route[:-1])
    value, _ = find(root, route)
    is_alone = isinstance(owner, MapNode) and len(owner.entries) == 1
    is_named = isinstance(route[-2] if len(route) > 1 else "", int)
    known = keys_at(shape, route[:-1])
    is_short = is_alone and is_named and {"id", "name"} <= set(known)
    if not is_short or not isinstance(value, Scalar) or len(value.text) > _MAX_NAME:
        return ""
    return value.text if yaml_slips.is_name(str(route[-1])) else ""


def unknown_key(route: tuple[str | int, ...], shape: type[Shape], root: Node) -> str:
    """Return the message for the unknown key at *route*."""
    name, known = str(route[-1]), keys_at(shape, route[:-1])
    hint = yaml_errors.odd_space(name) or yaml_slips.foreign_comment(name)
    if hint:
        return hint
    what, above = f"unknown key {quoted(name)}", _owner_above(route, shape, root)
    if above is not None and above[1].indent is not None:
        return yaml_slips.unindented_block(above[0].text, "|", margin=0, column=0)
    if above is not None:
        return f"{what}; if it belongs to '{above[0].text}' above it, indent it by two spaces"
    value = _short_entry(route, shape, root)
    if value:
        return f"{what}; write 'id: {name}' and, below it, 'name: {value}'"
    misplaced = shape_at(shape, route[:-1]).MISPLACED.get(name)
    return f"{what}; {misplaced or instead(name, known)}"


def missing_key(route: tuple[str | int, ...], shape: type[Shape], root: Node) -> str:
    """Return the message for the missing key at *route*."""
    name, index = str(route[-1]), route[-2] if len(route) > 1 else 0
    if isinstance(index, int) and index > 0:
        entry, above = (find(root, (*route[:-2], one))[0] for one in (index, index - 1))
        if isinstance(entry, MapNode) and isinstance(above, MapNode):
            keys = [key.text for key, _ in entry.entries]
            is_part = len(keys) == 1 and keys[0] in keys_at(shape, route[:-1])
            if is_part and above.value(keys[0]) is None and not keys_at(shape, route[:-1])[keys[0]]:
                what = f"'- ' begins a new entry, which has no '{name}'"
                return f"{what}; to continue the entry above, replace '- ' with two spaces"
    return f"missing key '{name}'; add a line such as {name}: {keys_at(shape, route[:-1])[name]}"


def _expected_list(node: MapNode, known: dict[str, str], line: int) -> str:
    """Return the message for the map *node* in place of a list of maps with the keys *known*.

    The key of the list is on *line*.
    """
    key, value = node.entries[0] if node.entries else (None, None)
    if key is None or yaml_errors.glued_dash(key.text):
        return ""
    if likely(key.text, list(known)) and node.line == line:
        remedy = f"put the map in brackets: [{{{key.text}: …}}]"
    elif likely(key.text, list(known)):
        remedy = f"write '- {key.text}: …' and indent the lines below it by two spaces"
    elif (
        {"id", "name"} <= set(known)
        and yaml_slips.is_name(key.text)
        and isinstance(value, Scalar)
        and len(value.text) <= _MAX_NAME
    ):
        remedy = f"write each entry as '- id: {key.text}' and, below it, 'name: {value.text}'"
    else:
        return ""
    return f"expected a list; {remedy}"


def value_message(
    message: str, node: Node, route: tuple[str | int, ...], shape: type[Shape], root: Node
) -> str:
    """Return *message*, about the value *node* at *route*, with a remedy that fits its layout."""
    owner, name = find(root, route[:-1])[0], str(route[-1]) if route else ""
    key = owner.key(name) if isinstance(owner, MapNode) else None
    line = key.line if key else node.line
    if message.startswith("expected a list") and shape_in(annotation_at(shape, route)):
        known = keys_at(shape, route)
        in_map = _expected_list(node, known, line) if isinstance(node, MapNode) else ""
        return in_map or "expected a list; begin each entry with '- '"
    if message.startswith("expected a map") and shape_in(annotation_at(shape, route)):
        return message + such_as(keys_at(shape, route), node)
    if message.startswith("expected a text") and node.line > line:
        return message.replace("put it in quotes", f"write '|' after '{name}:'")
    return message


def such_as(known: dict[str, str], node: Node) -> str:
    """Return an example of a line for a map with the keys *known*, in place of *node*."""
    if isinstance(node, Scalar) and {"id", "name"} <= set(known) and yaml_slips.is_name(node.text):
        return f" such as id: {node.text}"
    if isinstance(node, ListNode) and not any(known.values()):
        return f" that begin with {listed(list(known))}"
    return "".join(
        f" such as {name}: {example}" for name, example in [*known.items()][:1] if example
    )
