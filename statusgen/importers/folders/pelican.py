"""Read a page that Pelican builds from `content/{ongoing,planned,resolved}/*.md`.

The folder is the state, so a file moves when it is over, and its name identifies it. There are no
severities and no services but in texts.
"""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path

from statusgen.importers.folders import source_files, source_folder, source_settings
from statusgen.importers.folders.front_matter import SourceValues
from statusgen.importers.folders.source_folder import IncidentText, LeftOutError, ReadFiles
from statusgen.importers.records.record import IncidentRecord, RecordUpdate, SourceSite
from statusgen.importers.services import SourceService
from statusgen.importers.sync import ImportSource
from statusgen.model import Severity

PELICAN = ImportSource(name="pelican", prefix="", gone="its file was deleted")

_FOLDERS = ("ongoing", "planned", "resolved")
_SETTINGS = "pelicanconf.py"
_HEAD = re.compile(r"([A-Za-z_]\w*):[ \t]*(.*)")
_PLANNED = re.compile(r"(?<!\w)(?:planned|scheduled) (?:outage|maintenance)", re.IGNORECASE)
_AFFECTED = re.compile(
    r"^[^\w\n]*affected services[^\w\n]*\n+(?P<items>(?:[ \t]*[*+-][ \t]+[^\n]+\n*)+)",
    re.IGNORECASE | re.MULTILINE,
)
_ITEM = re.compile(r"^[ \t]*[*+-][ \t]+(?P<name>[^\n]+)$", re.MULTILINE)
_LENGTH = timedelta(hours=2)  # of maintenance without an end


def read_site(
    folder: Path, *, timezone: str, severity: Severity, services: tuple[str, ...]
) -> SourceSite:
    """Read the page in *folder*, a clone; *timezone* is for times without an offset.

    Incidents get *severity* and the ids in *services*, unless a text lists the affected ones.
    Raises UsageError if it is another folder.
    """
    source_files.check_folder(folder, "content/resolved", "Pelican")
    program, remarks = source_settings.read_program(folder, _SETTINGS)
    written = source_settings.text_in(program, "TIMEZONE")
    name, zone = source_folder.zone_of(timezone, written, remarks)
    url = source_settings.text_in(program, "SITEURL")
    tracker = source_settings.text_in(program, "TICKET_TRACKER_URL")
    latest: dict[str, list[source_files.SourceFile]] = {}
    for state in _FOLDERS:  # A file that was copied instead of moved counts where it is over.
        here: dict[str, list[source_files.SourceFile]] = {}
        for file in source_files.read_files(folder / "content" / state):
            here.setdefault(file.stem, []).append(replace(file, path=f"{state}/{file.path}"))
        latest |= here
    found = ReadFiles()

    def record_of(text: IncidentText) -> IncidentRecord:
        return _record(text, tracker, severity, services)

    found.read(chain.from_iterable(latest.values()), zone, record_of, split=_split)
    return SourceSite(
        scope=source_files.scope_of(url, folder),
        title=source_settings.text_in(program, "SITENAME"),
        url=url,
        base_url=url,
        timezone=name,
        zone=zone,
        services=tuple(SourceService(name=one, id=one) for one in services),
        records=tuple(found.records),
        unread=tuple(replace(one, key=one.stem) for one in found.unread),
        remarks=tuple(remarks),
        left_out=dict(found.left_out),
    )


def _split(text: str) -> tuple[SourceValues, str]:
    """Split *text* into the lines of its head, up to the first blank one, and its body."""
    values: dict[str, object] = {}
    rows = text.lstrip("\n").split("\n")
    for index, row in enumerate(rows):
        found = _HEAD.fullmatch(row)
        if found is None:
            if not values:
                raise ValueError("it has no head with a title and a date")
            return (SourceValues(values), "\n".join(rows[index:]))
        values.setdefault(found[1].lower(), found[2])
    return (SourceValues(values), "")


def _record(
    text: IncidentText, tracker: str, severity: Severity, services: tuple[str, ...]
) -> IncidentRecord:
    """Return the record for *text*; raise LeftOutError or ValueError if there is none."""
    values = text.values
    if values.text("status").lower() in ("draft", "hidden"):
        raise LeftOutError("marked as draft")
    remarks: list[str] = []
    state = text.file.path.partition("/")[0]
    started = text.moment("OutageStart", remarks) or text.started()
    ended = text.moment("OutageFinish", remarks)
    is_maintenance = state == "planned" or (
        _PLANNED.search(values.text("title")) is not None and ended is not None and ended > started
    )
    if is_maintenance and (ended is None or ended <= started):
        remarks.append("its maintenance has no valid end; using two hours after the start")
        ended = started + _LENGTH
    names = _affected(text.body) or list(services)
    kind = Severity.MAINTENANCE if is_maintenance else severity
    shown = f"{text.body.strip()}{_ticket(values.text('ticket'), tracker)}".strip()
    updates = (RecordUpdate(at=started, text=shown),) if shown else ()
    return IncidentRecord(
        key=text.file.stem,
        stem=text.file.stem,
        title=values.text("title"),
        severity=kind,
        services=dict.fromkeys(names, kind),
        started=started,
        updates=updates,
        is_over=state == "resolved" if not is_maintenance or state == "resolved" else None,
        ended=ended if state == "resolved" and not is_maintenance else None,
        starts=started if is_maintenance else None,
        ends=ended if is_maintenance else None,
        remarks=tuple(remarks),
    )


def _affected(body: str) -> list[str]:
    """Return the names in the list of affected services in *body*."""
    found = _AFFECTED.search(body)
    return list(dict.fromkeys(map(str.strip, _ITEM.findall(found["items"])))) if found else []


def _ticket(number: str, tracker: str) -> str:
    """Return the last line of a text, for the ticket *number* in *tracker*."""
    if not number:
        return ""
    if not tracker or not number.isalnum():
        return f"\n\nTicket: {number}"
    return f"\n\n[Ticket {number}]({tracker.rstrip('/')}/{number})"
