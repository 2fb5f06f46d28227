"""Sources that a site adds to its Content-Security-Policy: what is accepted, and each mistake."""

from pathlib import Path

import pytest

from statusgen.config.parser import parse_config
from statusgen.model import Directive
from statusgen.problems import Level, Problem
from tests.conftest import SETTINGS

SHA256 = f"sha256-{'A' * 43}="
SHA384 = f"sha384-{'b' * 64}"
SHA512 = f"sha512-{'_' * 86}=="


def parsed(rows: str) -> tuple[dict[str, tuple[str, ...]], list[Problem]]:
    """Parse the settings with `csp:` and *rows* below it; return the sources and the problems."""
    config, problems = parse_config(f"{SETTINGS}csp:\n{rows}", path=Path("statusgen.yml"))
    return ({str(name): found for name, found in config.csp.items()} if config else {}, problems)


def messages(rows: str, level: Level = Level.ERROR) -> list[str]:
    """Return the messages of *level* for the *rows* below `csp:`."""
    return [one.message for one in parsed(rows)[1] if one.level is level]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("self", "'self'", id="keyword"),
        pytest.param("\"'self'\"", "'self'", id="keyword-in-quotes-of-both-kinds"),
        pytest.param("Self", "'self'", id="keyword-in-capitals"),
        pytest.param("wasm-unsafe-eval", "'wasm-unsafe-eval'", id="wasm"),
        pytest.param(SHA256, f"'{SHA256}'", id="sha256"),
        pytest.param(SHA384, f"'{SHA384}'", id="sha384"),
        pytest.param(f"\"'{SHA512}'\"", f"'{SHA512}'", id="sha512-in-quotes"),
        pytest.param("https://a.example", "https://a.example", id="address"),
        pytest.param("https://a.example:8443/x/", "https://a.example:8443/x/", id="port-and-path"),
        pytest.param('"*.a.example"', "*.a.example", id="every-host-of-a-domain"),
        pytest.param("https://*.a.example:*", "https://*.a.example:*", id="every-port"),
        pytest.param("localhost:8080", "localhost:8080", id="localhost"),
        pytest.param("http://intranet/a.js", "http://intranet/a.js", id="one-word-with-a-scheme"),
        pytest.param("wss://a.example", "wss://a.example", id="web-socket"),
    ],
)
def test_a_source_is_written_as_a_header_has_it(typed: str, expected: str) -> None:
    """Hosts stay as typed; keywords and hashes get quotes, which may be omitted in the settings."""
    assert ({"script-src": (expected,)}, []) == parsed(f"  script-src: [{typed}]\n")


@pytest.mark.parametrize("name", list(Directive))
def test_every_directive_takes_a_host(name: Directive) -> None:
    """Each directive accepts a host, and a list without entries adds nothing."""
    rows = f"  {name}: [https://a.example]\n"

    assert ({str(name): ("https://a.example",)}, []) == parsed(rows)
    assert ({}, []) == parsed(f"  {name}: []\n")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param(
            "https://a.example https://b.example",
            "'https://a.example https://b.example' contains a space; write one source per entry:"
            " [https://a.example, https://b.example]",
            id="space",
        ),
        pytest.param(
            "\"'self'; object-src *\"",
            "''self'; object-src *' contains ';'; write one source per entry:"
            " [self, object-src, *]",
            id="semicolon",
        ),
        pytest.param('","', "',' contains ','; remove it", id="comma"),
        pytest.param("slef", "'slef' is not a source; did you mean 'self'?", id="keyword-misspelt"),
        pytest.param(
            "plausible",
            "'plausible' is not a source; write one such as https://example.com",
            id="word",
        ),
        pytest.param(
            "ftp://a.example",
            "'ftp://a.example' is not a source; write one such as https://example.com",
            id="other-scheme",
        ),
        pytest.param(
            '"javascript:"',
            "'javascript:' is not a source; write one such as https://example.com",
            id="javascript",
        ),
        pytest.param(
            "https://a.example/'x",
            "'https://a.example/'x' is not a source; write one such as https://example.com",
            id="quotation-mark",
        ),
        pytest.param("https", "'https' is not a source; write 'https:'", id="colon-missing"),
        pytest.param(
            "https://a.example/x.js?v=1",
            "'https://a.example/x.js?v=1' has a query; write https://a.example/x.js",
            id="query",
        ),
        pytest.param(
            "https://ä.example",
            "'https://ä.example' contains non-ASCII characters; write the host in its xn-- form:"
            " https://xn--4ca.example",
            id="not-ascii",
        ),
        pytest.param(
            "sha256-abc=",
            "'sha256-abc=' is not a hash; copy the one that 'statusgen check' prints,"
            " such as sha256-…=",
            id="hash-too-short",
        ),
        pytest.param(
            "nonce-abc",
            "'nonce-abc' is not supported; a static page cannot have a new nonce for each visitor;"
            " use a hash",
            id="nonce",
        ),
        pytest.param(
            "none",
            "'none' is not supported; nothing is allowed by default; remove it",
            id="none",
        ),
        pytest.param(
            "\"'unsafe-inline'\"",
            "'unsafe-inline' is not supported; it would also allow injected code; use the hash that"
            " 'statusgen check' prints for each script or style",
            id="unsafe-inline",
        ),
        pytest.param(
            "unsafe-hashes",
            "'unsafe-hashes' is not supported; add listeners in a file in static/ instead",
            id="unsafe-hashes",
        ),
        pytest.param(
            "strict-dynamic",
            "'strict-dynamic' is not supported; it would block the page's own script; name the"
            " hosts instead",
            id="strict-dynamic",
        ),
        pytest.param(
            "{a: b}", "expected a text, found a map; put it in quotes", id="map-for-a-source"
        ),
    ],
)
def test_a_source_that_a_browser_would_not_obey_is_a_problem(typed: str, expected: str) -> None:
    """A source that breaks the header, weakens it or has no effect is reported with a remedy."""
    assert [expected] == messages(f"  script-src: [{typed}]\n")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            "  scripts-src: [self]\n",
            "'scripts-src' is not a directive; did you mean 'script-src'?",
            id="misspelt",
        ),
        pytest.param(
            "  default-src: [self]\n",
            "'default-src' is not supported; use the directive of what is loaded, such as"
            " script-src or img-src",
            id="default",
        ),
        pytest.param(
            "  frame-ancestors: [self]\n",
            "'frame-ancestors' is not supported; browsers ignore it in a page; let your host send"
            " it as a header",
            id="ignored-in-a-page",
        ),
        pytest.param(
            "  script-src: \"'self' https://a.example\"\n",
            "expected a list; write [self, https://a.example]",
            id="sources-as-a-text",
        ),
        pytest.param(
            f"  img-src: [{SHA256}]\n", "a hash has no effect in img-src; remove it", id="hash"
        ),
        pytest.param(
            "  style-src: [unsafe-eval]\n",
            "'unsafe-eval' has no effect in style-src; remove it",
            id="eval-of-styles",
        ),
    ],
)
def test_a_directive_is_checked(rows: str, expected: str) -> None:
    """A directive that pages cannot use is reported, and a source that does not suit it."""
    assert [expected] == messages(rows)


def test_a_problem_has_the_position_of_its_source() -> None:
    """A problem names the line and column of the source, or of the directive."""
    rows = "  scripts-src: [self]\n  img-src:\n    - https://a.example\n    - slef\n"
    first = SETTINGS.count("\n") + 2
    found = parsed(rows)[1]

    assert [(first, 3), (first + 3, 7)] == sorted((one.line, one.column) for one in found)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            "  script-src: ['*']\n",
            ["'*' in script-src allows every host; name those that you need"],
            id="star",
        ),
        pytest.param(
            "  style-src: ['https:']\n",
            ["'https:' in style-src allows every host; name those that you need"],
            id="scheme",
        ),
        pytest.param(
            "  script-src: ['data:']\n",
            ["'data:' in script-src lets injected code run; use a file in static/"],
            id="data",
        ),
        pytest.param(
            "  script-src: [unsafe-eval]\n",
            [
                "'unsafe-eval' allows scripts to run any text as code; use it only if a script"
                " fails without it"
            ],
            id="eval",
        ),
        pytest.param("  img-src: ['https:', 'data:']\n", [], id="any-picture"),
    ],
)
def test_a_source_that_allows_too_much_is_a_warning(rows: str, expected: list[str]) -> None:
    """A source that allows every host for code, or any text as code, is accepted with a warning."""
    assert (expected, []) == (messages(rows, Level.WARNING), messages(rows))
