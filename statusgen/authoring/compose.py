"""Compose changes to incident files from reports by people and monitors; write nothing."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from statusgen import times
from statusgen.authoring import edit, lookup, slugs
from statusgen.authoring.edit import EditError, IncidentFile, Window
from statusgen.config.settings import Config
from statusgen.content import formatter
from statusgen.i18n.messages import Words
from statusgen.model import Incident, Kind, Severity, State, Update
from statusgen.problems import ContentError, OutsideError, Problem, UsageError, errors, quoted
from statusgen.schema import scalars
from statusgen.system import files
from statusgen.system.files import UnreadableError
from statusgen.timeline import replay, timeline
from statusgen.timeline.timeline import SETTLED, Timeline

_TOO_LONG = f"the file would have more than {files.MAX_TEXT // 1024} KiB; shorten the text"
_MAX_LISTED = 3  # services in a commit subject
_NUMBER = re.compile(r"-[0-9]+\Z")  # distinguishes files with the same date and title
_BRACKETS = str.maketrans("[]", "()")
_REFERENCE = re.compile(
    r"#(?=\d)|(?<=\bGH)-(?=\d)|(?:(?<=/issues)|(?<=/pull))/(?=\d)", re.IGNORECASE
)
_LINE_NUMBER = re.compile(r" \(line \d+\)")


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """The folder of a site, its settings, and the current time."""

    site: Path
    config: Config
    now: datetime


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """A change to the text of the file *path*; *before* is None if the file is new."""

    path: Path
    before: str | None
    after: str
    action: str  # "opened" or "updated"; empty if nothing changes
    subject: str  # of the commit
    is_draft: bool = False
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Addition:
    """An update to add to a file, and the new window if it moves maintenance."""

    update: Update
    window: Window | None = None


def new(
    workspace: Workspace,
    incident: Incident,
    *,
    taken: Collection[str] = (),
    slug: str = "",
    in_series: bool = False,
) -> FileChange:
    """Return the change that creates *incident*, named *slug* or after its date and title.

    If an open file has the same content, return it unchanged; for maintenance *in_series* also a
    file that was cancelled or moved to another day. Raises UsageError if the incident has errors,
    or if an open file with the same date and title has different content.
    """
    stem = slug or _stem(incident, workspace.config)
    found = lookup.all_incident_files(workspace.site)
    if slug and scalars.slug_fault(slug):
        raise UsageError(f"--slug: {scalars.slug_fault(slug)}")
    # A file such as readme.md is not an incident, but must not be overwritten.
    is_there = slug and files.kind_of(workspace.site / "incidents" / f"{slug}.md") is not None
    if is_there or (slug and any(one.slug == slug for one in found)):
        raise UsageError(f"{quoted(slug)} already exists; choose another --slug")
    for one in found:
        is_like = stem in (one.slug, _NUMBER.sub("", one.slug)) and not slug
        if not is_like or incident.source is not None:
            continue
        duplicate = _duplicate(one, workspace, incident, in_series=in_series)
        if duplicate is not None:
            return unchanged(duplicate)
    names = {one.slug for one in found} | set(taken)
    tries = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(names) + 2))
    free = next(name for name in tries if name not in names)
    path = workspace.site / "incidents" / f"{free}.md"
    text = formatter.format_incident(replace(incident, slug=free), zone=workspace.config.zone)
    parsed = IncidentFile(path=path, slug=free, text=text, config=workspace.config).parsed()
    if parsed.incident is None:
        raise UsageError(_joined(parsed.problems))
    if _is_too_long(text):
        raise UsageError(_TOO_LONG)
    state = timeline.last_state(incident)
    return FileChange(
        path=path,
        before=None,
        after=text,
        action="opened",
        subject=subject(
            incident.title, [one.id for one in incident.services], state or incident.kind
        ),
        is_draft=incident.draft,
        warnings=(*parsed.problems, *parsed.later(workspace.now)),
    )


def overlaps(workspace: Workspace, incident: Incident) -> Iterator[str]:
    """Yield a warning for each file that the new *incident* may duplicate.

    These are maintenance with the same title and window, and open incidents that affect one of its
    services or have its title. Files with errors are skipped.
    """
    if incident.draft or incident.kind is Kind.NOTICE:
        return
    found = lookup.all_incident_files(workspace.site)
    if incident.kind is Kind.INCIDENT:  # The cache counts scheduled maintenance as closed.
        found = lookup.maybe_open(workspace.site, found, workspace.config, now=workspace.now)
    for one in found:
        try:
            file = lookup.open_file(one, workspace.config)
            if incident.severity not in file.text and incident.kind is Kind.MAINTENANCE:
                continue  # Parsing the file would take much longer.
            other = lookup.timeline_of(file)
        except ContentError:
            continue
        if _is_same_window(incident, other, now=workspace.now):
            yield f"{quoted(one.slug)} has the same title and window"
        elif service := _shared_service(incident, other, now=workspace.now):
            what = f"{quoted(one.slug)} is already open for {quoted(service)}"
            yield f"{what}; to add to it, run: statusgen update {one.slug}"
        elif _is_same_title(incident, other, now=workspace.now):
            what = f"{quoted(one.slug)} has this title and is still open"
            yield f"{what}; to add to it, run: statusgen update {one.slug}"


def _is_same_window(new: Incident, course: Timeline, *, now: datetime) -> bool:
    """Return whether *new* is the maintenance of *course*, which has not ended at *now*."""
    old = course.incident
    return (
        new.kind is Kind.MAINTENANCE
        and (new.title, new.starts, new.ends) == (old.title, old.starts, old.ends)
        and course.until(now).state not in SETTLED
    )


def _is_window_of(new: Incident, old: Incident, config: Config) -> bool:
    """Return whether *old*, which is named after the day of *new*, is or was its window."""
    is_moved = times.day_of(old.dated, config.zone) != times.day_of(new.dated, config.zone)
    return is_moved or (new.starts, new.ends) == (old.starts, old.ends)


def _shared_service(new: Incident, course: Timeline, *, now: datetime) -> str | None:
    """Return the first service of *new* that the open incident of *course* affects at *now*."""
    is_incident = new.kind is course.incident.kind is Kind.INCIDENT
    if not is_incident or not lookup.is_open(course, now=now):
        return None
    severities = course.until(now).severities
    affected = {service for service, one in severities.items() if one is not Severity.NONE}
    return next((one.id for one in new.services if one.id in affected), None)


def _is_same_title(new: Incident, course: Timeline, *, now: datetime) -> bool:
    """Return whether *new* has the title, in any case, of the open incident of *course*."""
    old = course.incident
    return (
        new.kind is old.kind is Kind.INCIDENT
        and new.title.casefold() == old.title.casefold()
        and lookup.is_open(course, now=now)
    )


def _duplicate(
    found: lookup.Found, workspace: Workspace, incident: Incident, *, in_series: bool
) -> IncidentFile | None:
    """Return the file *found* if it duplicates *incident*, or None if it is unrelated.

    Raises UsageError if it is open and has the same title, but different content.
    """
    file = lookup.open_file(found, workspace.config)
    course = file.parsed().timeline
    if course is None:
        return None
    other = course.incident
    if other.title != incident.title or Kind.NOTICE in (other.kind, incident.kind):
        return None
    text = incident.updates[0].text
    same = (other.severity, other.services) == (incident.severity, incident.services)
    is_same = same and text in ("", other.updates[0].text)
    if other.kind is Kind.MAINTENANCE:
        if in_series:
            is_there = _is_window_of(incident, other, workspace.config)
        else:
            is_there = _is_same_window(incident, course, now=workspace.now)
        return file if is_same and is_there else None
    if course.state in SETTLED:
        return None
    if is_same:
        return file
    what = f"{quoted(found.slug)} has this title and is still open"
    raise UsageError(f"{what}; to add to it, run: statusgen update {found.slug}")


def updated(
    file: IncidentFile,
    update: Update,
    *,
    now: datetime,
    window: Window | None = None,
    allow_repeat: bool = False,
) -> FileChange | None:
    """Return the change that adds *update* to *file*, or None if the file already has it.

    With *window*, maintenance moves there. Unless *allow_repeat* is set, None is also returned for
    a last update that differs only in its time. Raises EditError.
    """
    course = lookup.timeline_of(file)
    incident = course.incident
    before = [one for one in incident.updates if one.at <= update.at]
    is_last = bool(before) and _without_ids(before[-1], at=update.at) == update
    is_there = any(_without_ids(one, at=one.at) == update for one in incident.updates)
    is_moved = window not in (None, (incident.starts, incident.ends))
    if not is_moved and (is_there or (is_last and not allow_repeat)):
        return None
    with _placed(file):
        last = incident.updates[-1]
        is_superseded = last.is_from_monitor and last.at > now and update.state in SETTLED
        text = edit.without_last_update(file) if is_superseded else file.text
        text = edit.with_update(replace(file, text=text), update, window)
    if _is_too_long(text):
        raise UsageError(f"incidents/{file.folder}{file.path.name}: {_TOO_LONG}")
    parsed = file.parsed(text)
    new = parsed.timeline or course
    return FileChange(
        path=file.path,
        before=file.text,
        after=text,
        action="updated",
        subject=_move_subject(new.incident) if is_moved else _update_subject(course, new, update),
        is_draft=incident.draft,
        warnings=(*parsed.problems, *parsed.later(now)),
    )


def withdrawn(file: IncidentFile, what: str) -> FileChange:
    """Return the change that removes the last update of *file*, which was never shown.

    *what* happened instead ends the commit subject. Raises EditError.
    """
    with _placed(file):
        text = edit.without_last_update(file)
    incident = lookup.incident_of(replace(file, text=text))
    return FileChange(
        path=file.path,
        before=file.text,
        after=text,
        action="updated",
        subject=subject(incident.title, [one.id for one in incident.services], what),
        is_draft=incident.draft,
    )


@contextmanager
def _placed(file: IncidentFile) -> Iterator[None]:
    """Put the path of *file* before the reason of an EditError."""
    try:
        yield
    except EditError as error:
        reason = f"incidents/{file.folder}{file.path.name}: {error.reason}"
        raise EditError(reason, paste=error.paste) from None


def _move_subject(incident: Incident) -> str:
    return subject(incident.title, [one.id for one in incident.services], "rescheduled")


def _without_ids(update: Update, *, at: datetime) -> Update:
    """Return *update* with the time *at* and without ids, to compare it with a new update."""
    return replace(update, at=at, id=None, source=None)


def _update_subject(old: Timeline, new: Timeline, update: Update) -> str:
    """Return the commit subject for *update*: the services, and the new state or severity."""
    before, course = (one.until(update.at) for one in (old, new))
    moved = {
        service: severity
        for service, severity in course.severities.items()
        if severity is not before.severities.get(service, Severity.NONE)
    }
    affected = [name for name, one in course.severities.items() if one is not Severity.NONE]
    names = [*moved] or affected or [one.id for one in new.incident.services]
    what = update.state or (timeline.worst(moved.values()) if moved else course.state)
    return subject(new.incident.title, names, "cancelled" if course.is_cancelled else what)


def unchanged(file: IncidentFile) -> FileChange:
    """Return a change that leaves *file* as it is, so that it can still be committed."""
    course = lookup.timeline_of(file)
    incident = course.incident
    return FileChange(
        path=file.path,
        before=file.text,
        after=file.text,
        action="",
        subject=_update_subject(_without_last(incident), course, incident.updates[-1]),
        is_draft=incident.draft,
    )


def _without_last(incident: Incident) -> Timeline:
    return replay.trace(replace(incident, updates=incident.updates[:-1]))


def merger(config: Config) -> Callable[[str, bytes, bytes, bytes], bytes]:
    """Return a merge function for incident files to which two people added updates.

    It takes the path and the versions base, theirs and ours, and returns theirs with our updates.
    It raises OutsideError on a conflict.
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
            what = f"conflict in {path.name}: someone else changed it too, and {error}"
            raise OutsideError(f"{what}; run: git pull --rebase") from None
        return files.encode(text, like=versions[1])

    return merge


def standard(config: Config, state: State, kind: Kind, *, is_early: bool = False) -> str:
    """Return the standard sentence for *state*, in the language of the site.

    A notice ends instead of being resolved. Completing maintenance before its window (*is_early*)
    cancels it.
    """
    name = str(state)
    if kind is Kind.NOTICE and state in SETTLED:
        name = "ended"
    elif is_early and state is State.COMPLETED:
        name = "cancelled"
    return Words(config.language, config.messages).say(f"standard.{name}")


def rescheduled(config: Config, starts: datetime, ends: datetime) -> str:
    """Return the sentence for a new window, in the language and time zone of the site."""
    from statusgen.i18n.language import Language  # noqa: PLC0415, it is slow to load

    language, zone = Language(config.language, config.messages), config.zone
    is_one_day = times.day_of(starts, zone) == times.day_of(ends, zone)
    end = language.time(ends, zone) if is_one_day else language.moment(ends, zone)
    window = f"{language.moment(starts, zone)} \N{EN DASH} {end}"
    return language.say("standard.rescheduled", window=window)


def subject(title: str, services: Collection[str], what: str) -> str:
    """Return the subject of a commit: ``[api, web] Elevated errors: identified``.

    Words that GitHub acts on (``[skip ci]``, ``closes #3``) are defused in *title*.
    """
    names = list(services)
    rest = len(names) - _MAX_LISTED
    listed = ", ".join(names[:_MAX_LISTED] + ([f"+{rest}"] if rest > 0 else []))
    plain = " ".join(_REFERENCE.sub(" ", title.translate(_BRACKETS)).split())
    return f"{f'[{listed}] ' if listed else ''}{plain}: {what}"


def _stem(incident: Incident, config: Config) -> str:
    """Return the name of the file for *incident*: its date, and its title or what it affects."""
    names = (incident.title, *(one.id for one in incident.services), incident.kind)
    words = next(filter(None, (slugs.slug_of(name, config.language) for name in names)))
    return f"{times.day_of(incident.dated, config.zone)}-{words}"


def _is_too_long(text: str) -> bool:
    return len(text.encode()) > files.MAX_TEXT


def _joined(problems: Collection[Problem]) -> str:
    # The file does not exist yet, so its line numbers would mislead.
    return " / ".join(_LINE_NUMBER.sub("", problem.message) for problem in errors(problems))
