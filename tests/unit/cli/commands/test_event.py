"""Tests for event: a monitor opens, updates and resolves one incident for each source."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from statusgen.authoring import lookup
from statusgen.config.parser import parse_config
from statusgen.model import Incident, ServiceSeverity, Severity, State
from tests.conftest import SETTINGS, Run, write_site

NAME = "2026-11-20-public-api-major-outage"
MILD = "2026-11-20-public-api-degraded-performance"


def at(minute: int) -> tuple[str, str]:
    return ("--now", f"2026-11-20 10:{minute:02}")


def incidents(site: Path, settings: str = SETTINGS) -> list[Incident]:
    """Read the incidents of *site*, sorted by name."""
    config, _ = parse_config(settings, path=Path("statusgen.yml"))
    assert config is not None
    return [
        lookup.incident_of(lookup.open_file(one, config)) for one in lookup.all_incident_files(site)
    ]


def held(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


def test_trouble_opens_an_incident(run: Run, tmp_path: Path) -> None:
    """The first event writes a file that looks as if a person had written it."""
    write_site(tmp_path, {})

    ran = run("event", "api", "major", "-m", "*Half* of all requests fail.", *at(0))

    expected = """\
---
title: "Public API: Major outage"
severity: major
services: [api]
started: 2026-11-20T10:00:00+01:00
source: event api
updates:
  - at: 2026-11-20T10:00:00+01:00
    state: investigating
    text: |-
      *Half* of all requests fail.
---
"""
    path = f"incidents/{NAME}.md"
    written = (tmp_path / path).read_text("utf-8")
    assert (0, f"{path}\n") == (ran.status, ran.out)
    assert expected == written
    assert (0, "") == ((checked := run("check", *at(1))).status, checked.out)


def test_an_incident_follows_its_source(run: Run, tmp_path: Path) -> None:
    """Each change of severity adds one update, and the last one resolves the incident."""
    write_site(tmp_path, {})
    steps = ["degraded", "degraded", "major", "partial", "none", "none"]

    rans = [run("event", "api", severity, *at(minute)) for minute, severity in enumerate(steps)]

    (incident,) = incidents(tmp_path)
    updates = [(update.state, update.services) for update in incident.updates]
    expected = [
        (State.INVESTIGATING, ()),
        (None, (ServiceSeverity(id="api", severity=Severity.MAJOR),)),
        (None, (ServiceSeverity(id="api", severity=Severity.PARTIAL),)),
        (State.RESOLVED, ()),
    ]
    assert (expected, [0] * 6) == (updates, [ran.status for ran in rans])
    quiet = ["nothing changed" in ran.err for ran in rans]
    assert [False, True, False, False, False, True] == quiet
    assert (0, "") == ((checked := run("check", *at(9))).status, checked.out)


def test_good_news_of_what_was_never_bad_is_no_news(run: Run, tmp_path: Path) -> None:
    """An event of `none` without an open incident writes nothing."""
    write_site(tmp_path, {})

    ran = run("event", "api", "none", *at(0))

    assert (0, "", "nothing changed\n") == (ran.status, ran.out, ran.err)
    assert [] == incidents(tmp_path)


def test_nothing_new_changes_no_byte(run: Run, tmp_path: Path) -> None:
    """An event with the same severity leaves the file as it is, even with another text."""
    write_site(tmp_path, {})
    run("event", "api", "major", "-m", "One.", *at(0))
    before = held(tmp_path)

    run("event", "api", "major", "-m", "Two.", *at(1))

    assert before == held(tmp_path)


@pytest.mark.parametrize(
    ("setting", "minute", "names"),
    [
        pytest.param("", 31, [NAME], id="in-time"),
        pytest.param("", 32, [MILD, NAME], id="too-late"),
        pytest.param("events: {reopen_within: 2h}\n", 59, [NAME], id="longer"),
        pytest.param("events: {reopen_within: 90s}\n", 3, [MILD, NAME], id="shorter"),
        pytest.param("events: {reopen_within: 0}\n", 1, [MILD, NAME], id="never"),
    ],
)
def test_trouble_soon_after_the_end_reopens_the_incident(
    setting: str, minute: int, names: list[str], run: Run, tmp_path: Path
) -> None:
    """A failure within `events: reopen_within` reopens the incident; a later one opens another."""
    settings = f"{SETTINGS}{setting}"
    write_site(tmp_path, {"statusgen.yml": settings})
    for moment, severity in ((0, "major"), (1, "none"), (minute, "degraded")):
        run("event", "api", severity, *at(moment))

    found = incidents(tmp_path, settings)
    last = [(one.state, one.services) for one in found[-1].updates][-1]
    assert names == [incident.slug for incident in found]
    if names == [NAME]:
        api = ServiceSeverity(id="api", severity=Severity.DEGRADED)
        assert (State.INVESTIGATING, (api,)) == last
    assert (0, "") == ((checked := run("check", *at(59))).status, checked.out)


def test_only_the_source_that_resolved_it_reopens_an_incident(run: Run, tmp_path: Path) -> None:
    """After a person has resolved an incident, the next failure opens another one."""
    write_site(tmp_path, {})
    run("event", "api", "major", *at(0))
    run("resolve", "-m", "Done.", *at(1))

    run("event", "api", "major", *at(2))

    assert [f"{NAME}-2", NAME] == [incident.slug for incident in incidents(tmp_path)]


def flap(run: Run, *minutes: int) -> None:
    """Fail at each of *minutes*, and recover two minutes later."""
    for minute in minutes:
        run("event", "api", "major", "-m", "No answer", *at(minute))
        run("event", "api", "none", *at(minute + 2))


def front_page(site: Path, run: Run, now: str) -> str:
    run("build", "--now", now)
    return (site / "_site" / "index.html").read_text("utf-8")


def test_flaps_add_no_updates(run: Run, tmp_path: Path) -> None:
    """From its third reopening on, an incident is monitored, and flaps add nothing."""
    write_site(tmp_path, {})

    flap(run, *range(0, 50, 5))

    (incident,) = incidents(tmp_path)
    *shown, end = incident.updates
    states = [State.INVESTIGATING, State.RESOLVED] * 3 + [State.MONITORING]
    assert states == [update.state for update in shown]
    assert (State.RESOLVED, 10 * 60 + 47 + 30) == (
        end.state,
        (end.at.hour + 1) * 60 + end.at.minute,
    )
    assert True is ("Monitoring" in front_page(tmp_path, run, "2026-11-20 11:16"))
    assert True is ("All systems operational" in front_page(tmp_path, run, "2026-11-20 11:18"))


def test_a_flap_leaves_no_trace(run: Run, tmp_path: Path) -> None:
    """A failure during the wait removes the planned resolution and changes nothing else."""
    write_site(tmp_path, {})
    flap(run, 0, 5, 10)
    run("event", "api", "major", *at(15))
    path = tmp_path / "incidents" / f"{NAME}.md"
    path.write_text(path.read_text("utf-8").replace("started:", "state: monitoring\nstarted:"))
    before = path.read_bytes()

    recovered = run("event", "api", "none", *at(17))
    waiting = path.read_bytes()
    again = run("event", "api", "none", *at(18))
    failed = run("event", "api", "major", *at(20))

    assert [0, 0, 0] == [recovered.status, again.status, failed.status]
    assert True is ("[api] Public API: Major outage: recovering until 10:47" in recovered.err)
    assert [False, True, False] == [
        "nothing changed" in ran.err for ran in (recovered, again, failed)
    ]
    assert [False, True] == [waiting == before, before == path.read_bytes()]


@pytest.mark.parametrize(
    ("severity", "expected"),
    [
        pytest.param("degraded", 0, id="milder"),
        pytest.param("partial", 0, id="same"),
        pytest.param("major", 1, id="worse"),
    ],
)
def test_a_worse_failure_is_an_update_during_flaps(
    severity: str, expected: int, run: Run, tmp_path: Path
) -> None:
    """During the wait, only a failure that is worse than the last one adds an update."""
    write_site(tmp_path, {})
    for minute in range(0, 20, 5):
        run("event", "api", "partial", *at(minute))
        run("event", "api", "none", *at(minute + 2))
    (incident,) = incidents(tmp_path)
    before = len(incident.updates) - 1

    run("event", "api", severity, *at(20))

    (incident,) = incidents(tmp_path)
    assert before + expected == len(incident.updates)
    assert State.RESOLVED is not incident.updates[-1].state


def test_a_person_ends_the_wait(run: Run, tmp_path: Path) -> None:
    """Resolving an incident during the wait replaces the planned resolution."""
    write_site(tmp_path, {})
    flap(run, 0, 5, 10, 15)

    run("resolve", "-m", "The disk is replaced.", *at(20))

    (incident,) = incidents(tmp_path)
    assert "The disk is replaced." == incident.updates[-1].text
    assert 8 == len(incident.updates)


def test_what_a_person_declared_well_stays_open(run: Run, tmp_path: Path) -> None:
    """A person who keeps an incident open after a recovery is not overruled by its monitor."""
    write_site(tmp_path, {})
    run("event", "api", "major", *at(0))
    recovered = ("--service", "api=none", "--state", "monitoring", "-m", "We watch it.")
    run("update", *recovered, *at(1))

    ran = run("event", "api", "none", *at(2))

    (incident,) = incidents(tmp_path)
    assert (0, State.MONITORING) == (ran.status, incident.updates[-1].state)


def test_a_planned_resolution_needs_no_warning(run: Run, tmp_path: Path) -> None:
    """Neither `event` nor `check` warns about the time of a planned resolution."""
    write_site(tmp_path, {})
    flap(run, 0, 5, 10)
    run("event", "api", "major", *at(15))

    ran, checked = run("event", "api", "none", *at(17)), run("check", *at(18))

    assert (0, False) == (ran.status, "future" in ran.err)
    assert (0, "") == (checked.status, checked.out)


def file_of_many(updates: int, *, is_open: bool) -> str:
    """Return the file of a monitor's incident with so many updates, one a second."""
    head = [
        "---\ntitle: A\nseverity: major\nservices: {api: degraded, web: major}",
        "started: 2026-11-20 09:00+01:00\nsource: event api\nupdates:",
    ]
    rows = [
        f"  - at: 2026-11-20 09:{second // 60:02}:{second % 60:02}+01:00\n    text: Still."
        for second in range(updates - (not is_open))
    ]
    if not is_open:
        end = "state: resolved\n    source: event api\n    text: Over."
        rows.append(f"  - at: 2026-11-20 09:59+01:00\n    {end}")
    return "\n".join([*head, *rows, "---\n"])


@pytest.mark.parametrize(
    ("updates", "is_open", "expected"),
    [
        pytest.param(187, True, [188], id="room"),
        pytest.param(188, True, [189, 1], id="open"),
        pytest.param(199, True, [200, 1], id="open-and-almost-full"),
        pytest.param(200, True, [200, 1], id="open-and-full"),
        pytest.param(187, False, [188], id="room-to-reopen"),
        pytest.param(188, False, [188, 1], id="resolved"),
        pytest.param(200, False, [200, 1], id="resolved-and-full"),
    ],
)
def test_a_long_incident_continues_in_another_file(
    updates: int, expected: list[int], run: Run, tmp_path: Path, *, is_open: bool
) -> None:
    """Before 190 updates another file begins, with every service that is still affected."""
    write_site(tmp_path, {"incidents/2026-11-20-a.md": file_of_many(updates, is_open=is_open)})

    ran = run("event", "api", "major", *at(10))

    found = incidents(tmp_path)
    assert (0, expected) == (ran.status, [len(incident.updates) for incident in found])
    if is_open and len(found) == 2:
        both = [ServiceSeverity(id=name, severity=Severity.MAJOR) for name in ("api", "web")]
        assert tuple(both) == found[1].services
    assert (0, "") == ((checked := run("check", *at(11))).status, checked.out)


def test_sources_do_not_disturb_each_other(run: Run, tmp_path: Path) -> None:
    """Each --key opens and resolves its own incident."""
    write_site(tmp_path, {})
    for minute, key in enumerate(("eu", "us", "")):
        run("event", "api", "major", "--key", key, *at(minute))

    run("event", "api", "none", "--key", "us", *at(5))

    ended = {
        incident.source: incident.updates[-1].state is State.RESOLVED
        for incident in incidents(tmp_path)
    }
    assert {"event api eu": False, "event api us": True, "event api": False} == ended


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("a b", id="space"),
        pytest.param("ключ", id="letters"),
        pytest.param("k" * 300, id="long"),
        pytest.param("a\nseverity: none", id="line-break"),
        pytest.param("'\"#: ", id="quotes"),
    ],
)
def test_any_key_will_do(key: str, run: Run, tmp_path: Path) -> None:
    """A key that is not valid in `source` still finds its incident."""
    write_site(tmp_path, {})

    run("event", "api", "major", "--key", key, *at(0))
    run("event", "api", "none", "--key", key, *at(1))

    (incident,) = incidents(tmp_path)
    assert (State.RESOLVED, True) == (
        incident.updates[-1].state,
        (incident.source or "").isascii(),
    )


def test_what_a_person_wrote_is_not_touched(run: Run, tmp_path: Path) -> None:
    """An incident that no event opened is not updated, even if it has the same title."""
    write_site(tmp_path, {})
    run("new", "Public API: Major outage", "--severity=major", "--service=api", *at(0))
    before = (tmp_path / "incidents" / f"{NAME}.md").read_bytes()

    run("event", "api", "major", *at(1))
    run("event", "api", "none", *at(2))

    assert before == (tmp_path / "incidents" / f"{NAME}.md").read_bytes()
    assert 2 == len(incidents(tmp_path))


def test_a_person_and_a_monitor_share_an_incident(run: Run, tmp_path: Path) -> None:
    """Updates, comments and services that people add stay; recovery waits for their services."""
    write_site(tmp_path, {})
    run("event", "api", "major", *at(0))
    path = tmp_path / "incidents" / f"{NAME}.md"
    path.write_text(path.read_text("utf-8").replace("title:", "# Jo is on it.\ntitle:"), "utf-8")
    run("update", "-m", "The website, too.", "--service", "web=degraded", *at(1))

    run("event", "api", "none", *at(2))

    (incident,) = incidents(tmp_path)
    assert (None, (ServiceSeverity(id="api", severity=Severity.NONE),)) == (
        incident.updates[-1].state,
        incident.updates[-1].services,
    )
    assert True is ("# Jo is on it." in path.read_text("utf-8"))


def test_what_people_resolved_is_not_reopened(run: Run, tmp_path: Path) -> None:
    """An event of `none` changes nothing after a person has resolved the incident."""
    write_site(tmp_path, {})
    run("event", "api", "major", *at(0))
    run("resolve", "-m", "Done.", *at(1))
    before = held(tmp_path)

    ran = run("event", "api", "none", *at(2))

    assert (0, before) == (ran.status, held(tmp_path))


def test_a_clock_that_lags_harms_nothing(run: Run, tmp_path: Path) -> None:
    """An event from a machine whose clock is behind is added after the existing updates."""
    write_site(tmp_path, {})
    run("event", "api", "major", *at(30))

    ran = run("event", "api", "none", *at(10))

    (incident,) = incidents(tmp_path)
    assert (0, State.RESOLVED) == (ran.status, incident.updates[-1].state)
    assert incident.updates[0].at == incident.updates[1].at


def test_the_page_speaks_its_own_language(run: Run, tmp_path: Path) -> None:
    """Default titles and texts are in the site's language."""
    settings = f"{SETTINGS}language: de\n"
    write_site(tmp_path, {"statusgen.yml": settings})

    run("event", "api", "major", *at(0))
    run("event", "api", "none", *at(1))

    (incident,) = incidents(tmp_path, settings)
    assert "Die Störung wurde behoben." == incident.updates[-1].text


def test_the_command_knows_the_words_of_other_tools(run: Run, tmp_path: Path) -> None:
    """Arguments may have the words for severities that payloads may have."""
    write_site(tmp_path, {})

    run("event", "api", "critical", *at(0))
    run("event", "api", "degraded_performance", *at(1))
    ran = run("event", "api", "ok", *at(2))

    (incident,) = incidents(tmp_path)
    (changed,) = incident.updates[1].services
    assert (0, Severity.MAJOR) == (ran.status, incident.severity)
    assert (Severity.DEGRADED, State.RESOLVED) == (changed.severity, incident.updates[-1].state)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param((), "missing SERVICE and SEVERITY", id="nothing"),
        pytest.param(("api",), "missing SERVICE and SEVERITY", id="no-severity"),
        pytest.param(("apii", "major"), "did you mean 'api'?", id="service"),
        pytest.param(("api", "majr"), "did you mean 'major'?", id="severity"),
        pytest.param(("api", "maintenance"), "'maintenance' is not a severity", id="planned"),
        pytest.param(("api", "major", "Text"), "unexpected extra argument", id="bare-text"),
        pytest.param(("api", "major", "--title", "T" * 201), "201 characters", id="long-title"),
        pytest.param(("api", "major", "--title", "a\x1bb"), "U+001B", id="title-with-an-escape"),
        pytest.param(("api", "major", "-m", "a\x1b[2J"), "U+001B", id="text-with-an-escape"),
        pytest.param(("api", "major", "-m", "a\udcff"), "U+DCFF", id="text-not-utf-8"),
        pytest.param(("api", "major", "--key", "a\x1b"), "U+001B", id="key-with-an-escape"),
        pytest.param(("api", "major", "--key", "a\udcff"), "U+DCFF", id="key-not-utf-8"),
        pytest.param(("api", "major", "--from", "x.json"), "remove the other arguments", id="both"),
        pytest.param(("--from", "no.json"), "no.json", id="no-file"),
        pytest.param(("--from", "."), "--from .", id="folder"),
    ],
)
def test_a_wrong_event_writes_nothing(
    arguments: tuple[str, ...], expected: str, run: Run, tmp_path: Path
) -> None:
    """An invalid event exits with 2, an unreadable file with 3; nothing is written."""
    write_site(tmp_path, {"x.json": "{}"})
    before = held(tmp_path)

    ran = run("event", *arguments, *at(0))

    assert (True, "", True) == (ran.status in (2, 3), ran.out, expected in ran.err)
    assert before == held(tmp_path)


def test_a_message_brings_several_services(run: Run, tmp_path: Path) -> None:
    """--from applies all events of a payload, and the next payload resolves them."""
    events = [{"service": name, "severity": "major", "title": "Down"} for name in ("api", "web")]
    over = [{**event, "severity": "none"} for event in events]
    write_site(tmp_path, {"down.json": json.dumps(events), "up.json": json.dumps(over)})

    down = run("event", "--from", "down.json", *at(0))
    up = run("event", "--from", "up.json", *at(1))

    assert [0, 0, 2, 2] == [
        *(down.status, up.status),
        *(len(down.out.splitlines()), len(up.out.splitlines())),
    ]
    assert [State.RESOLVED] * 2 == [one.updates[-1].state for one in incidents(tmp_path)]


def test_one_bad_event_spoils_the_message(run: Run, tmp_path: Path) -> None:
    """A payload with an error writes nothing, not even its first events."""
    events = [{"service": "api", "severity": "major"}, {"service": "wbe", "severity": "major"}]
    write_site(tmp_path, {"x.json": json.dumps(events)})

    ran = run("event", "--from", "x.json", *at(0))

    assert (2, True, []) == (ran.status, "did you mean 'web'?" in ran.err, incidents(tmp_path))


def test_texts_of_a_message_are_no_markdown(run: Run, tmp_path: Path) -> None:
    """Texts from a monitor are plain text: no link, no HTML, no heading on the page."""
    text = "# <b>x</b> [a](https://evil.example) *b* `c`"
    event = {"service": "api", "severity": "major", "title": "<i>T</i>", "message": text}
    write_site(tmp_path, {"x.json": json.dumps(event)})

    run("event", "--from", "x.json", *at(0))
    run("build", *at(1))

    page = (tmp_path / "_site" / "index.html").read_text("utf-8")
    assert [False, False, False] == [
        mark in page for mark in ("<b>x", "<i>T", 'href="https://evil.example')
    ]
    assert True is ("[a](https://evil.example) *b* `c`" in page)


def test_a_broken_file_is_not_passed_over(run: Run, tmp_path: Path) -> None:
    """A broken file from the same source exits with 1, as it may be the open incident."""
    broken = "---\ntitle: A\nsource: event api\nseverity: huge\n---\n"
    write_site(tmp_path, {"incidents/a.md": broken})

    ran = run("event", "api", "major", *at(0))

    assert (1, ["a.md"]) == (ran.status, [path.name for path in tmp_path.rglob("*.md")])


def test_a_broken_file_of_others_is_not_in_the_way(run: Run, tmp_path: Path) -> None:
    """An event is written while another file is being edited."""
    write_site(tmp_path, {"incidents/a.md": "---\ntitle: A\n"})

    assert 0 == run("event", "api", "major", *at(0)).status


def test_monitors_at_the_same_moment_open_one_incident(tmp_path: Path) -> None:
    """Six concurrent events from one source open one incident, not six."""
    write_site(tmp_path, {})
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "statusgen", "event", "api", "major"],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(6)
    ]

    assert [0] * 6 == [process.wait() for process in processes]
    assert 1 == len(list(tmp_path.rglob("*.md")))
