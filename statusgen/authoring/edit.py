"""Changes to the text of an incident file that leave every other character of it as it stands.

An edit is worked out from the places of the values, made in the text, and the text read again:
what comes out is what was meant, or nothing is changed and `EditError` carries what to paste.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from statusgen.config.settings import Config
from statusgen.content import formatter, parser
from statusgen.content.front_matter import front_matter_tree
from statusgen.content.parser import Parsed
from statusgen.model import Incident, Update
from statusgen.problems import StatusgenError, errors
from statusgen.schema.yaml_nodes import ListNode, MapNode, Place, Scalar
from statusgen.timeline import timeline

# Lines as YAML 1.1 counts them, which ends some within what an editor shows as one.
_LINE = re.compile("[^\r\n\x85\u2028\u2029]*(?:\r\n|[\r\n\x85\u2028\u2029])|.+", re.DOTALL)
_BREAK = re.compile(r"(?:\r\n|\r|\n)\Z")


class EditError(StatusgenError):
    """A file that cannot be changed so; *paste* are the lines to add by hand where that helps."""

    def __init__(self, reason: str, *, paste: str = "") -> None:
        self.reason = reason
        self.paste = paste
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class IncidentFile:
    """An incident file while it is worked on: its *text* is without byte order mark."""

    path: Path
    slug: str
    text: str
    config: Config
    folder: str = ""

    def parsed(self, text: str | None = None) -> Parsed:
        """What the file means, or would mean with another *text*."""
        content = self.text if text is None else text
        slug, folder = self.slug, self.folder
        return parser.parse(content, path=self.path, slug=slug, config=self.config, folder=folder)


@dataclass(frozen=True, kw_only=True)
class Splice:
    """Put *text* in place of what stands from *start* up to *end*, both offsets."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """*text* with all *splices* made, which do not overlap."""
    parts, done = [], 0
    for one in sorted(splices, key=lambda splice: splice.start):
        parts += [text[done : one.start], one.text]
        done = one.end
    return "".join([*parts, text[done:]])


class Lines:
    """A text by its lines, to turn places into offsets."""

    def __init__(self, text: str) -> None:
        self.rows = _LINE.findall(text)
        self.starts = [0]
        for row in self.rows:
            self.starts.append(self.starts[-1] + len(row))

    def offset(self, place: Place) -> int:
        """The offset of the character at *place*."""
        line, column = place
        return self.starts[line - 1] + column - 1

    def below(self, line: int) -> int:
        """The offset at which the line after *line* begins."""
        return self.starts[line]

    def ending(self, line: int) -> str:
        """How *line* ends: the line break of the file."""
        found = _BREAK.search(self.rows[line - 1])
        return found[0] if found else "\n"


def with_update(file: IncidentFile, update: Update) -> str:
    """The text of *file* with *update* in its place by time; a `state` at the top follows it.

    A file that says all in its body gets `updates`, which begin with that body as the first one.
    Raises EditError: for an update against the rules with their words, for a file that has problems
    or cannot be changed safely with the lines to paste.
    """
    root, old = front_matter_tree(file.text, path=file.path), file.parsed().incident
    paste = "\n".join(formatter.item(update, zone=file.config.zone))
    if root is None or old is None:
        raise EditError("the file has problems", paste=paste)
    if old.updates == (Update(at=old.started, text=""),):
        old = replace(old, updates=())  # Nobody has said anything, so there is nothing to keep.
    before = [one for one in old.updates if one.at <= update.at]
    meant = _meant(old, (*before, update, *old.updates[len(before) :]))
    updates = root.value("updates")
    if isinstance(updates, ListNode) and updates.items:
        splices = [_next_to_others(file, updates, update, len(before))]
    else:  # What the body says has been the only update.
        splices = [_first_ones(file, root, [*before, update, *old.updates[len(before) :]])]
    top = root.value("state")
    if isinstance(top, Scalar) and meant.state is not None and meant.state is not old.state:
        splices.append(replacement(file.text, top, meant.state))
    text = spliced(file.text, splices)
    again = file.parsed(text)
    if again.incident == meant:
        return text
    against = errors(file.parsed(formatter.format_incident(meant)).problems)
    if against:
        raise EditError((errors(again.problems) or against)[0].message)
    raise EditError("the file is written in a way of its own", paste=paste)


def merged(base: IncidentFile, theirs: IncidentFile, ours: IncidentFile) -> str:
    """The text of *theirs* with the updates that *ours* has and *base* had not.

    Raises EditError if *ours* is anything but *base* with more updates, or they no longer fit.
    """
    was, now, new = (file.parsed().incident for file in (base, theirs, ours))
    if was is None or now is None or new is None:
        raise EditError("one side has problems")
    added = [update for update in new.updates if update not in was.updates]
    text = base.text
    for update in added:
        text = with_update(replace(base, text=text), update)
    if ours.parsed(text).incident != new:
        raise EditError("it was changed in other ways, too")
    text = theirs.text
    for update in added:
        if update not in now.updates:
            text = with_update(replace(theirs, text=text), update)
    return text


def _meant(old: Incident, updates: tuple[Update, ...]) -> Incident:
    """*old* with these *updates*, and at its top the state with which they leave it."""
    new = replace(old, updates=updates)
    state = timeline.last_state(new)
    # The body of a file without updates has become the first of them.
    return replace(new, state=state if old.state and state else old.state)


def _next_to_others(file: IncidentFile, updates: ListNode, update: Update, index: int) -> Splice:
    """What makes *update* the entry *index* of the list *updates*, written as that is."""
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


def _first_ones(file: IncidentFile, root: MapNode, updates: list[Update]) -> Splice:
    """What adds *updates* to a file that had none."""
    lines, zone = Lines(file.text), file.config.zone
    inline = ", ".join(formatter.inline(one, zone=zone) for one in updates)
    empty = root.value("updates")
    if empty is not None:
        place = lines.offset((empty.line, empty.column)) + 1
        return Splice(start=place, end=place, text=inline)
    last = root.entries[-1][1]
    if file.text[lines.offset((root.line, root.column))] == "{":
        place = lines.offset(last.end)
        return Splice(start=place, end=place, text=f", updates: [{inline}]")
    margin = " " * (root.column - 1)
    items = [row for one in updates for row in formatter.item(one, zone=zone)]
    rows = [f"{margin}updates:", *(f"{margin}  {row}" if row else "" for row in items)]
    return _rows(lines, last.end[0], rows)


def _rows(lines: Lines, line: int, rows: list[str]) -> Splice:
    """What adds whole *rows* below *line*, ended as the lines around them are."""
    ending = lines.ending(max(line, 1))
    place = lines.below(line)
    return Splice(start=place, end=place, text="".join(f"{row}{ending}" for row in rows))


def replacement(text: str, node: Scalar, word: str) -> Splice:
    """What puts *word* in place of the one word that is *node*, in the quotes that it has."""
    lines = Lines(text)
    start, end = lines.offset((node.line, node.column)), lines.offset(node.end)
    written = text[start:end]
    at = written.rfind(node.text)
    if node.text and at >= 0:
        start, end = start + at, start + at + len(node.text)
    return Splice(start=start, end=end, text=word)
