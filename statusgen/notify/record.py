"""Record of notifications: `state.json` in the Git ref `refs/statusgen/notified`.

It stores when each channel was first seen. For each update from the last 30 days, it stores the
file, the time, a digest of the content, and the status for each channel: claimed, sent or skipped.
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
RETENTION = timedelta(days=30)

_DIGITS = 16  # length of the digest of an update


class RecordError(ValueError):
    """Error in the text of a record; the message contains the cause and the remedy."""


class MarkKind(StrEnum):
    """The status of an update for a channel."""

    CLAIMED = "claimed"  # a run is about to send it
    SENT = "sent"
    SKIPPED = "skipped"  # the channel does not subscribe to it, or it was too old


@dataclass(frozen=True)
class Mark:
    """The status of an update for a channel, and its time; *run* is the run that claimed it."""

    kind: MarkKind
    at: datetime
    run: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordEntry:
    """An update: its *file*, time and *digest*, and its *marks* by channel id.

    *words* is a digest of its text alone. *name* is the id that receivers know, if it differs: the
    update was moved since, or its id belonged to another update. If *is_gone*, the update was not
    on the site at the last run; the entry is kept in case the update returns.
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
    """The times at which *channels* were first seen, and the entries of *updates* by id."""

    channels: Mapping[str, datetime] = field(default_factory=dict)
    updates: Mapping[str, RecordEntry] = field(default_factory=dict)

    def mark(self, key: str, channel: str) -> Mark | None:
        """Return the mark of the update *key* for *channel*, or None."""
        entry = self.updates.get(key)
        return entry.marks.get(channel) if entry else None

    def with_marks(self, channel: str, keys: Iterable[str], mark: Mark | None) -> "Record":
        """Return the record with *mark* for the updates *keys*; None removes their marks."""
        updates = dict(self.updates)
        for key in keys:
            entry = updates.get(key)
            if entry is not None:
                marks = {name: old for name, old in entry.marks.items() if name != channel}
                if mark is not None:
                    marks[channel] = mark
                updates[key] = replace(entry, marks=marks)
        return replace(self, updates=updates)


def parse(text: str) -> Record:
    """Parse the *text* of a record; empty text is an empty record. Raises RecordError."""
    if not text:
        return Record()
    try:
        found = json.loads(text)
        version = found["version"]
        if not isinstance(version, int) or version < 1:
            raise TypeError
        if version > VERSION:
            what = f"it has version {version}, but this statusgen supports only {VERSION}"
            raise RecordError(f"{what}; upgrade statusgen")
        return Record(
            channels={str(name): _moment(at) for name, at in found["channels"].items()},
            updates={str(key): _entry(one) for key, one in found["updates"].items()},
        )
    except RecordError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        what = "it is not a record written by statusgen"
        remedy = "fix it, or delete the ref: every channel is then new and gets no earlier updates"
        raise RecordError(f"{what}; {remedy}") from None


def write(record: Record) -> str:
    """Return *record* as JSON, sorted and indented so that people can read and fix it."""
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


def reconcile(record: Record, updates: Iterable[SiteUpdate], *, now: datetime) -> Record:
    """Return *record* with an entry for each of *updates*, and none older than 30 days.

    *updates* are all updates on the site. The id of an update changes if its time or file changes,
    or if another update has the same time. The update is then recognized by its content and keeps
    its marks. An edited update also keeps its marks. Only a new update has none.
    """
    known: dict[str, dict[str, RecordEntry]] = {}
    for key, entry in record.updates.items():
        if entry.at >= now - RETENTION:
            known.setdefault(entry.file, {})[key] = entry
    current: dict[str, list[UpdateView]] = {file: [] for file in known}
    for one in updates:
        current.setdefault(one.incident.slug, []).append(one.update)
    found: dict[str, RecordEntry] = {}
    for file in known:
        found |= _reconcile_file(file, current[file], known[file])[0]
    # A file was renamed if all its updates are gone and appear in a file without entries.
    left = {
        key: one
        for file, those in known.items()
        if not current[file]
        for key, one in those.items()
        if not one.is_gone
    }
    for file in sorted(current.keys() - known.keys()):
        fresh, moved = _reconcile_file(file, current[file], left)
        found = {key: one for key, one in found.items() if key not in moved}
        found |= {key: one for key, one in fresh.items() if one.file == file}
        left = {key: one for key, one in left.items() if key not in moved}
    return replace(record, updates=found)


def digest_of(update: UpdateView) -> str:
    """Return a digest of the state, severities and text of *update*."""
    severities = sorted((name, str(one)) for name, one in update.severities.items())
    return digest(repr((str(update.state), severities, update.text)))[:_DIGITS]


def _reconcile_file(
    file: str, updates: Iterable[UpdateView], old: Mapping[str, RecordEntry]
) -> tuple[dict[str, RecordEntry], set[str]]:
    """Return the entries for the *updates* in *file*, based on its *old* entries.

    Also returns the ids in *old* whose updates now have a different id.
    """
    current = {one.id: one for one in updates}
    digests = {key: digest_of(one) for key, one in current.items()}
    words = {key: _words_of(one) for key, one in current.items()}
    # Entries whose id now has different content, or none: edited, moved or deleted.
    left = {key: one for key, one in old.items() if digests.get(key) != one.digest}
    fresh = {text for key, text in digests.items() if key not in old or key in left}
    names = {one.name or key for key, one in old.items()}
    found: dict[str, RecordEntry] = {}
    moved: set[str] = set()

    def source(key: str, *, by_words: bool) -> str | None:
        """Return the old id with the same content as *key*, or the same text if *by_words*."""
        for one, entry in left.items():
            is_free = not entry.is_gone and one not in {key, *moved}
            is_same = entry.words == words[key] if by_words else entry.digest == digests[key]
            is_possible = not by_words or (bool(words[key]) and one not in current)
            # Renaming a file does not change the times in it.
            is_here = entry.file == file or entry.at == current[key].at
            if is_free and is_same and is_possible and is_here:
                return one
        return None

    for key, update in current.items():
        entry = old.get(key)
        origin: str | None = key if entry is not None else None
        if entry is None or (key in left and entry.digest in fresh):
            origin = source(key, by_words=False) or source(key, by_words=True)
            entry = left[origin] if origin else None
            moved |= {origin} if origin else set()
        if entry is not None and entry.is_gone and entry.at != update.at:
            entry = None  # Maintenance that was rescheduled after its start is announced again.
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
    gone = {key: one for key, one in old.items() if key not in current and key not in moved}
    return (found | {key: replace(one, is_gone=True) for key, one in gone.items()}, moved)


def _words_of(update: UpdateView) -> str:
    """Return a digest of the text of *update*, or an empty string for a standard sentence."""
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
