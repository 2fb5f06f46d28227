"""Builds with a cache equal builds without one, after any sequence of changes."""

import os
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from statusgen.build import pipeline
from statusgen.build.pipeline import BuildRequest
from statusgen.cache.store import FOLDER
from statusgen.problems import ContentError
from statusgen.system import installed_versions
from tests.conftest import scaled, write_site
from tests.support.publishing import content, rendered

START = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)

SETTINGS = """\
title: {title}
url: https://status.acme.example
timezone: {zone}
language: {language}
api: [statuspage, stashboard, statusboard]
groups:
  - {{id: core, name: {group}}}
  - {{id: web, name: Web and more}}
services:
  - {{id: api, name: API, group: core}}
  - {{id: web, name: {web}, group: {member_of}}}
"""

hours = st.sampled_from([-9000, -3000, -700, -200, -60, -30, -5, -1, 20])
states = st.sampled_from(["investigating", "identified", "monitoring", "resolved"])
severities = st.sampled_from(["degraded", "partial", "major"])
services = st.sampled_from(["[api]", "[web]", "[api, web]"])
texts = st.sampled_from(["Looking.", "It is **fixed**.", "a < b", "- one\n- two", "A `b`."])
addresses = st.sampled_from(
    ["old", "[old/, a.html]", "[old/x, A.html/]", "incidents/n1", "[feed.atom/]", "note.txt/"]
)
titles = st.sampled_from(["Slow", "Down", "A <title>", "Störung"])


WISHES = {
    "title": ("Acme", "Other"),
    "zone": ("Europe/Rome", "Pacific/Chatham"),
    "language": ("en", "de"),
    "web": ("Web", "'The <web>'"),
    "group": ("Core", "'Core & <more>'"),
    "member_of": ("core", "web"),
    "base_url": ("", "https://preview.example/x"),
    "data": ("", "x"),
    "tools": ("", "other"),
    "static": ("one", "two"),
}


def at(hour: int) -> str:
    return f"{START + timedelta(hours=hour):%Y-%m-%d %H:%M}Z"


def block(text: str) -> str:
    return "|\n" + "\n".join(f"      {line}" for line in text.split("\n"))


@st.composite
def incidents(draw: st.DrawFn) -> str:
    """Return a file of any kind; some have errors, and some are in the future."""
    kind = draw(st.sampled_from(["incident", "incident", "incident", "maintenance", "notice"]))
    start = draw(hours)
    lines = [f"title: '{draw(titles)}'"]
    if kind == "maintenance":
        lines += [
            "severity: maintenance",
            "services: [web]",
            f"announced: {at(start - 100)}",
            f"starts: {at(start)}",
            f"ends: {at(start + draw(st.integers(1, 50)))}",
        ]
    elif kind == "notice":
        lines += ["severity: none", "services: []", f"started: {at(start)}"]
        lines += ["pin: true"] if draw(st.booleans()) else []
    else:
        lines += [f"severity: {draw(severities)}", f"services: {draw(services)}", "updates:"]
        for number in range(draw(st.integers(1, 3))):
            lines += [f"  - at: {at(start + number)}", f"    text: {block(draw(texts))}"]
            lines += [f"    state: {draw(states)}"] if number else []
    lines += ["draft: true"] if draw(st.integers(0, 9)) == 0 else []
    lines += [f"redirect_from: {draw(addresses)}"] if draw(st.integers(0, 2)) == 0 else []
    lines += ["x-ticket: OPS-1"] if draw(st.booleans()) else []
    lines += ["severity: terrible"] if draw(st.integers(0, 40)) == 0 else []
    body = draw(st.sampled_from(["", "A **summary**.\n"]))
    return "\n".join(["---", *lines, "---", body])


TEMPLATES = {
    "templates/partials/footer.html": [
        "<footer>One</footer>\n",
        "<footer>{{ site.incidents | length }} files, {{ site.title }}</footer>\n",
        "<footer>{% for one in site.open %}{{ one.title }}{% endfor %}</footer>\n",
        "{% from 'partials/mine.html' import newest %}<footer>{{ newest() }}</footer>\n",
    ],
    "templates/partials/mine.html": [
        "{% set first = site.incidents | first | default(none) %}"
        "{% macro newest() %}{{ first.title if first }}{% endmacro %}\n",
        "{% macro newest() %}none{% endmacro %}\n",
    ],
    "templates/trestus.html": [
        "{{ panels }} {{ systems }} {{ a }} {% for one in incidents %}{{ one.name }} "
        "{{ one.labels }} {{ one.create_date }} {{ one.html_desc }} "
        "{{ one.parsed_comments }}{% endfor %}\n",
        "{{ systems | length }} {{ nothing }}\n",
    ],
    "templates/month.html": [
        "{% for incident in month.incidents if incident.starts %}"
        "{% include 'partials/window.html' %}{% endfor %}\n",
    ],
    "templates/year.html": ["{{ year.incidents | length }} {{ owner.url }} {{ site.now }}\n"],
    "templates/service.html": [
        "{{ service.name }} {{ service.days[-1].observed }} {{ service.uptime }}\n",
        "{% include 'partials/banner.html' %}{{ brief(service.changed or site.now) }}\n",
    ],
    "templates/style.css": ["/* {{ site.severity }} */\n", "/* {{ site.title }} */\n"],
}


class Site(RuleBasedStateMachine):
    """A folder that changes, and two builds of it."""

    names = Bundle("names")

    @initialize(target=names)
    def begin(self) -> object:
        """Create a site with two files."""
        self.root = Path(tempfile.mkdtemp())
        self.site = self.root / "site"
        self.now = START
        settings = ("title", "zone", "language", "web", "group", "member_of")
        self.wishes = {name: WISHES[name][0] for name in settings}
        self.base_url: str | None = None
        self.data: object = None
        self.tools = ""
        self.number = 0
        write_site(self.site, {"statusgen.yml": SETTINGS.format(**self.wishes)})
        return multiple(
            *(
                self.written(
                    name,
                    "---\ntitle: A\nseverity: none\nservices: []\n"
                    f"started: {at(-10)}\n---\nText.\n",
                )
                for name in ("a", "b")
            )
        )

    def written(self, name: str, text: str) -> str:
        path = self.site / f"incidents/{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return name

    @rule(target=names, text=incidents(), folder=st.sampled_from(["", "", "2025/"]))
    def add(self, text: str, folder: str) -> str:
        self.number += 1
        return self.written(f"{folder}n{self.number}", text)

    @rule(name=names, text=incidents())
    def edit(self, name: str, text: str) -> None:
        self.written(name, text)

    @rule(name=names)
    def edit_in_place(self, name: str) -> None:
        """Replace a text by one of the same length, at once."""
        path = self.site / f"incidents/{name}.md"
        text = path.read_text("utf-8").replace("Slow", "Flow").replace("Looking", "Booking")
        path.write_text(text, encoding="utf-8")

    @rule(name=names)
    def touch(self, name: str) -> None:
        os.utime(self.site / f"incidents/{name}.md")

    @rule(target=names, name=consumes(names), folder=st.sampled_from(["", "2024/"]))
    def rename(self, name: str, folder: str) -> str:
        self.number += 1
        new = f"{folder}r{self.number}"
        (self.site / f"incidents/{new}.md").parent.mkdir(exist_ok=True)
        (self.site / f"incidents/{name}.md").rename(self.site / f"incidents/{new}.md")
        return new

    @rule(name=consumes(names))
    def delete(self, name: str) -> None:
        (self.site / f"incidents/{name}.md").unlink()

    @rule(path=st.sampled_from(sorted(TEMPLATES)), place=st.integers(0, 4))
    def change_template(self, path: str, place: int) -> None:
        texts_ = TEMPLATES[path]
        if place < len(texts_):
            write_site(self.site, {path: texts_[place]})
        else:
            (self.site / path).unlink(missing_ok=True)

    @rule(hours=st.sampled_from([-30, -1, 0, 0.02, 1, 5, 40, 900]))
    def pass_time(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule(what=st.sampled_from(sorted(WISHES)), place=st.integers(0, 1))
    def wish(self, what: str, place: int) -> None:
        """Change the settings or options, a static file, or the version of statusgen."""
        chosen = WISHES[what][place]
        if what == "base_url":
            self.base_url = chosen or None
        elif what == "data":
            self.data = {"a": chosen} if chosen else None
        elif what == "tools":
            self.tools = chosen
        elif what == "static":
            write_site(self.site, {"static/note.txt": chosen})
        else:
            self.wishes[what] = chosen
            write_site(self.site, {"statusgen.yml": SETTINGS.format(**self.wishes)})

    @rule(place=st.integers(0, 10**6), how=st.sampled_from(["edit", "delete", "lose", "damage"]))
    def meddle(self, place: int, how: str) -> None:
        """Change the published files or the cache."""
        out, kept = self.site / "_site", self.site / FOLDER / "cache.sqlite"
        found = sorted(content(out)) if out.exists() else []
        if how == "lose":
            shutil.rmtree(out, ignore_errors=True)
        elif how == "damage" and kept.exists() and kept.stat().st_size:
            data = bytearray(kept.read_bytes())
            data[place % len(data)] ^= 0xFF
            kept.write_bytes(data)
        elif how == "edit" and found:
            path = out / found[place % len(found)]
            path.write_bytes(path.read_bytes()[::-1])
        elif how == "delete" and found:
            (out / found[place % len(found)]).unlink()

    @rule(jobs=st.sampled_from([None, 2]))
    def build_with(self, jobs: int | None) -> None:
        self.compare(jobs=jobs)

    @invariant()
    def is_as_built_anew(self) -> None:
        """Check that files and problems equal those of a build without a cache."""
        self.compare(jobs=1)

    def compare(self, jobs: int | None) -> None:
        if not hasattr(self, "site"):
            return
        request = BuildRequest(
            folder=self.site,
            now=lambda _: self.now,
            base_url=self.base_url,
            data=self.data,
            cache=self.site / FOLDER,
            jobs=jobs,
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(installed_versions, "digest", lambda: self.tools)
            expected = outcome(lambda: rendered(request))
            actual = outcome(lambda: self.kept(request))

        assert expected == actual

    def kept(self, request: BuildRequest) -> tuple[object, dict[str, bytes]]:
        built = pipeline.build(request, self.site / "_site")
        return (built, content(self.site / "_site"))

    def teardown(self) -> None:
        if hasattr(self, "root"):
            shutil.rmtree(self.root)


def outcome(work: object) -> object:
    """Return the files and warnings, or all problems."""
    try:
        built, files = work()  # type: ignore[operator]
    except ContentError as error:
        return error.problems
    return (built.warnings, files)


IS_FULL = settings().max_examples >= 100


@pytest.mark.hypothesis
@pytest.mark.parametrize("start", range(6 if IS_FULL else 2))
def test_a_build_that_remembers_makes_what_one_does_that_does_not(start: int) -> None:
    """The cache does not affect the output, for any changes in any order.

    Each *start* seeds another search, so that several processes share the work.
    """
    run_state_machine_as_test(
        seed(start)(type("Site", (Site,), {})),
        settings=settings(
            max_examples=scaled(2),
            stateful_step_count=12 if IS_FULL else 8,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
