"""What a visitor sees changed between two built sites, as the JSON of both tells it."""

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

_WINDOW = timedelta(days=365)  # what is older may have left the file of the last 12 months
# A summary of more than 1 MiB is dropped by GitHub. So much is shown, and is under half of that,
# even if every character becomes a reference to it.
_SHOWN = 50  # incidents that are named one by one
_SHOWN_SERVICES = 5  # of each, and in the headline
_SHOWN_CHARACTERS = 200  # of a title or a name
_LONGEST_LINK = 1000
_SAFE_LINK = re.compile("https?://[A-Za-z0-9._~:/%-]+")


class Verb(StrEnum):
    """What happened to a file, in the order in which a summary tells it."""

    REMOVED = "removed"  # first, since nothing else on the page would tell of it
    OPENED = "opened"
    REOPENED = "reopened"
    UPDATED = "updated"
    RESOLVED = "resolved"
    ANNOUNCED = "announced"
    BEGAN = "began"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ADDED = "added"
    EDITED = "edited"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a site tells of one file."""

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
    updates: Mapping[str, str]  # id to text
    rest: tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class PageState:
    """A built site: the digest of what it shows, the moment it was built for, and its files."""

    digest: str
    now: datetime
    files: Mapping[str, Told]

    def severities(self) -> dict[str, tuple[str, Severity]]:
        """The name and the severity of every service that a file touches, by id."""
        found: dict[str, tuple[str, Severity]] = {}
        for told in self.files.values():
            for id_, (name, severity) in told.services.items():
                worst = found[id_][1] if id_ in found else Severity.NONE
                found[id_] = (name, max(worst, severity, key=lambda one: one.rank))
        return found


@dataclass(frozen=True, kw_only=True)
class IncidentDiff:
    """What happened to one file; *updates* counts those that are new."""

    verb: Verb
    told: Told
    updates: int = 0


@dataclass(frozen=True, kw_only=True)
class StatusMove:
    """A service that has another severity than before."""

    name: str
    before: Severity
    after: Severity


@dataclass(frozen=True, kw_only=True)
class Changes:
    """All that changed; *is_first* if nothing was there before, *is_same* if no byte differs."""

    moves: tuple[StatusMove, ...]
    files: tuple[IncidentDiff, ...]
    is_first: bool
    is_same: bool


def digest_of(record: bytes) -> str:
    """The digest in *record*, the content of a `build.json`; ValueError if it has none."""
    digest = _object(record).get("digest")
    if not isinstance(digest, str) or re.fullmatch("[0-9a-f]{64}", digest) is None:
        raise ValueError("it has no digest")
    return digest


def page(record: bytes, incidents: bytes) -> PageState:
    """What `build.json` and `api/incidents.json` of a site tell; ValueError if they are not ours.

    They may come from anybody's server, so nothing in them is taken on trust.
    """
    try:
        files = [_told(one) for one in _object(incidents)["incidents"]]
        now = times.parse(_object(record)["now"], UTC)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"it is not as statusgen writes it ({type(error).__name__})") from None
    return PageState(digest=digest_of(record), now=now, files={told.slug: told for told in files})


def compare(old: PageState | None, new: PageState) -> Changes:
    """What is different in *new*; *old* is None where nothing had been published."""
    before = old.files if old is not None else {}
    found = [_change(before.get(slug), told) for slug, told in new.files.items()]
    gone = [
        IncidentDiff(verb=Verb.REMOVED, told=told)
        for slug, told in before.items()
        if slug not in new.files and told.dated > new.now - _WINDOW
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
    """All of *changes* on one line: ``API: operational → major outage; 1 incident opened``."""
    if changes.is_same:
        return "the page stays as it is"
    parts = ["the first publication"] if changes.is_first else []
    shown = changes.moves[:_SHOWN_SERVICES]
    parts += [f"{_short(move.name)}: {_word(move.before)} → {_word(move.after)}" for move in shown]
    if len(changes.moves) > len(shown):
        parts.append(f"{len(changes.moves) - len(shown)} more services changed")
    counts = Counter((change.verb, change.told.kind) for change in changes.files)
    for (verb, kind), number in counts.items():
        parts.append(f"{number} {kind}{'' if number == 1 else 's'} {verb}")
    return "; ".join(parts) or "no incident and no service changes, other parts of the page do"


def as_text(changes: Changes) -> str:
    """*changes* for a terminal: the headline, then a line for each file."""
    lines = [headline(changes)]
    for change in changes.files:
        told = change.told
        lines.append(
            f"{change.verb} {printable(told.slug)}: {printable(told.title)}{_more(change)}"
        )
    return "\n".join(lines)


def as_markdown(changes: Changes, *, linked: bool) -> str:
    """*changes* for the summary of a run on GitHub; names and titles can be nothing but text.

    *linked* says whether titles lead to their pages: those of a site that is only a proposal are
    not there yet.
    """
    head, shown = headline(changes), changes.files[:_SHOWN]
    lines = [f"### {inert(head[:1].upper() + head[1:])}", ""]
    for change in shown:
        told = change.told
        title = inert(_short(told.title))
        is_link = (
            linked
            and change.verb is not Verb.REMOVED
            and len(told.url) <= _LONGEST_LINK
            and _SAFE_LINK.fullmatch(told.url)
        )
        names = ", ".join(_names(told))
        lines.append(
            f"- **{change.verb}** {f'[{title}]({told.url})' if is_link else title}"
            f"{inert(_more(change))}{f' · {names}' if names else ''}"
        )
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


def _told(one: dict[str, Any]) -> Told:
    services = {
        str(service["id"]): (str(service["name"]), Severity(service["severity"]))
        for service in one["services"]
    }
    return Told(
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


def _change(old: Told | None, new: Told) -> IncidentDiff | None:
    added = len(new.updates.keys() - old.updates.keys()) if old is not None else 0
    verb = _verb(old, new, added)
    return None if verb is None else IncidentDiff(verb=verb, told=new, updates=added)


def _verb(old: Told | None, new: Told, added: int) -> Verb | None:
    planned = new.kind is Kind.MAINTENANCE
    if old is None:
        if new.is_open:
            return Verb.BEGAN if planned else Verb.OPENED
        return Verb.ANNOUNCED if planned and not new.is_over else Verb.ADDED
    if new.is_open and not old.is_open:
        return Verb.BEGAN if planned else Verb.REOPENED
    if new.is_over and not old.is_over and new.kind is not Kind.NOTICE:
        done = Verb.CANCELLED if new.is_cancelled else Verb.COMPLETED
        return done if planned else Verb.RESOLVED
    if added:
        return Verb.UPDATED
    return Verb.EDITED if _shown(old) != _shown(new) else None


def _shown(told: Told) -> tuple[object, ...]:
    """What of *told* a visitor reads; the address may be that of a preview."""
    return (told.kind, told.title, told.worst, told.services, told.updates, told.rest)


def _more(change: IncidentDiff) -> str:
    """What else there is to say: how bad it is, and how many updates are new."""
    parts = [] if change.told.kind is not Kind.INCIDENT else [_word(change.told.worst)]
    if change.verb is Verb.UPDATED:
        parts.append(f"{change.updates} update{'' if change.updates == 1 else 's'}")
    return f" ({', '.join(parts)})" if parts else ""


def _names(told: Told) -> Iterator[str]:
    """The services of *told*, as Markdown, if there are not too many."""
    names = [name for name, _ in told.services.values()]
    yield from (inert(_short(name)) for name in names[:_SHOWN_SERVICES])
    if len(names) > _SHOWN_SERVICES:
        yield f"{len(names) - _SHOWN_SERVICES} more"


def _short(text: str) -> str:
    """*text* on one line, which is as long as it may be in our own sites."""
    shown = printable(text[: _SHOWN_CHARACTERS + 1])
    is_whole = len(shown) <= _SHOWN_CHARACTERS
    return shown if is_whole else f"{shown[: _SHOWN_CHARACTERS - 1]}…"


def _word(severity: Severity) -> str:
    return catalogue.messages(catalogue.ORIGINAL)[f"severity.{severity}"].lower()
