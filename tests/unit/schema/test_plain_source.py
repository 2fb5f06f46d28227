"""Tests that a file read without the tree of its values gives the same result, or is refused."""

from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.config.loader import read_settings
from statusgen.config.settings import Config
from statusgen.content import parser
from statusgen.content.parser import Parsed
from statusgen.model import Incident
from statusgen.schema.plain_source import NotPlainError
from tests.conftest import ROOT, scaled
from tests.unit.content.test_parser import CONFIG, FILES, empty_keys, file_of, incidents

PATH = Path("incidents/a.md")
FOLDERS = ("tests/sites", "tests/invalid", "tests/repairs", "incidents")
WRITTEN = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))


def plain(text: str, *, config: Config = CONFIG) -> Parsed | None:
    """Parse *text* without a tree; return None if it is refused."""
    try:
        return parser.parse_plain(text, path=PATH, place="b/a", config=config)
    except NotPlainError:
        return None


def tree(text: str, *, config: Config = CONFIG) -> Parsed:
    """Parse *text* with a tree."""
    return parser.parse_tree(text, path=PATH, place="b/a", config=config)


def lines(text: str) -> str:
    """Return *text* with the line breaks that the two functions expect."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(text=FILES)
@settings(max_examples=scaled(800))
def test_any_text_gives_the_same_or_is_refused(text: str) -> None:
    """A text that is accepted without a tree has the same record, places and timeline with one."""
    found = plain(lines(text))

    assert found in (None, tree(lines(text)))


@given(incident=incidents(), cut=st.integers(0, 10**4), added=st.text(max_size=3))
@settings(max_examples=scaled(150))
def test_a_damaged_file_gives_the_same_or_is_refused(
    incident: Incident, cut: int, added: str
) -> None:
    """So does an incident in which some characters were replaced."""
    whole = parser.format(incident)
    at = cut % (len(whole) + 1)
    text = lines(whole[:at] + added + whole[at + len(added) :])
    found = plain(text)

    assert found in (None, tree(text))


@given(incident=incidents())
@settings(max_examples=scaled(200))
def test_what_we_write_needs_no_tree(incident: Incident) -> None:
    """A file in our own format is accepted, unless something is reported."""
    updates = tuple(replace(one, extra={}) for one in incident.updates)
    text = parser.format(replace(incident, updates=updates, extra={}))  # These may be empty.
    explained = tree(text)
    is_usual = incident.services and not explained.problems

    assert (explained if is_usual else None) == plain(text)


@pytest.mark.parametrize(
    "path", WRITTEN, ids=lambda path: path.relative_to(ROOT).with_suffix("").as_posix()
)
def test_the_files_of_the_tests_give_the_same_or_are_refused(path: Path) -> None:
    """So do the files of all other tests, with the settings of their sites."""
    text = lines(path.read_bytes().decode(errors="replace"))
    site = next(one for one in path.parents if (one / "statusgen.yml").exists())
    config = read_settings(site).config or CONFIG

    assert plain(text, config=config) in (None, tree(text, config=config))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(file_of(title="API down # for minutes"), id="comment-after-a-text"),
        pytest.param(file_of(title="&a API down"), id="anchor"),
        pytest.param(file_of("x-a: *a"), id="alias"),
        pytest.param(file_of(title="!!str API down"), id="tag"),
        pytest.param(file_of("x-a: {<<: b}"), id="merge-key"),
        pytest.param(file_of("x-a: {[b]: c}"), id="list-as-key"),
        pytest.param(file_of("x-a: 1", "x-a: 2"), id="duplicate-key"),
        pytest.param(file_of("x-a: ''"), id="empty-text"),
        pytest.param(file_of("x-a: []"), id="empty-list"),
        pytest.param(file_of("x-a: {}"), id="empty-map"),
        pytest.param(file_of("x-a: null"), id="null"),
        pytest.param(file_of(r'x-a: "\a"'), id="forbidden-character-by-escape"),
        pytest.param(file_of("x-a: \x7f"), id="forbidden-character"),
        pytest.param(file_of("<<<<<<< ours"), id="merge-conflict"),
        pytest.param(file_of(f"x-a: {'[' * 60}{']' * 60}"), id="deeply-nested"),
        pytest.param(file_of(f"x-a: [{'a, ' * 20_001}]"), id="many-values"),
        pytest.param(file_of(*empty_keys("")), id="empty-keys"),
        pytest.param(file_of(severity="severe"), id="wrong-value"),
        pytest.param(file_of(services="[apy]"), id="unknown-service"),
        pytest.param(file_of("unknown: key"), id="unknown-key"),
        pytest.param(file_of("state: resolved"), id="contradiction"),
        pytest.param(file_of(body=""), id="warning"),
        pytest.param("---\n- a list\n---\n", id="list"),
        pytest.param("no front matter\n", id="no-front-matter"),
    ],
)
def test_what_needs_an_explanation_is_refused(text: str) -> None:
    """A mistake, a warning and unusual YAML are left to the reader that can explain them."""
    assert plain(text) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(file_of(), id="body"),
        pytest.param("\n\n" + file_of("# A comment."), id="comment-line"),
        pytest.param(file_of("id: abcdefghijkl"), id="id"),
        pytest.param(file_of("redirect_from: [old/, older.html]"), id="redirects"),
        pytest.param(file_of("redirect_from: old/"), id="one-redirect"),
        pytest.param(file_of(r'x-a: "a\tb"', "x-b: [{c: d}, e]"), id="own-keys"),
        pytest.param(file_of(title="|\n  Issue #5\n"), id="number-in-a-block"),
        pytest.param(
            "---\n{title: a, severity: major, services: [api],\n"
            " updates: [{at: 2026-11-20 09:00Z, text: b}]}\n---\n",
            id="flow",
        ),
    ],
)
def test_a_right_file_is_accepted(text: str) -> None:
    """A file without mistakes needs no tree, and has the same places."""
    assert tree(text) == plain(text)


def test_the_time_zone_is_that_of_the_site() -> None:
    """Times without an offset are in the zone of the site."""
    found = plain(file_of(started="2026-11-20 10:00"))

    assert found is not None
    assert found.incident is not None
    assert UTC == found.incident.started.tzinfo
    assert 9 == found.incident.started.hour
