"""What people and monitors say, as changes of incident files that nobody has written yet."""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from statusgen import times
from statusgen.authoring import edit, lookup
from statusgen.authoring.edit import EditError, IncidentFile
from statusgen.config.settings import Config
from statusgen.content import formatter
from statusgen.i18n.messages import Words
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import OutsideError, Problem, UsageError, errors, quoted
from statusgen.schema import scalars
from statusgen.system import files
from statusgen.system.files import UnreadableError
from statusgen.timeline import replay, timeline
from statusgen.timeline.timeline import SETTLED

_MAX_STEM = 60  # characters of a title that become part of a file's name
_TOO_LONG = f"the file would have more than {files.MAX_TEXT // 1024} KiB; shorten the text"
_NAMED = 3  # services that a subject names
_NUMBER = re.compile(r"-[0-9]+\Z")  # what tells files of one day and title apart
_BRACKETS = str.maketrans("[]", "()")
_REFERENCE = re.compile(
    r"#(?=\d)|(?<=\bGH)-(?=\d)|(?:(?<=/issues)|(?<=/pull))/(?=\d)", re.IGNORECASE
)
_PLACE = re.compile(r" \(line \d+\)")


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Where and when something is said: the folder of the site, its settings, and the moment."""

    site: Path
    config: Config
    now: datetime


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """The file *path* is to hold *after*; *before* is what it holds, None if it is to be made."""

    path: Path
    before: str | None
    after: str
    deed: str  # what to tell of it
    subject: str  # of its commit
    warnings: tuple[Problem, ...] = ()


def new(
    desk: Workspace, incident: Incident, *, taken: Collection[str] = (), slug: str = ""
) -> FileChange:
    """The file of the new *incident*, named *slug* or after its day and title.

    What was written already is not written again. Raises UsageError with what is wrong with the
    incident, or where one of that day and title is open that says something else.
    """
    day = times.day_of(incident.dated, desk.config.zone)
    stem = slug or f"{day}-{_stem(incident.title)}"
    found = lookup.all_incident_files(desk.site)
    if slug and scalars.slug_fault(slug):
        raise UsageError(f"--slug: {scalars.slug_fault(slug)}")
    for one in found:
        if one.slug == slug:
            raise UsageError(f"{quoted(slug)} is there already; choose another --slug")
        is_like = stem in (one.slug, _NUMBER.sub("", one.slug)) and not slug
        twin = _twin(one, desk.config, incident) if is_like and incident.source is None else None
        if twin is not None:
            return unchanged(twin)
    slugs = {one.slug for one in found} | set(taken)
    tries = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(slugs) + 2))
    free = next(name for name in tries if name not in slugs)
    path = desk.site / "incidents" / f"{free}.md"
    text = formatter.format_incident(replace(incident, slug=free), zone=desk.config.zone)
    parsed = IncidentFile(path=path, slug=free, text=text, config=desk.config).parsed()
    if parsed.incident is None:
        raise UsageError(_told(parsed.problems))
    if _is_too_long(text):
        raise UsageError(_TOO_LONG)
    state = timeline.last_state(incident)
    return FileChange(
        path=path,
        before=None,
        after=text,
        deed="opened",
        subject=subject(
            incident.title, [one.id for one in incident.services], state or incident.kind
        ),
        warnings=(*parsed.problems, *parsed.later(desk.now)),
    )


def _twin(one: lookup.Found, config: Config, incident: Incident) -> IncidentFile | None:
    """The file *one* if it says what *incident* does, None if it is about something else.

    Raises UsageError if it is open under the same title and says something else.
    """
    file = lookup.open_file(one, config)
    other = file.parsed().incident
    if other is None or other.title != incident.title or Kind.NOTICE in (other.kind, incident.kind):
        return None
    if replay.trace(other).state in SETTLED:
        return None
    text = incident.updates[0].text
    same = (other.severity, other.services) == (incident.severity, incident.services)
    if same and text in ("", other.updates[0].text):
        return file
    what = f"{quoted(one.slug)} is about this already, and is not over"
    raise UsageError(f"{what}; add to it with: statusgen update {one.slug}")


def updated(
    file: IncidentFile, update: Update, *, now: datetime, again: bool = False
) -> FileChange | None:
    """*file* with *update*, or None where it says just that.

    With *again* an update counts as said only if its time is the same, too. Raises EditError.
    """
    incident = lookup.incident_of(file)
    before = [one for one in incident.updates if one.at <= update.at]
    is_last = bool(before) and _unnamed(before[-1], at=update.at) == update
    is_there = any(_unnamed(one, at=one.at) == update for one in incident.updates)
    if is_there or (is_last and not again):
        return None
    try:
        text = edit.with_update(file, update)
    except EditError as error:
        raise EditError(f"{file.path}: {error.reason}", paste=error.paste) from None
    if _is_too_long(text):
        raise UsageError(f"{file.path}: {_TOO_LONG}")
    parsed = file.parsed(text)
    told = _told_by(incident, parsed.incident or incident, update)
    return FileChange(
        path=file.path,
        before=file.text,
        after=text,
        deed="updated",
        subject=told,
        warnings=(*parsed.problems, *parsed.later(now)),
    )


def _unnamed(update: Update, *, at: datetime) -> Update:
    """Return what *update* would say at *at*, without the ids that a new one has not."""
    return replace(update, at=at, id=None, source=None)


def _told_by(old: Incident, new: Incident, update: Update) -> str:
    """The subject of a commit that adds *update*: the services that it moves, and to what."""
    before, course = (replay.trace(one).until(update.at) for one in (old, new))
    moved = {
        service: severity
        for service, severity in course.severities.items()
        if severity is not before.severities.get(service, Severity.NONE)
    }
    affected = [name for name, one in course.severities.items() if one is not Severity.NONE]
    names = [*moved] or affected or [one.id for one in new.services]
    what = update.state or (timeline.worst(moved.values()) if moved else course.state)
    return subject(new.title, names, what)


def unchanged(file: IncidentFile) -> FileChange:
    """*file* as it is: what is left to do is at most to commit it."""
    incident = lookup.incident_of(file)
    return FileChange(
        path=file.path,
        before=file.text,
        after=file.text,
        deed="",
        subject=_told_by(_without_last(incident), incident, incident.updates[-1]),
    )


def _without_last(incident: Incident) -> Incident:
    return replace(incident, updates=incident.updates[:-1])


def merger(config: Config) -> Callable[[str, bytes, bytes, bytes], bytes]:
    """What merges an incident file of the site that two people have added updates to.

    It takes the path, and the file as it was, as it is theirs, and as it is ours, and gives theirs
    with our updates. It raises OutsideError where the two do not go together.
    """

    def merge(name: str, *versions: bytes) -> bytes:
        path = Path(name)
        try:
            base, theirs, ours = (
                IncidentFile(path=path, slug=path.stem, text=files.decode(one), config=config)
                for one in versions
            )
            text = edit.merged(base, theirs, ours)
        except (EditError, UnreadableError) as error:
            what = f"others changed {path.name} meanwhile, and the two do not go together: {error}"
            raise OutsideError(what) from None
        return files.encode(text, like=versions[1])

    return merge


def standard(config: Config, state: State, kind: Kind, *, is_early: bool = False) -> str:
    """Return the standard sentence for *state*, in the language of the site.

    A notice ends instead of being resolved. Completing maintenance that *is_early*, before its
    window has opened, cancels it.
    """
    name = str(state)
    if kind is Kind.NOTICE and state in SETTLED:
        name = "ended"
    elif is_early and state is State.COMPLETED:
        name = "cancelled"
    return Words(config.language, config.messages).say(f"standard.{name}")


def subject(title: str, services: Collection[str], what: str) -> str:
    """The subject of a commit: ``[api, web] Elevated errors: identified``.

    GitHub obeys some words of a subject (``[skip ci]``, ``closes #3``), and a title may have them.
    """
    names = list(services)
    rest = len(names) - _NAMED
    listed = ", ".join(names[:_NAMED] + ([f"+{rest}"] if rest > 0 else []))
    plain = " ".join(_REFERENCE.sub(" ", title.translate(_BRACKETS)).split())
    return f"{f'[{listed}] ' if listed else ''}{plain}: {what}"


def _stem(title: str) -> str:
    """*title* as a part of a file's name: plain letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"'", "", plain)
    stem = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    if len(stem) > _MAX_STEM:
        stem = stem[: _MAX_STEM + 1].rpartition("-")[0] or stem[:_MAX_STEM]
    return stem or "incident"


def _is_too_long(text: str) -> bool:
    return len(text.encode()) > files.MAX_TEXT


def _told(problems: Collection[Problem]) -> str:
    # Of a file that nobody has written no line need be told.
    return " / ".join(_PLACE.sub("", problem.message) for problem in errors(problems))
