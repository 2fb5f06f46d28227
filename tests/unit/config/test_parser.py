"""Tests of the parser for statusgen.yml, which reports every mistake in one run."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from statusgen.config.parser import parse_config, rough_config
from statusgen.config.settings import Config
from statusgen.model import Collapse, DataKey, Group, Service, Severity
from statusgen.problems import errors
from tests.conftest import SETTINGS, scaled

PATH = Path("statusgen.yml")
SMALL = """\
title: Acme Status
url: https://status.acme.example
services: [{id: api, name: Public API}]
"""


def config_of(text: str) -> Config:
    """Parse *text*, which has no problems, and return its settings."""
    found, problems = parse_config(text, path=PATH)

    assert [] == [problem.message for problem in problems]
    assert found is not None
    return found


def problems_of(text: str) -> list[tuple[int, int, str]]:
    """Return the problems in *text* as line, column and message, in order."""
    ordered = sorted(parse_config(text, path=PATH)[1], key=lambda problem: problem.order)
    return [(problem.line, problem.column, problem.message) for problem in ordered]


def test_everything_but_title_url_and_services_has_a_default() -> None:
    """A title, an address and a list of services are enough for a site."""
    expected = Config(
        title="Acme Status",
        url="https://status.acme.example",
        zone=ZoneInfo("UTC"),
        language="en",
        groups=(),
        services=(Service(id="api", name="Public API"),),
        weights={
            Severity.MAINTENANCE: Fraction(0),
            Severity.DEGRADED: Fraction(0),
            Severity.PARTIAL: Fraction(3, 10),
            Severity.MAJOR: Fraction(1),
        },
        feed_authority="status.acme.example",
        messages={},
        data=None,
        extra={},
    )

    assert expected == config_of(SMALL)


def test_every_setting_arrives_in_the_record() -> None:
    """Settings are converted to the record's types; data and custom keys remain text."""
    text = """\
title: Acme  Status
url: https://Status.Acme.example/sub/path/
timezone: America/New_York
language: en
groups:
  - id: core
    name: Core platform
    description: What all else needs.
    collapse: when_operational
services:
  - id: sign-in_2
    name: Sign-in
    group: core
    description: |
      One
      two
    link: mailto:help@acme.example
    since: 2024-03-01
    retired: 2026-01-31
    aliases: [rest-api, Old Name]
weights: {maintenance: 0.05, degraded: 0.1, partial: 0.333333, major: 1.0}
feed_authority: acme.example
messages:
  severity.none: "Alles gut"
data:
  contact: {phone: 012-30}
  flags: [no, 12:30]
x-theme: dark
"""
    expected = Config(
        title="Acme Status",
        url="https://status.acme.example/sub/path",
        zone=ZoneInfo("America/New_York"),
        language="en",
        groups=(
            Group(
                id="core",
                name="Core platform",
                description="What all else needs.",
                collapse=Collapse.WHEN_OPERATIONAL,
            ),
        ),
        services=(
            Service(
                id="sign-in_2",
                name="Sign-in",
                group="core",
                description="One\ntwo",
                link="mailto:help@acme.example",
                since=date(2024, 3, 1),
                retired=date(2026, 1, 31),
                aliases=("rest-api", "Old Name"),
            ),
        ),
        weights={
            Severity.MAINTENANCE: Fraction(1, 20),
            Severity.DEGRADED: Fraction(1, 10),
            Severity.PARTIAL: Fraction(333333, 1000000),
            Severity.MAJOR: Fraction(1),
        },
        feed_authority="acme.example",
        messages={"severity.none": "Alles gut"},
        data={"contact": {"phone": "012-30"}, "flags": ["no", "12:30"]},
        data_keys=(
            DataKey(name="contact", path=Path("statusgen.yml"), line=26, column=3),
            DataKey(name="flags", path=Path("statusgen.yml"), line=27, column=3),
        ),
        extra={"x-theme": "dark"},
    )

    assert expected == config_of(text)


def test_ids_and_aliases_lead_to_the_service_of_today() -> None:
    """Every id and alias of a service refers to its id."""
    found = config_of(SETTINGS.replace("Website", "Website\n    aliases: [cdn, Old Name]"))
    expected = {"api": "api", "web": "web", "db": "db", "cdn": "web", "Old Name": "web"}

    assert expected == dict(found.service_ids)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(ends: str) -> None:
    """CRLF and CR end a line as LF does, also in multi-line text."""
    text = SETTINGS + "    description: |\n      One\n\n      two\n"

    assert config_of(text) == config_of(text.replace("\n", ends))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://status.acme.example", "https://status.acme.example"),
        ("https://status.acme.example/", "https://status.acme.example"),
        ("http://localhost:8000/a/b/", "http://localhost:8000/a/b"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://192.0.2.1/status", "https://192.0.2.1/status"),
    ],
)
def test_the_url_is_the_root_without_a_slash(written: str, expected: str) -> None:
    """A site may be below any path on any host."""
    assert expected == config_of(SMALL.replace("https://status.acme.example", written)).url


@pytest.mark.parametrize(
    "url",
    [
        "status.acme.example",
        "//status.acme.example",
        "ftp://status.acme.example",
        "javascript:alert(1)",
        "https://",
        "https:///a",
        "https://a b.example",
        "https://a.example/<b>",
        "'https://a.example/\"b'",
        "https://a.example:port",
        "https://a.example:99999",
        "https://[::1",
        "https://bücher.example",
        "https://a.example/../b",
        "https://a.example//b",
        "https://a.example/?b",
        "'https://a.example/#b'",
        "https://kim@a.example",
        "https://-a.example",
        "''",
        "[https://a.example]",
    ],
)
def test_what_is_no_address_of_a_site_is_one_problem(url: str) -> None:
    """Only http and https addresses that can be joined with a path are accepted."""
    places = [place[:2] for place in problems_of(SMALL.replace("https://status.acme.example", url))]

    assert [(2, 6)] == places


@pytest.mark.parametrize("key", ["url", "link"])
def test_a_password_in_an_address_is_not_repeated(key: str) -> None:
    """A value that may be secret is not quoted in a message."""
    url = "https://kim:hunter2@acme.example"
    text = SETTINGS + f"    link: {url}\n"
    if key == "url":
        text = SETTINGS.replace("https://status.acme.example", url)
    messages = [message for _, _, message in problems_of(text)]

    assert 1 == len(messages)
    assert "hunter2" not in messages[0]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "https://acme.example/stätus?q=ü",
            "non-ASCII characters;"
            " write it percent-encoded: https://acme.example/st%C3%A4tus?q=%C3%BC",
            id="path-and-query",
        ),
        pytest.param(
            "https://acme.example/100%25/a\u2013b",
            "non-ASCII characters;"
            " write it percent-encoded: https://acme.example/100%25/a%E2%80%93b",
            id="dash-in-a-path",
        ),
        pytest.param(
            "https://München.example:8443/ä",
            "non-ASCII characters;"
            " write the host in its xn-- form: https://xn--mnchen-3ya.example:8443/%C3%A4",
            id="host-and-path",
        ),
        pytest.param(
            "https://straße.example",
            "non-ASCII characters; write the host in its xn-- form",
            id="host-of-two-xn-forms",
        ),
        pytest.param(
            "https://ä..example",
            "non-ASCII characters; write the host in its xn-- form",
            id="host-without-an-xn-form",
        ),
        pytest.param(
            "https://acme\u2013status.example",
            "U+2013 EN DASH; replace it with '-'",
            id="dash-in-a-host",
        ),
        pytest.param(
            "https://acme.example/a\u200bb", "U+200B ZERO WIDTH SPACE; remove it", id="invisible"
        ),
        pytest.param(
            "mailto:help@münchen.example",
            "non-ASCII characters;"
            " write the host in its xn-- form: mailto:help@xn--mnchen-3ya.example",
            id="mail",
        ),
        pytest.param(
            "münchen",
            "non-ASCII characters; write an address such as https://example.com",
            id="no-address",
        ),
    ],
)
def test_an_address_in_letters_gets_its_ascii_form(url: str, expected: str) -> None:
    """An address that is not ASCII is suggested in ASCII, if it has only one such form."""
    messages = [message for _, _, message in problems_of(SETTINGS + f"    link: {url}\n")]

    assert 1 == len(messages)
    assert f" contains {expected}" == messages[0].partition("'")[2].partition("'")[2]


@pytest.mark.parametrize("url", ["https://status.example.com", "https://Status.Example.com/"])
def test_the_address_of_a_new_site_is_a_warning(url: str) -> None:
    """The example address that `init` writes is accepted, with a warning at its position."""
    text = SMALL.replace("https://status.acme.example", url)
    config, problems = parse_config(text, path=PATH)

    assert (False, []) == (config is None, errors(problems))
    assert [(2, 6, f"'{url}' is an example; write the address of your page")] == problems_of(text)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("no", "did you mean 'nb'?"),
        ("no_NO", "did you mean 'nb-NO'?"),
        ("pt_BR", "did you mean 'pt-BR'?"),
        ("zh_CN", "did you mean 'zh-CN'?"),
        ("en_US.UTF-8", "did you mean 'en-US'?"),
        ("jp", "did you mean 'ja'?"),
        ("Deutsch", "did you mean 'de'?"),
        ("french", "did you mean 'fr'?"),
        ("zh-Hant", "use one of: "),
        ("zh_TW", "use one of: "),
        ("nn", "use one of: "),
        ("_", "use one of: "),
    ],
)
def test_a_language_is_suggested_if_it_is_the_same_one(language: str, expected: str) -> None:
    """A code in another form gets ours; one of another language or script gets the list."""
    (problem,) = problems_of(f"{SMALL}language: {language}\n")

    assert f"'{language}' is not a supported language; {expected}" in problem[2]


@pytest.mark.parametrize("language", ["iw", "in", "EN", "pt-br", "zh-CN"])
def test_old_codes_and_capitals_are_accepted(language: str) -> None:
    """Codes that ISO 639 has replaced, and codes in any case, select their language."""
    assert [] == problems_of(f"{SMALL}language: {language}\n")


@pytest.mark.parametrize(
    ("zone", "close"),
    [
        ("Europe/Rom", "Europe/Rome"),
        ("europe/rome", "Europe/Rome"),
        ("Europe Rome", "Europe/Rome"),
        ("America/NewYork", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("Rome", "Europe/Rome"),
        ("berlin", "Europe/Berlin"),
        ("Londn", "Europe/London"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Europ/Rome", "Europe/Rome"),
        ("utc", "UTC"),
    ],
)
def test_a_misspelt_zone_gets_the_zone_that_was_meant(zone: str, close: str) -> None:
    """A misspelt time zone gets a suggestion."""
    expected = f"'{zone}' is not a time zone; did you mean '{close}'?"

    assert [(3, 11, expected)] == problems_of(SETTINGS.replace("Europe/Rome", zone))


@pytest.mark.parametrize(
    "zone",
    [
        *("CEST", "PST", "BST", "WEST", "UTC+2", "GMT+1", "UTC-03:00", "Z"),
        *("Eastern", "Central", "Madras", "Granada", "China", "Europe/Milan", "Europe/CEST"),
        *(
            "localtime",
            "posixrules",
            "../../etc/passwd",
            "/etc/localtime",
            "Mars",
            "+02:00",
            "zone.tab",
        ),
    ],
)
def test_what_is_no_zone_everywhere_gets_an_example(zone: str) -> None:
    """Neither other files in the time zone folder nor zones hours away are suggested."""
    expected = f"'{zone}' is not a time zone; write an IANA name such as Europe/Rome"

    assert [(3, 11, expected)] == problems_of(SETTINGS.replace("Europe/Rome", zone))


@pytest.mark.parametrize("weight", ["0", "1", "0.3", "1.0", "0.000001", "'0.5'"])
def test_a_weight_is_a_number_from_zero_to_one(weight: str) -> None:
    """Weights are exact fractions, never binary ones."""
    found = config_of(SMALL + f"weights: {{partial: {weight}}}\n")

    assert Fraction(weight.strip("'")) == found.weights[Severity.PARTIAL]


@pytest.mark.parametrize(
    "weight",
    ["-0.1", "1.1", "2", ".5", "1e-3", "nan", ".inf", "1/3", "30%", "0,3", "\u0660", "[0.3]"],
)
def test_what_is_no_weight_is_a_problem(weight: str) -> None:
    """A weight outside 0 to 1, or in any other notation, is rejected."""
    places = [place[:2] for place in problems_of(SMALL + f"weights:\n  partial: {weight}\n")]

    assert [(5, 12)] == places


def test_all_mistakes_of_the_settings_come_in_one_run() -> None:
    """A misspelt key does not hide a duplicate id, or vice versa."""
    text = """\
title: Acme Status
title: Again
url: status.acme.example
timezoen: Europe/Rome
groups:
  - {id: core, name: Core}
  - {id: core, name: Core}
services:
  - {id: api, name: API, group: cor, colour: red}
  - {id: api, name: API, since: 2026-02-30}
language: xx
"""
    lines = [line for line, _, _ in problems_of(text)]

    assert [2, 3, 4, 7, 9, 9, 10, 10, 11] == lines


WORDS = [
    "", "a", "api", "[]", "{}", "[a]", "{a: b}", "[{id: api, name: A}]", "[{id: api}, {id: api}]",
    "[[a]]", "https://a.example", "https://[", "Europe/Rome", "en", "0.5", "|\n  text", "|\r  a",
    "'", '"a', "a #b", "a: b", "&a b", "*a", "!!a b", "2026-02-30", '"\\0"', "\t", "- a", "🔥",
    "---", "...",
    "{title: {a: b}}", "[{id: api, name: A, aliases: [api, [a]]}]", "{major: 1, none: 2}",
    "[{id: a, name: A, link: 'mailto:'}]", "{banner.since: '{'}", "{home: '{0.__class__}'}",
]  # fmt: skip
KEYS = [
    "title", "url", "services", "groups", "timezone", "language", "weights", "feed_authority",
    "messages", "data", "x-a", "<<", "extra", "  - id", "    name", "    group", "    since",
    "  partial",
]  # fmt: skip
ROWS = st.builds(
    "{}: {}".format, st.sampled_from(KEYS), st.sampled_from(WORDS) | st.text(max_size=6)
)
FILES = st.one_of(
    st.text(),
    st.lists(ROWS, max_size=10).map("\n".join),
    st.lists(ROWS, max_size=6).map("\n".join).map((SETTINGS + "{}").format),
    st.tuples(st.integers(0, len(SETTINGS)), st.integers(0, 20), st.sampled_from(WORDS)).map(
        lambda damage: SETTINGS[: damage[0]] + damage[2] + SETTINGS[damage[0] + damage[1] :]
    ),
)


@example(text="title: |\r a")
@given(text=FILES)
@settings(max_examples=scaled(800))
def test_any_text_is_a_config_or_has_problems_with_valid_places(text: str) -> None:
    """Any text gives settings or problems, and every problem has a position in the text."""
    found, problems = parse_config(text, path=PATH)
    # YAML ends a line at all of these.
    rows = sum(text.replace("\r\n", "\n").count(end) for end in "\r\n\x85\u2028\u2029") + 1

    assert (found is None) == bool(errors(problems))
    for problem in problems:
        assert 1 <= problem.line <= rows + 1
        assert problem.column >= 1


@pytest.mark.parametrize(
    "text", ["{percent:d}", "{percent!x}", "{percent:{x}}", "{percent:>99999}"]
)
def test_a_message_fills_in_names_only(text: str) -> None:
    """Format specifications and conversions in braces are rejected, with their position."""
    settings = f"{SETTINGS}messages: {{uptime: '{text}'}}\n"

    _, problems = parse_config(settings, path=Path("statusgen.yml"))

    assert ["braces contain more than a name; write only the name"] == [
        problem.message for problem in problems
    ]


@pytest.mark.parametrize(
    "url", ["https://kim:secret@acme.example", "https://kim:secret@a_b.example"]
)
def test_a_password_is_never_repeated(url: str) -> None:
    """An address with a user name is rejected without repeating it."""
    settings = SETTINGS.replace("https://status.acme.example", url)

    _, problems = parse_config(settings, path=Path("statusgen.yml"))

    assert [False] == ["secret" in problem.message for problem in problems]


FLOWING = '{title: A, url: "https://a.example", services: [{id: api, name: API}],'


@pytest.mark.parametrize(
    ("text", "is_left"),
    [
        pytest.param(f"{SMALL}colour: red\n", True, id="unknown-key"),
        pytest.param(f"days: -1\n{SMALL}", True, id="wrong-value"),
        pytest.param(f"{SMALL}language: xx\nmessages: {{home: '{{'}}\n", True, id="words"),
        pytest.param(f"{SMALL}timezone: Europe/Roma\n", False, id="zone"),
        pytest.param(f"{SMALL}time_zone: Europe/Rome\n", False, id="key-of-the-zone"),
        pytest.param(f"{SMALL}timezone: UTC\ntitle: B\n", False, id="twice"),
        pytest.param(SMALL.replace("api, name", "Api, name"), False, id="service"),
        pytest.param(SMALL.replace("[{id: api, name: Public API}]", "[]"), False, id="no-service"),
        pytest.param(SMALL.replace("title: Acme Status\n", ""), False, id="missing-key"),
        pytest.param(f"{FLOWING}\n language: xx, days: 5}}", True, id="flow"),
        pytest.param(f"{FLOWING} language: xx}}", False, id="flow-on-one-line"),
        pytest.param(f"{FLOWING} language:\n   xx, days: 3}}", True, id="flow-over-two-lines"),
        pytest.param("a: [", False, id="no-yaml"),
        pytest.param("", False, id="empty"),
    ],
)
def test_what_is_left_of_broken_settings_tells_nothing_wrong(text: str, is_left: bool) -> None:
    """Settings with an error either keep the services and the time zone, or are not used at all."""
    known, problems = parse_config(text, path=PATH)
    left = rough_config(text, errors(problems), path=PATH)

    assert known is None
    assert is_left == (left is not None)
    if left is not None:
        assert (("api",), "en", {}) == (tuple(left.service_ids), left.language, left.messages)


@pytest.mark.parametrize("value", ["", "''", "null", "~", "[]", "{}"])
def test_an_optional_setting_without_a_value_has_its_default(value: str) -> None:
    """Settings that a form left empty, nested ones too, have their defaults."""
    keys = "timezone language groups weights announcement days keep_open history_style grid_days"
    keys += " refresh logo favicon accent extra_css icons links repository github trello channels"
    keys += " events hub feed_authority texts messages"
    rows = [f"{key}: {value}" for key in keys.split()]
    inner = "group description link since retired aliases"
    service = [f"    {key}: {value}" for key in inner.split()]
    api = [] if value == "[]" else [f"api: {value}"]
    small = ["title: A", "url: https://a.example", "services:", "  - id: api", "    name: API"]

    actual = config_of("\n".join([*small, *service, *rows, *api]))

    assert config_of("\n".join(small)) == actual


def test_empty_values_with_a_meaning_stay() -> None:
    """`api: []` generates no API, and `data` and `x-` keys belong to the site."""
    found = config_of(SMALL + "api: []\ndata: {a: ''}\nx-a: ''\n")

    assert ((), {"a": ""}, {"x-a": ""}) == (found.api, found.data, found.extra)


def test_a_colour_that_became_a_comment_stays_a_problem() -> None:
    """`accent: #0a58ca` without quotes is reported; other comments are allowed."""
    message = "missing value; write a colour such as '#0a58ca'"

    assert [(4, 8, message)] == problems_of(SMALL + "accent: #7a1fa2\n")
    assert [] == problems_of(SMALL + "accent:  # none yet\n")
