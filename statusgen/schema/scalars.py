"""Parsers that convert single untyped values to typed ones.

Each raises ValueError with a message that states the problem, quotes the text and gives a remedy.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from fractions import Fraction
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from statusgen import characters, problems, times
from statusgen.ids import MAX_ID
from statusgen.model import Icon, Severity, State
from statusgen.problems import instead, quoted
from statusgen.schema import web_addresses, zone_names
from statusgen.schema.syntax import yaml_errors

MAX_TITLE = 200
MAX_SOURCE = 8192  # imports list the comments that they have used
MAX_SLUG = 100

_MAX_NAMES = 8  # services that a remedy lists

# How other YAML readers and people write `true` and `false`.
_FLAGS = dict.fromkeys(("true", "yes", "y", "on", "1"), "true") | dict.fromkeys(
    ("false", "no", "n", "off", "0"), "false"
)


_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_RECORD_ID = re.compile(r"[a-z0-9]{12}")
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[A-Za-z0-9._-]{1,100}")
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98})")
# The short link or id of a Trello board, and the address of a board or card that contains one.
_BOARD = re.compile(r"[A-Za-z0-9]{8}|[0-9A-Fa-f]{24}")
_AT_TRELLO = re.compile(
    r"(?:https?://)?(?:www\.)?trello\.com/([bc])/([A-Za-z0-9]+)(?:\.json|[/?#].*)?", re.IGNORECASE
)
# Windows device names.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"]
    + [f"{device}{number}" for device in ("com", "lpt") for number in range(1, 10)]
)
_RESERVED = _DEVICES | {"index", "current"}  # used by older APIs

_Options = ParamSpec("_Options")
_Value = TypeVar("_Value")


def is_device(name: str) -> bool:
    """Return whether *name*, ignoring any extension, is a Windows device name."""
    return name.partition(".")[0].strip().lower() in _DEVICES


def is_reserved(name: str) -> bool:
    """Return whether *name* is reserved on some hosts or file systems."""
    return name in _RESERVED


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"expected a text, found {type_name(value)}; put it in quotes")


def type_name(value: object) -> str:
    """Return the YAML type of *value*, with an article."""
    if isinstance(value, dict):
        return "a map"
    return "a list" if isinstance(value, list) else "a text"


def _word(value: object, example: str) -> str:
    return _single(value, f"write {example}")


def _single(value: object, remedy: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a single value, found {type_name(value)}; {remedy}")
    if not value:
        raise ValueError(f"missing value; {remedy}")
    return value


def _plain(
    parse: Callable[Concatenate[object, _Options], _Value],
) -> Callable[Concatenate[object, _Options], _Value]:
    """Make *parse* name a look-alike of an ASCII character if that is all that is wrong."""

    @wraps(parse)
    def parsed(value: object, /, *args: _Options.args, **options: _Options.kwargs) -> _Value:
        try:
            return parse(value, *args, **options)
        except ValueError:
            found = characters.correction(value) if isinstance(value, str) else None
            if found is None:
                raise
        parse(found.text, *args, **options)
        what = f"{quoted(str(value))} contains {characters.describe(found.wrong)}"
        raise ValueError(f"{what}; {found.remedy}: {found.text}")

    return parsed


def line(value: object, *, most: int = MAX_TITLE) -> str:
    """Return *value* as one line of at most *most* characters, with white space collapsed."""
    text = " ".join(_clean(_text(value)).split())
    if not text:
        raise ValueError("the text is empty; write one line")
    if len(text) > most:
        what = f"the text has {len(text)} characters, more than the limit of {most}"
        raise ValueError(f"{what}; shorten it")
    hidden = characters.invisible(text)
    if hidden is not None:
        raise ValueError(f"{quoted(text)} contains {characters.describe(hidden[0])}; remove it")
    return text


def prose(value: object) -> str:
    """Return *value* as Markdown without surrounding blank lines."""
    text = _clean(_text(value)).replace("\r\n", "\n").replace("\r", "\n")
    return text.strip("\n").rstrip()


def _clean(text: str) -> str:
    """Return *text*, or raise ValueError if it contains a forbidden character.

    The loader has already checked files; other sources may contain any character.
    """
    found = characters.forbidden(text)
    if found is not None:
        raise ValueError(f"the text contains {characters.describe(found[0])}; remove it")
    return text


@_plain
def moment(value: object, zone: tzinfo) -> datetime:
    """Return *value* as a time in UTC; without an offset, it is local to *zone*."""
    text = _word(value, f"a time such as {times.EXAMPLE}")
    try:
        return times.parse(text, zone)
    except ValueError as error:
        raise ValueError(f"{quoted(text)} {error}") from None


@_plain
def day(value: object) -> date:
    """Return *value* as a date."""
    text = _word(value, f"a day such as {times.EXAMPLE_DAY}")
    try:
        return times.parse_day(text)
    except ValueError as error:
        raise ValueError(f"{quoted(text)} {error}") from None


@_plain
def number(value: object, *, least: int, most: int) -> int:
    """Return *value* as a whole number from *least* to *most*."""
    span = f"a whole number from {least} to {most}"
    text = _word(value, span)
    if re.fullmatch(r"[0-9]{1,6}", text) is None or not least <= int(text) <= most:
        raise ValueError(f"{quoted(text)} is not {span}; use one in that range")
    return int(text)


@_plain
def duration(value: object, *, most: timedelta) -> timedelta:
    """Return *value*, such as ``30m``, as a length of time of at most *most*."""
    text = _word(value, "a length of time such as 30m")
    length = timedelta() if text == "0" else times.parse_duration(text)
    if length is None:
        what = f"{quoted(text)} is not a length of time"
        raise ValueError(f"{what}; write a number and s, m, h or d, such as 30m, or 0")
    if length > most:
        limit = f"{most // timedelta(hours=1)}h"
        raise ValueError(f"{quoted(text)} is more than {limit}; write at most {limit}")
    return length


@_plain
def colour(value: object) -> str:
    """Return *value* as a colour in lower-case hexadecimal notation."""
    text = _word(value, "a colour such as '#0a58ca'")
    if re.fullmatch(r"#[0-9a-fA-F]{6}", text) is None:
        what = f"{quoted(text)} is not a colour"
        raise ValueError(f"{what}; write '#' and six digits, in quotes, such as '#0a58ca'")
    return text.lower()


def asset(value: object) -> str:
    """Return *value* as the path of a file in `static/`."""
    text = _word(value, "the path of a file in static/ such as logo.svg")
    parts = text.split("/")
    is_plain = re.fullmatch(r"[^\\\s:?#%\"<>]+", text) is not None
    if not is_plain or not {"", ".", ".."}.isdisjoint(parts):
        what = f"{quoted(text)} is not a file in static/"
        raise ValueError(f"{what}; write its path in that folder, such as logo.svg")
    return text


def icon(value: object) -> str:
    """Return *value* as the name of a built-in icon, or as a file in `static/`."""
    text = _word(value, f"the name of an icon such as {Icon.WRENCH}")
    if "." in text:
        return asset(text)
    if text not in set(Icon):
        what = f"{quoted(text)} is neither an icon nor a file"
        raise ValueError(f"{what}; {instead(text, Icon)}")
    return text


def icon_word(value: object) -> Severity | State:
    """Return *value*, a key in `icons`, as a severity or state."""
    text = str(value)
    if text in set(Severity):
        return Severity(text)
    if text in set(State):
        return State(text)
    raise ValueError(
        f"{quoted(text)} is neither a severity nor a state; {instead(text, [*Severity, *State])}"
    )


def logo(value: object) -> object:
    """Return *value*, a file or a map of files, as a map."""
    return value if isinstance(value, dict) else {"light": value}


def repository(value: object) -> str:
    """Return *value* as the address of a site's folder on GitHub or GitHub Enterprise."""
    text = site_root(value)
    parts = urlsplit(text).path.split("/")[1:]
    if len(parts) < 2 or (len(parts) > 2 and (parts[2] != "tree" or len(parts) < 4)):
        what = f"{quoted(text)} is not the address of a repository"
        remedy = "write https://github.com/OWNER/NAME, plus /tree/BRANCH/FOLDER for a subfolder"
        raise ValueError(f"{what}; {remedy}")
    return text


@_plain
def repository_name(value: object) -> str:
    """Return *value* as the owner and name of a repository on GitHub."""
    text = _word(value, "OWNER/NAME such as acme/status")
    if _REPOSITORY.fullmatch(text) is None or text.endswith(("/.", "/..")):
        raise ValueError(f"{quoted(text)} is not OWNER/NAME; write one such as acme/status")
    return text


def login(value: object) -> str:
    """Return *value* as a GitHub user name; its case is preserved."""
    text = _word(value, "a GitHub user name such as octocat")
    if _LOGIN.fullmatch(text) is None:
        what = f"{quoted(text)} is not a GitHub user name"
        raise ValueError(f"{what}; write it without '@', such as octocat")
    return text


def app(value: object) -> str:
    """Return *value* as the name of a GitHub app, without the suffix `[bot]`."""
    text = _word(value, "the name of a GitHub app such as dependabot")
    name = text.removesuffix("[bot]")
    if _LOGIN.fullmatch(name) is None:
        what = f"{quoted(text)} is not the name of a GitHub app"
        raise ValueError(f"{what}; write one such as dependabot")
    return name


def trello_board(value: object) -> str:
    """Return the short link or id of the Trello board *value*, which may be its address."""
    example = "https://trello.com/b/Ab3dEf9h"
    text = _word(value, f"the address of a Trello board such as {example}").strip()
    address = _AT_TRELLO.fullmatch(text)
    if address and address[1] in "cC":
        what = f"{quoted(text)} is the address of a card"
        raise ValueError(f"{what}; write the address of its board, such as {example}")
    board = address[2] if address else text
    if _BOARD.fullmatch(board) is None:
        what = f"{quoted(text)} is not a Trello board"
        raise ValueError(f"{what}; write its address, such as {example}, its short link or its id")
    return board if len(board) == 8 else board.lower()


@_plain
def flag(value: object) -> bool:
    """Return *value* as a boolean."""
    text = _word(value, "true or false")
    if text not in ("true", "false"):
        meant = text.casefold()
        remedy = f"did you mean '{_FLAGS[meant]}'?" if meant in _FLAGS else "use one of them"
        raise ValueError(f"{quoted(text)} is neither true nor false; {remedy}")
    return text == "true"


@_plain
def weight(value: object) -> Fraction:
    """Return *value* as an exact number from 0 to 1."""
    text = _word(value, "a number from 0 to 1")
    if re.fullmatch(r"0(\.[0-9]{1,6})?|1(\.0{1,6})?", text) is None:
        raise ValueError(f"{quoted(text)} is not a weight; write a number from 0 to 1 such as 0.3")
    return Fraction(text)


_Enum = TypeVar("_Enum", bound=StrEnum)


def one_of(words: type[_Enum], name: str, value: object) -> _Enum:
    """Return *value* as a member of *words*; *name* describes a member, with an article."""
    text = _single(value, problems.one_of(list(words)))
    try:
        return words(text)
    except ValueError:
        raise ValueError(f"{quoted(text)} is not {name}; {instead(text, words)}") from None


def lane(value: object) -> State | None:
    """Return the state for cards on a list, or None for `null` (not published)."""
    if isinstance(value, str) and value in ("", "null", "Null", "NULL", "~"):
        return None
    return one_of(State, "a state", value)


@_plain
def identifier(value: object) -> str:
    """Return *value* as the id of a service or group."""
    text = _word(value, "an id such as api")
    if _ID.fullmatch(text) is None or len(text) > MAX_ID:
        what = f"{quoted(text)} is not a valid id; use lower-case letters a-z, digits, '-' and '_'"
        raise ValueError(f"{what}, at most {MAX_ID} characters")
    if is_reserved(text):
        raise ValueError(f"{quoted(text)} is a reserved name; choose another id")
    return text


@_plain
def record_id(value: object) -> str:
    """Return *value* as a 12-character record id."""
    text = _word(value, "12 letters and digits")
    if _RECORD_ID.fullmatch(text) is None:
        raise ValueError(f"{quoted(text)} is not a record id; write 12 characters of a-z and 0-9")
    return text


def url(value: object) -> str:
    """Return *value* as a full web address."""
    return web_addresses.parse(_word(value, f"an address such as {web_addresses.EXAMPLE}"))


def site_root(value: object) -> str:
    """Return *value* as the address of a site, without a trailing `/`."""
    text = url(value)
    if "?" in text or "#" in text:
        raise ValueError(f"{quoted(text)} is not the root of a site; remove '?' and '#'")
    parts = urlsplit(text)
    path = parts.path.rstrip("/")
    if any(part in ("", ".", "..") for part in path.split("/")[1:]):
        raise ValueError(
            f"{quoted(text)} is not the root of a site; write a path without '//' or '..'"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def link(value: object) -> str:
    """Return *value* as a link target, either a web address or `mailto:`."""
    text = _text(value)
    return web_addresses.mail(text) if text.startswith("mailto:") else url(text)


@_plain
def host(value: object) -> str:
    """Return *value* as a host name."""
    text = _word(value, "a host name such as status.example.com")
    if web_addresses.HOST.fullmatch(text) is None:
        raise ValueError(f"{quoted(text)} is not a host name; write one such as status.example.com")
    return text


@_plain
def zone(value: object) -> ZoneInfo:
    """Return *value* as an IANA time zone."""
    return zone_names.parse(_word(value, f"a time zone such as {zone_names.EXAMPLE}"))


def affected(value: object, severity: str = Severity.MAJOR) -> dict[str, object]:
    """Return *value*, a list or a map of services, as a map; a list sets no severities.

    Remedies use *severity*, that of the file.
    """
    if isinstance(value, dict):
        return value
    if not isinstance(value, list):
        typed = str(value)
        glued = yaml_errors.glued_dash(typed)
        what, plain = "'services' is not a list or a map", characters.correction(typed)
        if plain is not None:
            what = f"{quoted(typed)} contains {characters.describe(plain.wrong)}"
        names = _names_in(plain.text if plain else typed)
        raise ValueError(glued or f"{what}; {_services_remedy(names, severity)}")
    if all(isinstance(item, str) for item in value):
        return dict.fromkeys(value)
    what = "a list of services contains ids only"
    pairs: dict[str, object] = {}
    for item in value:
        named = item.get("id", item) if isinstance(item, dict) else item  # as in statusgen.yml
        pairs |= named if isinstance(named, dict) else {str(named): severity}
    words = [*pairs, *filter(None, pairs.values())]
    is_plain = all(isinstance(word, str) and _is_word(word) for word in words)
    if any(isinstance(item, list) for item in value) or not is_plain or len(pairs) > _MAX_NAMES:
        raise ValueError(f"{what}; {_services_remedy([], severity)}")
    entries = ", ".join(f"{name}: {word or severity}" for name, word in pairs.items())
    raise ValueError(f"{what}; write {{{entries}}}")


def _names_in(typed: str) -> list[str]:
    """Return what looks like ids of services in *typed*, such as `(api, web)`."""
    return [name for name in re.split(r"[^A-Za-z0-9_-]+", typed) if _is_word(name)]


def _is_word(text: str) -> bool:
    return len(text) <= MAX_ID and _ID.fullmatch(text) is not None


def _services_remedy(names: list[str], severity: str) -> str:
    names = names or ["api"]
    more = ", …" if len(names) > _MAX_NAMES else ""
    word = severity if severity in set(Severity) else Severity.MAJOR
    return f"write [{', '.join(names[:_MAX_NAMES])}{more}] or {{{names[0]}: {word}}}"


def as_list(value: object) -> object:
    """Return *value* if it is a list."""
    if isinstance(value, list):
        return value
    first = next(iter(value), "") if isinstance(value, dict) else value
    remedy = "expected a list; begin each entry with '- '"
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_./\[\]-]{1,64}", value):
        remedy = f"expected a list; write [{value}]"
    raise ValueError(yaml_errors.glued_dash(str(first)) or remedy)


def as_map(value: object) -> object:
    """Return *value* if it is a map."""
    if isinstance(value, dict):
        return value
    raise ValueError("expected a map; write 'key: value' lines")


def slug_fault(slug: str) -> str | None:
    """Return the problem and a remedy if *slug* is not a valid file name, or None."""
    if _SLUG.fullmatch(slug) is None:
        what = f"{quoted(slug)} cannot be used in an address"
        return f"{what}; rename the file with lower-case letters a-z, digits and single hyphens"
    if len(slug) > MAX_SLUG:
        return f"the name has {len(slug)} characters; shorten it to {MAX_SLUG}"
    if is_reserved(slug):
        return f"{quoted(slug)} is a reserved name; rename the file"
    return None
