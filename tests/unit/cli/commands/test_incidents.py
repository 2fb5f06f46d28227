"""Tests of new, update and resolve: they write the change and nothing else."""

import codecs
import io
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.content.parser import parse
from statusgen.model import Incident, ServiceSeverity, Severity, State
from statusgen.times import parse as moment
from tests.conftest import SETTINGS, Ran, Run, on_terminal, write_site

NOW = "2026-11-20 10:00"

TEXTS = """\
texts:
  watching: A fix is in place.
  long: |
    First.

    Second.
"""

OPEN = """\
---
title: Slow answers
severity: major
services: [api]
state: investigating
started: 2026-11-20 09:05
updates:
  - at: 2026-11-20 09:10
    state: investigating
    text: We see it.
---
"""

RESOLVED = OPEN.replace("investigating", "resolved")

WORK = """\
---
title: New disks
severity: maintenance
services: [db]
announced: 2026-11-18 09:00
starts: 2026-11-20 09:00
ends: 2026-11-20 11:00
updates:
  - at: 2026-11-18 09:00
    text: We change the disks.
---
"""


def config(text: str = SETTINGS) -> Config:
    found, _ = parse_config(text, path=Path("statusgen.yml"))
    assert found is not None
    return found


def incident_in(path: Path, settings: str = SETTINGS) -> Incident:
    text = path.read_bytes().decode("utf-8-sig")
    found = parse(text, path=path, slug=path.stem, config=config(settings)).incident
    assert found is not None
    return found


def held(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in *folder* and its subfolders."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def type_in(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Provide *data* on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def start_new(run: Run, *arguments: str) -> Ran:
    """Run `new` for the service api at a fixed time."""
    return run("new", *arguments, "--service", "api", "--now", NOW)


def editor(folder: Path, *lines: str) -> str:
    """Write an editor that runs *lines* of shell code; ``$1`` is the file to edit."""
    script = folder / "editor.sh"
    script.write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    script.chmod(0o755)
    return str(script)


# new


def test_a_new_incident_is_written_as_a_person_would(run: Run, tmp_path: Path) -> None:
    """`new` writes a short file with times in the site's time zone, and prints only its path."""
    write_site(tmp_path, {})

    ran = start_new(run, "Elevated errors", "--severity", "major", "-m", "We *look* into it.")

    expected = """\
---
title: Elevated errors
severity: major
services: [api]
started: 2026-11-20T10:00:00+01:00
updates:
  - at: 2026-11-20T10:00:00+01:00
    state: investigating
    text: We *look* into it.
---
"""
    path = "incidents/2026-11-20-elevated-errors.md"
    assert (0, f"{path}\n") == (ran.status, ran.out)
    assert expected == (tmp_path / path).read_text("utf-8")
    unpublished = "not published: commit and push the file\n"
    assert f"opened: [api] Elevated errors: investigating\n{unpublished}" == ran.err


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        pytest.param("Elevated  API errors!", "elevated-api-errors", id="words"),
        pytest.param("Störung der Größe in Zürich", "storung-der-grosse-in-zurich", id="umlauts"),
        pytest.param("データベース障害", "detabesuzhanghai", id="cjk-only"),
        pytest.param("Сбой базы данных", "sboy-bazy-dannykh", id="cyrillic"),
        pytest.param("404: 障害", "404-zhanghai", id="cjk-and-digits"),
        pytest.param("API 障害", "api", id="cjk-and-latin"),
        pytest.param("🔥🔥", "fire-fire", id="emoji"),
        pytest.param("?!", "api", id="no-letters-but-a-service"),
        pytest.param("Łódź: Ægir, Þór, œuvre", "lodz-aegir-thor-oeuvre", id="latin-letters"),
        pytest.param('We can\'t log in: "403"', "we-cant-log-in-403", id="quotes"),
        pytest.param("../../etc/passwd", "etc-passwd", id="path"),
        pytest.param("-rf --force", "rf-force", id="option"),
        pytest.param("a" * 200, "a" * 60, id="one-long-word"),
        pytest.param("word " * 40, "-".join(["word"] * 12), id="many-words"),
        pytest.param("\u0131 \u0130 \ufb01 \u00bd \u00b2", "i-fi-12-2", id="letters-that-fold"),
        pytest.param("CON", "con", id="reserved-with-a-day"),
    ],
)
def test_a_file_is_named_after_its_day_and_title(
    title: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """Every title yields a valid file name, and `check` has nothing to report."""
    write_site(tmp_path, {})

    ran = run("new", "--severity=major", "--service=api", "--now", NOW, "--", title)

    assert (0, f"incidents/2026-11-20-{expected}.md\n") == (ran.status, ran.out)
    assert (0, "") == ((checked := run("check", "--now", NOW)).status, checked.out)


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        pytest.param("de", "Größere Störung", "groessere-stoerung", id="german"),
        pytest.param("de-CH", "Größere Störung", "groessere-stoerung", id="german-of-a-region"),
        pytest.param("de", "GRO\u0308SSER", "groesser", id="german-with-a-combining-mark"),
        pytest.param("da", "Ændring på færøerne", "aendring-paa-faeroeerne", id="danish"),
        pytest.param("nb", "Tromsø går sakte", "tromsoe-gaar-sakte", id="norwegian"),
        pytest.param("sv", "Störning på Åland", "storning-pa-aland", id="swedish"),
        pytest.param("fi", "Häiriö Ålandissa", "hairio-alandissa", id="finnish"),
        pytest.param("fr", "Größe, œuvre, été", "grosse-oeuvre-ete", id="french"),
        pytest.param("tr", "K\u0131s\u0131tl\u0131 erişim", "kisitli-erisim", id="turkish"),
    ],
)
def test_a_title_is_transliterated_as_in_the_language_of_the_site(
    language: str, title: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """German ö becomes oe in the name of a file, Danish å aa; Swedish drops the marks."""
    write_site(tmp_path, {"statusgen.yml": f"{SETTINGS}language: {language}\n"})

    ran = start_new(run, title, "--severity", "major")

    assert (0, f"incidents/2026-11-20-{expected}.md\n") == (ran.status, ran.out)


def test_a_title_without_letters_and_services_names_the_kind(run: Run, tmp_path: Path) -> None:
    """A notice that names no service, under a title without letters, is called notice."""
    write_site(tmp_path, {})

    ran = run("new", "…", "--severity=none", "-m", "Hello.", "--now", NOW)

    assert (0, "incidents/2026-11-20-notice.md\n") == (ran.status, ran.out)


def test_an_id_with_an_underscore_makes_a_valid_file_name(run: Run, tmp_path: Path) -> None:
    """A file is named after a service with a hyphen where the id has an underscore."""
    settings = SETTINGS.replace("id: api", "id: public_api")
    write_site(tmp_path, {"statusgen.yml": settings})

    ran = run("new", "!", "--severity=major", "--service=public_api", "-m", "Down.", "--now", NOW)

    assert (0, "incidents/2026-11-20-public-api.md\n") == (ran.status, ran.out)
    assert (0, "") == ((checked := run("check", "--now", NOW)).status, checked.out)


def test_a_name_that_is_taken_gets_a_number(run: Run, tmp_path: Path) -> None:
    """Files with the same title and date get the suffixes -2, -3, wherever the first one is."""
    write_site(tmp_path, {"incidents/2026/2026-11-20-errors.md": OPEN})

    printed = [start_new(run, title, "--severity", "major").out for title in ("Errors", "Errors!")]

    names = ["incidents/2026-11-20-errors-2.md\n", "incidents/2026-11-20-errors-3.md\n"]
    assert names == printed


def test_what_is_open_already_is_not_opened_again(run: Run, tmp_path: Path) -> None:
    """A second incident with the same title and date is refused while the first is open."""
    write_site(tmp_path, {})
    start_new(run, "Errors", "--severity", "major")
    before = held(tmp_path)

    ran = start_new(run, "Errors", "--severity", "degraded")

    assert (2, True) == (ran.status, "statusgen update 2026-11-20-errors\n" in ran.err)
    assert before == held(tmp_path)


def test_an_incident_that_is_open_for_the_service_is_named(run: Run, tmp_path: Path) -> None:
    """`new` warns about open incidents for its services, and still writes the file."""
    files = {
        "incidents/a.md": OPEN,
        "incidents/b.md": RESOLVED,
        "incidents/c.md": OPEN.replace("[api]", "[web]"),
        "incidents/broken.md": "---\n",
        "incidents/draft.md": OPEN.replace("started", "draft: true\nstarted"),
    }
    write_site(tmp_path, files)

    ran = start_new(run, "Errors", "--severity", "major")

    what = "warning: 'a' is already open for 'api'; to add to it, run: statusgen update a"
    assert (0, "incidents/2026-11-20-errors.md\n") == (ran.status, ran.out)
    assert [what] == [line for line in ran.err.splitlines() if line.startswith("warning: ")]


def test_an_open_incident_with_the_same_title_is_named(run: Run, tmp_path: Path) -> None:
    """`new` warns about an open incident with the same title, even for other services."""
    files = {
        "incidents/a.md": OPEN.replace("[api]", "[web]"),
        "incidents/b.md": RESOLVED.replace("[api]", "[web]"),
        "incidents/draft.md": OPEN.replace("started", "draft: true\nstarted"),
    }
    write_site(tmp_path, files)

    ran = start_new(run, "slow Answers", "--severity", "major")

    what = "warning: 'a' has this title and is still open; to add to it, run: statusgen update a"
    assert (0, "incidents/2026-11-20-slow-answers.md\n") == (ran.status, ran.out)
    assert [what] == [line for line in ran.err.splitlines() if line.startswith("warning: ")]


@pytest.mark.parametrize(
    ("severity", "more"),
    [
        pytest.param("maintenance", ("--starts", "11:00", "--ends", "12:00"), id="maintenance"),
        pytest.param("none", (), id="notice"),
        pytest.param("major", ("--draft",), id="draft"),
        pytest.param("major", ("--service", "db"), id="recovered"),
    ],
)
def test_an_incident_of_another_kind_is_not_named(
    severity: str, more: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    """The warning lists only incidents that currently affect one of the services."""
    recovered = "  - at: 2026-11-20 09:40\n    services: {db: none}\n    text: Better.\n---\n"
    text = OPEN.replace("[api]", "[web, db]").rpartition("---")[0] + recovered
    api = {"incidents/a.md": OPEN} if "--service" not in more else {}
    write_site(tmp_path, {**api, "incidents/b.md": text})
    services = () if "--service" in more else ("--service", "api")

    ran = run("new", "T", "--severity", severity, "-m", "A.", *services, *more, "--now", NOW)

    assert (0, False) == (ran.status, "warning" in ran.err)


def test_a_second_file_of_a_maintenance_is_named(run: Run, tmp_path: Path) -> None:
    """`new` warns about maintenance with the same title and window under another name."""
    window = ("--starts", "2026-11-28 22:00", "--ends", "2026-11-29 01:00")
    write_site(tmp_path, {})
    start_new(run, "Disks", "--severity", "maintenance", "--slug", "disks", *window)

    again = start_new(run, "Disks", "--severity", "maintenance", *window)
    other = start_new(run, "Fans", "--severity", "maintenance", *window)

    what = "warning: 'disks' has the same title and window\n"
    assert (True, False) == (again.err.startswith(what), "warning" in other.err)


def test_the_same_maintenance_again_writes_nothing(run: Run, tmp_path: Path) -> None:
    """Maintenance is announced once; another window on the same day gets its own file."""
    write_site(tmp_path, {})
    windows = [("--starts", f"{hour}:00", "--ends", f"{hour + 1}:00") for hour in (13, 13, 15)]

    rans = [start_new(run, "Disks", "--severity", "maintenance", *window) for window in windows]

    names = ["2026-11-20-disks", "2026-11-20-disks", "2026-11-20-disks-2"]
    assert [f"incidents/{name}.md\n" for name in names] == [ran.out for ran in rans]
    assert rans[1].err == "nothing to write: incidents/2026-11-20-disks.md already says this\n"


def test_a_list_in_one_option_is_explained(run: Run, tmp_path: Path) -> None:
    """For services separated by a comma, the remedy is to repeat the option."""
    write_site(tmp_path, {})

    ran = run("new", "T", "--severity", "major", "--service", "api,web", "--now", NOW)

    what = "'api,web' is not a service of this site; repeat --service for each service\n"
    assert (2, True) == (ran.status, ran.err.endswith(what))


def test_a_service_without_a_severity_needs_one(run: Run, tmp_path: Path) -> None:
    """In an update, a severity for one service requires one for each."""
    write_site(tmp_path, {"incidents/a.md": OPEN})

    ran = run("update", "a", "-m", "A.", "--service", "api=none", "--service", "web")

    what = "service 'web' has no severity; write web=SEVERITY, or add --severity\n"
    assert (2, True) == (ran.status, ran.err.endswith(what))


def test_a_name_that_matches_nothing_gets_open_ones_first(run: Run, tmp_path: Path) -> None:
    """The message lists what is open, then the newest files, then how many there are."""
    files = {f"incidents/2026-02-0{day}-x.md": RESOLVED for day in range(1, 8)}
    write_site(tmp_path, {**files, "incidents/2026-01-01-old.md": OPEN, "incidents/b.md": "---\n"})

    ran = run("update", "quite different", "-m", "A.", "--now", NOW)

    newest = "b, 2026-02-07-x, 2026-02-06-x, 2026-02-05-x, 2026-02-04-x"
    what = f"open: 2026-01-01-old. Newest: {newest} (3 more: statusgen list)\n"
    assert f"statusgen: no incident matches 'quite different'; {what}" == ran.err


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, "no incidents yet; create one with: statusgen new", id="none"),
        pytest.param({"a": OPEN}, "no incident matches 'quite'; open: a", id="only-open"),
        pytest.param({"a": RESOLVED}, "no incident matches 'quite'; newest: a", id="only-closed"),
    ],
)
def test_a_name_that_matches_nothing_gets_what_there_is(
    files: dict[str, str], expected: str, run: Run, tmp_path: Path
) -> None:
    """A site with few files has a short message."""
    write_site(tmp_path, {f"incidents/{name}.md": text for name, text in files.items()})

    assert f"statusgen: {expected}\n" == run("show", "quite", "--now", NOW).err


def test_what_was_opened_once_more_is_not_opened_a_third_time(run: Run, tmp_path: Path) -> None:
    """The open file is found, even if an earlier one of that date and title is resolved."""
    write_site(tmp_path, {})
    start_new(run, "Errors", "--severity", "major")
    run("resolve", "errors", "--now", "2026-11-20 10:05")
    start_new(run, "Errors", "--severity", "major")

    ran = start_new(run, "Errors", "--severity", "degraded")

    assert (2, True) == (ran.status, "statusgen update 2026-11-20-errors-2\n" in ran.err)


def test_the_same_call_again_writes_nothing(run: Run, tmp_path: Path) -> None:
    """Running a command again after a failed push opens no second incident."""
    write_site(tmp_path, {})
    first = start_new(run, "Errors", "--severity", "major", "-m", "A.")

    again = start_new(run, "Errors", "--severity", "major", "-m", "A.")

    assert (0, first.out, 1) == (again.status, again.out, len(list(tmp_path.rglob("*.md"))))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["T" * 201], "the text has 201 characters", id="long-title"),
        pytest.param([""], "the title: the text is empty", id="no-title"),
        pytest.param([" \t "], "the title: the text is empty", id="blank-title"),
        pytest.param(["a\u202eb"], "contains U+202E", id="title-that-turns-the-direction"),
        pytest.param(["a\u200bb"], "contains U+200B", id="title-with-a-zero-width-space"),
        pytest.param(["a\x1b[31mb"], "contains U+001B", id="title-with-an-escape"),
        pytest.param(["a\x9bb"], "contains U+009B", id="title-with-a-c1-escape"),
        pytest.param(["a\udcffb"], "contains U+DCFF", id="title-that-is-not-utf-8"),
        pytest.param(["T", "-m", "a\x1b[2Jb"], "contains U+001B", id="text-with-an-escape"),
        pytest.param(["T", "-m", "a\udcffb"], "contains U+DCFF", id="text-that-is-not-utf-8"),
        pytest.param(["T", "-m", "a\u2028b"], "contains U+2028", id="text-with-a-line-separator"),
        pytest.param(["T", "-m", "a\x85b"], "contains U+0085", id="text-with-a-next-line"),
        pytest.param(["T", "-m", " \n "], "the text is empty", id="blank-text"),
        pytest.param(
            ["T", "U"], "unexpected argument 'U'; put the title in quotes", id="two-arguments"
        ),
        pytest.param(
            ["T", "-m", "We", "look"],
            "unexpected argument 'look'; put the text after -m in quotes",
            id="text-without-quotes",
        ),
        pytest.param(["T", "--service", "wbe"], "did you mean 'web'?", id="unknown-service"),
        pytest.param(["T", "--service", "Website"], "did you mean 'web'?", id="service-by-name"),
        pytest.param(
            ["T", "--service", "api web"],
            "'api web' is not a service of this site; repeat --service for each service",
            id="services-in-one-text",
        ),
        pytest.param(["T", "--service", "api"], "'api' is given twice", id="service-twice"),
        pytest.param(
            ["T", "--service", "web=majr"],
            "'majr' is not a severity; did you mean 'major'?",
            id="severity-of-a-service",
        ),
        pytest.param(
            ["T", "--service", "api,web"],
            "'api,web' is not a service of this site; repeat --service for each service",
            id="services-with-a-comma",
        ),
        pytest.param(
            ["T", "--service", "web=maintenance"],
            "severity 'maintenance' does not apply to an incident",
            id="severity-of-another-kind",
        ),
        pytest.param(
            ["T", "--state", "scheduled"],
            "state 'scheduled' does not apply to",
            id="other-kinds-state",
        ),
        pytest.param(
            ["T", "--state", "resolvd"],
            "'resolvd' is not a state; did you mean 'resolved'?",
            id="misspelt-state",
        ),
        pytest.param(["T", "--at", "noon"], "--at 'noon' is not a time", id="time"),
        pytest.param(["T", "--at", "9:05 pm"], "did you mean 21:05?", id="pm"),
        pytest.param(["T", "--at", "today 9:05 pm"], "did you mean today 21:05?", id="today-pm"),
        pytest.param(["T", "--at", "24:00"], "--at '24:00' is not a time", id="hour-24"),
        pytest.param(
            ["T", "--at", "10m"],
            "--at '10m' is a duration; write -10m for the past, +10m for the future",
            id="duration-without-a-sign",
        ),
        pytest.param(["T", "--at", "-"], "--at '-' is not a time", id="sign-alone"),
        pytest.param(["T", "--at", "-10x"], "--at '-10x' is not a time", id="unknown-unit"),
        pytest.param(["T", "--at", "-99999h"], "'-99999h' is not a time", id="many-digits"),
        pytest.param(["T", "--at", "-9999w"], "has an unlikely year", id="long-ago"),
        pytest.param(
            ["T", "--at", "tomorrow"],
            "--at 'tomorrow' has no time of day; write 'tomorrow 09:05'",
            id="day-alone",
        ),
        pytest.param(
            ["T", "--at", "tomorrow at noon"],
            "'tomorrow at noon' is not a time; write one such as 'tomorrow 09:05'",
            id="day-and-word",
        ),
        pytest.param(["T", "--for", "2h"], "--for applies only to maintenance and", id="for"),
        pytest.param(
            ["T", "--at", "2026-11-20\u00a009:05"], "contains U+00A0 NO-BREAK SPACE", id="space"
        ),
        pytest.param(
            ["T", "--state", "resolved\u00a0"],
            "did you mean 'resolved', without U+00A0 NO-BREAK SPACE?",
            id="state-with-a-no-break-space",
        ),
        pytest.param(
            ["T", "--at", "2026-10-25 02:30"], "occurs twice because clocks change", id="fold"
        ),
        pytest.param(
            ["T", "--started", "2026-11-20 11:00"], "started", id="started-after-its-update"
        ),
        pytest.param(
            ["T", "--until", "2026-11-21 11:00"], "'until' applies only to notices", id="until"
        ),
        pytest.param(["T", "--starts", "2026-11-21 11:00"], "'starts' does not apply", id="starts"),
        pytest.param(["T", "--template", "wathcing"], "did you mean 'watching'?", id="template"),
        pytest.param(["T", "--slug", "Has Space"], "cannot be used in an address", id="slug"),
        pytest.param(
            ["T", "--slug", "../x"], "cannot be used in an address", id="slug-with-a-path"
        ),
        pytest.param(["T", "--slug", "con"], "is a reserved name", id="reserved-slug"),
        pytest.param(["T", "--slug", "index"], "is a reserved name", id="index"),
        pytest.param(["T", "--slug", "a" * 101], "shorten it to 100", id="long-slug"),
        pytest.param(["T", "--slug", "taken"], "'taken' already exists", id="taken-slug"),
    ],
)
def test_a_wrong_call_writes_nothing(
    arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """An invalid call prints one message, and no file is created or changed."""
    write_site(tmp_path, {"statusgen.yml": SETTINGS + TEXTS, "incidents/taken.md": OPEN})
    before = held(tmp_path)

    ran = start_new(run, "--severity", "major", *arguments)

    assert (2, "") == (ran.status, ran.out)
    assert expected in ran.err
    assert before == held(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], "add --starts and --ends, or --starts and --for", id="no-window"),
        pytest.param(["--for", "2h"], "add --starts and --ends, or --starts", id="no-start"),
        pytest.param(["--starts", "2026-11-21 09:00"], "add --starts and --ends", id="no-end"),
        pytest.param(
            ["--starts", "2026-11-21 09:00", "--ends", "2026-11-21 08:00"], "ends", id="backwards"
        ),
    ],
)
def test_planned_work_needs_its_window(
    arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """Maintenance without a valid window is refused with the missing option."""
    write_site(tmp_path, {})

    ran = start_new(run, "Disks", "--severity", "maintenance", *arguments)

    assert (2, True, []) == (ran.status, expected in ran.err, list(tmp_path.rglob("*.md")))


def test_work_that_has_begun_can_be_told(run: Run, tmp_path: Path) -> None:
    """Maintenance without an announcement is in progress at once, from its start."""
    write_site(tmp_path, {})

    ran = start_new(
        run, "Disks", "--severity", "maintenance", "--starts", "09:30", "--ends", "23:30"
    )

    words = run("list", "--open", "--now", NOW).out.split()
    assert (0, True) == (ran.status, "in_progress since 2026-11-20 09:30" in " ".join(words))
    assert "" == run("check", "--now", NOW).out


def test_of_several_that_fit_the_open_one_is_meant(run: Run, tmp_path: Path) -> None:
    """A part of a name that also matches older files selects the open one."""
    files = {"incidents/api-1.md": RESOLVED, "incidents/api-2.md": OPEN}
    write_site(tmp_path, files)

    ran = run("update", "api", "-m", "A.", "--now", NOW)

    assert (0, "incidents/api-2.md\n") == (ran.status, ran.out)


def test_a_misspelt_word_of_a_name_is_recognised(run: Run, tmp_path: Path) -> None:
    """A misspelt part of a name gets a suggestion."""
    write_site(tmp_path, {"incidents/2026-11-20-elevated-errors.md": OPEN})

    ran = run("update", "elevted", "-m", "A.", "--now", NOW)

    assert (2, True) == (ran.status, "did you mean '2026-11-20-elevated-errors'?" in ran.err)


def test_a_service_that_joins_leaves_the_others_as_they_are(run: Run, tmp_path: Path) -> None:
    """`check` has nothing to report about a file that a command wrote."""
    write_site(tmp_path, {"incidents/a.md": OPEN})

    run("update", "a", "-m", "A.", "--service", "web", "--now", NOW)
    run("update", "a", "-m", "A.", "--service", "web", "--now", NOW)

    ran = run("check", "--now", NOW)
    assert ("", 2) == (ran.out, len(incident_in(tmp_path / "incidents" / "a.md").updates))


def test_planned_work_is_named_after_its_window(run: Run, tmp_path: Path) -> None:
    """Maintenance is announced now, and its file has the date of the window."""
    write_site(tmp_path, {})
    window = ("--starts", "2026-11-28 22:00", "--ends", "2026-11-29T01:00Z")

    start_new(run, "Disks", "--severity", "maintenance", *window)

    made = incident_in(tmp_path / "incidents" / "2026-11-28-disks.md")
    zone = config().zone
    expected = [moment(text, zone) for text in (NOW, "2026-11-28 22:00", "2026-11-29T01:00Z")]
    assert expected == [made.started, made.starts, made.ends]
    assert (State.SCHEDULED, "Maintenance has been scheduled.") == (
        made.updates[0].state,
        made.updates[0].text,
    )


def test_a_notice_needs_no_service(run: Run, tmp_path: Path) -> None:
    """Severity none creates a notice, which may have an end."""
    write_site(tmp_path, {})

    ran = run(
        *("new", "A new page", "--severity", "none", "--until", "2026-12-01 00:00", "-m", "Hello."),
        *("--pin", "--draft", "--slug", "hello", "--now", NOW),
    )

    made = incident_in(tmp_path / "incidents" / "hello.md")
    assert (0, (), True, True) == (ran.status, made.services, made.pin, made.draft)
    assert moment("2026-12-01 00:00", config().zone) == made.until


@pytest.mark.parametrize("command", [("resolve",), ("update", "--state", "resolved")])
def test_a_notice_that_ends_is_no_incident(
    command: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    """A notice that is resolved without a text says that it no longer applies."""
    notice = (
        "---\ntitle: Old page\nseverity: none\nservices: []\nstarted: 2026-11-19 09:00\n---\nHi.\n"
    )
    path = write_site(tmp_path, {"incidents/page.md": notice}) / "incidents/page.md"

    ran = run(command[0], "page", *command[1:], "--now", NOW)

    assert 0 == ran.status
    assert "This notice no longer applies." == incident_in(path).updates[-1].text


def test_a_notice_says_something(run: Run, tmp_path: Path) -> None:
    """A notice needs a text, as it has no standard sentence."""
    write_site(tmp_path, {})

    ran = run("new", "A new page", "--severity", "none", "--now", NOW)

    assert (2, True) == (ran.status, "missing text; use -m TEXT" in ran.err)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(["api", "web"], [("api", None), ("web", None)], id="list"),
        pytest.param(
            ["api=major", "web=degraded"],
            [("api", Severity.MAJOR), ("web", Severity.DEGRADED)],
            id="map",
        ),
        pytest.param(
            ["api", "web=degraded"],
            [("api", Severity.MAJOR), ("web", Severity.DEGRADED)],
            id="half-a-map",
        ),
        pytest.param(["rest-api"], [("api", None)], id="alias"),
    ],
)
def test_services_are_a_list_or_a_map(
    given: list[str], expected: list[tuple[str, Severity | None]], run: Run, tmp_path: Path
) -> None:
    """`--service` accepts old names; a severity for one service makes it a map of all."""
    settings = SETTINGS.replace("name: Public API", "name: Public API\n    aliases: [rest-api]")
    write_site(tmp_path, {"statusgen.yml": settings})
    options = [option for name in given for option in ("--service", name)]

    run("new", "Errors", "--severity", "major", *options, "--now", NOW)

    made = incident_in(tmp_path / "incidents" / "2026-11-20-errors.md", settings)
    assert (
        tuple(ServiceSeverity(id=name, severity=severity) for name, severity in expected)
        == made.services
    )


def test_the_worst_of_the_services_is_the_severity(run: Run, tmp_path: Path) -> None:
    """Services that are all better than --severity are refused with both severities."""
    write_site(tmp_path, {})

    ran = run("new", "Errors", "--severity", "major", "--service", "api=degraded", "--now", NOW)

    what = "severity 'major' is not the worst severity of the services; change it to degraded"
    assert (2, True, []) == (ran.status, what in ran.err, list(tmp_path.rglob("*.md")))


def test_a_retired_service_takes_no_more_incidents(run: Run, tmp_path: Path) -> None:
    """A retired service cannot be affected by a new incident."""
    settings = SETTINGS.replace("name: Public API", "name: Public API\n    retired: 2026-01-31")
    write_site(tmp_path, {"statusgen.yml": settings})

    ran = start_new(run, "Errors", "--severity", "major")

    assert (2, True) == (ran.status, "retired" in ran.err)


HOSTILE = [
    pytest.param("---", id="fence"),
    pytest.param("a: b", id="colon"),
    pytest.param("a #b", id="comment"),
    pytest.param("- a", id="dash"),
    pytest.param("[a, b", id="bracket"),
    pytest.param("{a: &b *c !d", id="braces"),
    pytest.param("'single' \"double\"", id="quotes"),
    pytest.param("null", id="null"),
    pytest.param("2026-11-20", id="day"),
    pytest.param("0x1F", id="number"),
    pytest.param("no", id="norway"),
    pytest.param("\\u001b \\n", id="backslashes"),
    pytest.param("%TAG !", id="directive"),
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("${HOME} $(id) `id`", id="shell"),
    pytest.param("🧑\u200d🚒 障害", id="joined-emoji"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_written_means_what_was_said(text: str, run: Run, tmp_path: Path) -> None:
    """Title and text are read back unchanged, even if they look like YAML."""
    write_site(tmp_path, {})

    run(*("new", "--severity=major", "--service=api", f"-m={text}"), "--now", NOW, "--", text)

    (path,) = tmp_path.rglob("*.md")
    made = incident_in(path)
    assert (text, text) == (made.title, made.updates[0].text.removeprefix("="))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\n\n---\n\nb", id="fence"),
        pytest.param("a\n---\ntitle: x\nseverity: none\n---", id="front-matter"),
        pytest.param("- a\n- b\n\n      code", id="list-and-code"),
        pytest.param("    code first", id="indented"),
        pytest.param("\ta", id="tab"),
        pytest.param("# a\n#b", id="headings"),
        pytest.param("a  \nb", id="hard-break"),
        pytest.param("|\n>", id="indicators"),
        pytest.param("%YAML 1.1\n...\na", id="document-marks"),
        pytest.param("word " * 1000 + "end", id="long-line"),
    ],
)
def test_texts_of_many_lines_stay_whole(text: str, run: Run, tmp_path: Path) -> None:
    """A text of several lines is unchanged after new, and after update."""
    write_site(tmp_path, {})

    start_new(run, "Errors", "--severity", "major", "-m", text)
    run("update", "errors", "-m", f"{text}!", "--now", "2026-11-20 10:05")

    (path,) = tmp_path.rglob("*.md")
    assert [text, f"{text}!"] == [update.text for update in incident_in(path).updates]


def test_a_line_break_in_a_title_is_a_space(run: Run, tmp_path: Path) -> None:
    """A title with a line break becomes one line, and adds no key to the front matter."""
    write_site(tmp_path, {})

    start_new(run, "Errors\nseverity: none", "--severity", "major")

    (path,) = tmp_path.rglob("*.md")
    assert "Errors severity: none" == incident_in(path).title


def test_times_without_an_offset_are_in_the_zone_of_the_site(run: Run, tmp_path: Path) -> None:
    """--at and --started are local times of the site, written with their offset."""
    write_site(tmp_path, {})
    times = ("--started", "2026-07-01 08:30", "--at", "2026-07-01T06:45Z")

    start_new(run, "Errors", "--severity", "major", *times)

    text = (tmp_path / "incidents" / "2026-07-01-errors.md").read_text("utf-8")
    expected = ("started: 2026-07-01T08:30:00+02:00", "at: 2026-07-01T08:45:00+02:00")
    assert [True, True] == [time in text for time in expected]


def test_a_time_that_list_printed_is_accepted(run: Run, tmp_path: Path) -> None:
    """--at and --now accept UTC at the end of a time, as `list` prints it."""
    write_site(tmp_path, {"statusgen.yml": SETTINGS.replace("Europe/Rome", "UTC")})
    start_new(run, "Errors", "--severity", "major", "--at", "2026-11-20 09:05 UTC")
    printed = run("list", "--now", "2026-11-20 12:00 UTC").out

    assert "since 2026-11-20 09:05 UTC (2 hr 55 min)" in printed


def test_the_path_leads_from_where_the_user_stands(run: Run, tmp_path: Path) -> None:
    """The printed path is valid in the current folder, for `show` and other programs."""
    write_site(tmp_path / "a site", {})
    (tmp_path / "b").mkdir()
    arguments = ("--severity", "major", "--service", "api", "--site", "../a site")

    printed = run("new", "Errors", *arguments, cwd=tmp_path / "b").out.rstrip("\n")

    assert (tmp_path / "b" / printed).is_file()
    assert 0 == run("show", printed, "--site", "../a site", cwd=tmp_path / "b").status


# The text


def test_a_text_comes_from_standard_input(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`-m -` accepts all line breaks, and strips blank lines around the text."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    type_in("\r\nOne.\r\n\r\nZwö.\r\n\r\n".encode(), monkeypatch)

    run("update", "-m", "-", "--now", NOW)

    assert "One.\n\nZwö." == incident_in(tmp_path / "incidents" / "a.md").updates[-1].text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", "the text is empty", id="empty"),
        pytest.param(b" \n\n", "the text is empty", id="blank"),
        pytest.param("größer".encode("latin-1"), "not UTF-8", id="latin-1"),
        pytest.param("a".encode("utf-16"), "UTF-16", id="utf-16"),
        pytest.param(b"a\0b", "U+0000", id="nul"),
        pytest.param(b"a\x1b[31mb", "U+001B", id="escape"),
        pytest.param(b"a" * (256 * 1024 + 1), "more than the limit of 256 KiB", id="huge"),
        pytest.param(
            (b"word " * 99 + b"\n\n") * 524, "would have more than 256 KiB", id="file-too-long"
        ),
    ],
)
def test_standard_input_that_is_no_text_is_refused(
    data: bytes, expected: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Input that is not text is refused, and the file is unchanged."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    type_in(data, monkeypatch)

    ran = run("update", "-m", "-", "--now", NOW)

    assert (True, True) == (ran.status in (1, 2), expected in ran.err)
    assert OPEN == (tmp_path / "incidents" / "a.md").read_text("utf-8")


def test_a_template_is_what_is_said(run: Run, tmp_path: Path) -> None:
    """--template uses a canned text from the settings; -m is added below it."""
    write_site(tmp_path, {"statusgen.yml": SETTINGS + TEXTS, "incidents/a.md": OPEN})

    run("update", "--template", "watching", "--state", "monitoring", "--now", NOW)
    run("update", "--template", "long", "-m", "Third.", "--now", NOW)

    made = incident_in(tmp_path / "incidents" / "a.md")
    expected = ["We see it.", "A fix is in place.", "First.\n\nSecond.\n\nThird."]
    assert expected == [update.text for update in made.updates]


def test_without_a_terminal_a_standard_sentence_speaks(run: Run, tmp_path: Path) -> None:
    """A script without a text adds the standard sentence, in the language of the site."""
    settings = f"{SETTINGS}language: de\n"
    write_site(tmp_path, {"statusgen.yml": settings, "incidents/a.md": OPEN})

    run("resolve", "--now", NOW)

    assert (
        "Die Störung wurde behoben."
        == incident_in(tmp_path / "incidents" / "a.md", settings).updates[-1].text
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-19 09:00", "This maintenance has been cancelled.", id="before"),
        pytest.param(
            "2026-11-20 09:00", "The scheduled maintenance has been completed.", id="in-the-window"
        ),
    ],
)
@pytest.mark.parametrize("command", [["resolve"], ["update", "--state", "completed"]])
def test_completing_maintenance_early_says_that_it_is_cancelled(
    command: list[str], now: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """Until the window opens, the standard sentence is the one for cancelling."""
    write_site(tmp_path, {"incidents/a.md": WORK})

    run(*command[:1], "a", *command[1:], "--now", now)

    assert expected == incident_in(tmp_path / "incidents" / "a.md").updates[-1].text


def test_the_editor_is_asked_on_a_terminal(tmp_path: Path) -> None:
    """$EDITOR gets the standard sentence, and the last update below a scissors line."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    command = editor(tmp_path, 'cp "$1" seen', "sed -i '1c Back to *normal*.' \"$1\"")

    ran = on_terminal("resolve", "a", "--now", NOW, cwd=tmp_path, EDITOR=command, VISUAL="")

    expected = """\
This incident has been resolved.

# ------------------------ >8 ------------------------
Do not modify or remove the line above. Everything below it is ignored.
Write the text of the update above it, in Markdown. An empty text aborts.

Title: Slow answers
State: investigating
Last update, 50 min ago:

We see it.
"""
    assert (0, expected) == (ran.status, (tmp_path / "seen").read_text("utf-8"))
    assert "Back to *normal*." == incident_in(tmp_path / "incidents" / "a.md").updates[-1].text


def test_the_editor_shows_the_title_of_a_new_incident(tmp_path: Path) -> None:
    """`new` has no last update yet, so only title and state are below the scissors line."""
    write_site(tmp_path, {})
    command = editor(tmp_path, 'cp "$1" seen')
    arguments = ("new", "Errors", "--severity=major", "--service=api", "--now", NOW)

    on_terminal(*arguments, cwd=tmp_path, EDITOR=command, VISUAL="")

    notes = (tmp_path / "seen").read_text("utf-8").rpartition("aborts.\n\n")[2]
    assert "Title: Errors\nState: investigating\n" == notes


def test_a_hash_in_the_editor_is_markdown(tmp_path: Path) -> None:
    """Lines that begin with # above the scissors line are headings, and are kept."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    command = editor(tmp_path, "sed -i '1c # Cause\\n\\n#1 is a bad deploy.' \"$1\"")

    on_terminal("update", "a", "--state=identified", cwd=tmp_path, EDITOR=command, VISUAL="")

    text = incident_in(tmp_path / "incidents" / "a.md").updates[-1].text
    assert "# Cause\n\n#1 is a bad deploy." == text


def test_without_the_notes_the_whole_text_is_added(tmp_path: Path) -> None:
    """Somebody who deletes the scissors line and all below it saves only a text."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    command = editor(tmp_path, "printf 'It is fast.\\n' > \"$1\"")

    on_terminal("update", "a", cwd=tmp_path, EDITOR=command, VISUAL="")

    assert "It is fast." == incident_in(tmp_path / "incidents" / "a.md").updates[-1].text


@pytest.mark.parametrize(
    "edit",
    [pytest.param("/>8/d", id="removed"), pytest.param("s/ >8 / 8< /", id="changed")],
)
def test_notes_are_never_published(edit: str, tmp_path: Path) -> None:
    """Without its scissors line, the file is not used: the notes would be on the page."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    command = editor(tmp_path, f"sed -i '{edit}' \"$1\"")

    ran = on_terminal("resolve", "a", cwd=tmp_path, EDITOR=command, VISUAL="")

    what = "aborted: the line with >8 was changed or removed; keep it as it is"
    assert (2, True) == (ran.status, what in ran.out)
    assert OPEN == (tmp_path / "incidents" / "a.md").read_text("utf-8")


def test_the_editor_begins_with_the_template(tmp_path: Path) -> None:
    """On a terminal a canned text can be edited."""
    write_site(tmp_path, {"statusgen.yml": SETTINGS + TEXTS, "incidents/a.md": OPEN})
    command = editor(tmp_path, "sed -i '1a \\\\nTwice.' \"$1\"")
    arguments = ("update", "a", "--template", "watching", "--now", NOW)

    on_terminal(*arguments, cwd=tmp_path, EDITOR=command, VISUAL="")

    text = incident_in(tmp_path / "incidents" / "a.md").updates[-1].text
    assert "A fix is in place.\n\nTwice." == text


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="nothing-saved"),
        pytest.param([': > "$1"'], id="emptied"),
        pytest.param(["printf '\\n  \\n' > \"$1\""], id="blank"),
        pytest.param(["sed -i '/^[^#]/d' \"$1\""], id="only-comments"),
    ],
)
def test_an_editor_that_writes_nothing_says_nothing(lines: list[str], tmp_path: Path) -> None:
    """Closing the editor without a text, as with `:q`, exits with 2 and changes no file."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    command = editor(tmp_path, *lines)
    before = held(tmp_path)

    for arguments in (("resolve", "a"), ("new", "T", "--severity=major", "--service=api")):
        ran = on_terminal(*arguments, cwd=tmp_path, EDITOR=command, VISUAL="")
        assert (2, True) == (ran.status, "aborted: the editor returned no text" in ran.out)

    assert before == held(tmp_path)


def test_an_editor_that_fails_says_nothing(tmp_path: Path) -> None:
    """A missing or failing editor is reported; the file is unchanged."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    failing = editor(tmp_path, 'echo "Half a" > "$1"', "exit 1")

    rans = [
        on_terminal("resolve", "a", cwd=tmp_path, EDITOR=command, VISUAL="")
        for command in (failing, "no-such-editor")
    ]

    assert [(True, False)] * 2 == [(ran.status != 0, "Traceback" in ran.out) for ran in rans]
    assert OPEN == (tmp_path / "incidents" / "a.md").read_text("utf-8")


def test_a_text_that_is_given_opens_no_editor(tmp_path: Path) -> None:
    """On a terminal, -m is enough."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    command = editor(tmp_path, "touch opened")

    ran = on_terminal("update", "-m", "Yes.", "--now", NOW, cwd=tmp_path, EDITOR=command)

    assert (0, False) == (ran.status, (tmp_path / "opened").exists())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("new", "T", "--severity=major", "--service=apii"), id="service"),
        pytest.param(("new", "T" * 201, "--severity=major", "--service=api"), id="title"),
        pytest.param(("new", "T", "--severity=maintenance", "--service=api"), id="window"),
        pytest.param(("new", "T", "--severity=major", "--service=api=partial"), id="worst"),
        pytest.param(("update", "a", "--service=apii"), id="service-of-an-update"),
        pytest.param(("update", "aa", "--state=resolved"), id="incident"),
    ],
)
def test_no_text_is_written_in_vain(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Invalid options are reported before the editor opens."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    command = editor(tmp_path, "touch opened", 'echo "A long text." > "$1"')

    ran = on_terminal(*arguments, "--now", NOW, cwd=tmp_path, EDITOR=command, VISUAL="")

    assert (2, False) == (ran.status, (tmp_path / "opened").exists())


# update and resolve


ADDED = """\
  - at: 2026-11-20T10:00:00+01:00
    state: identified
    text: Found.
"""

COMMENTED = """\

---
# yaml-language-server: $schema=../x.json
title:   "Slow \\u0061nswers"   # of the API
x-ticket: {id:  42, 'who': ~}
severity: 'major'
services: [ api,   web ]  # both
state:  'investigating'  # now
started: 2026-11-20 09:05
updates:
  # oldest first
  - at: 2026-11-20 09:10
    x-by:  'jo'
    text: >-
      We see
      it.

  # keep me
x-last: 1
---


The postmortem.\t

- a\x20\x20
"""

COMPACT = """\
---
title: Slow answers
severity: major
services: [api]
started: 2026-11-20 09:05
updates:
- at: 2026-11-20 09:10
  text: We see it.
---
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            OPEN,
            OPEN.replace("\nstate: investigating", "\nstate: identified").replace(
                "it.\n", f"it.\n{ADDED}"
            ),
            id="plain",
        ),
        pytest.param(
            COMMENTED,
            COMMENTED.replace("'investigating'", "'identified'").replace(
                "      it.\n", f"      it.\n{ADDED}"
            ),
            id="comments-and-quotes",
        ),
        pytest.param(
            COMPACT,
            COMPACT.replace("it.\n", "it.\n" + ADDED.replace("\n  ", "\n")[2:]),
            id="flush-list",
        ),
        pytest.param(
            COMPACT.replace("- at: 2026-11-20 09:10\n  text: We see it.", "  []").replace(
                "updates:\n  []", "updates: []"
            )
            + "\nWe see it.\n",
            None,
            id="empty-list-and-a-body",
        ),
        pytest.param(
            COMPACT.replace(
                "- at: 2026-11-20 09:10\n  text: We see it.", "  [{at: 2026-11-20 09:10, text: A}]"
            ),
            COMPACT.replace(
                "- at: 2026-11-20 09:10\n  text: We see it.",
                "  [{at: 2026-11-20 09:10, text: A}, "
                '{at: 2026-11-20T10:00:00+01:00, state: identified, text: "Found."}]',
            ),
            id="flow",
        ),
        pytest.param(OPEN.rstrip("\n"), None, id="no-line-break-at-the-end"),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8], ids=["plain", "marked"])
def test_an_update_leaves_every_other_byte(
    *, before: str, after: str | None, ending: str, mark: bytes, run: Run, tmp_path: Path
) -> None:
    """Comments, quotes, indentation, line breaks, x- keys and the byte order mark stay."""
    write_site(tmp_path, {})
    path = tmp_path / "incidents" / "a.md"
    path.parent.mkdir()
    path.write_bytes(mark + before.replace("\n", ending).encode())

    ran = run("update", "-m", "Found.", "--state", "identified", "--now", NOW)

    assert (0, "incidents/a.md\n") == (ran.status, ran.out)
    written = path.read_bytes()
    assert (State.IDENTIFIED, "Found.") == (
        (last := incident_in(path).updates[-1]).state,
        last.text,
    )
    assert mark == written[: len(mark)]
    assert written.count(b"\n") == written.count(ending.encode())
    if after is not None:
        assert mark + after.replace("\n", ending).encode() == written


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o755], ids=oct)
def test_the_mode_of_a_file_stays(mode: int, run: Run, tmp_path: Path) -> None:
    """An update keeps the permissions of the file."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    path = tmp_path / "incidents" / "a.md"
    path.chmod(mode)

    run("update", "-m", "Found.", "--now", NOW)

    assert (mode, 2) == (stat.S_IMODE(path.stat().st_mode), len(incident_in(path).updates))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-m", "Found."), id="text"),
        pytest.param(("-m", "Found.", "--state", "identified"), id="state"),
        pytest.param(("-m", "Found.", "--severity", "partial"), id="severity"),
        pytest.param(("-m", "Found.", "--service", "web=degraded"), id="service"),
        pytest.param(("-m", "Found.", "--at", "2026-11-20 09:30"), id="time"),
        pytest.param(("--state", "identified"), id="standard-sentence"),
    ],
)
def test_the_same_update_is_added_once(
    arguments: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    """Running a command twice adds one update, and both runs succeed."""
    write_site(tmp_path, {"incidents/a.md": OPEN})

    rans = [run("update", "a", *arguments, "--now", f"2026-11-20 10:0{n}") for n in range(2)]

    assert [(0, "incidents/a.md\n")] * 2 == [(ran.status, ran.out) for ran in rans]
    assert "nothing to add: the last update already says this\n" == rans[1].err
    assert 2 == len(incident_in(tmp_path / "incidents" / "a.md").updates)


def test_an_update_with_an_id_is_not_said_again(run: Run, tmp_path: Path) -> None:
    """An update with a fixed `id` is not added again."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    path = tmp_path / "incidents" / "a.md"
    run("update", "a", "-m", "Found.", "--now", NOW)
    path.write_text(
        path.read_text("utf-8").replace("text: Found.", "id: abcdef012345\n    text: Found.")
    )

    ran = run("update", "a", "-m", "Found.", "--now", NOW)

    assert "nothing to add: the last update already says this\n" == ran.err
    assert "abcdef012345" == incident_in(path).updates[-1].id


def test_the_same_words_later_are_another_update(run: Run, tmp_path: Path) -> None:
    """A text may be repeated after another one."""
    write_site(tmp_path, {"incidents/a.md": OPEN})

    for minute, text in enumerate(("Down.", "Up.", "Down.")):
        run("update", "-m", text, "--now", f"2026-11-20 10:0{minute}")

    updates = incident_in(tmp_path / "incidents" / "a.md").updates
    assert ["We see it.", "Down.", "Up.", "Down."] == [update.text for update in updates]


def test_an_earlier_update_takes_its_place_by_time(run: Run, tmp_path: Path) -> None:
    """--at inserts an update by time, and the state of a later one stays."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    run("resolve", "--now", NOW)

    run("update", "a", "-m", "Found.", "--state", "identified", "--at", "2026-11-20 09:30")

    made = incident_in(tmp_path / "incidents" / "a.md")
    states = [State.INVESTIGATING, State.IDENTIFIED, State.RESOLVED]
    assert (states, State.RESOLVED) == ([update.state for update in made.updates], made.state)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("2026-11-20-slow-answers", id="slug"),
        pytest.param("slow", id="part"),
        pytest.param("2026-11-20-slow-answers.md", id="file"),
        pytest.param("incidents/2026/2026-11-20-slow-answers.md", id="path"),
        pytest.param("./incidents/../incidents/2026/2026-11-20-slow-answers.md", id="odd-path"),
    ],
)
def test_an_incident_goes_by_many_names(name: str, run: Run, tmp_path: Path) -> None:
    """A slug, a unique part of one, or a path identifies the file."""
    path = "incidents/2026/2026-11-20-slow-answers.md"
    write_site(tmp_path, {path: OPEN, "incidents/2026-11-19-errors.md": OPEN})

    assert (0, f"{path}\n") == ((ran := run("update", name, "-m", "A.")).status, ran.out)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "2026-01-01-slow-anwsers", "did you mean '2026-01-01-slow-answers'?", id="misspelt"
        ),
        pytest.param("The site is down", "no incident matches 'The site is down'", id="a-text"),
        pytest.param(
            "2026-01-01", "'2026-01-01' matches several files: '2026-01-01-errors' and", id="two"
        ),
        pytest.param("statusgen.yml", "no incident matches", id="another-file"),
        pytest.param("../incidents", "no incident matches", id="a-folder"),
        pytest.param("x\x1b[31m", "no incident matches 'x\\u001b[31m'", id="escape"),
    ],
)
def test_a_misspelt_incident_is_no_message(
    name: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """A name that matches no file, or several, exits with 2 and a suggestion."""
    files = {f"incidents/2026-02-0{day}-x.md": RESOLVED for day in range(1, 8)}
    files |= {f"incidents/2026-01-01-{name}.md": OPEN for name in ("slow-answers", "errors")}
    write_site(tmp_path, files)
    before = held(tmp_path)

    ran = run("update", name, "-m", "A.", "--now", NOW)

    assert (2, "", True) == (ran.status, ran.out, expected in ran.err)
    assert before == held(tmp_path)


def test_a_whole_slug_is_that_file(run: Run, tmp_path: Path) -> None:
    """A slug that is also part of another one selects its own file."""
    write_site(tmp_path, {"incidents/api.md": OPEN, "incidents/api-2.md": OPEN})

    assert "incidents/api.md\n" == run("update", "api", "-m", "A.", "--now", NOW).out


def test_the_only_open_incident_needs_no_name(run: Run, tmp_path: Path) -> None:
    """Resolved incidents, scheduled maintenance, notices and drafts are not open."""
    files = {
        "incidents/a.md": OPEN,
        "incidents/b.md": RESOLVED,
        "incidents/c.md": WORK.replace("2026-11-20", "2026-11-29"),
        "incidents/d.md": OPEN.replace("started", "draft: true\nstarted"),
        "incidents/e.md": OPEN.replace("2026-11-20", "2026-11-21"),
    }
    write_site(tmp_path, files)

    assert "incidents/a.md\n" == run("resolve", "--now", NOW).out


@pytest.mark.parametrize(
    ("files", "status", "expected"),
    [
        pytest.param({}, 2, "no incident is open", id="no-file"),
        pytest.param({"incidents/a.md": RESOLVED}, 2, "no incident is open", id="resolved"),
        pytest.param(
            {"incidents/a.md": OPEN, "incidents/b.md": WORK},
            2,
            "several incidents are open: 'a' and 'b'; say which one",
            id="two",
        ),
        pytest.param(
            {"incidents/a.md": OPEN, "incidents/b.md": "---\n"},
            1,
            "incidents/b.md:1:1: ",
            id="one-that-cannot-be-read",
        ),
    ],
)
def test_what_is_not_clear_is_not_guessed(
    files: dict[str, str], status: int, expected: str, run: Run, tmp_path: Path
) -> None:
    """Without a name nothing is written unless exactly one incident is open."""
    write_site(tmp_path, files)
    before = held(tmp_path)

    ran = run("update", "-m", "A.", "--now", NOW)

    assert (status, "", True) == (ran.status, ran.out, expected in ran.err)
    assert before == held(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param([], "nothing to add", id="nothing"),
        pytest.param(["-m", ""], "nothing to add", id="empty-text"),
        pytest.param(["-m", "  "], "the text is empty", id="blank-text"),
        pytest.param(["Some text"], "unexpected extra argument", id="bare-text"),
        pytest.param(["--severity", "major"], "missing text", id="no-text"),
        pytest.param(["--state", "identifed"], "did you mean 'identified'?", id="misspelt-state"),
        pytest.param(
            ["--state", "completed"], "'completed' does not apply to", id="other-kinds-state"
        ),
        pytest.param(
            ["-m", "A.", "--severity", "maintenance"], "'maintenance' does not apply to", id="kind"
        ),
        pytest.param(["-m", "A.", "--service", "dbb"], "did you mean 'db'?", id="service"),
        pytest.param(["-m", "A.", "--service", "web="], "'' is not a severity", id="no-severity"),
        pytest.param(["-m", "A.", "--at", "2026-11-31 09:00"], "--at '2026-11-31", id="day"),
        pytest.param(["-m", "A\x1b[2J"], "U+001B", id="escape"),
        pytest.param(["-m", "A\udcff"], "U+DCFF", id="not-utf-8"),
    ],
)
def test_a_wrong_update_writes_nothing(
    arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """An invalid update exits with 2, and the file is unchanged."""
    write_site(tmp_path, {"incidents/a.md": OPEN})

    ran = run("update", "a", *arguments, "--now", NOW)

    assert (2, "", True) == (ran.status, ran.out, expected in ran.err)
    assert OPEN == (tmp_path / "incidents" / "a.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        pytest.param(OPEN, ["--at", "2026-11-20 08:00"], "started", id="before-it-started"),
        pytest.param(
            OPEN,
            ["--state", "resolved", "--severity", "major"],
            "severity 'major' is not possible in state 'resolved'",
            id="resolved",
        ),
        pytest.param(
            OPEN.replace("[api]", "{api: major}"),
            ["--severity", "partial"],
            "write services: {api: partial}",
            id="map",
        ),
    ],
)
def test_an_update_against_the_rules_is_refused(
    text: str, arguments: list[str], expected: str, run: Run, tmp_path: Path
) -> None:
    """An update that breaks a rule exits with 2 and that message, without lines to paste."""
    write_site(tmp_path, {"incidents/a.md": text})

    ran = run("update", "a", "-m", "A.", *arguments, "--now", NOW)

    assert (2, "", True) == (ran.status, ran.out, expected in ran.err)
    assert (text, 1) == ((tmp_path / "incidents" / "a.md").read_text("utf-8"), ran.err.count("\n"))


def test_a_broken_file_is_not_touched(run: Run, tmp_path: Path) -> None:
    """A file with errors is unchanged, and they are reported."""
    write_site(tmp_path, {"incidents/a.md": "title: a\n"})

    ran = run("update", "a", "-m", "A.", "--now", NOW)

    assert (1, True) == (ran.status, "no front matter" in ran.err)
    assert "title: a\n" == (tmp_path / "incidents" / "a.md").read_text("utf-8")


def test_what_is_dated_after_now_says_that_it_is_hidden(run: Run, tmp_path: Path) -> None:
    """An update in the future gets a warning that it is hidden until then."""
    write_site(tmp_path, {"incidents/a.md": OPEN})

    ran = run("update", "a", "-m", "A.", "--at", "2026-11-21 10:00", "--now", NOW)

    assert (0, True) == (ran.status, "it is not shown until then" in ran.err)


def test_what_cannot_be_added_can_be_pasted(run: Run, tmp_path: Path) -> None:
    """A file with an unusual layout is refused, with the lines to add by hand."""
    text = OPEN.replace("updates:\n  - at", "? updates\n: - at")
    write_site(tmp_path, {"incidents/a.md": text})

    ran = run("update", "a", "-m", "Found.", "--state", "identified", "--now", NOW)

    assert (1, "") == (ran.status, ran.out)
    assert True is ran.err.endswith(ADDED.replace("\n  ", "\n")[2:])
    assert text == (tmp_path / "incidents" / "a.md").read_text("utf-8")


def test_services_join_and_recover(run: Run, tmp_path: Path) -> None:
    """--service sets the severity of a service, and the others keep theirs."""
    write_site(tmp_path, {"incidents/a.md": OPEN})

    run("update", "-m", "A.", "--service", "web=degraded", "--service", "api=none", "--now", NOW)

    last = incident_in(tmp_path / "incidents" / "a.md").updates[-1]
    expected = (
        ServiceSeverity(id="web", severity=Severity.DEGRADED),
        ServiceSeverity(id="api", severity=Severity.NONE),
    )
    assert expected == last.services


@pytest.mark.parametrize(
    ("text", "state"),
    [
        pytest.param(OPEN, State.RESOLVED, id="incident"),
        pytest.param(WORK, State.COMPLETED, id="maintenance"),
    ],
)
def test_resolve_ends_what_is_open(text: str, state: State, run: Run, tmp_path: Path) -> None:
    """An incident is resolved, maintenance completed; a second time changes nothing."""
    write_site(tmp_path, {"incidents/a.md": text})
    path = tmp_path / "incidents" / "a.md"

    first = run("resolve", "a", "--now", NOW)
    after = path.read_bytes()
    second = run("resolve", "a", "--now", "2026-11-20 10:30")

    assert [0, 0] == [first.status, second.status]
    assert (state, True) == (incident_in(path).updates[-1].state, after == path.read_bytes())
    assert 0 == run("check", "--now", "2026-11-20 12:00").status


# The world outside


def test_a_link_is_not_written_through(run: Run, tmp_path: Path) -> None:
    """An incident file that is a symbolic link is refused by name and by path."""
    write_site(tmp_path, {"elsewhere.md": OPEN, "incidents/b.md": RESOLVED})
    (tmp_path / "incidents" / "a.md").symlink_to(tmp_path / "elsewhere.md")

    statuses = [run("update", name, "-m", "A.").status for name in ("a", "incidents/a.md")]

    assert ([2, 2], OPEN) == (statuses, (tmp_path / "elsewhere.md").read_text("utf-8"))
    assert True is (tmp_path / "incidents" / "a.md").is_symlink()


def test_a_folder_that_is_a_link_is_not_written_through(run: Run, tmp_path: Path) -> None:
    """`new` writes no file through a symbolic link."""
    write_site(tmp_path, {"elsewhere/x.txt": ""})
    (tmp_path / "incidents").symlink_to(tmp_path / "elsewhere")

    ran = start_new(run, "Errors", "--severity", "major")

    assert (3, 1) == (ran.status, len(ran.err.splitlines()))
    assert ["x.txt"] == [path.name for path in (tmp_path / "elsewhere").iterdir()]


def powerless() -> list[str]:
    """Return a prefix that makes file modes apply, even to root in a container."""
    return ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []


def statusgen(*arguments: str, cwd: Path, before: list[str] | None = None) -> Ran:
    """Run the command in its own process."""
    done = subprocess.run(
        [*(before or []), sys.executable, "-m", "statusgen", *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("update", "a", "-m", "A."), id="update"),
        pytest.param(("new", "B", "--severity=major", "--service=web"), id="new"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """A read-only folder exits with 3 and one line; the old file is complete."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    folder = tmp_path / "incidents"
    folder.chmod(0o555)

    ran = statusgen(*arguments, cwd=tmp_path, before=powerless())

    folder.chmod(0o755)
    assert (3, "", 1) == (ran.status, ran.out, len(ran.err.splitlines()))
    assert {"a.md": OPEN.encode()} == held(folder)


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A full disk exits with 3 and one line, without a partial or temporary file."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    limited = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]

    ran = statusgen("update", "a", "-m", "A.", cwd=tmp_path, before=limited)

    assert (3, "", 1) == (ran.status, ran.out, len(ran.err.splitlines()))
    assert {"a.md": OPEN.encode()} == held(tmp_path / "incidents")


def test_many_at_once_all_land(tmp_path: Path) -> None:
    """Eight concurrent updates are all added, each once."""
    write_site(tmp_path, {"incidents/a.md": OPEN})
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "statusgen", "update", "a", "-m", f"{n}.", "--now", NOW],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for n in range(8)
    ]

    assert [0] * 8 == [process.wait() for process in processes]
    updates = incident_in(tmp_path / "incidents" / "a.md").updates[1:]
    assert [f"{n}." for n in range(8)] == sorted(update.text for update in updates)
    assert ["a.md"] == [path.name for path in (tmp_path / "incidents").iterdir()]


def test_no_content_reaches_the_terminal_raw(run: Run, tmp_path: Path) -> None:
    """A title with escape sequences is refused, or shown with escapes."""
    smuggled = OPEN.replace("Slow answers", '"a\\e[31mb\\u009b"')
    write_site(tmp_path, {"incidents/a.md": smuggled})

    ran = run("update", "a", "-m", "A.", "--now", NOW)

    assert (1, False) == (ran.status, any(mark in ran.out + ran.err for mark in "\x1b\x9b"))
