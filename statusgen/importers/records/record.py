"""A site in another system: its settings, its services and its incidents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from statusgen.importers.services import SourceService
from statusgen.model import Severity, State


@dataclass(frozen=True, kw_only=True)
class RecordUpdate:
    """An update; *severities* has the severity of each service, by name, if it changed.

    If *names_state* is true, the text may begin with the name of the state; the converter removes
    that name, and keeps the text with it as *whole*. *id* is the 12-character id in the source, if
    it has one.
    """

    at: datetime
    text: str
    state: State | None = None
    severities: Mapping[str, Severity] = field(default_factory=dict)
    names_state: bool = False
    whole: str = ""
    id: str | None = None


@dataclass(frozen=True, kw_only=True)
class IncidentRecord:
    """An incident, maintenance or notice in another system.

    *key* identifies it forever, *stem* gives the file its name, and *name* is used in messages.
    *services* has the severity of each service, by name, at the start. *updates* are as the source
    has them, first to last; equal times are common, and some are wrong. If *is_over* is None, the
    states of the updates decide; otherwise it wins over them, and *ended* is the end, if known.
    *modified* is the time of the last change, if the source has it. *version* changes with the
    record, if the source has such a value.
    """

    key: str
    stem: str
    title: str
    severity: Severity
    started: datetime
    services: Mapping[str, Severity] = field(default_factory=dict)
    updates: tuple[RecordUpdate, ...] = ()
    is_over: bool | None = None
    ended: datetime | None = None
    modified: datetime | None = None
    starts: datetime | None = None
    ends: datetime | None = None
    until: datetime | None = None
    body: str = ""
    pin: bool = False
    id: str | None = None
    redirect_from: tuple[str, ...] = ()
    name: str = ""
    remarks: tuple[str, ...] = ()
    version: str = ""

    @property
    def dated(self) -> datetime:
        """The start of the incident or of the maintenance window."""
        return self.starts or self.started


@dataclass(frozen=True, kw_only=True)
class UnreadRecord:
    """An incident without a record: refused because of an error, or not read again.

    With a *reason*, it could not be read. Without one, its file is up to date.
    """

    key: str
    stem: str
    name: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceSite:
    """A site in another system; *scope* is its place in `source` marks.

    *services* are those that the system lists. *base_url* completes relative links in texts.
    *left_out* counts what is not meant for the page, by reason.
    """

    scope: str
    title: str
    zone: tzinfo
    url: str = ""
    timezone: str = "UTC"
    language: str = "en"
    base_url: str = ""
    services: tuple[SourceService, ...] = ()
    records: tuple[IncidentRecord, ...] = ()
    unread: tuple[UnreadRecord, ...] = ()
    remarks: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
