"""The record of what was told to whom: `state.json` in the ref `refs/statusgen/notified`.

It holds since when each channel is known and, for each update of the last 30 days, its file, its
time, a digest of what it says, and for each channel whether it is claimed by a run or sent.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from statusgen import times
from statusgen.ids import digest, id12
from statusgen.notify.occasions import SiteUpdate
from statusgen.site.view_models import UpdateView

VERSION = 1
KEPT = timedelta(days=30)

_DIGITS = 16  # of the digest of an update


class RecordError(ValueError):
    """The text of a record cannot be read; the message says why and what to do."""


class MarkKind(StrEnum):
    """The progress of an update for a channel."""

    CLAIMED = "claimed"  # a run is about to send it
    SENT = "sent"
    SKIPPED = "skipped"  # nobody asked for it, or it was too old


@dataclass(frozen=True)
class Mark:
    """The progress of an update for a channel, and when; *run* is who claimed it."""

    kind: MarkKind
    at: datetime
    run: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordEntry:
    """An update: its *file*, its time, what it says, and *marks* by the ids of channels.

    *words* is a digest of its text alone. *name* is the id by which receivers know it, if that is
    not its own: it was moved since, or its id was that of another update before. One that *is_gone*
    was not in the site at the last run; should it come back it is known still.
    """

    file: str
    at: datetime
    digest: str
    words: str = ""
    name: str = ""
    is_gone: bool = False
    marks: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Record:
    """Since when each of the *channels* is known, and the entries of *updates* by their ids."""

    channels: Mapping[str, datetime] = field(default_factory=dict)
    updates: Mapping[str, RecordEntry] = field(default_factory=dict)

    def mark(self, key: str, channel: str) -> Mark | None:
        """Return what became of the update *key* for *channel*."""
        entry = self.updates.get(key)
        return entry.marks.get(channel) if entry else None

    def with_marks(self, channel: str, keys: Iterable[str], mark: Mark | None) -> "Record":
        """Return the record with *mark* for the updates *keys*, or without one."""
        updates = dict(self.updates)
        for key in keys:
            entry = updates.get(key)
            if entry is not None:
                marks = {one: found for one, found in entry.marks.items() if one != channel}
                if mark is not None:
                    marks[channel] = mark
                updates[key] = replace(entry, marks=marks)
        return replace(self, updates=updates)


def parse(text: str) -> Record:
    """Read the *text* of a record; an empty one is a record of nothing. Raises RecordError."""
    if not text:
        return Record()
    try:
        found = json.loads(text)
        version = found["version"]
        if not isinstance(version, int) or version < 1:
            raise TypeError
        if version > VERSION:
            what = f"it is of version {version}, this statusgen reads {VERSION}"
            raise RecordError(f"{what}; update statusgen")
        return Record(
            channels={str(name): _moment(at) for name, at in found["channels"].items()},
            updates={str(key): _entry(one) for key, one in found["updates"].items()},
        )
    except RecordError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        what = "it is no record of statusgen"
        remedy = "mend it, or delete the ref: channels then begin anew, and silently"
        raise RecordError(f"{what}; {remedy}") from None


def write(record: Record) -> str:
    """Write *record* as text; sorted and indented, so that people can read and mend it."""
    updates = {
        key: {
            "file": one.file,
            "at": times.written(one.at),
            "digest": one.digest,
            **({"words": one.words} if one.words else {}),
            **({"name": one.name} if one.name else {}),
            **({"gone": True} if one.is_gone else {}),
            "channels": {name: _mark_of(mark) for name, mark in sorted(one.marks.items())},
        }
        for key, one in record.updates.items()
    }
    found = {
        "version": VERSION,
        "channels": {name: times.written(at) for name, at in record.channels.items()},
        "updates": updates,
    }
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def reconciled(record: Record, updates: Iterable[SiteUpdate], *, now: datetime) -> Record:
    """Return *record* with an entry for each of *updates*, without what is older than 30 days.

    *updates* are all those of the site. One that was moved in time, by another one of its moment or
    with its file has another id: it is found by what it says, and keeps its marks. An edited one
    keeps them, too. Only what is new has none.
    """
    known: dict[str, dict[str, RecordEntry]] = {}
    for key, entry in record.updates.items():
        if entry.at >= now - KEPT:
            known.setdefault(entry.file, {})[key] = entry
    said: dict[str, list[UpdateView]] = {file: [] for file in known}
    for one in updates:
        said.setdefault(one.incident.slug, []).append(one.update)
    found: dict[str, RecordEntry] = {}
    for file in known:
        found |= _reconciled_file(file, said[file], known[file])[0]
    # A file that was renamed: all that it said is gone, and a file that nobody knew says it.
    left = {
        key: one
        for file, those in known.items()
        if not said[file]
        for key, one in those.items()
        if not one.is_gone
    }
    for file in sorted(said.keys() - known.keys()):
        fresh, moved = _reconciled_file(file, said[file], left)
        found = {key: one for key, one in found.items() if key not in moved}
        found |= {key: one for key, one in fresh.items() if one.file == file}
        left = {key: one for key, one in left.items() if key not in moved}
    return replace(record, updates=found)


def digest_of(update: UpdateView) -> str:
    """Return the digest of what *update* says: its state, severities and text."""
    severities = sorted((name, str(one)) for name, one in update.severities.items())
    return digest(repr((str(update.state), severities, update.text)))[:_DIGITS]


def _reconciled_file(
    file: str, updates: Iterable[UpdateView], there: Mapping[str, RecordEntry]
) -> tuple[dict[str, RecordEntry], set[str]]:
    """Return the entries of *file*, which has *updates* now and had those *there*.

    Also returns the ids, of those there, whose updates have another id now.
    """
    said = {one.id: one for one in updates}
    digests = {key: digest_of(one) for key, one in said.items()}
    words = {key: _words_of(one) for key, one in said.items()}
    # What they said does not stand under their ids any more: edited, moved or deleted.
    left = {key: one for key, one in there.items() if digests.get(key) != one.digest}
    fresh = {text for key, text in digests.items() if key not in there or key in left}
    names = {one.name or key for key, one in there.items()}
    found: dict[str, RecordEntry] = {}
    moved: set[str] = set()

    def source(key: str, *, by_words: bool) -> str | None:
        """Return the entry that says what the update *key* does, by its text alone if asked."""
        for one, entry in left.items():
            is_free = not entry.is_gone and one not in {key, *moved}
            is_same = entry.words == words[key] if by_words else entry.digest == digests[key]
            is_possible = not by_words or (bool(words[key]) and one not in said)
            # Who renames a file does not correct its times.
            is_here = entry.file == file or entry.at == said[key].at
            if is_free and is_same and is_possible and is_here:
                return one
        return None

    for key, update in said.items():
        entry = there.get(key)
        origin: str | None = key if entry is not None else None
        if entry is None or (key in left and entry.digest in fresh):
            origin = source(key, by_words=False) or source(key, by_words=True)
            entry = left[origin] if origin else None
            moved |= {origin} if origin else set()
        if entry is not None and entry.is_gone and entry.at != update.at:
            entry = None  # Work that was put off after it had begun begins once more.
        name = (entry.name or origin or "") if entry is not None else ""
        if entry is None and key in names:
            name = id12("notified", f"{key} {digests[key]} {times.written(update.at)}")
        found[key] = RecordEntry(
            file=file,
            at=update.at,
            digest=digests[key],
            words=words[key],
            name="" if name == key else name,
            marks=entry.marks if entry else {},
        )
    gone = {key: one for key, one in there.items() if key not in said and key not in moved}
    return (found | {key: replace(one, is_gone=True) for key, one in gone.items()}, moved)


def _words_of(update: UpdateView) -> str:
    """Return a digest of the text of *update*, empty for a standard sentence."""
    return "" if update.standard or not update.text else digest(update.text)[:_DIGITS]


def _entry(found: Mapping[str, object]) -> RecordEntry:
    marks = found["channels"]
    if not isinstance(marks, dict):
        raise TypeError
    return RecordEntry(
        file=str(found["file"]),
        at=_moment(found["at"]),
        digest=str(found["digest"]),
        words=str(found.get("words", "")),
        name=str(found.get("name", "")),
        is_gone=bool(found.get("gone", False)),
        marks={str(name): _mark(one) for name, one in marks.items()},
    )


def _mark(found: Mapping[str, object]) -> Mark:
    return Mark(MarkKind(str(found["state"])), _moment(found["at"]), str(found.get("run", "")))


def _mark_of(mark: Mark) -> dict[str, str]:
    run = {"run": mark.run} if mark.run else {}
    return {"state": str(mark.kind), "at": times.written(mark.at), **run}


def _moment(text: object) -> datetime:
    if not isinstance(text, str):
        raise TypeError
    return times.parse(text, UTC)
