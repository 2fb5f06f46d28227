"""Visible changes between two built sites, computed from their JSON files."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from statusgen import times
from statusgen.characters import printable
from statusgen.i18n import catalogue
from statusgen.markup.escape import inert
from statusgen.model import Kind, Severity

_WINDOW = timedelta(days=365)  # api/incidents.json may no longer list older incidents
# GitHub drops a job summary of more than 1 MiB. These limits keep it below half of that, even if
# every character becomes a character reference.
_SHOWN = 50  # incidents in the list
_SHOWN_SERVICES = 5  # per incident, and in the headline
_SHOWN_CHARACTERS = 200  # per title or name
_LONGEST_LINK = 1000
_SILENT = (
    "the maintenance window moved without an update, so calendars may keep the old one and"
    " subscribers are not notified; add an update that says so"
)
_SAFE_LINK = re.compile("https?://[A-Za-z0-9._~:/%-]+")


class Verb(StrEnum):
    """The kind of change to an incident, in the order of the summary."""

    REMOVED = "removed"  # first, because the new page no longer shows it
    OPENED = "opened"
    REOPENED = "reopened"
    UPDATED = "updated"
    RESOLVED = "resolved"
    ANNOUNCED = "announced"
    STARTED = "started"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ADDED = "added"
    EDITED = "edited"


@dataclass(frozen=True, kw_only=True)
class IncidentState:
    """An incident as api/incidents.json describes it."""

    slug: str
    url: str
    kind: Kind
    title: str
    dated: datetime
    worst: Severity
    is_open: bool
    is_over: bool
    is_cancelled: bool
    services: Mapping[str, tuple[str, Severity]]  # id to name and severity now
    window: tuple[str, str] | None  # of maintenance
    updates: Mapping[str, str]  # id to text
    written: frozenset[str]  # ids of the updates that people wrote
    rest: tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class PageState:
    """A built site: the digest of its content, the time it was built for, and its incidents."""

    digest: str
    now: datetime
    files: Mapping[str, IncidentState]

    def severities(self) -> dict[str, tuple[str, Severity]]:
        """Return the name and the severity of every affected service, by id."""
        found: dict[str, tuple[str, Severity]] = {}
        for incident in self.files.values():
            for id_, (name, severity) in incident.services.items():
                worst = found[id_][1] if id_ in found else Severity.NONE
                found[id_] = (name, max(worst, severity, key=lambda one: one.rank))
        return found


@dataclass(frozen=True, kw_only=True)
class IncidentDiff:
    """The change to one incident; *updates* is the number of new updates.

    *is_silent* is true if its maintenance window moved without an update that says so.
    """

    verb: Verb
    incident: IncidentState
    updates: int = 0
    is_silent: bool = False


@dataclass(frozen=True, kw_only=True)
class StatusMove:
    """A service whose severity changed."""

    name: str
    before: Severity
    after: Severity


@dataclass(frozen=True, kw_only=True)
class Changes:
    """All changes; *is_first* if there was no site before, *is_same* if the digests are equal."""

    moves: tuple[StatusMove, ...]
    files: tuple[IncidentDiff, ...]
    is_first: bool
    is_same: bool


def digest_of(record: bytes) -> str:
    """Return the digest in *record*, the content of a `build.json`.

    Raises ValueError if it has none.
    """
    digest = _object(record).get("digest")
    if not isinstance(digest, str) or re.fullmatch("[0-9a-f]{64}", digest) is None:
        raise ValueError("it has no digest")
    return digest


def page(record: bytes, incidents: bytes) -> PageState:
    """Parse the `build.json` and `api/incidents.json` of a site.

    They may come from any server, so every value is checked. Raises ValueError if statusgen did
    not write them.
    """
    digest = digest_of(record)
    try:
        found = [_incident(one) for one in _object(incidents)["incidents"]]
        now = times.parse(_object(record)["now"], UTC)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"its JSON has an unexpected structure: {type(error).__name__}") from None
    return PageState(digest=digest, now=now, files={one.slug: one for one in found})


def compare(old: PageState | None, new: PageState) -> Changes:
    """Compare *new* with *old*, which is None if nothing was published before."""
    before = old.files if old is not None else {}
    found = [_change(before.get(slug), incident) for slug, incident in new.files.items()]
    gone = [
        IncidentDiff(verb=Verb.REMOVED, incident=incident)
        for slug, incident in before.items()
        if slug not in new.files and incident.dated > new.now - _WINDOW
    ]
    order = [*Verb]
    return Changes(
        moves=tuple(_moves(old, new)),
        files=tuple(
            sorted([*filter(None, found), *gone], key=lambda change: order.index(change.verb))
        ),
        is_first=old is None,
        is_same=old is not None and old.digest == new.digest,
    )


def headline(changes: Changes) -> str:
    """Summarize *changes* on one line: ``API: operational → major outage; 1 incident opened``."""
    if changes.is_same:
        return "no changes for visitors"
    parts = ["the first publication"] if changes.is_first else []
    shown = changes.moves[:_SHOWN_SERVICES]
    parts += [f"{_short(move.name)}: {_word(move.before)} → {_word(move.after)}" for move in shown]
    if len(changes.moves) > len(shown):
        parts.append(f"{len(changes.moves) - len(shown)} more services changed")
    counts = Counter((change.verb, change.incident.kind) for change in changes.files)
    for (verb, kind), number in counts.items():
        parts.append(f"{number} {kind}{'' if number == 1 else 's'} {verb}")
    return "; ".join(parts) or "no incident or service changes; other parts of the page change"


def as_text(changes: Changes) -> str:
    """Format *changes* for a terminal: the headline, then a line for each incident."""
    lines = [headline(changes)]
    for change in changes.files:
        incident = change.incident
        lines.append(
            f"{change.verb} {printable(incident.slug)}: {printable(incident.title)}{_more(change)}"
        )
        if change.is_silent:
            lines.append(f"warning: {printable(incident.slug)}: {_SILENT}")
    return "\n".join(lines)


def as_markdown(changes: Changes, *, linked: bool) -> str:
    """Format *changes* for a job summary on GitHub; names and titles are escaped.

    With *linked*, each title is a link to its page. Omit it for a site that is not published yet.
    """
    head, shown = headline(changes), changes.files[:_SHOWN]
    lines = [f"### {inert(head[:1].upper() + head[1:])}", ""]
    for change in shown:
        incident = change.incident
        title = inert(_short(incident.title))
        is_link = (
            linked
            and change.verb is not Verb.REMOVED
            and len(incident.url) <= _LONGEST_LINK
            and _SAFE_LINK.fullmatch(incident.url)
        )
        names = ", ".join(_names(incident))
        lines.append(
            f"- **{change.verb}** {f'[{title}]({incident.url})' if is_link else title}"
            f"{inert(_more(change))}{f' · {names}' if names else ''}"
        )
        if change.is_silent:
            lines.append(f"  - **Warning:** {_SILENT}")
    if len(changes.files) > len(shown):
        lines.append(f"- and {len(changes.files) - len(shown)} more")
    return "\n".join(lines).rstrip()


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(found, dict):
        raise ValueError("it is not a JSON object")
    return found


def _incident(one: dict[str, Any]) -> IncidentState:
    services = {
        str(service["id"]): (str(service["name"]), Severity(service["severity"]))
        for service in one["services"]
    }
    return IncidentState(
        slug=str(one["slug"]),
        url=str(one["url"]),
        kind=Kind(one["kind"]),
        title=str(one["title"]),
        dated=times.parse(one["starts"] or one["started"], UTC),
        worst=Severity(one["worst"]),
        is_open=one["open"] is True,
        is_over=one["ended"] is not None,
        is_cancelled=one["cancelled"] is True,
        services=services,
        window=(str(one["starts"]), str(one["ends"])) if one["starts"] else None,
        written=frozenset(
            str(update["id"]) for update in one["updates"] if update["written"] is True
        ),
        updates={str(update["id"]): str(update["text"]) for update in one["updates"]},
        rest=tuple(str(one[key]) for key in ("state", "starts", "ends", "until", "summary")),
    )


def _moves(old: PageState | None, new: PageState) -> Iterator[StatusMove]:
    before = old.severities() if old is not None else {}
    after = new.severities()
    for id_ in [*after, *(id_ for id_ in before if id_ not in after)]:
        name = (after.get(id_) or before[id_])[0]
        was = before[id_][1] if id_ in before else Severity.NONE
        is_ = after[id_][1] if id_ in after else Severity.NONE
        if was is not is_:
            yield StatusMove(name=name, before=was, after=is_)


def _change(old: IncidentState | None, new: IncidentState) -> IncidentDiff | None:
    added = len(new.updates.keys() - old.updates.keys()) if old is not None else 0
    verb = _verb(old, new, added)
    if verb is None:
        return None
    is_silent = old is not None and _is_silent_move(old, new)
    return IncidentDiff(verb=verb, incident=new, updates=added, is_silent=is_silent)


def _is_silent_move(old: IncidentState, new: IncidentState) -> bool:
    """Return whether the window of unfinished maintenance moved without a new update."""
    is_moved = old.window is not None and new.window is not None and old.window != new.window
    return is_moved and not new.is_over and not new.written - old.written


def _verb(old: IncidentState | None, new: IncidentState, added: int) -> Verb | None:
    planned = new.kind is Kind.MAINTENANCE
    if old is None:
        if new.is_open:
            return Verb.STARTED if planned else Verb.OPENED
        return Verb.ANNOUNCED if planned and not new.is_over else Verb.ADDED
    if new.is_open and not old.is_open:
        return Verb.STARTED if planned else Verb.REOPENED
    if new.is_over and not old.is_over and new.kind is not Kind.NOTICE:
        done = Verb.CANCELLED if new.is_cancelled else Verb.COMPLETED
        return done if planned else Verb.RESOLVED
    if added:
        return Verb.UPDATED
    return Verb.EDITED if _visible(old) != _visible(new) else None


def _visible(incident: IncidentState) -> tuple[object, ...]:
    """Return what visitors see of *incident*, except the address, which differs in a preview."""
    return (
        incident.kind,
        incident.title,
        incident.worst,
        incident.services,
        incident.updates,
        incident.rest,
    )


def _more(change: IncidentDiff) -> str:
    """Return the worst severity and the number of new updates, in parentheses."""
    parts = [] if change.incident.kind is not Kind.INCIDENT else [_word(change.incident.worst)]
    if change.verb is Verb.UPDATED:
        parts.append(f"{change.updates} update{'' if change.updates == 1 else 's'}")
    return f" ({', '.join(parts)})" if parts else ""


def _names(incident: IncidentState) -> Iterator[str]:
    """Yield the first services of *incident* as Markdown, then how many more there are."""
    names = [name for name, _ in incident.services.values()]
    yield from (inert(_short(name)) for name in names[:_SHOWN_SERVICES])
    if len(names) > _SHOWN_SERVICES:
        yield f"{len(names) - _SHOWN_SERVICES} more"


def _short(text: str) -> str:
    """Return *text* on one line, truncated to the longest title or name that a site may have."""
    shown = printable(text[: _SHOWN_CHARACTERS + 1])
    is_whole = len(shown) <= _SHOWN_CHARACTERS
    return shown if is_whole else f"{shown[: _SHOWN_CHARACTERS - 1]}…"


def _word(severity: Severity) -> str:
    return catalogue.messages(catalogue.ORIGINAL)[f"severity.{severity}"].lower()
