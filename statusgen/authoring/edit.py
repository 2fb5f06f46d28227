"""Edit incident files without changing any other character.

An edit is computed from the positions of the values and applied to the text. The result is parsed
again; if it does not have the intended meaning, an `EditError` contains the lines to paste by hand.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from statusgen import times
from statusgen.config.settings import Config
from statusgen.content import formatter, parser
from statusgen.content.front_matter import front_matter_tree
from statusgen.content.parser import Parsed
from statusgen.model import Incident, Update
from statusgen.problems import StatusgenError, errors
from statusgen.schema.yaml_nodes import ListNode, MapNode, Place, Scalar
from statusgen.timeline import timeline

# Lines as YAML 1.1 counts them: some of its line breaks do not end a line in an editor.
_LINE = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|.+", re.DOTALL)
_LAYOUT = "this layout of the file cannot be edited automatically"
_BREAK = re.compile(r"(?:\r\n|\r|\n)\Z")
_PARSED_TEXTS = 16  # results kept in memory

Window = tuple[datetime, datetime]  # start and end of maintenance


class EditError(StatusgenError):
    """Failure of an edit; *paste* contains the lines to add by hand, if any."""

    def __init__(self, reason: str, *, paste: str = "") -> None:
        self.reason = reason
        self.paste = paste
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class IncidentFile:
    """An incident file that is being edited; *text* has no byte order mark."""

    path: Path
    slug: str
    text: str
    config: Config
    folder: str = ""

    def parsed(self, text: str | None = None) -> Parsed:
        """Parse the text of the file, or *text* instead."""
        content = self.text if text is None else text
        return _parsed(content, self.path, self.slug, self.config, self.folder)


# A command looks at the text of a file several times: to find it, to change it, to describe it.
@lru_cache(_PARSED_TEXTS)
def _parsed(text: str, path: Path, slug: str, config: Config, folder: str) -> Parsed:
    return parser.parse(text, path=path, slug=slug, config=config, folder=folder)


@dataclass(frozen=True, kw_only=True)
class Splice:
    """A replacement of the characters from offset *start* up to *end* with *text*."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """Return *text* with all *splices* applied; they must not overlap."""
    parts, done = [], 0
    for one in sorted(splices, key=lambda splice: splice.start):
        parts += [text[done : one.start], one.text]
        done = one.end
    return "".join([*parts, text[done:]])


class Lines:
    """The lines of a text, for converting positions to offsets."""

    def __init__(self, text: str) -> None:
        self.rows = _LINE.findall(text)
        self.starts = [0]
        for row in self.rows:
            self.starts.append(self.starts[-1] + len(row))

    def offset(self, place: Place) -> int:
        """Return the offset of the character at *place*."""
        line, column = place
        return self.starts[line - 1] + column - 1

    def below(self, line: int) -> int:
        """Return the offset at which the line after *line* begins."""
        return self.starts[line]

    def ending(self, line: int) -> str:
        """Return the line break at the end of *line*, or a newline if it has none."""
        found = _BREAK.search(self.rows[line - 1])
        return found[0] if found else "\n"


def with_update(file: IncidentFile, update: Update, window: Window | None = None) -> str:
    """Return the text of *file* with *update* inserted by time, and any top-level `state` adjusted.

    If the file has only a body, the body becomes the first of its `updates`. With *window*, its
    `starts` and `ends` change, too. Raises EditError: with the message of the broken rule for an
    invalid update, or with the lines to paste for a file that has errors or a layout that cannot be
    edited.
    """
    root, old = front_matter_tree(file.text, path=file.path), file.parsed().incident
    paste = "\n".join(formatter.item(update, zone=file.config.zone))
    if root is None or old is None:
        raise EditError("the file has errors", paste=paste)
    if old.updates == (Update(at=old.started, text=""),):
        old = replace(old, updates=())  # The file has no text, so there is nothing to keep.
    before = [one for one in old.updates if one.at <= update.at]
    expected = _expected(old, (*before, update, *old.updates[len(before) :]))
    if window is not None:
        expected = replace(expected, starts=window[0], ends=window[1])
    updates = root.value("updates")
    if isinstance(updates, ListNode) and updates.items:
        splices = [_insertion(file, updates, update, len(before))]
    else:  # The body was the only update.
        splices = [_first_updates(file, root, [*before, update, *old.updates[len(before) :]])]
    splices += _state_change(file, root, old, expected)
    splices += _moved(file, root, old, expected)
    text = spliced(file.text, splices)
    result = file.parsed(text)
    if result.incident == expected:
        return text
    rule_errors = errors(file.parsed(formatter.format_incident(expected)).problems)
    if rule_errors:
        raise EditError((errors(result.problems) or rule_errors)[0].message)
    what = _LAYOUT
    if window is not None:
        starts, ends = (times.written(one, file.config.zone) for one in window)
        what += f"; change its window to starts: {starts} and ends: {ends}"
    raise EditError(what, paste=paste)


def without_last_update(file: IncidentFile) -> str:
    """Return the text of *file* without its last update, and any top-level `state` adjusted.

    This is the reverse of `with_update`. Raises EditError if the file has errors, fewer than two
    updates, or a layout that cannot be edited.
    """
    root, old = front_matter_tree(file.text, path=file.path), file.parsed().incident
    updates = root.value("updates") if root else None
    if root is None or old is None or not isinstance(updates, ListNode) or len(updates.items) < 2:
        raise EditError("the file has errors")
    expected = _expected(old, old.updates[:-1])
    changes = [_removal(file, updates), *_state_change(file, root, old, expected)]
    text = spliced(file.text, changes)
    if file.parsed(text).incident != expected:
        raise EditError(f"{_LAYOUT}; remove its last update")
    return text


def _moved(file: IncidentFile, root: MapNode, old: Incident, new: Incident) -> list[Splice]:
    """Return the splices that change the window of *old* to that of *new*, where they differ."""
    splices = []
    for key in ("starts", "ends"):
        moment, node = getattr(new, key), root.value(key)
        if moment != getattr(old, key) and isinstance(node, Scalar):
            written = times.written(moment, file.config.zone)
            splices.append(replacement(file.text, node, written))
    return splices


def merged(base: IncidentFile, theirs: IncidentFile, ours: IncidentFile) -> str:
    """Return the text of *theirs* with the updates that *ours* added to *base*, and its window.

    *base* is empty if both sides created the file. *ours* may also lack the end that a monitor had
    planned in *base*. Raises EditError on a conflict, or if *ours* does more to *base* than this,
    adding updates and changing the window of maintenance.
    """
    if not base.text:
        return _merged_creation(theirs, ours)
    was, now, new = (file.parsed().incident for file in (base, theirs, ours))
    if was is None or now is None or new is None:
        raise EditError("one side has errors")
    added = [update for update in new.updates if update not in was.updates]
    window = _window(new) if _window(new) != _window(was) else None
    if window is not None and _window(now) not in (_window(was), window):
        raise EditError("both sides changed the window")
    planned = was.updates[-1]
    is_withdrawn = planned.is_from_monitor and planned not in new.updates
    text = without_last_update(base) if is_withdrawn else base.text
    for update in added:
        text = with_update(replace(base, text=text), update, window)
    if ours.parsed(text).incident != new:
        raise EditError("more than updates were added")
    has_planned = is_withdrawn and now.updates[-1] == planned
    text = without_last_update(theirs) if has_planned else theirs.text
    for update in added:
        if update not in now.updates:
            text = with_update(replace(theirs, text=text), update, window)
    return text


def _window(incident: Incident) -> Window | None:
    """Return the window of *incident* if it is maintenance, else None."""
    if incident.starts is None or incident.ends is None:
        return None
    return (incident.starts, incident.ends)


def _merged_creation(*sides: IncidentFile) -> str:
    """Merge a file that both sides created: return the side that has all updates of the other.

    This happens after a pull request with our commit was squashed into their branch.
    """
    for longer, shorter in (sides, sides[::-1]):
        all_of, part = longer.parsed().incident, shorter.parsed().incident
        if all_of is None or part is None:
            raise EditError("one side has errors")
        is_part = all(update in all_of.updates for update in part.updates)
        if is_part and replace(part, updates=all_of.updates, state=all_of.state) == all_of:
            return longer.text
    raise EditError("both sides created it")


def _expected(old: Incident, updates: tuple[Update, ...]) -> Incident:
    """Return *old* with *updates*; a top-level state becomes that of the last update."""
    new = replace(old, updates=updates)
    state = timeline.last_state(new)
    # A missing top-level `state` is not added.
    return replace(new, state=state if old.state and state else old.state)


def _state_change(
    file: IncidentFile, root: MapNode, old: Incident, expected: Incident
) -> list[Splice]:
    """Return the splice that changes the top-level `state` to that of *expected*, if it differs."""
    top = root.value("state")
    if isinstance(top, Scalar) and expected.state is not None and expected.state is not old.state:
        return [replacement(file.text, top, expected.state)]
    return []


def _removal(file: IncidentFile, updates: ListNode) -> Splice:
    """Return the splice that removes the last of *updates*, which are at least two."""
    lines = Lines(file.text)
    before, last = updates.items[-2:]
    if file.text[lines.offset((updates.line, updates.column))] == "[":
        return Splice(start=lines.offset(before.end), end=lines.offset(last.end), text="")
    return Splice(start=lines.starts[last.line - 1], end=lines.below(last.end[0]), text="")


def _insertion(file: IncidentFile, updates: ListNode, update: Update, index: int) -> Splice:
    """Return the splice that inserts *update* at *index* in the style of the list *updates*."""
    lines, zone = Lines(file.text), file.config.zone
    start = lines.offset((updates.line, updates.column))
    if file.text[start] == "[":
        text = formatter.inline(update, zone=zone)
        if not index:
            return Splice(start=start + 1, end=start + 1, text=f"{text}, ")
        place = lines.offset(updates.items[index - 1].end)
        return Splice(start=place, end=place, text=f", {text}")
    first = updates.items[0]
    indent = first.column - updates.column if first.line == updates.line else 2
    margin = file.text[lines.starts[updates.line - 1] : start]
    rows = [margin + row if row else "" for row in formatter.item(update, zone=zone, indent=indent)]
    return _rows(lines, updates.items[index - 1].end[0] if index else updates.line - 1, rows)


def _first_updates(file: IncidentFile, root: MapNode, updates: list[Update]) -> Splice:
    """Return the splice that adds *updates* to a file without any."""
    lines, zone = Lines(file.text), file.config.zone
    inline = ", ".join(formatter.inline(one, zone=zone) for one in updates)
    empty = root.value("updates")
    if empty is not None:
        start = lines.offset((empty.line, empty.column))
        if isinstance(empty, ListNode):
            return Splice(start=start + 1, end=start + 1, text=inline)
        gap = " " if file.text[start - 1] == ":" else ""
        return Splice(start=start, end=lines.offset(empty.end), text=f"{gap}[{inline}]")
    last = root.entries[-1][1]
    if file.text[lines.offset((root.line, root.column))] == "{":
        place = lines.offset(last.end)
        return Splice(start=place, end=place, text=f", updates: [{inline}]")
    margin = " " * (root.column - 1)
    items = [row for one in updates for row in formatter.item(one, zone=zone)]
    rows = [f"{margin}updates:", *(f"{margin}  {row}" if row else "" for row in items)]
    return _rows(lines, last.end[0], rows)


def _rows(lines: Lines, line: int, rows: list[str]) -> Splice:
    """Return the splice that inserts *rows* below *line*, with the line breaks of the file."""
    ending = lines.ending(max(line, 1))
    place = lines.below(line)
    return Splice(start=place, end=place, text="".join(f"{row}{ending}" for row in rows))


def replacement(text: str, node: Scalar, word: str) -> Splice:
    """Return the splice that replaces the value of *node* with *word* and keeps its quotes."""
    lines = Lines(text)
    start, end = lines.offset((node.line, node.column)), lines.offset(node.end)
    written = text[start:end]
    at = written.rfind(node.text)
    if node.text and at >= 0:
        start, end = start + at, start + at + len(node.text)
    return Splice(start=start, end=end, text=word)
