"""`statusgen notify --dry-run --format markdown`: whom a merge would notify, for its summary."""

import re
from pathlib import Path

import pytest

from statusgen.markup.escape import inert
from tests.conftest import SETTINGS, Ran, Run, write_site

NOW = ("--now", "2026-11-20T10:00:00Z")
CHANNELS = """\
channels:
  - {id: chat}
  - {id: web-only, services: [web]}
  - {id: hook, kind: webhook}
"""
_INERT = re.compile(r"(?:&#[0-9]+;|[^!-/:-@\[-`{-~])+")  # no ASCII punctuation but in references
COMPARED = ("notify", "--dry-run", "--compare", "old", "--format", "markdown", *NOW)


INCIDENT = """\
---
title: {title}
severity: major
services: [api]
started: 2026-11-20T09:00Z
---

{text}
"""


def incident(title: str = "Elevated errors", text: str = "We look into it.") -> str:
    """An incident file of the API, an hour old."""
    return INCIDENT.format(title=title, text=text)


@pytest.fixture
def site(run: Run, tmp_path: Path) -> Path:
    """A site with channels, with its page before any incident in `old`."""
    folder = write_site(tmp_path / "site", {"statusgen.yml": SETTINGS + CHANNELS})
    assert 0 == run("build", "--no-cache", "--out", "old", *NOW, cwd=folder).status
    return folder


def added(site: Path, files: dict[str, str]) -> Path:
    """Write *files* into *site*, and return it."""
    settings = (site / "statusgen.yml").read_text("utf-8")
    return write_site(site, {"statusgen.yml": settings, **files})


def compared(run: Run, site: Path, files: dict[str, str]) -> Ran:
    """Say what *files* would add to the page of *site*."""
    ran = run(*COMPARED, cwd=added(site, files))
    assert 0 == ran.status, ran.err
    return ran


def test_a_message_is_shown_once_with_its_channels(run: Run, site: Path) -> None:
    """Title and text stand once below the channels that get them, and others are not named."""
    ran = compared(run, site, {"incidents/a.md": incident()})

    assert (
        "### 2 channels would be notified\n\n"
        "- **chat, hook** Major outage&#58; Elevated errors\n\n"
        "  > Public API&#58; Major outage\\\n  > We look into it&#46;\n"
    ) == ran.out.replace(inert("-"), "-")


def test_nothing_new_notifies_nobody(run: Run, site: Path) -> None:
    """A site with channels says so; one without says nothing."""
    none = compared(run, site, {})
    silent = compared(run, site, {"statusgen.yml": SETTINGS, "incidents/a.md": incident()})

    assert ("### Nobody would be notified\n", "") == (none.out, silent.out)


def test_a_new_channel_of_a_new_page_starts_silently(run: Run, site: Path) -> None:
    """Where OLD is no site there is no record yet, and what is on the page counts as sent."""
    added(site, {"incidents/a.md": incident()})
    ran = run(*COMPARED, "--compare", "nothing", cwd=site)

    assert (
        "### Nobody would be notified\n\n"
        f"New channels start silently: chat, web{inert('-')}only, hook\n"
    ) == ran.out


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script><!--",
        "![x](https://evil.example/p.gif) [y](javascript:alert(1))",
        "@everyone #1 **bold** _em_ ~~no~~ `code` | a | b |",
        "&lt;img src=x&gt; &#64;everyone $x$ \\\\[z\\\\]",
        "::add-mask::a ##[error]b %0A::error::c",
        "\u202eevil\u202c ### Heading",
    ],
)
def test_titles_and_texts_are_nothing_but_text(run: Run, site: Path, hostile: str) -> None:
    """Whatever strangers write, no character of it is markup, a command or a line break."""
    title = "'" + hostile.replace("'", "''") + "'"
    if run("check", *NOW, cwd=added(site, {"incidents/a.md": incident(title)})).status:
        title = "Fine"  # The title is refused, but the text may say it.
    ran = compared(run, site, {"incidents/a.md": incident(title, f"1. x\n\n    {hostile}\n")})
    head, *lines = ran.out.splitlines()
    own = ("- **chat, hook** ", "  > ")

    assert "### 2 channels would be notified" == head
    for line in filter(None, lines):
        start = next(mark for mark in own if line.startswith(mark))
        rest = line.removeprefix(start).removesuffix("\\")
        assert _INERT.fullmatch(rest), rest
    assert "\u202e" not in ran.out
    assert "::" not in ran.out


def test_long_texts_and_many_messages_are_cut(run: Run, site: Path) -> None:
    """A summary stays short: twenty messages, each with the beginning of its text."""
    files = {f"incidents/{n}.md": incident(f"Number {n}", "word " * 3000) for n in range(5)}
    few = compared(run, site, files)
    many = "".join(f"  - {{id: c{n}, services: [api]}}\n" for n in range(3))
    mixed = {"statusgen.yml": SETTINGS + CHANNELS + many}
    mixed |= {f"incidents/w{n}.md": incident(f"Web {n}") for n in range(30)}
    lots = compared(run, site, mixed)

    assert 5 == few.out.count("- **")
    assert len(few.out) < 5 * 700
    assert 20 == lots.out.count("- **")
    assert lots.out.endswith("\n- and 16 more\n")


def test_the_comparison_reads_no_secret(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Addresses change nothing and get into no summary, a mask for the log neither."""
    plain = compared(run, site, {"incidents/a.md": incident()})
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("STATUSGEN_NOTIFY", "chat json://127.0.0.1:1/T0KEN-t0ken\nother x")
    with_secret = compared(run, site, {})

    assert plain.out == with_secret.out
    assert "T0KEN" not in with_secret.err


def test_markdown_is_for_dry_runs(run: Run, site: Path) -> None:
    """A real run prints commands for the runner, which must not go into a summary."""
    ran = run("notify", "--format", "markdown", cwd=site)
    wrong = run("notify", "--dry-run", "--format", "html", cwd=site)

    assert (2, "") == (ran.status, ran.out)
    assert "--format markdown shows messages only; add --dry-run" in ran.err
    assert 2 == wrong.status
    assert "'html' is not a format" in wrong.err
