"""Removal of optional keys without a value, which editors and forms write."""

from dataclasses import replace

from statusgen.schema.shapes.shape import FieldInfo, Shape
from statusgen.schema.yaml_nodes import ListNode, MapNode, Node, Scalar

# The values that count as absent, for editors. As an enumeration, they would be suggested.
EMPTY_SCHEMA = {
    "description": "Counts as absent.",
    "type": ["string", "array", "object", "null"],
    "maxLength": 0,
    "maxItems": 0,
    "maxProperties": 0,
}


def without_empty(node: Node, shape: type[Shape]) -> Node:
    """Return *node*, a value of *shape* or a list of them, without optional keys that are empty.

    Unknown keys stay, and so do those whose values belong to the site: `data` and `x-…`.
    """
    if isinstance(node, ListNode):
        return replace(node, items=tuple(without_empty(item, shape) for item in node.items))
    if not isinstance(node, MapNode):
        return node
    fields = shape.model_fields
    entries: list[tuple[Scalar, Node]] = []
    for key, value in reversed(node.entries):
        field = fields.get(key.text)
        kept = without_empty(value, field.inner) if field and field.inner else value
        # An unknown key below an empty one may be its value without indentation; see shape_slips.
        is_above_unknown = bool(entries) and entries[0][0].text not in fields
        if field is None or is_above_unknown or not _is_absent(kept, field):
            entries.insert(0, (key, kept))
    return replace(node, entries=tuple(entries))


def _is_absent(value: Node, field: FieldInfo) -> bool:
    if field.is_required or field.annotation is object:
        return False
    if isinstance(value, Scalar):
        # An empty text stays if it is the default, because a warning may refer to it.
        return value.is_empty and (bool(value.text) or field.default != "")
    if isinstance(value, MapNode):
        return not value.entries
    default = field.get_default()
    # `api: []` is a choice, because the default is another list.
    return not value.items and not (isinstance(default, list) and default)
