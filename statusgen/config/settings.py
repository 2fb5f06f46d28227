"""Records of the parsed settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from fractions import Fraction
from functools import cached_property

from statusgen.model import (
    Archived,
    Asset,
    ChannelKind,
    DataKey,
    Dialect,
    Directive,
    Group,
    HistoryStyle,
    Link,
    Occasion,
    Service,
    Severity,
    State,
)
from statusgen.problems import instead

FILE = "statusgen.yml"
EXAMPLE_URL = "https://status.example.com"  # of a new site, until its owner chooses one


@dataclass(frozen=True, kw_only=True)
class Appearance:
    """Logo, colours, icons and history style of the pages; files are paths below `static/`."""

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
    """Custom links on the pages."""

    header: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    subscribe: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GitHub:
    """Rules for importing GitHub issues as incidents.

    *trusted* contains user names in lower case, *bots* contains app names.
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
    """Rules for importing cards from a Trello board as incidents.

    Names are spelt as in the settings. Cards on a list that *lanes* maps to None are not published.
    """

    lanes: Mapping[str, State | None] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    severity: Severity = Severity.DEGRADED
    ignored_labels: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    archived: Archived = Archived.KEEP
    initials: bool = False


@dataclass(frozen=True, kw_only=True)
class Events:
    """Rules for events of monitors; zero for *reopen_within* never reopens an incident."""

    reopen_within: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A channel that receives notifications; *services* contains ids, or is None for all.

    Incidents whose worst severity is below *severity* are skipped. The address is in the
    environment.
    """

    id: str
    kind: ChannelKind = ChannelKind.APPRISE
    services: frozenset[str] | None = None
    severity: Severity = Severity.NONE
    on: frozenset[Occasion] = frozenset(Occasion)

    @property
    def variable(self) -> str:
        """The name of the environment variable that holds the address."""
        return f"STATUSGEN_NOTIFY_{self.id.upper().replace('-', '_')}"


@dataclass(frozen=True, kw_only=True)
class Config:
    """The validated settings of a site, with defaults filled in; *url* does not end in `/`.

    *pictures* are the paths of pictures below `static/`.
    """

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
    pictures: frozenset[str] = frozenset()
    announcement: str = ""
    days: int = 15
    keep_open: bool = True
    refresh: int = 60
    repository: str | None = None
    push: bool = False
    github: GitHub = field(default_factory=GitHub)
    trello: Trello = field(default_factory=Trello)
    events: Events = field(default_factory=Events)
    channels: tuple[Channel, ...] = ()
    api: tuple[Dialect, ...] = (Dialect.STATUSPAGE,)
    hub: str | None = None
    links: Links = field(default_factory=Links)
    csp: Mapping[Directive, tuple[str, ...]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    data: object = None
    data_keys: tuple[DataKey, ...] = ()
    services_place: tuple[int, int] = field(default=(1, 1), compare=False)  # line and column
    extra: Mapping[str, object]

    def __hash__(self) -> int:
        """Return the hash of a part that differs between sites, since maps have no hash."""
        return hash((self.title, self.url))

    @cached_property
    def service_ids(self) -> Mapping[str, str]:
        """Mapping from service ids and aliases to service ids."""
        names = {alias: service.id for service in self.services for alias in service.aliases}
        return {**names, **{service.id: service.id for service in self.services}}

    def service_remedy(self, typed: str) -> str:
        """Return a remedy for *typed*, which is not a service: the likely id, or a list of ids."""
        names = {service.name.casefold(): service.id for service in self.services}
        parts = typed.split()
        if 1 < len(parts) <= len(self.service_ids) and self.service_ids.keys() >= set(parts):
            return f"separate services with commas: {', '.join(parts)}"
        meant = names.get(typed.casefold())
        return f"did you mean '{meant}'?" if meant else instead(typed, names.values())

    @cached_property
    def service_by_id(self) -> Mapping[str, Service]:
        """Mapping from ids to services."""
        return {service.id: service for service in self.services}
