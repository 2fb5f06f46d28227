"""Tests of the reader that converts untyped values to shapes."""

from datetime import UTC
from typing import Annotated

import pytest

from statusgen.schema.shapes.reader import Context, Fault, FaultKind, read
from statusgen.schema.shapes.shape import BeforeValidator, Field, Shape, no_entries, no_keys


def number(value: object) -> int:
    """Return *value* as a number."""
    return int(str(value))


Number = Annotated[int, BeforeValidator(number)]


class Inner(Shape):
    """Map in a list."""

    size: Number = Field(description="Size.")


class Outer(Shape):
    """Map of a file."""

    name: str = Field(description="Name.")
    size: Number | None = Field(None, description="Size.")
    parts: list[Inner] = Field(default_factory=no_entries, description="Parts.")
    sizes: dict[Number, Number] = Field(default_factory=no_keys, description="Sizes.")


def faults(values: dict[str, object]) -> list[tuple[FaultKind, tuple[str | int, ...]]]:
    """Return the kind and route of each fault in *values*."""
    record, found = read(Outer, values, Context(UTC))
    assert record is None
    return [(one.kind, one.route) for one in found]


def test_values_are_converted_at_every_level() -> None:
    """Entries of lists and maps are converted too, and custom keys are kept as they are."""
    values = {"name": "a", "parts": [{"size": "1"}], "sizes": {"2": "3"}, "x-own": "4"}

    record, found = read(Outer, values, Context(UTC))

    assert [] == found
    assert record is not None
    assert ("a", None, {2: 3}, {"x-own": "4"}) == (
        record.name,
        record.size,
        record.sizes,
        record.extra,
    )
    assert [1] == [one.size for one in record.parts]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, (FaultKind.MISSING, ("name",)), id="missing"),
        pytest.param({"name": "a", "b": "c"}, (FaultKind.UNKNOWN, ("b",)), id="unknown"),
        pytest.param({"name": "a", "extra": "c"}, (FaultKind.UNKNOWN, ("extra",)), id="extra"),
        pytest.param({"name": "a", "size": "b"}, (FaultKind.VALUE, ("size",)), id="value"),
        pytest.param(
            {"name": "a", "parts": ["b"]}, (FaultKind.NO_SHAPE, ("parts", 0)), id="no-shape"
        ),
        pytest.param(
            {"name": "a", "parts": [{"size": "1"}, {}]},
            (FaultKind.MISSING, ("parts", 1, "size")),
            id="missing-in-a-list",
        ),
        pytest.param({"name": "a", "sizes": "b"}, (FaultKind.NO_MAP, ("sizes",)), id="no-map"),
        pytest.param({"name": "a", "sizes": {"b": "1"}}, (FaultKind.KEY, ("sizes", "b")), id="key"),
        pytest.param(
            {"name": "a", "sizes": {"1": "b"}},
            (FaultKind.VALUE, ("sizes", "1")),
            id="value-in-a-map",
        ),
    ],
)
def test_a_fault_has_a_kind_and_a_route(
    values: dict[str, object], expected: tuple[FaultKind, tuple[str | int, ...]]
) -> None:
    """Each fault tells what is wrong and leads to the value."""
    assert [expected] == faults(values)


def test_every_fault_is_found() -> None:
    """Faults are in the order of the keys, and unknown keys come last, as they are in the file."""
    values: dict[str, object] = {"b": "", "sizes": {"c": "d"}, "a": "", "size": "e"}

    assert [
        (FaultKind.MISSING, ("name",)),
        (FaultKind.VALUE, ("size",)),
        (FaultKind.KEY, ("sizes", "c")),
        (FaultKind.VALUE, ("sizes", "c")),
        (FaultKind.UNKNOWN, ("b",)),
        (FaultKind.UNKNOWN, ("a",)),
    ] == faults(values)


def test_a_fault_has_the_message_of_the_parser() -> None:
    """The message of a wrong value is the one that its parser raises."""
    _, found = read(Outer, {"name": "a", "size": "b"}, Context(UTC))

    message = "invalid literal for int() with base 10: 'b'"
    assert [Fault(FaultKind.VALUE, ("size",), message)] == found


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("partial", "partial"), ("Partial", "partial"), ("sev1", "major"), (["a"], "major")],
)
def test_remedies_use_the_severity_that_is_probably_meant(typed: object, expected: str) -> None:
    """A misspelt severity, or the word of another tool, is still of use in remedies."""
    assert expected == Context(UTC, typed).severity
