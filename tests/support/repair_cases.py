"""Broken files in `tests/repairs/`: each is an edit of a file there that has no problem.

A case begins with `# name` and may name its file with `@ name` (default: incident.md). The edit
is a diff: lines begin with `-`, `+` or a space. Lines with `=` are the expected problems. After a
line `!` comes the edit of an author whose remedy leaves a choice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "repairs"


@dataclass(frozen=True, kw_only=True)
class RepairCase:
    """A broken file: its *name*, the *base* file, the *text*, and the *expected* problems."""

    source: Path
    name: str
    base: str
    text: str
    expected: tuple[str, ...]
    edits: tuple[list[str], ...]  # those of an author who has a choice

    @property
    def id(self) -> str:
        """The name with that of its file, which is unique."""
        return f"{self.source.stem}-{self.name}"

    def by_hand(self, text: str) -> str:
        """Return *text* after the author's own edits."""
        for edit in self.edits:
            text = applied(text, edit)
        return text


def cases() -> list[RepairCase]:
    """Return the cases in all files."""
    return [case for source in sorted(FOLDER.glob("*.txt")) for case in _cases_in(source)]


def _cases_in(source: Path) -> Iterator[RepairCase]:
    for part in source.read_text(encoding="utf-8").split("\n# ")[1:]:
        name, *lines = part.rstrip("\n").split("\n")
        base = next((line[2:] for line in lines if line.startswith("@ ")), "incident.md")
        middle = lines.index("!") if "!" in lines else len(lines)
        text = (FOLDER / base).read_text(encoding="utf-8")
        for edit in _diffs(lines[:middle]):
            text = applied(text, edit)
        yield RepairCase(
            source=source,
            name=name,
            base=base,
            text=text,
            expected=tuple(line[2:] for line in lines if line.startswith("= ")),
            edits=tuple(_diffs(lines[middle:])),
        )


def applied(text: str, edit: list[str]) -> str:
    """Return *text* after the diff *edit*, whose old lines it must contain exactly once."""
    old = "".join(f"{line[1:]}\n" for line in edit if line[0] != "+")
    new = "".join(f"{line[1:]}\n" for line in edit if line[0] != "-")
    assert 1 == f"\n{text}".count(f"\n{old}"), old
    return f"\n{text}".replace(f"\n{old}", f"\n{new}")[1:]


def _diffs(lines: list[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in [*lines, ""]:
        if line[:1] in ("-", "+", " ") and line:
            block.append(line)
        elif block:
            yield block
            block = []


def rewrite(source: Path, found: dict[str, list[str]]) -> None:
    """Write the problems *found*, by name of the case, into the file *source*."""
    head, *parts = source.read_text(encoding="utf-8").split("\n# ")
    for index, part in enumerate(parts):
        name, *lines = part.rstrip("\n").split("\n")
        lines = [line for line in lines if not line.startswith("= ")]
        place = lines.index("!") if "!" in lines else len(lines)
        lines[place:place] = [f"= {problem}" for problem in found[name]]
        parts[index] = "\n".join([name, *lines, ""])
    source.write_text("\n# ".join([head, *parts]), encoding="utf-8", newline="")
