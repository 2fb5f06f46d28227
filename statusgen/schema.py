"""The shape of `statusgen.yml` and of an incident file: untyped values become typed records.

Every problem of a value is found in one pass and carries its place. What a key means, its default
and its description stand on the key itself.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails

from statusgen import moments, values
from statusgen.model import Collapse, Dialect, HistoryStyle, Severity, State
from statusgen.problems import Level, Problem, instead, quoted
from statusgen.yamltext import Mapping, Node, Scalar, find, plain, scalars

MAX_UPDATES = 200
MAX_PROBLEMS = 100  # named in one file; who has more has one mistake many times

_EXTRA = "x-*"  # where the keys of the site's own are gathered
_FREE_TEXT = frozenset({"title", "name", "description", "text", "source"})


def _moment(value: object, info: ValidationInfo) -> datetime:
    zone: tzinfo = info.context["zone"] if info.context else UTC
    return values.moment(value, zone)


Line = Annotated[str, BeforeValidator(values.line)]
Prose = Annotated[str, BeforeValidator(values.prose)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(values.day)]
Flag = Annotated[bool, BeforeValidator(values.flag)]
Identifier = Annotated[str, BeforeValidator(values.identifier)]
RecordId = Annotated[str, BeforeValidator(values.record_id)]
SeverityWord = Annotated[
    Severity, BeforeValidator(lambda v: values.one_of(Severity, "severity", v))
]
StateWord = Annotated[State, BeforeValidator(lambda v: values.one_of(State, "state", v))]
CollapseWord = Annotated[
    Collapse, BeforeValidator(lambda v: values.one_of(Collapse, "way to fold", v))
]
DialectWord = Annotated[Dialect, BeforeValidator(lambda v: values.one_of(Dialect, "API", v))]
AffectedMap = Annotated[dict[str, SeverityWord | None], BeforeValidator(values.affected)]
Zone = Annotated[tzinfo, BeforeValidator(values.zone)]
AssetPath = Annotated[str, BeforeValidator(values.asset)]
IconWord = Annotated[Severity | State, BeforeValidator(values.icon_word)]
IconName = Annotated[str, BeforeValidator(values.icon)]


class _Shape(BaseModel):
    """A map with known keys; keys that begin with `x-` are the site's own."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    extra: dict[str, object] = Field(default_factory=dict, alias=_EXTRA)

    @model_validator(mode="before")
    @classmethod
    def _gather_own_keys(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        own = {key: item for key, item in value.items() if key.startswith("x-")}
        known = {key: item for key, item in value.items() if key not in own}
        return {**known, _EXTRA: own} if own else known


class UpdateShape(_Shape):
    """One entry of `updates`."""

    at: Moment = Field(description="When this was said.", examples=[moments.EXAMPLE])
    text: Prose = Field("", description="What is said, in Markdown.")
    state: StateWord | None = Field(None, description="Where the work stands from here on.")
    severity: SeverityWord | None = Field(
        None, description="From here on the severity of every service that no map has set."
    )
    services: AffectedMap = Field(
        default_factory=dict,
        description="A map changes or adds services; a list only adds some.",
    )
    notify: Flag = Field(True, description="Reserved: whether to tell subscribers.")


class IncidentShape(_Shape):
    """The front matter of an incident file."""

    title: Line = Field(description="One line.", examples=["Elevated API errors"])
    severity: SeverityWord = Field(
        description="none makes a notice, maintenance planned work, the others an incident.",
        examples=["partial"],
    )
    services: AffectedMap = Field(
        description="The services it touches: a list, or a map with a severity for each.",
        examples=["[api]"],
    )
    state: StateWord | None = Field(None, description="Where the work stands now.")
    started: Moment | None = Field(
        None, description="When it began; default: the first update.", examples=[moments.EXAMPLE]
    )
    resolved: Moment | None = Field(
        None, description="When the services were well again, if not at the resolving update."
    )
    starts: Moment | None = Field(None, description="Maintenance: when the window opens.")
    ends: Moment | None = Field(None, description="Maintenance: when the window closes.")
    announced: Moment | None = Field(
        None, description="Maintenance: when it was announced; default: the first update."
    )
    until: Moment | None = Field(None, description="Notice: how long the page shows it.")
    updates: Annotated[list[UpdateShape], BeforeValidator(values.as_list)] = Field(
        default_factory=list, description="What was said, oldest first."
    )
    pin: Flag = Field(False, description="Keep it at the top of the front page.")
    draft: Flag = Field(False, description="Keep it off the site.")
    notify: Flag = Field(True, description="Reserved: whether to tell subscribers.")
    source: Line | None = Field(None, description="Where an import came from.")
    id: RecordId | None = Field(None, description="The id that the API shows, if pinned.")


class GroupShape(_Shape):
    """One entry of `groups`."""

    id: Identifier = Field(description="What services name in `group`.", examples=["core"])
    name: Line = Field(description="The heading of the group.", examples=["Core platform"])
    description: Prose = Field("", description="A sentence below the heading.")
    collapse: CollapseWord = Field(
        Collapse.NEVER, description="Fold the group: never, always or when_operational."
    )


class ServiceShape(_Shape):
    """One entry of `services`."""

    id: Identifier = Field(description="What incident files name; never changes.", examples=["api"])
    name: Line = Field(description="What people call it.", examples=["Public API"])
    group: Identifier | None = Field(None, description="The id of its group.")
    description: Prose = Field("", description="A sentence below the name.")
    link: Annotated[str, BeforeValidator(values.link)] | None = Field(
        None, description="Where to read more: http, https or mailto."
    )
    since: Day | None = Field(None, description="Its first day; no data before it.")
    retired: Day | None = Field(None, description="Its last day; only its history stays.")
    aliases: Annotated[list[Line], BeforeValidator(values.as_list)] = Field(
        default_factory=list, description="Older names that incident files may still use."
    )


class WeightsShape(_Shape):
    """How much of a second of each severity counts as downtime."""

    maintenance: Annotated[Fraction, BeforeValidator(values.weight)] = Field(
        Fraction(0), description="Weight of planned work."
    )
    degraded: Annotated[Fraction, BeforeValidator(values.weight)] = Field(
        Fraction(0), description="Weight of degraded service."
    )
    partial: Annotated[Fraction, BeforeValidator(values.weight)] = Field(
        Fraction(3, 10), description="Weight of a partial outage."
    )
    major: Annotated[Fraction, BeforeValidator(values.weight)] = Field(
        Fraction(1), description="Weight of a major outage."
    )


class LogoShape(_Shape):
    """`logo` as a map."""

    light: AssetPath = Field(
        description="The file in `static/` for light pages.", examples=["logo.svg"]
    )
    dark: AssetPath | None = Field(None, description="That for dark pages; default: the same.")


class LinkShape(_Shape):
    """A link that a site adds."""

    name: Line = Field(description="What it says.", examples=["Support"])
    url: Annotated[str, BeforeValidator(values.link)] = Field(
        description="Where it leads: http, https or mailto.", examples=["https://example.com"]
    )


Links = Annotated[list[LinkShape], BeforeValidator(values.as_list)]


class LinksShape(_Shape):
    """`links`."""

    header: Links = Field(default_factory=list, description="At the top of every page.")
    footer: Links = Field(default_factory=list, description="At its foot.")
    subscribe: Links = Field(
        default_factory=list, description="On the page about subscribing: mail, chat, telephone."
    )


class ConfigShape(_Shape):
    """`statusgen.yml`."""

    title: Line = Field(description="The name of the page.", examples=["Acme Status"])
    url: Annotated[str, BeforeValidator(values.site_root)] = Field(
        description="The root of the published site; may have a path.",
        examples=["https://status.example.com"],
    )
    timezone: Zone = Field(
        ZoneInfo("UTC"),
        description="IANA name: the site's days, and the times written without an offset.",
    )
    language: Line = Field("en", description="The language of the page's own words.")
    groups: Annotated[list[GroupShape], BeforeValidator(values.as_list)] = Field(
        default_factory=list, description="Services shown together, in the order of the page."
    )
    services: Annotated[list[ServiceShape], BeforeValidator(values.as_list)] = Field(
        description="What can fail, in the order of the page.",
        examples=["[{id: api, name: Public API}]"],
    )
    weights: Annotated[WeightsShape, BeforeValidator(values.as_map)] = Field(
        WeightsShape(), description="What a second of each severity costs in uptime."
    )
    announcement: Prose = Field("", description="Markdown above everything else of the front page.")
    days: Annotated[int, BeforeValidator(partial(values.number, least=0, most=90))] = Field(
        15, description="Past days on the front page: 1 is today, 0 none."
    )
    keep_open: Flag = Field(
        True, description="Whether what is open stays on the front page when it is older than that."
    )
    history_style: Annotated[
        HistoryStyle,
        BeforeValidator(lambda v: values.one_of(HistoryStyle, "style of the history", v)),
    ] = Field(
        HistoryStyle.BARS,
        description="The last days of a service: `bars` (90 days) or `grid` (a table of a few).",
    )
    grid_days: Annotated[int, BeforeValidator(partial(values.number, least=1, most=30))] = Field(
        5, description="Days in the grid before today."
    )
    refresh: Annotated[int, BeforeValidator(partial(values.number, least=0, most=86_400))] = Field(
        60, description="Seconds after which an open page looks for news; 0: never."
    )
    logo: Annotated[LogoShape, BeforeValidator(values.logo)] | None = Field(
        None, description="A file in `static/`, or `light:` and `dark:` with one each."
    )
    favicon: AssetPath | None = Field(
        None, description="A file in `static/`; default: one that tells the state."
    )
    accent: Annotated[str, BeforeValidator(values.colour)] | None = Field(
        None, description="The colour of links; made lighter or darker until it can be read."
    )
    extra_css: AssetPath | None = Field(
        None, description="A file in `static/` with rules that come after ours."
    )
    icons: dict[IconWord, IconName] = Field(
        default_factory=dict,
        description="Other icons for severities and states: a name from the list, or an SVG file.",
    )
    links: Annotated[LinksShape, BeforeValidator(values.as_map)] = Field(
        LinksShape(), description="Links of your own: `header`, `footer`, `subscribe`."
    )
    repository: Annotated[str, BeforeValidator(values.repository)] | None = Field(
        None,
        description="The site's folder on GitHub; incidents link to the history of their file.",
    )
    api: Annotated[list[DialectWord], BeforeValidator(values.as_list)] = Field(
        default_factory=lambda: [Dialect.STATUSPAGE],
        description="Whose API the site answers as: `statuspage`, `stashboard`, `statusboard`.",
    )
    hub: Annotated[str, BeforeValidator(values.url)] | None = Field(
        None, description="A WebSub hub that the feeds name and `statusgen ping-hub` tells."
    )
    feed_authority: Annotated[str, BeforeValidator(values.host)] | None = Field(
        None, description="Host in the ids of feeds and calendars; default: that of `url`."
    )
    messages: dict[str, Prose] = Field(
        default_factory=dict, description="Other words for those of the page, by their name."
    )
    data: object = Field(None, description="Anything, for the site's own templates.")


_Shaped = TypeVar("_Shaped", bound=_Shape)


def read(
    shape: type[_Shaped], root: Node | None, *, path: Path, line: int = 1, zone: tzinfo = UTC
) -> tuple[_Shaped | None, list[Problem]]:
    """Make a *shape* of the values in *root*, times without an offset being in *zone*.

    Returns the record (None if there is an error) and the problems, placed in *path*; *line* is
    where an empty text begins.
    """
    if not isinstance(root, Mapping):
        where = (root.line, root.column) if root else (line, 1)
        if root is None or root == Scalar(text="", line=where[0], column=where[1]):
            root = Mapping(entries=(), line=where[0], column=where[1])
        else:
            what = f"a map is expected here; write 'key: value' lines such as {_example(shape)}"
            return (None, [Problem(path=path, line=where[0], column=where[1], message=what)])
    problems = list(_swallowed(root, path))
    try:
        record = shape.model_validate(plain(root), context={"zone": zone})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        problems += [_problem(detail, shape, root, path) for detail in found[:MAX_PROBLEMS]]
        if len(found) > MAX_PROBLEMS:
            problems.append(more(path, problems))
        return (None, problems)
    return (record, problems)


def more(path: Path, problems: list[Problem]) -> Problem:
    """What stands for all further problems of *path*, where *problems* are enough of them."""
    line, column = problems[-1].line, problems[-1].column
    message = "there are more problems from here on; mend these first"
    return Problem(path=path, line=line, column=column, message=message)


def _problem(detail: ErrorDetails, shape: type[_Shape], root: Node, path: Path) -> Problem:
    route = detail["loc"]
    node, _ = find(root, route)
    line, column = node.line, node.column
    message = str(detail["msg"])
    # Pydantic names a key that is wrong, and not its value, by a part of its own.
    named = route[:-1] if route[-1:] == ("[key]",) else route
    if detail["type"] == "extra_forbidden" or named != route:
        owner, _ = find(root, named[:-1])
        key = owner.key(str(named[-1])) if isinstance(owner, Mapping) else None
        line, column = (key.line, key.column) if key else (line, column)
    if detail["type"] == "extra_forbidden":
        known = _inner(shape, route[:-1])
        message = f"unknown key {quoted(str(route[-1]))}; {instead(str(route[-1]), known)}"
    elif detail["type"] == "missing":
        key_name = str(route[-1])
        example = _inner(shape, route[:-1])[key_name]
        message = f"missing key '{key_name}'; add a line such as {key_name}: {example}"
    elif detail["type"] == "value_error":
        message = str(detail["ctx"]["error"])
    elif detail["type"] in ("model_type", "dict_type"):
        message = "a map is expected here; write 'key: value' lines"
    return Problem(path=path, line=line, column=column, message=message)


def _inner(shape: type[_Shape], route: tuple[str | int, ...]) -> dict[str, str]:
    """The keys of the shape that *route* leads to, each with an example value."""
    for part in route:
        if isinstance(part, str):
            shape = _SHAPES[part]
    fields = ((name, field) for name, field in shape.model_fields.items() if name != "extra")
    return {name: str((field.examples or [""])[0]) for name, field in fields}


_SHAPES: dict[str, type[_Shape]] = {
    "updates": UpdateShape,
    "groups": GroupShape,
    "services": ServiceShape,
    "logo": LogoShape,
    "links": LinksShape,
    "header": LinkShape,
    "footer": LinkShape,
    "subscribe": LinkShape,
    "weights": WeightsShape,
}


def _example(shape: type[_Shape]) -> str:
    name, example = next(iter(_inner(shape, ()).items()))
    return f"{name}: {example}"


def _swallowed(root: Node, path: Path) -> Iterator[Problem]:
    """Warn where YAML took the end of a text for a comment, as in `title: Issue #5`."""
    for key, scalar in scalars(root):
        if scalar.commented and key in _FREE_TEXT:
            what = f"what follows ' #' after {quoted(scalar.text)} is a comment, not text"
            remedy = "put the value in quotes, or the comment on a line of its own"
            yield Problem(
                path=path,
                line=scalar.line,
                column=scalar.column,
                message=f"{what}; {remedy}",
                level=Level.WARNING,
            )
