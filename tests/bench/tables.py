"""Format tables that are readable as plain text and valid Markdown."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, words: int = 1) -> str:
    """Return a table; the first *words* columns are text, the others numbers."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rules = [
        "-" * width if number < words else f"{'-' * (width - 1)}:"
        for number, width in enumerate(widths)
    ]
    lines = [
        [
            cell.ljust(width) if number < words else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in [head, rules, *rows]
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def seconds(value: float | None) -> str:
    """Format a time, or a dash for None."""
    if value is None:
        return "–"
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def mebibytes(value: float) -> str:
    """Format an amount of memory."""
    return f"{value / 2**20:.0f} MiB"


def ratio(value: float | None, other: float | None) -> str:
    """Format *value* divided by *other*, or a dash if one of them is missing."""
    if value is None or not other:
        return "–"
    return f"{value / other:.1f}×" if value > 10 * other else f"{value / other:.2f}×"
