"""`statusgen notify --dry-run --format markdown`: a preview of the notifications of a merge."""

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
_INERT = re.compile(
    r"(?:&#[0-9]+;|[^!-/:-@\[-`{-~])+"
)  # no ASCII punctuation except in character references
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
    """Return an incident file of the API, an hour old."""
    return INCIDENT.format(title=title, text=text)


@pytest.fixture
def site(run: Run, tmp_path: Path) -> Path:
    """Set up a site with channels; `old` is its page before any incident."""
    folder = write_site(tmp_path / "site", {"statusgen.yml": SETTINGS + CHANNELS})
    assert 0 == run("build", "--no-cache", "--out", "old", *NOW, cwd=folder).status
    return folder


def added(site: Path, files: dict[str, str]) -> Path:
    """Write *files* into *site*, and return it."""
    settings = (site / "statusgen.yml").read_text("utf-8")
    return write_site(site, {"statusgen.yml": settings, **files})


def compared(run: Run, site: Path, files: dict[str, str]) -> Ran:
    """Return the preview after adding *files* to *site*."""
    ran = run(*COMPARED, cwd=added(site, files))
    assert 0 == ran.status, ran.err
    return ran


def test_a_message_is_shown_once_with_its_channels(run: Run, site: Path) -> None:
    """Each message is shown once, with the channels that get it."""
    ran = compared(run, site, {"incidents/a.md": incident()})

    assert (
        "### 2 channels would be notified\n\n"
        "- **chat, hook** Major outage&#58; Elevated errors\n\n"
        "  > Public API&#58; Major outage\\\n  > We look into it&#46;\n"
    ) == ran.out.replace(inert("-"), "-")


def test_no_new_update_notifies_no_channel(run: Run, site: Path) -> None:
    """Without new updates the summary says so; a site without channels prints nothing."""
    none = compared(run, site, {})
    silent = compared(run, site, {"statusgen.yml": SETTINGS, "incidents/a.md": incident()})

    assert ("### No channel would be notified\n", "") == (none.out, silent.out)


def test_a_new_channel_of_a_new_page_starts_silently(run: Run, site: Path) -> None:
    """A first publication sends nothing to new channels."""
    added(site, {"incidents/a.md": incident()})
    ran = run(*COMPARED, "--compare", "nothing", cwd=site)

    assert (
        "### No channel would be notified\n\n"
        f"Earlier updates are not sent to new channels: chat, web{inert('-')}only, hook\n"
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
    """No title or text becomes markup, a workflow command or a line break."""
    title = "'" + hostile.replace("'", "''") + "'"
    if run("check", *NOW, cwd=added(site, {"incidents/a.md": incident(title)})).status:
        title = "Fine"  # A title with this content is rejected, but a text may contain it.
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
    """A summary contains at most twenty messages, each with the beginning of its text."""
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
    """Addresses do not change the summary, and no mask is printed into it."""
    plain = compared(run, site, {"incidents/a.md": incident()})
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("STATUSGEN_NOTIFY", "chat json://127.0.0.1:1/T0KEN-t0ken\nother x")
    with_secret = compared(run, site, {})

    assert plain.out == with_secret.out
    assert "T0KEN" not in with_secret.err


def test_markdown_is_for_dry_runs(run: Run, site: Path) -> None:
    """A real run rejects Markdown, because its workflow commands do not belong in a summary."""
    ran = run("notify", "--format", "markdown", cwd=site)
    wrong = run("notify", "--dry-run", "--format", "html", cwd=site)

    assert (2, "") == (ran.status, ran.out)
    assert "--format markdown requires --dry-run" in ran.err
    assert 2 == wrong.status
    assert "'html' is not a format" in wrong.err
