"""Fuzzing: the stored corpus, new examples of bytes and sites, and a brief guided search."""

import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from statusgen import times as moments
from statusgen.build import pipeline
from statusgen.problems import ContentError, Problem
from tests.conftest import ROOT, scaled, write_site
from tests.fuzz.targets import CORPUS, TARGETS
from tests.support.publishing import rendered
from tests.support.vectors import VECTORS

KEPT = sorted(path for path in CORPUS.rglob("*") if path.is_file())
RUNS = 1000

# Pieces of the texts: words, syntax of YAML and Markdown, and hostile vectors.
SNIPPETS = [
    *["---\n", "\n", "  ", "- ", ": ", "#", "|", ">", "[", "]", "(", ")", "{", "}", "`", "*", "_"],
    *['"', "'", "\\", "&", "<", "~~", "\t", "\r\n", "\u202e", "\u200b", "é", "🔥", "2026-11-18"],
    *["&#1;", "&#x1b;", "&#xFFFE;", "&#x85;", "&#x2028;", "&rlm;", "&shyly;", "&#x200b;", "&#"],
    *["title: ", "severity: major", "services: [api]", "started: 2026-11-18 09:00", "updates:\n"],
    *["  - at: 2026-11-18 09:10\n", "    text: ", "resolved: ", "state: resolved", "x-a: "],
    *['{"service": "api", ', '"severity": "major"}', '"alerts": [', '"status": "firing"'],
    *VECTORS[::40],
]
pieces = st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=4))
texts = st.lists(pieces, max_size=25).map("".join)
words = st.text(min_size=1, max_size=30) | st.sampled_from(VECTORS)
times = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001  people write times without a time zone
    max_value=datetime(2026, 12, 31),  # noqa: DTZ001
).map(lambda at: at.strftime("%Y-%m-%d %H:%M"))
severities = st.sampled_from(["none", "maintenance", "degraded", "partial", "major", "Major", ""])
states = st.sampled_from(["investigating", "monitoring", "resolved", "completed", "scheduled", "x"])


@st.composite
def incidents(draw: st.DrawFn) -> str:
    """Draw an incident file: mostly valid, with any texts, times and states."""
    rows = [f"title: {json.dumps(draw(words))}", f"severity: {draw(severities)}"]
    rows.append(
        draw(st.sampled_from(["services: [api]", "services: {web: major}", "services: []"]))
    )
    rows.append(f"started: {draw(times)}")
    if draw(st.booleans()):
        rows.append(f"resolved: {draw(times)}")
    if draw(st.booleans()):
        rows += [f"starts: {draw(times)}", f"ends: {draw(times)}", "announced: 2026-01-01 00:00"]
    if draw(st.booleans()):
        rows.append("updates:")
        for at in sorted(draw(st.lists(times, min_size=1, max_size=4))):
            rows += [f"  - at: {at}", f"    text: {json.dumps(draw(texts))}"]
            if draw(st.booleans()):
                rows.append(f"    state: {draw(states)}")
    return "---\n" + "\n".join(rows) + f"\n---\n{draw(texts)}\n"


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_stays_fixed(path: Path) -> None:
    """Every file of the corpus, including old crashes, is handled correctly."""
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_a_corpus(name: str) -> None:
    """Each target has a corpus from which a search starts."""
    assert [] != [path for path in KEPT if path.parent.name == name]


@given(st.sampled_from(sorted(TARGETS)), texts)
@settings(max_examples=scaled(300))
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    """No text crashes the parsers of incidents, YAML, Markdown or webhooks."""
    TARGETS[name](text.encode("utf-8", "surrogatepass"))


@given(st.lists(incidents(), max_size=4), times)
@settings(max_examples=scaled(25), suppress_health_check=[HealthCheck.too_slow])
def test_any_site_is_built_or_refused(files: list[str], now: str) -> None:
    """Any site has either problems with their positions, or valid pages and feeds."""
    with tempfile.TemporaryDirectory() as folder:
        named = {f"incidents/a{number}.md": text for number, text in enumerate(files)}
        site = Path(folder)
        write_site(site, {})
        for path, text in named.items():
            (site / path).parent.mkdir(exist_ok=True)
            (site / path).write_bytes(text.encode("utf-8", "surrogatepass"))
        request = pipeline.BuildRequest(folder=site, now=lambda zone: moments.parse(now, zone))
        made: Mapping[str, bytes] = {}
        problems: tuple[Problem, ...] = ()
        try:
            made = rendered(request)[1]
        except ContentError as error:
            problems = error.problems

    assert bool(made) != bool(problems)
    assert [] == [one for one in problems if one.line < 1 or one.column < 1]
    for path, data in made.items():
        if path.endswith(".html"):
            html5lib.HTMLParser(strict=True).parse(data)
        elif path.endswith((".atom", ".rss", ".xml", ".svg")):
            etree.fromstring(data)
        elif path.endswith(".json"):
            json.loads(data)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize("name", TARGETS)
def test_a_guided_search_finds_nothing(name: str) -> None:
    """A brief coverage-guided search finds no crash; `make fuzz` searches longer."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", name, f"-runs={RUNS}", "-max_len=1024", "-seed=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr[-3000:]
