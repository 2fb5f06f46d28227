"""Tests for edits of incident files in any style of YAML: all other characters stay."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from statusgen import characters, times
from statusgen.authoring import edit
from statusgen.authoring.edit import EditError, IncidentFile
from statusgen.content import formatter, parser
from statusgen.content.front_matter import front_matter_tree
from statusgen.model import Incident, ServiceSeverity, Severity, State, Update
from statusgen.problems import errors
from statusgen.schema.yaml_nodes import Scalar
from statusgen.timeline import timeline
from tests.conftest import ROOT
from tests.support.doc_pages import SITE, all_code
from tests.unit.content.test_parser import (
    CONFIG,
    EXTRA,
    IDS,
    MOMENTS,
    PROSE,
    incident_of,
    incidents,
    settings_of,
    utc,
)

ZONES = ["UTC", "Europe/Rome", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham"]
NEWS = Update(at=utc("2026-11-20 12:00"), text="News.", state=State.MONITORING)
HEAD = "---\ntitle: API down\nseverity: major\nservices: [api]\nstarted: 2026-11-20 09:00Z\n"
FIRST = "  - at: 2026-11-20 09:05Z\n    text: First.\n"
KNOWN = "  - at: 2026-11-20 09:05Z\n    state: identified\n    text: First.\n"
ADDED = "  - at: 2026-11-20T13:00:00+01:00\n    state: monitoring\n    text: News.\n"
INLINE = '{at: 2026-11-20T13:00:00+01:00, state: monitoring, text: "News."}'


def file_of(text: str) -> IncidentFile:
    """Return *text* as the file `a.md` of the small site."""
    return IncidentFile(path=Path("incidents/a.md"), slug="a", text=text, config=CONFIG)


# A writer of YAML in every common style.

_SAFE = re.compile(r"[A-Za-z0-9](?:[\w .+/-]*[\w.])?", re.ASCII)
_DATED = re.compile(r"\d{4}-\d\d-\d\d[T ]\S+")
_SHOWN = re.compile("[\t\n\x20-\x7e\xa0-\u2027\u202f-\u2065\u2070-\ud7ff\U00010000-\U0001ffff]*")
_COMMENTS = ["# a comment", "#", "# updates:", "#  - at: é 🔥", "# 'open", "# {", "# ---\tx"]


class Writer:
    """A writer of nested values as lines of YAML, in drawn styles."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def pick(self, *options: str) -> str:
        """Draw one of *options*; Hypothesis reports how often each is drawn."""
        return self.draw(st.sampled_from(options))

    def often(self) -> bool:
        """Draw a boolean."""
        return self.draw(st.booleans())

    def seldom(self) -> bool:
        """Draw a boolean that is mostly false."""
        return self.draw(st.integers(0, 5)) == 5

    def number(self, low: int, high: int) -> int:
        """Draw an integer."""
        return self.draw(st.integers(low, high))

    def noise(self, column: int) -> list[str]:
        """Draw comments and blank lines above a line at *column*."""
        if not self.seldom():
            return []
        rows = []
        for _ in range(self.number(1, 3)):
            comment = " " * self.number(0, column) + self.pick(*_COMMENTS)
            rows.append(comment if self.often() else self.pick("", "", "  "))
        return rows

    def tail(self) -> str:
        """Draw a comment or blanks after a value."""
        return (
            self.pick("", "", "", "", " ", "  # why", "\t# why: - é", "\t") if self.often() else ""
        )

    def block(self, value: Mapping[str, object], column: int) -> list[str]:
        """Write a map, one key per line."""
        rows = []
        for index, (key, one) in enumerate(value.items()):
            if index:
                rows += self.noise(column)
            gap = self.pick("", "", "", " ")
            first, *rest = self.value(one, column)
            rows += [f"{' ' * column}{self.key(key)}{gap}:{first}", *rest]
        return rows

    def key(self, key: str) -> str:
        """Write a key, plain or quoted."""
        style = "plain" if re.fullmatch(r"[a-z][a-z-]*[a-z]", key) else "double"
        style = self.pick(style, style, style, "single", "double")
        return key if style == "plain" else self.quoted(key, style)

    def value(self, value: object, column: int) -> list[str]:
        """Write the value after a key at *column*, or after a dash, and its further lines."""
        if isinstance(value, str):
            return self.scalar(value, column)
        if not value or self.often():
            event("flow")
            lead = self.pick(" ", " ", "  ", "\t", "\n" + " " * (column + 1))
            return f"{lead}{self.flow(value, column + 1)}{self.tail()}".split("\n")
        if isinstance(value, dict):
            event("block map")
            inner = column + self.number(1, 6)
            return [self.tail(), *self.noise(column), *self.block(value, inner)]
        assert isinstance(value, list)
        inner = column + self.number(0, 4)
        event(f"dashes at {inner - column}")
        return [self.tail(), *self.noise(inner), *self.dashes(value, inner)]

    def dashes(self, values: list[object], column: int) -> list[str]:
        """Write a list, one dash per entry."""
        rows: list[str] = []
        for value in values:
            if rows:
                rows += self.noise(column)
            margin = " " * column
            if not isinstance(value, dict) or not value:
                first, *rest = self.value(value, column) if value != [] else [" []"]
                rows += [f"{margin}-{first}", *rest]
            elif self.seldom():
                event("entry in braces")
                flow = self.flow(value, column + 1)
                rows += f"{margin}-{' ' * self.number(1, 4)}{flow}{self.tail()}".split("\n")
            else:
                inner = column + self.number(2, 6)
                block = self.block(value, inner)
                if self.seldom():
                    event("dash on its own line")
                    rows += [f"{margin}-{self.tail()}", *self.noise(inner), *block]
                else:
                    rows += [f"{margin}-{' ' * (inner - column - 1)}{block[0][inner:]}", *block[1:]]
        return rows

    def flow(self, value: object, column: int) -> str:
        """Write a value in brackets or braces."""
        if isinstance(value, str):
            return self.short(value, column, is_flow=True)
        if isinstance(value, dict):
            parts = [f"{self.key(k)}: {self.flow(one, column)}" for k, one in value.items()]
            opening, closing = "{}"
        else:
            assert isinstance(value, list)
            parts = [self.flow(one, column) for one in value]
            opening, closing = "[]"
        if not parts:
            return opening + self.pick("", "", " ") + closing
        text = opening + self.space(column)
        for index, part in enumerate(parts):
            text += part + self.space(column)
            is_last = index + 1 == len(parts)
            if not is_last or self.seldom():
                text += "," + (self.space(column) or " ")
        return text + closing

    def space(self, column: int) -> str:
        """Draw white space and comments between the entries of a list in brackets."""
        if not self.seldom():
            return ""
        margin = "\n" + " " * self.number(column, column + 4)
        return self.pick(" ", "\t", margin, f" # why{margin}", f"\n\n# [{margin}")

    def scalar(self, text: str, column: int) -> list[str]:
        """Write a text after `key:` or a dash, and the lines that it takes."""
        if text == "" and self.often():
            event("nothing behind the colon")
            return [self.tail()]
        if _SHOWN.fullmatch(text) and text.strip("\n \t") and self.often():
            return self.literal(text, column)
        words = text.split(" ")
        is_flat = len(words) > 1 and all(_SAFE.fullmatch(word) for word in words)
        if is_flat and self.often():
            return self.folded(words, column)
        gap = self.pick(" ", " ", "  ", "\t")
        return f"{gap}{self.short(text, column + 1, is_flow=False)}{self.tail()}".split("\n")

    def literal(self, text: str, column: int) -> list[str]:
        """Write a block with `|`."""
        core = text.rstrip("\n")
        ends = len(text) - len(core)
        chomp = ("-", "", "+")[min(ends, 2)]
        chomp = self.pick(chomp, "+") if ends == 1 else chomp
        width = self.number(1, 6)
        is_plain_start = not core.startswith((" ", "\t", "\n"))
        mark = "" if is_plain_start and self.often() else str(width)
        event(f"literal {chomp} {bool(mark)}")
        header = f"|{chomp}{mark}" if self.often() else f"|{mark}{chomp}"
        margin = " " * (column + width)
        rows = [margin + row if row or self.seldom() else "" for row in core.split("\n")]
        blank = ends - 1 if chomp == "+" else self.number(0, 2) * self.seldom()
        comment = " # why" if self.seldom() else ""
        return [f" {header}{comment}", *rows, *[""] * blank]

    def folded(self, words: list[str], column: int) -> list[str]:
        """Write a block with `>-`."""
        event("folded")
        margin = " " * (column + self.number(1, 6))
        cut = self.number(1, len(words))
        rows = [" ".join(part) for part in (words[:cut], words[cut:]) if part]
        return [" >-", *(margin + row for row in rows), *[""] * self.seldom()]

    def short(self, text: str, column: int, *, is_flow: bool) -> str:
        """Write a text without quotes if possible, or in quotes; one with blanks on two lines."""
        is_plain = _SAFE.fullmatch(text) or (_DATED.fullmatch(text) and not is_flow)
        style = self.pick("single", "double", *(("plain",) * 4 if is_plain else ()))
        if style == "single" and not re.fullmatch("[\x20-\x7e\xa0-\u2027\u2070-\ud7ff🔥]*", text):
            style = "double"
        written = text if style == "plain" else self.quoted(text, style)
        place = re.search(r"(?<=\w) (?=\w)", written)
        if place and self.seldom():
            event(f"{style} on two lines")
            margin = " " * self.number(column, column + 3)
            written = f"{written[: place.start()]}\n{margin}{written[place.end() :]}"
        return written

    def quoted(self, text: str, style: str) -> str:
        """Write *text* in quotes."""
        if style == "single" and re.fullmatch("[\x20-\x7eé]*", text):
            return "'" + text.replace("'", "''") + "'"
        if self.seldom():
            event("escapes")
            return '"' + "".join(f"\\U{ord(character):08x}" for character in text) + '"'
        return characters.escaped(json.dumps(text, ensure_ascii=False))


@st.composite
def styled(draw: st.DrawFn) -> str:
    """Draw the text of an incident file in any style."""
    return drawn_text(draw, draw(incidents()))


def drawn_text(draw: st.DrawFn, incident: Incident) -> str:
    """Write *incident* as the text of a file in drawn styles, perhaps without its updates."""
    writer = Writer(draw)
    shape = writer.pick("updates", "updates", "updates", "updates", "no updates", "updates: []")
    body = incident.body
    updates: list[object] = [_entry(writer, update) for update in incident.updates]
    values = _top(writer, incident)
    if shape != "updates":
        event(shape)
        body = body or "Body."
        updates = []
        if incident.resolved is None and incident.state is not None:
            values["state"] = str(incident.kind.first_state)
    if updates or shape == "updates: []":
        values["updates"] = updates
    ordered = {key: values[key] for key in draw(st.permutations(list(values)))}
    if writer.seldom() and writer.seldom():
        event("front matter in braces")
        rows = f"{writer.flow(ordered, 1)}{writer.tail()}".split("\n")
    else:
        column = writer.number(0, 2) if writer.seldom() else 0
        rows = [*writer.noise(column), *writer.block(ordered, column), *writer.noise(column)]
    fences = (writer.pick("---", "---", "-----", "--- "), writer.pick("---", "---", "----\t"))
    lines = [*([""] * writer.seldom()), fences[0], *rows, fences[1], *([""] * writer.often()), body]
    text = "\n".join(lines) + writer.pick("", "\n", "\n\n")
    ending = writer.pick("\n", "\n", "\n", "\r\n", "\r", "mixed")
    event(f"ends with {ending!r}")
    if ending == "mixed":
        head, found, rest = text.partition("updates")
        return head.replace("\n", "\r\n") + found + rest
    return text.replace("\n", ending)


def _top(writer: Writer, incident: Incident) -> dict[str, object]:
    first = incident.kind.first_key
    values: dict[str, object] = {"title": incident.title, "severity": str(incident.severity)}
    values["services"] = _services(incident.services)
    times = [(first, incident.started)]
    times += [(key, getattr(incident, key)) for key in ("resolved", "starts", "ends", "until")]
    values |= {key: _time(writer, at) for key, at in times if at is not None}
    flags = [("pin", incident.pin), ("draft", incident.draft), ("notify", incident.notify)]
    values |= {key: str(flag).lower() for key, flag in flags if flag != (key == "notify")}
    words = [("state", incident.state), ("source", incident.source), ("id", incident.id)]
    return values | {key: str(word) for key, word in words if word} | dict(incident.extra)


def _entry(writer: Writer, update: Update) -> dict[str, object]:
    values: dict[str, object] = {"at": _time(writer, update.at)}
    values |= {
        key: str(getattr(update, key)) for key in ("state", "severity") if getattr(update, key)
    }
    if update.services:
        values["services"] = _services(update.services)
    if not update.notify:
        values["notify"] = "false"
    values |= {key: getattr(update, key) for key in ("source", "id") if getattr(update, key)}
    values |= {"text": update.text, **update.extra}
    return {key: values[key] for key in writer.draw(st.permutations(list(values)))}


def _services(services: tuple[ServiceSeverity, ...]) -> object:
    if any(one.severity for one in services):
        return {one.id: str(one.severity) for one in services}
    return [one.id for one in services]


def _time(writer: Writer, at: datetime) -> str:
    written = times.written(at, ZoneInfo(writer.pick(*ZONES)))
    return written.replace("T", writer.pick("T", " "))


@st.composite
def news(draw: st.DrawFn, old: Incident) -> Update:
    """Draw an update for *old*: after the others, between them, or at the time of one."""
    times = [old.started, *(one.at for one in old.updates)]
    later = draw(st.sampled_from(times)) + timedelta(seconds=draw(st.integers(0, 10**5)))
    is_moved = draw(st.integers(0, 4)) == 4
    given_severity = st.sampled_from(old.kind.severities)
    mapped = st.dictionaries(st.sampled_from(IDS), given_severity, min_size=1)
    named = draw(mapped) if is_moved and draw(st.booleans()) else {}
    return Update(
        at=draw(st.sampled_from([*times, max(times), later, later])),
        text=draw(PROSE),
        state=draw(st.none() | st.sampled_from(old.kind.states)),
        severity=draw(given_severity) if is_moved and not named else None,
        services=tuple(ServiceSeverity(id=name, severity=one) for name, one in named.items()),
        notify=draw(st.booleans()),
        extra=draw(EXTRA),
    )


# The promise.


def meant(old: Incident, update: Update) -> Incident | None:
    """Return *old* with *update* inserted, or None if a rule forbids it."""
    later = [one for one in old.updates if one.at > update.at]
    earlier = old.updates[: len(old.updates) - len(later)]
    new = replace(old, updates=(*earlier, update, *later))
    state = timeline.last_state(new)
    new = replace(new, state=(state or old.state) if old.state else None)
    parsed = file_of(parser.format(new)).parsed()
    # The body is the summary unless it equals the first text.
    assume(parsed.incident is None or parsed.incident.body == new.body)
    return None if errors(parsed.problems) else new


def restored(old: str, new: str) -> str:
    """Return *new* with the top-level `state` of *old*, to compare their quotes."""
    spans = []
    for text in (old, new):
        root = front_matter_tree(text, path=Path("a.md"))
        node = root.value("state") if root else None
        if not isinstance(node, Scalar):
            return new
        lines = edit.Lines(text)
        spans.append((lines.offset((node.line, node.column)), lines.offset(node.end), node.text))
    (start, end, word), (new_start, new_end, new_word) = spans
    written, new_written = old[start:end], new[new_start:new_end]
    is_escaped = word not in written

    assert is_escaped or written == new_written.replace(new_word, word)
    return new[:new_start] + written + new[new_end:]


def inserted(old: str, new: str) -> str:
    """Return the text that was inserted into *old* at one place, ignoring a top `state`."""
    new = restored(old, new)
    count = len(new) - len(old)
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))

    assert old == new[:same] + new[same + count :]
    return new[same : same + count]


@given(data=st.data())
def test_an_update_is_added_and_every_other_character_stays(data: st.DataObject) -> None:
    """In a file of any style an update is inserted by time, and nothing else changes."""
    text = data.draw(styled())
    file = file_of(text)
    old = file.parsed().incident
    assume(old is not None)
    assert old is not None
    update = data.draw(news(old))
    expected = meant(old, update)
    if expected is None:
        event("refused by the rules")
        with pytest.raises(EditError) as caught:
            edit.with_update(file, update)
        assert caught.value.reason != "this layout of the file cannot be edited automatically"
        return
    event("added")
    changed = edit.with_update(file, update)
    inserted(text, changed)
    again = file.parsed(changed)

    assert [] == errors(again.problems)
    assert expected == again.incident


# Special cases.

BLOCK = HEAD + "updates:\n" + FIRST


TRAPS = [
    pytest.param(f"{BLOCK}@---\n", ADDED, id="list-at-the-end"),
    pytest.param(f"{BLOCK}@  # The end.\n# Really.\n---\n", ADDED, id="comments-below-the-last"),
    pytest.param(f"{BLOCK}@\n\n   \n---\n", ADDED, id="blank-lines-below-the-last"),
    pytest.param(f"{BLOCK}@x-a: b\n---\n", ADDED, id="keys-below-the-list"),
    pytest.param(f"{BLOCK}    x-a: |+\n      b\n@---\n", ADDED, id="kept-line-end"),
    pytest.param(f"{BLOCK}    x-a: |\n      b\n@\n\n---\n", ADDED, id="block-and-blank-lines"),
    pytest.param(f"{BLOCK}    x-a: >-\n      b\n      c\n@\n---\n", ADDED, id="folded"),
    pytest.param(f"{BLOCK}    x-a: b\n      c # why\n@---\n", ADDED, id="plain-on-two-lines"),
    pytest.param(f"{BLOCK}    x-a: 'b\n\n\n      c' # why\n@---\n", ADDED, id="quoted-on-lines"),
    pytest.param(f"{BLOCK}    x-a: [b,\n c\n ] # why\n@---\n", ADDED, id="list-on-lines"),
    pytest.param(f"{BLOCK}    x-a: # why\n      - b: c\n@---\n", ADDED, id="nested-last"),
    pytest.param(f"{BLOCK}    x-a:\n@    # why\n---\n", ADDED, id="last-value-empty"),
    pytest.param(
        f"{HEAD}updates:\n  - at: 2026-11-20 09:05Z\n    text:\n@---\n", ADDED, id="text-empty"
    ),
    pytest.param(f"{BLOCK}@  -\n    at: 2026-11-20 12:01Z\n---\n", ADDED, id="before-a-lone-dash"),
    pytest.param(
        f"{BLOCK}@  # Later.\n  - at: 2026-11-20 12:01Z\n---\n", ADDED, id="above-a-comment"
    ),
    pytest.param(
        f"{BLOCK}  - at: 2026-11-20 12:00Z\n@  - at: 2026-11-20 12:01Z\n---\n",
        ADDED,
        id="behind-those-of-its-moment",
    ),
    pytest.param(
        f"{HEAD}updates: # all\n\n  # Later.\n@  - at: 2026-11-20 12:01Z\n---\n",
        ADDED,
        id="before-the-first",
    ),
    pytest.param(
        f"{HEAD}updates:\n- at: 2026-11-20 09:05Z\n@---\n",
        "- at: 2026-11-20T13:00:00+01:00\n  state: monitoring\n  text: News.\n",
        id="dashes-at-the-margin",
    ),
    pytest.param(
        f"{HEAD}updates:\n -   at: 2026-11-20 09:05Z\n@---\n",
        " -   at: 2026-11-20T13:00:00+01:00\n     state: monitoring\n     text: News.\n",
        id="wide-dashes",
    ),
    pytest.param(
        f"{HEAD}updates:\n  - # why\n\n      at: 2026-11-20 09:05Z\n@---\n",
        ADDED,
        id="dash-on-its-own-line",
    ),
    pytest.param(
        f"{HEAD}updates:\n  - {{at: 2026-11-20 09:05Z,\n\n text: a}} # why\n@---\n",
        ADDED,
        id="entry-in-braces",
    ),
    pytest.param(
        f"{HEAD}updates: [{{at: 2026-11-20 09:05Z}}@]\n---\n", f", {INLINE}", id="in-brackets"
    ),
    pytest.param(
        f"{HEAD}updates: [\n {{at: 2026-11-20 09:05Z}}@, # why\n]\n---\n",
        f", {INLINE}",
        id="comma-at-the-end",
    ),
    pytest.param(
        f"{HEAD}updates: [@{{at: 2026-11-20 12:05Z}}]\n---\n",
        f"{INLINE}, ",
        id="first-in-brackets",
    ),
    pytest.param(
        f"{HEAD}updates: [at: 2026-11-20 09:05Z@]\n---\n", f", {INLINE}", id="pair-in-brackets"
    ),
    pytest.param(
        BLOCK.replace("up", '"up').replace(":\n ", '" :\n ') + "@---\n", ADDED, id="quoted-key"
    ),
    pytest.param(
        f"{HEAD}# a\u2028# b\nupdates:\n{FIRST}@---\n", ADDED, id="line-separator-in-comment"
    ),
    pytest.param(f"{HEAD}x-a: 'b\x85c'\nupdates:\n{FIRST}@---\n", ADDED, id="next-line-in-quotes"),
    pytest.param(f"{BLOCK}    x-a: '🔥🔥' # 🔥\n@---\n", ADDED, id="astral-characters"),
    pytest.param(f"{BLOCK}@---\nBody\n", ADDED, id="body"),
    pytest.param(
        f"{BLOCK}    x-a: |+\n      b\n\n\n@---\n",
        ADDED,
        id="kept-blank-lines",
    ),
    pytest.param(f"{BLOCK}    x-a: |+\n\n\n@---\n", ADDED, id="nothing-but-kept-blank-lines"),
    pytest.param(f"{BLOCK}    x-a: |\n      b\n        \n@\n---\n", ADDED, id="line-of-blanks"),
    pytest.param(
        f"{BLOCK}    x-a: |\n      b\n      \u00a0\n@---\n",
        ADDED,
        id="no-break-space",
    ),
    pytest.param(f"{BLOCK}@...\n---\nBody\n", ADDED, id="end-of-document"),
]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("text", "expected"), TRAPS)
def test_an_update_stands_where_it_belongs(text: str, expected: str, ending: str) -> None:
    """New lines match the style of the others and are inserted at the `@`; nothing else changes."""
    before, after = text.replace("\n", ending).split("@")
    changed = edit.with_update(file_of(before + after), NEWS)

    assert before + expected.replace("\n", ending) + after == changed


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("investigating", "monitoring", id="plain"),
        pytest.param(
            "investigating # why: investigating", "monitoring # why: investigating", id="comment"
        ),
        pytest.param("'investigating'\t# why", "'monitoring'\t# why", id="single"),
        pytest.param('"investigating" # why', '"monitoring" # why', id="double"),
        pytest.param('"investigat\\x69ng" # why', "monitoring # why", id="escape"),
        pytest.param("\n  investigating", "\n  monitoring", id="line-of-its-own"),
        pytest.param("|-\n  investigating\n", "|-\n  monitoring\n", id="block"),
    ],
)
@pytest.mark.parametrize("is_above", [True, False])
def test_the_state_at_the_top_follows(written: str, expected: str, *, is_above: bool) -> None:
    """Only the value of a top-level `state` is replaced, in every style."""
    keys = ["updates:\n" + FIRST, f"state: {written}\n"]
    old = HEAD + "".join(reversed(keys) if is_above else keys) + "---\n"
    keys = ["updates:\n" + FIRST + ADDED, f"state: {expected}\n"]
    new = HEAD + "".join(reversed(keys) if is_above else keys) + "---\n"

    assert new == edit.with_update(file_of(old), NEWS)


def test_a_state_at_the_top_stays_when_the_update_says_nothing_new() -> None:
    """An update without a state, and one between others, keep the top-level `state`."""
    old = HEAD + "state: identified\nupdates:\n" + FIRST
    old += "  - {at: 2026-11-20 12:30Z, state: identified}\n---\n"

    assert "state: identified\nupdates" in edit.with_update(file_of(old), NEWS)


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{HEAD}updates:\n{FIRST}---\n", id="block"),
        pytest.param(f"{HEAD}state: identified\nupdates:\n{KNOWN}---\n", id="state-at-the-top"),
        pytest.param(f"{HEAD}updates:\n{FIRST}pin: true # yes\n---\nBody.\n", id="not-at-the-end"),
        pytest.param(f"{HEAD}updates: [{INLINE.replace('13:', '12:')}]\n---\n", id="inline"),
        pytest.param(
            f"{HEAD}updates:\n- at: 2026-11-20 09:05Z\n  text: |\n   A\n\n   B\n---", id="b"
        ),
    ],
)
def test_an_update_is_removed_and_every_other_character_stays(text: str, ending: str) -> None:
    """Removing an update that was just added restores the file."""
    text = text.replace("\n", ending)
    added = edit.with_update(file_of(text), replace(NEWS, text="a\n\n# b"))

    assert text == edit.without_last_update(file_of(added))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{HEAD}updates:\n{FIRST}---\n", id="one-update"),
        pytest.param(f"{HEAD}---\nBody.\n", id="a-body"),
        pytest.param(f"{HEAD}state: resolved\nupdates:\n{FIRST}{ADDED}---\n", id="errors"),
        pytest.param(f"{HEAD}updates:\n{FIRST}  -\n    at: 2026-11-20\n---\n", id="more-errors"),
        pytest.param("", id="empty"),
    ],
)
def test_what_cannot_be_removed_is_refused(text: str) -> None:
    """The only update stays, and so does an update in a file that has errors."""
    with pytest.raises(EditError):
        edit.without_last_update(file_of(text))


def test_a_file_without_a_state_at_the_top_gets_none() -> None:
    """An edit does not add keys that the author omitted."""
    changed = edit.with_update(file_of(BLOCK + "---\n"), NEWS)

    assert BLOCK + ADDED + "---\n" == changed


def test_a_resolution_by_time_alone_stays_when_an_update_only_tells() -> None:
    """An update without a state does not reopen an incident that `resolved` ended."""
    top = HEAD + "state: resolved\nresolved: 2026-11-20 10:00Z\n"
    told = replace(NEWS, state=None)
    added = ADDED.replace("    state: monitoring\n", "")

    assert top + "updates:\n" + FIRST + added + "---\n" == edit.with_update(
        file_of(top + "updates:\n" + FIRST + "---\n"), told
    )


# The files of the documentation.

LATER = Update(at=utc("2030-01-01 12:00"), text="- a: b #c\n\n'd'")


@pytest.mark.parametrize("text", all_code("markdown"))
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_file_that_the_documentation_shows_takes_an_update(text: str, ending: str) -> None:
    """Every style in the documentation can be edited."""
    known = settings_of(SITE)
    file = replace(file_of(text.replace("\n", ending)), config=known)
    added = inserted(file.text, edit.with_update(file, LATER))

    assert added.endswith(ending)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "incidents").rglob("*.md")), ids=lambda path: str(path.stem)
)
def test_every_file_of_the_example_takes_an_update(path: Path) -> None:
    """Every style in the example can be edited."""
    known = settings_of((ROOT / "statusgen.yml").read_text(encoding="utf-8"))
    file = replace(file_of(path.read_text(encoding="utf-8")), config=known)
    expected = formatter.item(LATER, zone=known.zone)
    added = inserted(file.text, edit.with_update(file, LATER))

    assert [f"  {row}".rstrip() for row in expected] == added.split("\n")[-len(expected) - 1 : -1]


# Files without updates.

BRACES = "---\n{title: A, severity: none, services: [], started: 2026-11-20 09:00Z"
OPENING = "  - at: 2026-11-20T10:00:00+01:00\n    text: Body.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{HEAD}---\n\nBody.\n", f"{HEAD}updates:\n{OPENING}{ADDED}---\n\nBody.\n", id="body"
        ),
        pytest.param(
            f"{HEAD}state: identified # why\n# The end.\n---\nBody.\n",
            f"{HEAD}state: monitoring # why\nupdates:\n"
            f"{OPENING.replace('text', 'state: identified@text').replace('@', chr(10) + '    ')}"
            f"{ADDED}# The end.\n---\nBody.\n",
            id="state-at-the-top",
        ),
        pytest.param(
            f"{HEAD}updates: [ ] # none yet\n---\nBody.\n",
            f'{HEAD}updates: [{{at: 2026-11-20T10:00:00+01:00, text: "Body."}}, {INLINE} ]'
            " # none yet\n---\nBody.\n",
            id="empty-list",
        ),
        pytest.param(
            f"{BRACES},}}\n---\nBody.",
            f"{BRACES}, updates: "
            f'[{{at: 2026-11-20T10:00:00+01:00, text: "Body."}}, {INLINE}],}}\n---\nBody.',
            id="all-in-braces",
        ),
        pytest.param(
            re.sub("^(?=[a-z])", "  ", HEAD, flags=re.MULTILINE) + "---\nBody.",
            re.sub("^(?=[a-z])", "  ", HEAD, flags=re.MULTILINE)
            + re.sub("^", "  ", f"updates:\n{OPENING}{ADDED}", flags=re.MULTILINE).rstrip(" ")
            + "---\nBody.",
            id="indented",
        ),
        pytest.param(
            f"{HEAD}x-a: |\n  a\n\n---\nBody.",
            f"{HEAD}x-a: |\n  a\nupdates:\n{OPENING}{ADDED}\n---\nBody.",
            id="below-a-block",
        ),
    ],
)
def test_a_body_becomes_the_first_update(text: str, expected: str) -> None:
    """A file without updates gets two: its body, and the new one; the body stays."""
    assert expected == edit.with_update(file_of(text), NEWS)


@pytest.mark.parametrize("text", [f"{HEAD}---\n", f"{HEAD}updates: []\n---\n\n"])
def test_a_file_that_said_nothing_gets_one_update(text: str) -> None:
    """An empty body does not become an update."""
    changed = file_of(edit.with_update(file_of(text), NEWS)).parsed().incident

    assert changed is not None
    assert ("", (NEWS,)) == (changed.body, changed.updates)


@pytest.mark.parametrize("body", ["Body.", "    code", "a\n\n- b: c  \n\n# d #e\n", "🔥 'a' \"b\""])
def test_a_body_that_became_an_update_is_shown_once(body: str) -> None:
    """The body is not the summary while it equals the first update."""
    changed = edit.with_update(file_of(f"{HEAD}---\n{body}"), NEWS)
    again = file_of(changed).parsed().incident

    assert changed.endswith(f"---\n{body}")
    assert again is not None
    assert ["", body.strip("\n").rstrip(), "News."] == [
        again.body,
        *(u.text for u in again.updates),
    ]


# Refusals.


def pasted(file: IncidentFile, error: EditError) -> Incident | None:
    """Return the incident of *file*, which ends with its updates, with the lines pasted below."""
    lines = "".join(f"  {line}\n" if line else "\n" for line in error.paste.split("\n"))
    head, body = file.text.split("\n---\n")
    return file.parsed(f"{head}\n{lines}---\n{body}").incident


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        pytest.param(
            replace(NEWS, at=utc("2026-11-20 08:00")),
            "update '2026-11-20T09:00:00+01:00' is before 'started' (line 5); use a later time",
            id="before-the-start",
        ),
        pytest.param(
            replace(NEWS, state=State.RESOLVED, severity=Severity.MAJOR),
            "severity 'major' is not possible in state 'resolved'; remove it, or use another state",
            id="resolves-with-a-severity",
        ),
        pytest.param(
            replace(NEWS, state=State.COMPLETED),
            "state 'completed' does not apply to an incident; use one of: investigating,"
            " identified, monitoring, resolved",
            id="state-of-a-maintenance",
        ),
    ],
)
def test_an_update_against_the_rules_is_refused_with_their_words(
    update: Update, reason: str
) -> None:
    """An update that breaks a rule changes nothing; the reason is the message of the rule."""
    with pytest.raises(EditError) as caught:
        edit.with_update(file_of(BLOCK + "---\n"), update)

    assert reason == caught.value.reason


def test_a_severity_that_moves_no_service_is_refused() -> None:
    """If maps have set every service, a severity alone is refused, and the remedy is a map."""
    text = BLOCK.replace("[api]", "{api: major}") + "---\n"
    with pytest.raises(EditError) as caught:
        edit.with_update(file_of(text), replace(NEWS, severity=Severity.PARTIAL))

    assert "write services: {api: partial}" in caught.value.reason


@given(update=incidents().flatmap(lambda old: st.sampled_from(old.updates)))
def test_a_file_with_errors_is_left_alone_and_the_lines_to_add_are_told(update: Update) -> None:
    """Pasted below the last update of the corrected file, the lines are the update."""
    update = replace(update, at=NEWS.at, state=None, severity=None, services=())
    file = file_of(BLOCK.replace("title", "titel") + "---\nBody.\n")
    with pytest.raises(EditError) as caught:
        edit.with_update(file, update)
    corrected = replace(file, text=BLOCK + "---\nBody.\n")
    found = pasted(corrected, caught.value)

    assert "the file has errors" == caught.value.reason
    assert found is not None
    assert (*incident_of(corrected.text).updates, update) == found.updates


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("Body.", id="no-front-matter"),
        pytest.param("---\n- a\n---\n", id="list"),
        pytest.param("---\ntitle: [\n---\n", id="no-yaml"),
    ],
)
def test_what_is_no_incident_is_refused(text: str) -> None:
    """A file without front matter has no place for an update."""
    with pytest.raises(EditError, match="the file has errors"):
        edit.with_update(file_of(text), NEWS)


# Any text at all.


@given(data=st.data(), at=st.integers(0, 10**4), length=st.integers(0, 9), put=st.text(max_size=3))
def test_a_damaged_file_is_changed_soundly_or_refused(
    data: st.DataObject, at: int, length: int, put: str
) -> None:
    """For any text, an update is added, or nothing changes and a reason is given."""
    text = data.draw(styled())
    at %= len(text) + 1
    text = text[:at] + put + text[at + length :]
    file = file_of(text)
    try:
        changed = edit.with_update(file, NEWS)
    except EditError:
        event("refused")
        return
    event("added")
    inserted(text, changed)

    assert [] == errors(file.parsed(changed).problems)


# What the formatter writes.


@given(
    update=incidents().flatmap(lambda old: st.sampled_from(old.updates)),
    at=MOMENTS,
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    indent=st.integers(2, 9),
    is_inline=st.booleans(),
)
def test_an_update_is_read_back_in_either_form_and_any_zone(
    update: Update, at: datetime, zone: ZoneInfo, indent: int, *, is_inline: bool
) -> None:
    """An update has the same meaning as an entry in a list and as a map in braces."""
    update = replace(update, at=at, state=None, severity=None, services=())
    head = HEAD.replace("2026-11-20", "2000-01-01").replace("09:00Z", "00:00Z")
    rows = ["updates:", *formatter.item(update, zone=zone, indent=indent)]
    if is_inline:
        rows = [f"updates: [{formatter.inline(update, zone=zone)}]"]
    found = file_of(head + "\n".join([*rows, "---\n"])).parsed().incident

    assert found is not None
    assert (update,) == found.updates
    assert all("\n" not in row for row in rows)


@pytest.mark.parametrize("value", ["", " ''", " null", " {}", " []", "   # none yet"])
def test_an_update_goes_into_an_empty_list(value: str) -> None:
    """In a file with an empty `updates`, the body and the update become its entries."""
    text = f"{HEAD}updates:{value}\nstate:\n---\n\nText.\n"

    actual = edit.with_update(file_of(text), NEWS)

    shown = incident_of(actual)
    assert ["Text.", "News."] == [update.text for update in shown.updates]
    assert f"{INLINE}]" in actual


MOVED = (utc("2026-11-24 21:00"), utc("2026-11-24 23:00"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "starts: 2026-11-21 22:00Z\nends: 2026-11-21 23:00Z\n",
            "starts: 2026-11-24T22:00:00+01:00\nends: 2026-11-25T00:00:00+01:00\n",
            id="plain",
        ),
        pytest.param(
            "ends:   '2026-11-21 23:00Z'  # late\nstarts: \"2026-11-21 22:00Z\"\n",
            "ends:   '2026-11-25T00:00:00+01:00'  # late\nstarts: \"2026-11-24T22:00:00+01:00\"\n",
            id="quotes-and-comments",
        ),
        pytest.param(
            "starts: 2026-11-24 22:00+01:00\nends: 2026-11-21 23:00Z\n".replace("21 23", "24 22"),
            "starts: 2026-11-24 22:00+01:00\nends: 2026-11-25T00:00:00+01:00\n",
            id="end-only",
        ),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_window_moves_and_nothing_else_changes(before: str, after: str, ending: str) -> None:
    """Only the values of `starts` and `ends` that differ are replaced, in their quotes."""
    head = "---\ntitle: Disks\nseverity: maintenance\nservices: [api]\n"
    rest = f"announced: 2026-11-20 09:00Z\nupdates:\n{FIRST}"
    text = f"{head}{before}{rest}---\nBody.\n".replace("\n", ending)
    update = Update(at=NEWS.at, text="News.")

    found = edit.with_update(file_of(text), update, MOVED)

    added = ADDED.replace("    state: monitoring\n", "")
    assert f"{head}{after}{rest}{added}---\nBody.\n".replace("\n", ending) == found


def test_a_window_in_braces_moves() -> None:
    """Front matter on one line is edited, too."""
    text = (
        "---\n{title: Disks, severity: maintenance, services: [api], announced: 2026-11-20 09:00Z,"
        " starts: 2026-11-21 22:00Z, ends: 2026-11-21 23:00Z}\n---\nBody.\n"
    )

    found = edit.with_update(file_of(text), replace(NEWS, state=None), MOVED)

    assert "starts: 2026-11-24T22:00:00+01:00, ends: 2026-11-25T00:00:00+01:00, updates: [" in found
