"""Keys of `statusgen.yml`, each with its type, default and description."""

from datetime import timedelta
from fractions import Fraction
from typing import Annotated
from zoneinfo import ZoneInfo

from statusgen.config import csp
from statusgen.model import (
    Archived,
    ChannelKind,
    Collapse,
    Dialect,
    Directive,
    HistoryStyle,
    Severity,
)
from statusgen.schema import scalars
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
    Lasting,
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
from statusgen.schema.shapes.shape import (
    BeforeValidator,
    Field,
    Shape,
    WithJsonSchema,
    no_entries,
    no_keys,
)


class GroupShape(Shape):
    """One entry of `groups`."""

    id: Identifier = Field(description="Id that services refer to.", examples=["core"])
    name: Line = Field(description="Heading of the group.", examples=["Core platform"])
    description: Prose = Field("", description="Text below the heading.")
    collapse: CollapseWord = Field(
        Collapse.NEVER,
        description="When to collapse the group: never, always or when_operational.",
    )


class ServiceShape(Shape):
    """One entry of `services`."""

    id: Identifier = Field(
        description="Id that incident files refer to; never change it.", examples=["api"]
    )
    name: Line = Field(description="Name shown to visitors.", examples=["Public API"])
    group: Identifier | None = Field(None, description="Id of its group.")
    description: Prose = Field("", description="Text below the name.")
    link: LinkTarget | None = Field(
        None, description="Link to more information (http, https or mailto)."
    )
    since: Day | None = Field(None, description="First day with data.")
    retired: Day | None = Field(None, description="Last day in service; its history stays.")
    aliases: Annotated[list[Line], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Former ids that incident files may still use."
    )


class WeightsShape(Shape):
    """The share of time that counts as downtime, per severity."""

    maintenance: Weight = Field(Fraction(0), description="Weight of maintenance.")
    degraded: Weight = Field(Fraction(0), description="Weight of degraded service.")
    partial: Weight = Field(Fraction(3, 10), description="Weight of a partial outage.")
    major: Weight = Field(Fraction(1), description="Weight of a major outage.")


class LogoShape(Shape):
    """Keys of `logo` as a map."""

    light: AssetPath = Field(
        description="File in `static/` for the light theme.", examples=["logo.svg"]
    )
    dark: AssetPath | None = Field(None, description="For the dark theme. Default: the same.")


LogoMap = Annotated[
    LogoShape, BeforeValidator(scalars.logo, json_schema_input_type=AssetPath | LogoShape)
]


class LinkShape(Shape):
    """A link that a site adds."""

    name: Line = Field(description="Link text.", examples=["Support"])
    url: LinkTarget = Field(
        description="Target: http, https or mailto.", examples=["https://example.com"]
    )


Links = Annotated[list[LinkShape], BeforeValidator(scalars.as_list)]


class LinksShape(Shape):
    """Keys of `links`."""

    header: Links = Field(default_factory=no_entries, description="Links in the header.")
    footer: Links = Field(default_factory=no_entries, description="In the footer.")
    subscribe: Links = Field(
        default_factory=no_entries, description="On the Subscribe page: mail, chat, phone."
    )


class GitHubShape(Shape):
    """Keys of `github`."""

    repository: RepositoryName | None = Field(
        None,
        description="Repository whose issues are imported (OWNER/NAME)."
        " Default: that of `repository`.",
    )
    incident: Line = Field("incident", description="Label for incidents.")
    maintenance: Line = Field("maintenance", description="Label for maintenance.")
    severity_prefix: Line = Field("severity:", description="Prefix of severity labels.")
    service_prefix: Line = Field("service:", description="Prefix of service labels.")
    state_prefix: Line = Field("state:", description="Prefix of state labels.")
    aliases: dict[str, Line] = Field(
        default_factory=no_keys,
        description="Other label names and the label that each stands for.",
    )
    severity: SeverityWord = Field(Severity.DEGRADED, description="Severity if an issue has none.")
    trusted: Annotated[list[Login], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Users who may publish without write access."
    )
    bots: Annotated[list[AppName], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Apps that may publish."
    )


class EventsShape(Shape):
    """Keys of `events`."""

    reopen_within: Annotated[timedelta, Lasting(timedelta(hours=24))] = Field(
        timedelta(minutes=30),
        description="A failure this soon after its monitor resolved an incident reopens it;"
        " `0` never does.",
        examples=["30m"],
    )


class TrelloShape(Shape):
    """Keys of `trello`."""

    lanes: dict[Line, LaneWord] = Field(
        default_factory=no_keys,
        description="State of the cards on each list; `null` does not publish them.",
    )
    severities: dict[Line, SeverityWord] = Field(
        default_factory=no_keys,
        description="Severity for each other text after `status:` in a label.",
    )
    severity: SeverityWord = Field(
        Severity.DEGRADED, description="Severity for a `status:` label with any other text."
    )
    ignored_labels: Annotated[list[Line], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Labels that are not services."
    )
    trusted: Annotated[list[Line], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Users whose comments are published, board members or not.",
    )
    archived: ArchivedWord = Field(
        Archived.KEEP,
        description="What to do with archived cards that are resolved: `keep` or `unpublish`.",
    )
    initials: Flag = Field(
        False, description="Add the initials of a comment's author as `x-by` of the update."
    )


class ChannelShape(Shape):
    """One entry of `channels`."""

    SECRETS = (
        "addresses and keys are secrets; put them into the environment variables"
        " STATUSGEN_NOTIFY_<ID> and STATUSGEN_NOTIFY_<ID>_SECRET"
    )
    MISPLACED = dict.fromkeys(
        ("address", "api_key", "key", "link", "password", "secret", "token", "to", "uri", "url"),
        SECRETS,
    )

    id: Identifier = Field(
        description="Id; the environment variable `STATUSGEN_NOTIFY_<ID>` has the address.",
        examples=["team-chat"],
    )
    kind: ChannelWord = Field(
        ChannelKind.APPRISE,
        description="`webhook` sends Statuspage's JSON. Default: chat, mail or push by Apprise.",
    )
    services: Annotated[list[Line], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Only updates that affect these services."
    )
    groups: Annotated[list[Identifier], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries, description="Only updates that affect services of these groups."
    )
    severity: SeverityWord = Field(
        Severity.NONE, description="Only incidents whose worst severity is at least this."
    )
    on: Annotated[list[OccasionWord], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Only these events, such as `[opened, worse, resolved]`. Default: all.",
    )


DirectiveWord = Annotated[
    Directive,
    BeforeValidator(csp.directive),
    WithJsonSchema({"type": "string", "enum": [str(word) for word in Directive]}),
]
CspSource = Annotated[
    str,
    BeforeValidator(csp.source),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*[^\s;,]+\s*$",
            "patternErrorMessage": "Write one source such as https://example.com.",
        }
    ),
]
CspSources = Annotated[list[CspSource], BeforeValidator(csp.sources)]


class ConfigShape(Shape):
    """Keys of `statusgen.yml`."""

    TITLE = "statusgen settings"

    title: Line = Field(description="Title of the page.", examples=["Acme Status"])
    url: SiteRoot = Field(
        description="Address of the published site; may include a path.",
        examples=["https://status.example.com"],
    )
    timezone: Zone = Field(
        ZoneInfo("UTC"),
        description="Time zone (IANA name) of days and of times without an offset.",
    )
    language: Line = Field("en", description="Language of the page's texts.")
    groups: Annotated[list[GroupShape], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Groups, in page order.",
    )
    services: Annotated[list[ServiceShape], BeforeValidator(scalars.as_list)] = Field(
        description="Services, in page order.",
        examples=["[{id: api, name: Public API}]"],
        json_schema_extra={"minItems": 1},
    )
    weights: Annotated[WeightsShape, BeforeValidator(scalars.as_map)] = Field(
        WeightsShape.model_construct(),
        description="Share of time that counts as downtime, per severity.",
    )
    announcement: Prose = Field("", description="Markdown shown at the top of the front page.")
    days: Annotated[int, Between(0, 90)] = Field(
        15, description="Days in the front page's history: 1 is today only, 0 hides it."
    )
    keep_open: Flag = Field(
        True,
        description="Keep open incidents on the front page when they are older than that.",
    )
    history_style: StyleWord = Field(
        HistoryStyle.BARS,
        description="`bars` (90 days) or `grid` (a table of the last days; no descriptions,"
        " no collapsing).",
    )
    grid_days: Annotated[int, Between(1, 30)] = Field(
        5, description="Days in the grid, besides today."
    )
    refresh: Annotated[int, Between(0, 86_400)] = Field(
        60, description="Seconds between automatic updates of an open page; 0 turns them off."
    )
    logo: (
        Annotated[
            LogoShape, BeforeValidator(scalars.logo, json_schema_input_type=AssetPath | LogoShape)
        ]
        | None
    ) = Field(None, description="File in `static/`, or `light:` and `dark:` with one each.")
    favicon: AssetPath | None = Field(
        None,
        description="File in `static/`. Default: an icon that shows the current status.",
    )
    accent: Colour | None = Field(None, description="Link colour; adjusted for contrast.")
    extra_css: AssetPath | None = Field(None, description="Stylesheet in `static/`, loaded last.")
    icons: dict[IconWord, IconName] = Field(
        default_factory=no_keys,
        description="Icons per severity or state: a built-in name or an SVG file in `static/`.",
    )
    links: Annotated[LinksShape, BeforeValidator(scalars.as_map)] = Field(
        default_factory=LinksShape.model_construct,
        description="Links of your own: `header`, `footer`, `subscribe`.",
    )
    csp: dict[DirectiveWord, CspSources] = Field(
        default_factory=no_keys,
        description="Sources added to the pages' Content-Security-Policy, by directive.",
    )
    repository: Repository | None = Field(
        None,
        description="Site's folder on GitHub; incidents link to their edit history.",
    )
    push: Flag = Field(
        False,
        description="Commit and push by default, as with `--push`, in the commands that write"
        " incidents. Drafts are not pushed.",
    )
    github: Annotated[GitHubShape, BeforeValidator(scalars.as_map)] = Field(
        default_factory=GitHubShape.model_construct,
        description="Settings of `statusgen import github`.",
    )
    trello: Annotated[TrelloShape, BeforeValidator(scalars.as_map)] = Field(
        default_factory=TrelloShape.model_construct,
        description="Settings of `statusgen import trello`.",
    )
    events: Annotated[EventsShape, BeforeValidator(scalars.as_map)] = Field(
        default_factory=EventsShape.model_construct,
        description="Settings of `statusgen event`, which monitors use.",
    )
    channels: Annotated[list[ChannelShape], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Channels of `statusgen notify`: chat, mail, push, webhooks.",
    )
    api: Annotated[list[DialectWord], BeforeValidator(scalars.as_list)] = Field(
        default_factory=lambda: [Dialect.STATUSPAGE],
        description="APIs to generate: `statuspage`, `stashboard`, `statusboard`.",
    )
    hub: Address | None = Field(None, description="WebSub hub of the feeds.")
    feed_authority: Host | None = Field(
        None, description="Host name in feed and calendar ids. Default: that of `url`."
    )
    texts: dict[str, Prose] = Field(
        default_factory=no_keys, description="Canned texts for `--template NAME`."
    )
    messages: dict[str, Prose] = Field(
        default_factory=no_keys,
        description="Your own wording of page texts, by message name.",
    )
    data: object = Field(None, description="Any data for your templates.")
