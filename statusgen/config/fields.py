"""The keys of `statusgen.yml`: what each means, its type, default and description."""

from fractions import Fraction
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, Field

from statusgen.model import Archived, ChannelKind, Collapse, Dialect, HistoryStyle, Severity
from statusgen.schema import scalars
from statusgen.schema.base_model import Shape, no_entries, no_keys
from statusgen.schema.field_types import (
    Address,
    AppName,
    ArchivedWord,
    AssetPath,
    Between,
    ChannelWord,
    CollapseWord,
    Colour,
    Day,
    DialectWord,
    Flag,
    Host,
    IconName,
    IconWord,
    Identifier,
    LaneWord,
    Line,
    LinkTarget,
    Login,
    OccasionWord,
    Prose,
    Repository,
    RepositoryName,
    SeverityWord,
    SiteRoot,
    StyleWord,
    Weight,
    Zone,
)


class GroupShape(Shape):
    """One entry of `groups`."""

    id: Identifier = Field(description="What services name in `group`.", examples=["core"])
    name: Line = Field(description="The heading of the group.", examples=["Core platform"])
    description: Prose = Field("", description="A sentence below the heading.")
    collapse: CollapseWord = Field(
        Collapse.NEVER, description="Fold the group: never, always or when_operational."
    )


class ServiceShape(Shape):
    """One entry of `services`."""

    id: Identifier = Field(description="What incident files name; never changes.", examples=["api"])
    name: Line = Field(description="What people call it.", examples=["Public API"])
    group: Identifier | None = Field(None, description="The id of its group.")
    description: Prose = Field("", description="A sentence below the name.")
    link: LinkTarget | None = Field(None, description="Where to read more: http, https or mailto.")
    since: Day | None = Field(None, description="Its first day; no data before it.")
    retired: Day | None = Field(None, description="Its last day; only its history stays.")
    aliases: Annotated[list[Line], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Older names that incident files may still use."
    )


class WeightsShape(Shape):
    """How much of a second of each severity counts as downtime."""

    maintenance: Weight = Field(Fraction(0), description="Weight of planned work.")
    degraded: Weight = Field(Fraction(0), description="Weight of degraded service.")
    partial: Weight = Field(Fraction(3, 10), description="Weight of a partial outage.")
    major: Weight = Field(Fraction(1), description="Weight of a major outage.")


class LogoShape(Shape):
    """`logo` as a map."""

    light: AssetPath = Field(
        description="The file in `static/` for light pages.", examples=["logo.svg"]
    )
    dark: AssetPath | None = Field(None, description="That for dark pages; default: the same.")


LogoMap = Annotated[
    LogoShape, BeforeValidator(scalars.logo, json_schema_input_type=AssetPath | LogoShape)
]


class LinkShape(Shape):
    """A link that a site adds."""

    name: Line = Field(description="What it says.", examples=["Support"])
    url: LinkTarget = Field(
        description="Where it leads: http, https or mailto.", examples=["https://example.com"]
    )


Links = Annotated[list[LinkShape], BeforeValidator(scalars.as_list)]


class LinksShape(Shape):
    """`links`."""

    header: Links = Field(default_factory=no_entries, description="At the top of every page.")
    footer: Links = Field(default_factory=no_entries, description="At its foot.")
    subscribe: Links = Field(
        default_factory=no_entries,
        description="On the page about subscribing: mail, chat, telephone.",
    )


class GitHubShape(Shape):
    """`github`."""

    repository: RepositoryName | None = Field(
        None, description="Whose issues are read, as OWNER/NAME; default: that of `repository`."
    )
    incident: Line = Field("incident", description="The label that makes an issue an incident.")
    maintenance: Line = Field("maintenance", description="The label that makes it planned work.")
    severity_prefix: Line = Field(
        "severity:", description="What a label begins with that says a severity."
    )
    service_prefix: Line = Field(
        "service:", description="What a label begins with that names a service."
    )
    state_prefix: Line = Field("state:", description="What a label begins with that says a state.")
    aliases: dict[str, Line] = Field(
        default_factory=no_keys,
        description="Other labels, such as older ones, and the label that each stands for.",
    )
    severity: SeverityWord = Field(
        Severity.DEGRADED, description="The severity of an incident that says none."
    )
    trusted: Annotated[list[Login], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="People who may publish although they have no write access.",
    )
    bots: Annotated[list[AppName], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Apps that may publish."
    )


class TrelloShape(Shape):
    """`trello`."""

    lanes: dict[Line, LaneWord] = Field(
        default_factory=no_keys,
        description="State of the cards on each list; `null` keeps them off the page.",
    )
    severities: dict[Line, SeverityWord] = Field(
        default_factory=no_keys,
        description="Severity for other texts after `status:` in a label.",
    )
    severity: SeverityWord = Field(
        Severity.DEGRADED, description="Severity for a `status:` label with any other text."
    )
    ignored_labels: Annotated[list[Line], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Labels that are not services."
    )
    trusted: Annotated[list[Line], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Usernames whose comments are published, members of the board or not.",
    )
    archived: ArchivedWord = Field(
        Archived.KEEP,
        description="Archived cards that were resolved: `keep` them on the page, or `unpublish`.",
    )
    initials: Flag = Field(
        False, description="Put the initials of a comment's author into `x-by` of the update."
    )


class ChannelShape(Shape):
    """One entry of `channels`."""

    SECRETS = (
        "addresses and keys are secrets: put them into the environment,"
        " as STATUSGEN_NOTIFY_<ID> and STATUSGEN_NOTIFY_<ID>_SECRET"
    )
    MISPLACED = dict.fromkeys(
        ("address", "api_key", "key", "link", "password", "secret", "token", "to", "uri", "url"),
        SECRETS,
    )

    id: Identifier = Field(
        description="Its name; the address is in the environment, as `STATUSGEN_NOTIFY_<ID>`.",
        examples=["team-chat"],
    )
    kind: ChannelWord = Field(
        ChannelKind.APPRISE,
        description="`webhook` sends Statuspage's JSON; default: chat, mail or push by Apprise.",
    )
    services: Annotated[list[Line], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Only what touches one of these services."
    )
    groups: Annotated[list[Identifier], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Only what touches a service of these groups."
    )
    severity: SeverityWord = Field(
        Severity.NONE, description="Only what is at least so severe, at its worst."
    )
    on: Annotated[list[OccasionWord], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Only these events, such as `[opened, worse, resolved]`; default: all.",
    )


class ConfigShape(Shape):
    """The settings of a site, `statusgen.yml`."""

    model_config = ConfigDict(title="The settings of statusgen")

    title: Line = Field(description="The name of the page.", examples=["Acme Status"])
    url: SiteRoot = Field(
        description="The root of the published site; may have a path.",
        examples=["https://status.example.com"],
    )
    timezone: Zone = Field(
        ZoneInfo("UTC"),
        description="IANA name: the site's days, and the times written without an offset.",
    )
    language: Line = Field(
        "en",
        description="The language of the page's own words.",
    )
    groups: Annotated[list[GroupShape], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Services shown together, in the order of the page.",
    )
    services: Annotated[list[ServiceShape], BeforeValidator(scalars.as_list)] = Field(
        description="What can fail, in the order of the page.",
        examples=["[{id: api, name: Public API}]"],
        json_schema_extra={"minItems": 1},
    )
    weights: Annotated[WeightsShape, BeforeValidator(scalars.as_map)] = Field(
        # Not made by a call, which would build the shape at once.
        WeightsShape.model_construct(),
        description="What a second of each severity costs in uptime.",
    )
    announcement: Prose = Field("", description="Markdown above everything else of the front page.")
    days: Annotated[int, Between(0, 90)] = Field(
        15, description="Past days on the front page: 1 is today, 0 none."
    )
    keep_open: Flag = Field(
        True, description="Whether what is open stays on the front page when it is older than that."
    )
    history_style: StyleWord = Field(
        HistoryStyle.BARS,
        description="The last days of a service: `bars` (90 days) or `grid` (a table of a few,"
        " without descriptions, in which no group folds).",
    )
    grid_days: Annotated[int, Between(1, 30)] = Field(
        5, description="Days in the grid before today."
    )
    refresh: Annotated[int, Between(0, 86_400)] = Field(
        60, description="Seconds after which an open page looks for news; 0: never."
    )
    logo: (
        Annotated[
            LogoShape, BeforeValidator(scalars.logo, json_schema_input_type=AssetPath | LogoShape)
        ]
        | None
    ) = Field(None, description="A file in `static/`, or `light:` and `dark:` with one each.")
    favicon: AssetPath | None = Field(
        None, description="A file in `static/`; default: one that tells the state."
    )
    accent: Colour | None = Field(
        None, description="The colour of links; made lighter or darker until it can be read."
    )
    extra_css: AssetPath | None = Field(
        None, description="A file in `static/` with rules that come after ours."
    )
    icons: dict[IconWord, IconName] = Field(
        default_factory=no_keys,
        description="Other icons for severities and states: a name from the list, or an SVG file.",
    )
    links: Annotated[LinksShape, BeforeValidator(scalars.as_map)] = Field(
        default_factory=LinksShape.model_construct,
        description="Links of your own: `header`, `footer`, `subscribe`.",
    )
    repository: Repository | None = Field(
        None,
        description="The site's folder on GitHub; incidents link to the history of their file.",
    )
    github: Annotated[GitHubShape, BeforeValidator(scalars.as_map)] = Field(
        default_factory=GitHubShape.model_construct,
        description="How `statusgen import github` reads issues: labels, and whom it trusts.",
    )
    trello: Annotated[TrelloShape, BeforeValidator(scalars.as_map)] = Field(
        default_factory=TrelloShape.model_construct,
        description="How `statusgen import trello` reads a board: lists, labels, comments.",
    )
    channels: Annotated[list[ChannelShape], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Whom `statusgen notify` tells of updates: chats, mail, push, webhooks.",
    )
    api: Annotated[list[DialectWord], BeforeValidator(scalars.as_list)] = Field(
        default_factory=lambda: [Dialect.STATUSPAGE],
        description="Whose API the site answers as: `statuspage`, `stashboard`, `statusboard`.",
    )
    hub: Address | None = Field(
        None, description="A WebSub hub that the feeds name and `statusgen ping-hub` tells."
    )
    feed_authority: Host | None = Field(
        None, description="Host in the ids of feeds and calendars; default: that of `url`."
    )
    texts: dict[str, Prose] = Field(
        default_factory=no_keys,
        description="Texts to begin an update with, by their name:"
        " `statusgen update --template NAME`.",
    )
    messages: dict[str, Prose] = Field(
        default_factory=no_keys, description="Other words for those of the page, by their name."
    )
    data: object = Field(
        None,
        description="Anything, for the site's own templates, which see an empty map without it.",
    )
