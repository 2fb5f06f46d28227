"""`statusgen.yml` to a `Config`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from fractions import Fraction
from functools import cached_property

from statusgen.model import (
    Archived,
    Asset,
    ChannelKind,
    DataKey,
    Dialect,
    Group,
    HistoryStyle,
    Link,
    Occasion,
    Service,
    Severity,
    State,
)

FILE = "statusgen.yml"


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """What makes pages look like those of the site; files are paths below `static/`."""

    style: HistoryStyle = HistoryStyle.BARS
    grid_days: int = 5
    logo: str | None = None
    dark_logo: str | None = None
    favicon: str | None = None
    accent: str | None = None
    extra_css: str | None = None
    icons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Links:
    """The links that a site adds to its pages."""

    header: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    subscribe: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """How issues on GitHub become incidents.

    *trusted* are names of people, in lower case, *bots* of apps.
    """

    repository: str | None = None
    incident: str = "incident"
    maintenance: str = "maintenance"
    severity_prefix: str = "severity:"
    service_prefix: str = "service:"
    state_prefix: str = "state:"
    aliases: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.DEGRADED
    trusted: frozenset[str] = frozenset()
    bots: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Trello:
    """The rules by which cards on a Trello board become incidents.

    Names are as the settings have them. A list in *lanes* with None keeps its cards off the page.
    """

    lanes: Mapping[str, State | None] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    severity: Severity = Severity.DEGRADED
    ignored_labels: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    archived: Archived = Archived.KEEP
    initials: bool = False


@dataclass(frozen=True, kw_only=True)
class Channel:
    """Whom to tell of what; *services* are ids, None for all.

    *severity* is the least that an incident had at its worst. Its address is in the environment.
    """

    id: str
    kind: ChannelKind = ChannelKind.APPRISE
    services: frozenset[str] | None = None
    severity: Severity = Severity.NONE
    on: frozenset[Occasion] = frozenset(Occasion)

    @property
    def variable(self) -> str:
        """The name of the environment variable with its address."""
        return f"STATUSGEN_NOTIFY_{self.id.upper().replace('-', '_')}"


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of a site, checked, with defaults filled in; *url* has no `/` at its end."""

    title: str
    url: str
    zone: tzinfo
    language: str
    groups: tuple[Group, ...]
    services: tuple[Service, ...]
    weights: Mapping[Severity, Fraction]
    feed_authority: str
    messages: Mapping[str, str]
    look: Appearance = field(default_factory=Appearance)
    assets: tuple[Asset, ...] = ()
    announcement: str = ""
    days: int = 15
    keep_open: bool = True
    refresh: int = 60
    repository: str | None = None
    github: GitHub = field(default_factory=GitHub)
    trello: Trello = field(default_factory=Trello)
    channels: tuple[Channel, ...] = ()
    api: tuple[Dialect, ...] = (Dialect.STATUSPAGE,)
    hub: str | None = None
    links: Links = field(default_factory=Links)
    texts: Mapping[str, str] = field(default_factory=dict)
    data: object = None
    data_keys: tuple[DataKey, ...] = ()
    extra: Mapping[str, object]

    @cached_property
    def service_ids(self) -> Mapping[str, str]:
        """The id behind every name that a file may use for a service: its id and its aliases."""
        names = {alias: service.id for service in self.services for alias in service.aliases}
        return {**names, **{service.id: service.id for service in self.services}}

    @cached_property
    def service_by_id(self) -> Mapping[str, Service]:
        """The services by their ids."""
        return {service.id: service for service in self.services}
