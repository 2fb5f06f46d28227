"""Types of the values in `statusgen.yml` and in incident files.

Each type has a parser and a JSON Schema for editors. Editors infer types: for them, `title: 404` is
a number, while our loader reads text. The schemas are never stricter than the parsers.
"""

from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from functools import partial
from typing import Annotated

from statusgen import ids, times
from statusgen.model import (
    Archived,
    ChannelKind,
    Collapse,
    Dialect,
    HistoryStyle,
    Icon,
    Occasion,
    Severity,
    State,
)
from statusgen.schema import old_addresses, scalars
from statusgen.schema.shapes.reader import Context
from statusgen.schema.shapes.shape import BeforeValidator, Named, WithJsonSchema

# Text that an editor may read as a number, a boolean or null. If the schema listed these types,
# editors would suggest such values.
_SCALAR = {"not": {"type": ["array", "object"]}}

# Editors use JavaScript regular expressions, so only escapes valid in its Unicode mode work.
_DAY = "(19[7-9][0-9]|2[0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
_OFFSET = "(Z|UTC|[+-][0-9]{1,2}(:[0-5][0-9])?|[+-][0-9]{2}[0-5][0-9])"
_LENGTH = "(0|(?=[0-9])([0-9]{1,4} ?w ?)?([0-9]{1,4} ?d ?)?([0-9]{1,4} ?h ?)?"
_LENGTH += "([0-9]{1,5} ?m(in)? ?)?([0-9]{1,5} ?s)?)"
_URL = r'[Hh][Tt][Tt][Pp][Ss]?://[^\s"<>\\^`{|}]+'
_MAIL = r'mailto:[^\s"<>\\@]+@[a-zA-Z0-9.-]+'
_FILE = r'(?!(.*/)?\.{0,2}(/|$))[^\\\s:?#%"<>]+'


def _text(pattern: str, remedy: str, **more: object) -> WithJsonSchema:
    """Return the schema for text that matches *pattern*; editors show *remedy* if it does not."""
    words = {"pattern": f"^{pattern}$", "patternErrorMessage": remedy}
    return WithJsonSchema({**_SCALAR, **words, **more})


def _string(pattern: str, remedy: str) -> WithJsonSchema:
    """Return the schema for text that matches *pattern* and that YAML reads as a string."""
    words = {"pattern": f"^{pattern}$", "patternErrorMessage": remedy}
    return WithJsonSchema({"type": "string", **words})


class Between(BeforeValidator):
    """Whole number from *least* to *most*."""

    def __init__(self, least: int, most: int) -> None:
        # A quoted number is a string.
        span = {"minimum": least, "maximum": most}
        schema = {"type": ["integer", "string"], **span, "pattern": "^[0-9]{1,6}$"}
        super().__init__(
            partial(scalars.number, least=least, most=most),
            json_schema_input_type=Annotated[int, WithJsonSchema(schema)],
        )


class Lasting(BeforeValidator):
    """Length of time of at most *most*."""

    def __init__(self, most: timedelta) -> None:
        # `0` needs no unit.
        words = {"pattern": f"^{_LENGTH}$", "patternErrorMessage": "Write a time such as 30m."}
        schema = {"type": ["integer", "string"], "minimum": 0, "maximum": 0, **words}
        super().__init__(
            partial(scalars.duration, most=most),
            json_schema_input_type=Annotated[int, WithJsonSchema(schema)],
        )


def _moment(value: object, context: Context) -> datetime:
    return scalars.moment(value, context.zone)


def _affected(value: object, context: Context) -> object:
    return scalars.affected(value, context.severity)


_LINE = WithJsonSchema({**_SCALAR, "pattern": r"\S", "patternErrorMessage": "Write one line."})

Line = Annotated[str, BeforeValidator(scalars.line), _LINE]
LongLine = Annotated[str, BeforeValidator(partial(scalars.line, most=scalars.MAX_SOURCE)), _LINE]
Prose = Annotated[str, BeforeValidator(scalars.prose), WithJsonSchema(_SCALAR)]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment, uses_context=True),
    _string(f"{_DAY}[T ]{_TIME}( ?{_OFFSET})?", f"Write a time such as {times.EXAMPLE}."),
]
Day = Annotated[
    date, BeforeValidator(scalars.day), _string(_DAY, f"Write a day such as {times.EXAMPLE_DAY}.")
]
Flag = Annotated[
    bool,
    BeforeValidator(scalars.flag),
    WithJsonSchema({"type": ["boolean", "string"], "pattern": "^(true|false)$"}),
]
Weight = Annotated[
    Fraction,
    BeforeValidator(scalars.weight),
    WithJsonSchema(
        {
            "type": ["number", "string"],
            "minimum": 0,
            "maximum": 1,
            "pattern": r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$",
        }
    ),
]
Identifier = Annotated[
    str,
    BeforeValidator(scalars.identifier),
    _text(
        "[a-z0-9]([a-z0-9_-]*[a-z0-9])?",
        "Write lower-case letters a-z, digits, '-' and '_'.",
        maxLength=ids.MAX_ID,
    ),
]
RecordId = Annotated[
    str,
    BeforeValidator(scalars.record_id),
    _text("[a-z0-9]{12}", "Write 12 characters of a-z and 0-9."),
]
Zone = Annotated[
    tzinfo,
    BeforeValidator(scalars.zone),
    _string("[A-Z][A-Za-z0-9]*([/_+-][A-Za-z0-9]+)*", "Write an IANA name such as Europe/Rome."),
]
Address = Annotated[
    str,
    BeforeValidator(scalars.url),
    _string(_URL, "Write an address such as https://example.com."),
]
SiteRoot = Annotated[
    str,
    BeforeValidator(scalars.site_root),
    _string(
        f"(?!.*[?#]){_URL}", "Write an address such as https://example.com without '?' or '#'."
    ),
]
Repository = Annotated[
    str,
    BeforeValidator(scalars.repository),
    _string(
        f"(?!.*[?#])(?={_URL}$)[A-Za-z]+://[^/]+/[^/]+/[^/]+(/tree/.+)?/*",
        "Write https://github.com/OWNER/NAME, plus /tree/BRANCH/FOLDER for a subfolder.",
    ),
]
RepositoryName = Annotated[
    str,
    BeforeValidator(scalars.repository_name),
    _string("[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+", "Write OWNER/NAME such as acme/status."),
]
Login = Annotated[
    str,
    BeforeValidator(scalars.login),
    _text("[A-Za-z0-9][A-Za-z0-9_-]*", "Write a GitHub user name without '@', such as octocat."),
]
AppName = Annotated[
    str,
    BeforeValidator(scalars.app),
    _text(
        r"[A-Za-z0-9][A-Za-z0-9_-]*(\[bot\])?", "Write the name of a GitHub app such as dependabot."
    ),
]
LinkTarget = Annotated[
    str,
    BeforeValidator(scalars.link),
    _string(f"({_URL}|{_MAIL})", "Write an address such as https://example.com, or mailto: …"),
]
Host = Annotated[
    str,
    BeforeValidator(scalars.host),
    _text(
        "[a-z0-9]([a-z0-9.-]*[a-z0-9])?",
        "Write a host name such as status.example.com.",
        maxLength=253,
    ),
]
Colour = Annotated[
    str,
    BeforeValidator(scalars.colour),
    _string("#[0-9a-fA-F]{6}", "Write '#' and six digits, in quotes, such as '#0a58ca'."),
]
AssetPath = Annotated[
    str,
    BeforeValidator(scalars.asset),
    _text(_FILE, "Write the path of a file in static/, such as logo.svg."),
]
IconName = Annotated[
    str,
    BeforeValidator(scalars.icon),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": [str(icon) for icon in Icon]},
                {"pattern": rf"^(?=.*\.){_FILE}$", "type": ["string", "number"]},
            ]
        }
    ),
]
IconWord = Annotated[
    Severity | State,
    BeforeValidator(scalars.icon_word),
    WithJsonSchema({"type": "string", "enum": [str(word) for word in (*Severity, *State)]}),
]
SeverityWord = Annotated[
    Severity, BeforeValidator(lambda v: scalars.one_of(Severity, "a severity", v))
]
StateWord = Annotated[State, BeforeValidator(lambda v: scalars.one_of(State, "a state", v))]
LaneWord = Annotated[
    State | None,
    BeforeValidator(scalars.lane),
    WithJsonSchema({"enum": [*(str(state) for state in State), None]}),
]
ArchivedWord = Annotated[
    Archived, BeforeValidator(lambda v: scalars.one_of(Archived, "a rule for cards", v))
]
ChannelWord = Annotated[
    ChannelKind, BeforeValidator(lambda v: scalars.one_of(ChannelKind, "a kind of channel", v))
]
OccasionWord = Annotated[
    Occasion, BeforeValidator(lambda v: scalars.one_of(Occasion, "an event", v))
]
CollapseWord = Annotated[
    Collapse, BeforeValidator(lambda v: scalars.one_of(Collapse, "a value of collapse", v))
]
StyleWord = Annotated[
    HistoryStyle,
    BeforeValidator(lambda v: scalars.one_of(HistoryStyle, "a history style", v)),
]
DialectWord = Annotated[
    Dialect, BeforeValidator(lambda v: scalars.one_of(Dialect, "a supported API", v))
]


OldAddress = Annotated[
    str,
    BeforeValidator(old_addresses.old_address),
    _text(
        r"(?!/)(?!.*//)(?!(.*/)?\.\.?(/|$))[^\\:?#%*|\"<>]*",
        f"Write a path such as {old_addresses.EXAMPLE}, from the root of the site.",
        maxLength=old_addresses.MAX_ADDRESS,
    ),
]


ServiceName = Annotated[Line, Named("ServiceName", "Id or alias of a service.")]
Affected = Annotated[
    list[ServiceName] | dict[str, SeverityWord],
    Named("Affected", "Services: a list, or a map of service and severity."),
]
AffectedMap = Annotated[
    dict[str, SeverityWord | None],
    BeforeValidator(_affected, json_schema_input_type=Affected, uses_context=True),
]
OldAddresses = Annotated[
    OldAddress | list[OldAddress],
    Named("OldAddresses", "Old addresses of a page: a list, or a single address."),
]
OldAddressList = Annotated[
    list[OldAddress],
    BeforeValidator(old_addresses.as_addresses, json_schema_input_type=OldAddresses),
]
