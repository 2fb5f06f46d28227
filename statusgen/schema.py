"""The shape of `statusgen.yml` and of an incident file: untyped values become typed records.

Every problem of a value is found in one pass and carries its place. What a key means, its default
and its description stand on the key itself.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from statusgen import characters, moments
from statusgen.model import Collapse, Severity, State
from statusgen.problems import Level, Problem, instead, listed, quoted, suggestion
from statusgen.yamltext import Mapping, Node, Scalar, find, plain, scalars

MAX_TITLE = 200
MAX_UPDATES = 200
MAX_ID = 64
_MAX_ZONE = 64  # a longer text is no misspelt zone
MAX_PROBLEMS = 100  # named in one file; who has more has one mistake many times

_EXTRA = "x-*"  # where the keys of the site's own are gathered
_FREE_TEXT = frozenset({"title", "name", "description", "text", "source"})
_ID = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
# The capital keeps out files beside the zones, such as "localtime", which differ by machine.
_ZONE = re.compile(r"[A-Z][A-Za-z0-9]*(?:[/_+-][A-Za-z0-9]+)*")
_RECORD_ID = re.compile(r"[a-z0-9]{12}")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
# Devices of Windows, and the words of older APIs that would hide a page.
_RESERVED = frozenset(
    ["index", "current", "con", "prn", "aux", "nul"]
    + [f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)]
)


def is_reserved(name: str) -> bool:
    """Whether *name* cannot name a page on every host and every disk."""
    return name in _RESERVED


def _wrong(message: str) -> PydanticCustomError:
    # The message travels as a value, so that braces in it stay braces.
    return PydanticCustomError("statusgen", "{message}", {"message": message})


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise _wrong("a text is expected here, not a list or a map; put it in quotes")


def _word(value: object, example: str) -> str:
    if not isinstance(value, str):
        raise _wrong(f"one value is expected here, not a list or a map; write {example}")
    if not value:
        raise _wrong(f"there is no value here; write {example}")
    return value


def _line(value: object) -> str:
    text = " ".join(_text(value).split())
    if not text:
        raise _wrong("the text is empty; write one line")
    if len(text) > MAX_TITLE:
        raise _wrong(f"{len(text)} characters are too many for one line; write at most {MAX_TITLE}")
    hidden = characters.invisible(text)
    if hidden is not None:
        raise _wrong(f"{quoted(text)} contains {characters.named(hidden[0])}; leave it out")
    return text


def _prose(value: object) -> str:
    text = _text(value).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip("\n").rstrip()


def _moment(value: object, info: ValidationInfo) -> datetime:
    text = _word(value, f"a time such as {moments.EXAMPLE}")
    try:
        return moments.parse(text, info.context["zone"] if info.context else UTC)
    except ValueError as error:
        raise _wrong(f"{quoted(text)} {error}") from None


def _day(value: object) -> date:
    text = _word(value, f"a day such as {moments.EXAMPLE_DAY}")
    try:
        return moments.parse_day(text)
    except ValueError as error:
        raise _wrong(f"{quoted(text)} {error}") from None


def _flag(value: object) -> bool:
    text = _word(value, "true or false")
    if text not in ("true", "false"):
        raise _wrong(f"{quoted(text)} is neither true nor false; write one of them")
    return text == "true"


def _weight(value: object) -> Fraction:
    text = _word(value, "a number from 0 to 1")
    if re.fullmatch(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", text) is None:
        raise _wrong(f"{quoted(text)} is not a weight; write a number from 0 to 1 such as 0.3")
    return Fraction(text)


_Enum = TypeVar("_Enum", bound=StrEnum)


def _one_of(words: type[_Enum], name: str, value: object) -> _Enum:
    text = _word(value, listed(words))
    try:
        return words(text)
    except ValueError:
        raise _wrong(f"{quoted(text)} is not a {name}; {instead(text, words)}") from None


def _identifier(value: object) -> str:
    text = _word(value, "an id such as api")
    if _ID.fullmatch(text) is None or len(text) > MAX_ID:
        what = f"{quoted(text)} is not an id"
        raise _wrong(f"{what}; write lower-case letters a-z, digits, '-' and '_', at most {MAX_ID}")
    if is_reserved(text):
        raise _wrong(f"{quoted(text)} is a reserved name; choose another id")
    return text


def _record_id(value: object) -> str:
    text = _word(value, "12 letters and digits")
    if _RECORD_ID.fullmatch(text) is None:
        raise _wrong(f"{quoted(text)} is not a record's id; write 12 characters of a-z and 0-9")
    return text


def _url(value: object) -> str:
    text = _word(value, "an address such as https://example.com")
    if "@" in text.partition("://")[2].partition("/")[0]:
        # Not repeated in the message: there may be a password in it.
        raise _wrong("an address must not carry a user name; leave out what stands before the '@'")
    if not text.isascii():
        raise _wrong(f"{quoted(text)} is not plain ASCII; write the host in its xn-- form")
    parts = _parts_of(text)
    if parts is None or parts.scheme not in ("http", "https"):
        raise _wrong(f"{quoted(text)} is not an address; write one such as https://example.com")
    return text


def _parts_of(url: str) -> SplitResult | None:
    """*url* taken apart, or None if no browser would take it as it stands."""
    if re.search(r"[\s\"<>\\^`{|}]", url):
        return None
    try:
        parts = urlsplit(url)
        is_sound = parts.port != 0 and _HOST.fullmatch(parts.hostname or "") is not None
    except ValueError:
        return None
    return parts if is_sound else None


def site_root(value: object) -> str:
    """*value* as the address of a site, without `/` at its end; ValueError says what is wrong."""
    text = _url(value)
    if "?" in text or "#" in text:
        raise _wrong(f"{quoted(text)} is not the root of a site; leave out '?' and '#'")
    parts = urlsplit(text)
    path = parts.path.rstrip("/")
    if any(part in ("", ".", "..") for part in path.split("/")[1:]):
        raise _wrong(f"{quoted(text)} is not the root of a site; write a path without '//' or '..'")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def _link(value: object) -> str:
    text = _text(value)
    if re.fullmatch(r"mailto:[^\s\"<>\\@]+@[a-zA-Z0-9.-]+", text):
        return text
    return _url(text)


def _host(value: object) -> str:
    text = _word(value, "a host name such as status.example.com")
    if _HOST.fullmatch(text) is None:
        raise _wrong(f"{quoted(text)} is not a host name; write one such as status.example.com")
    return text


def _zone(value: object) -> ZoneInfo:
    text = _word(value, "a time zone such as Europe/Rome")
    if _ZONE.fullmatch(text):
        try:
            return ZoneInfo(text)
        except (OSError, ValueError, ZoneInfoNotFoundError):
            pass
    known = filter(_ZONE.fullmatch, available_timezones())
    close = suggestion(text, known) if len(text) < _MAX_ZONE else None
    remedy = f"did you mean '{close}'?" if close else "write an IANA name such as Europe/Rome"
    raise _wrong(f"{quoted(text)} is not a time zone; {remedy}")


def _affected(value: object) -> dict[str, object]:
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        raise _wrong("services are a list or a map; write [api, web] or {api: major}")
    if not all(isinstance(item, str) for item in value):
        raise _wrong("a list of services has ids only; write [api, web] or {api: major}")
    return dict.fromkeys(value)


Line = Annotated[str, BeforeValidator(_line)]
Prose = Annotated[str, BeforeValidator(_prose)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Identifier = Annotated[str, BeforeValidator(_identifier)]
RecordId = Annotated[str, BeforeValidator(_record_id)]
SeverityWord = Annotated[Severity, BeforeValidator(lambda v: _one_of(Severity, "severity", v))]
StateWord = Annotated[State, BeforeValidator(lambda v: _one_of(State, "state", v))]
CollapseWord = Annotated[Collapse, BeforeValidator(lambda v: _one_of(Collapse, "way to fold", v))]
AffectedMap = Annotated[dict[str, SeverityWord | None], BeforeValidator(_affected)]
Zone = Annotated[tzinfo, BeforeValidator(_zone)]


def _as_list(value: object) -> object:
    if isinstance(value, list):
        return value
    raise _wrong("a list is expected here; begin each entry with '- '")


def _as_map(value: object) -> object:
    if isinstance(value, dict):
        return value
    raise _wrong("a map is expected here; write 'key: value' lines")


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
    updates: Annotated[list[UpdateShape], BeforeValidator(_as_list)] = Field(
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
    link: Annotated[str, BeforeValidator(_link)] | None = Field(
        None, description="Where to read more: http, https or mailto."
    )
    since: Day | None = Field(None, description="Its first day; no data before it.")
    retired: Day | None = Field(None, description="Its last day; only its history stays.")
    aliases: Annotated[list[Line], BeforeValidator(_as_list)] = Field(
        default_factory=list, description="Older names that incident files may still use."
    )


class WeightsShape(_Shape):
    """How much of a second of each severity counts as downtime."""

    maintenance: Annotated[Fraction, BeforeValidator(_weight)] = Field(
        Fraction(0), description="Weight of planned work."
    )
    degraded: Annotated[Fraction, BeforeValidator(_weight)] = Field(
        Fraction(0), description="Weight of degraded service."
    )
    partial: Annotated[Fraction, BeforeValidator(_weight)] = Field(
        Fraction(3, 10), description="Weight of a partial outage."
    )
    major: Annotated[Fraction, BeforeValidator(_weight)] = Field(
        Fraction(1), description="Weight of a major outage."
    )


class ConfigShape(_Shape):
    """`statusgen.yml`."""

    title: Line = Field(description="The name of the page.", examples=["Acme Status"])
    url: Annotated[str, BeforeValidator(site_root)] = Field(
        description="The root of the published site; may have a path.",
        examples=["https://status.example.com"],
    )
    timezone: Zone = Field(
        ZoneInfo("UTC"),
        description="IANA name: the site's days, and the times written without an offset.",
    )
    language: Line = Field("en", description="The language of the page's own words.")
    groups: Annotated[list[GroupShape], BeforeValidator(_as_list)] = Field(
        default_factory=list, description="Services shown together, in the order of the page."
    )
    services: Annotated[list[ServiceShape], BeforeValidator(_as_list)] = Field(
        description="What can fail, in the order of the page.",
        examples=["[{id: api, name: Public API}]"],
    )
    weights: Annotated[WeightsShape, BeforeValidator(_as_map)] = Field(
        WeightsShape(), description="What a second of each severity costs in uptime."
    )
    feed_authority: Annotated[str, BeforeValidator(_host)] | None = Field(
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
    if detail["type"] == "extra_forbidden":
        owner, _ = find(root, route[:-1])
        key = owner.key(str(route[-1])) if isinstance(owner, Mapping) else None
        line, column = (key.line, key.column) if key else (line, column)
        known = _inner(shape, route[:-1])
        message = f"unknown key {quoted(str(route[-1]))}; {instead(str(route[-1]), known)}"
    elif detail["type"] == "missing":
        key_name = str(route[-1])
        example = _inner(shape, route[:-1])[key_name]
        message = f"missing key '{key_name}'; add a line such as {key_name}: {example}"
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
