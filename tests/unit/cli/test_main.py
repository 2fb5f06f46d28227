"""Tests of the command line: exit statuses, output formats, times, and help."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from statusgen.cli import main
from tests.conftest import DATED, SETTINGS, Run, write_site

BAD = """\
---
title: "100%, a, b: c ::warning::x"
severity: huge
services: [api]
started: 2026-11-20 09:05
---

Text.
"""

GOOD = """\
---
title: Slow answers
severity: degraded
services: [api]
started: 2026-11-20 09:05
---

Text.
"""

LATER = GOOD.replace("2026-11-20", "2027-01-01")

HUGE = "'huge' is not a severity; use one of: none, maintenance, degraded, partial, major"


def test_a_good_site_passes(run: Run, tmp_path: Path) -> None:
    """For a site without problems, `check` exits with 0 and prints no result."""
    write_site(tmp_path, {"incidents/a.md": GOOD})

    ran = run("check")

    assert (0, "", "1 incident file: no errors\n") == (ran.status, ran.out, ran.err)


def test_problems_are_the_result_of_check(run: Run, tmp_path: Path) -> None:
    """`check` prints problems to standard output and exits with 1."""
    write_site(tmp_path, {"incidents/a.md": BAD})

    ran = run("check")

    assert (1, f"incidents/a.md:3:11: {HUGE}\n", "") == (ran.status, ran.out, ran.err)


def test_problems_of_a_build_are_complaints(run: Run, tmp_path: Path) -> None:
    """`build` prints problems to standard error, exits with 1 and creates no folder."""
    write_site(tmp_path, {"incidents/a.md": BAD})

    ran = run("build")

    expected = (1, "", f"incidents/a.md:3:11: {HUGE}\n", False)
    assert expected == (ran.status, ran.out, ran.err, (tmp_path / "_site").exists())


def test_a_warning_changes_no_status(run: Run, tmp_path: Path) -> None:
    """A file that is dated in the future gets a warning, and the exit status is 0."""
    write_site(tmp_path, {"incidents/a.md": LATER})

    ran = run("check", "--now", "2026-11-20 12:00")

    expected = (
        "incidents/a.md:5:10: warning: this incident is dated '2027-01-01 09:05', in the future"
    )
    assert (0, True) == (ran.status, ran.out.startswith(expected))


def test_paths_are_relative_to_where_the_user_stands(run: Run, tmp_path: Path) -> None:
    """With --site the printed paths are still relative to the current folder."""
    write_site(tmp_path / "deep" / "site", {"incidents/a.md": BAD})
    (tmp_path / "deep" / "other").mkdir()

    ran = run("check", "--site", "../site", cwd=tmp_path / "deep" / "other")

    assert f"../site/incidents/a.md:3:11: {HUGE}\n" == ran.out


def test_json_is_an_array_of_problems(run: Run, tmp_path: Path) -> None:
    """`--format json` prints one array, each problem with path, place, level and message."""
    write_site(tmp_path, {"incidents/a.md": BAD})

    ran = run("check", "--format", "json")

    problem = {"path": "incidents/a.md", "line": 3, "column": 11, "level": "error", "message": HUGE}
    assert [problem] == json.loads(ran.out)


def test_json_of_a_good_site_is_an_empty_array(run: Run, tmp_path: Path) -> None:
    """Programs that read `--format json` get an array even if there are no problems."""
    write_site(tmp_path, DATED)

    assert [] == json.loads(run("check", "--format", "json").out)


def test_annotations_are_relative_to_the_repository(run: Run, tmp_path: Path) -> None:
    """GitHub annotations have paths from the top of the repository, wherever the site is in it."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    site = write_site(tmp_path / "docs" / "status", {"incidents/a.md": BAD})

    ran = run("check", "--format", "github", cwd=site)

    assert f"::error file=docs/status/incidents/a.md,line=3,col=11::{HUGE}\n" == ran.out


def test_annotations_escape_what_a_runner_would_obey(run: Run, tmp_path: Path) -> None:
    """Per cent signs, line breaks and, in a path, colons and commas cannot end an annotation."""
    write_site(tmp_path, {"incidents/a,b:c%.md": GOOD.replace("api", '"%0A::stop::"')})

    lines = run("check", "--format", "github").out.splitlines()

    place = "::error file=incidents/a%2Cb%3Ac%25.md,line="
    assert [True, True] == [line.startswith(place) for line in lines]
    assert "'%250A::stop::' is not a service" in lines[1]


def test_a_workflow_gets_annotations_by_itself(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a GitHub workflow both commands print annotations by default."""
    write_site(tmp_path, {"incidents/a.md": BAD})
    ran = run("check")  # clears the variable that is set next
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    done = subprocess.run(
        [sys.executable, "-m", "statusgen", "check"], cwd=tmp_path, capture_output=True, check=False
    )

    assert f"::error file=incidents/a.md,line=3,col=11::{HUGE}\n" == done.stdout.decode()
    assert done.returncode == ran.status


def test_escape_sequences_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    """Control characters in a file do not reach the terminal."""
    write_site(tmp_path, {"incidents/a.md": GOOD.replace("[api]", '["\\u202Eapi\\u202C"]')})

    assert "'\\u202eapi\\u202c' is not a service" in run("check").out


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("check", "--format", "xml"), id="unknown-format"),
        pytest.param(("chek",), id="unknown-command"),
        pytest.param(("check", "--nwo", "x"), id="unknown-option"),
        pytest.param(("check", "--now", "yesterday"), id="no-moment"),
        pytest.param(("check", "--base-url", "ftp://x"), id="no-address"),
        pytest.param(("build", "--jobs", "0"), id="no-process"),
        pytest.param(("check", "--site", "elsewhere"), id="no-site"),
    ],
)
def test_a_wrong_call_exits_with_2(arguments: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    """An invalid call prints the reason to standard error and exits with 2, without a traceback."""
    write_site(tmp_path, {})

    ran = run(*arguments)

    assert (2, "", False) == (ran.status, ran.out, "Traceback" in ran.err or ran.err == "")


def test_a_foreign_folder_is_refused(run: Run, tmp_path: Path) -> None:
    """Building into a folder with other files exits with 2 and leaves them as they are."""
    write_site(tmp_path, {"out/thesis.txt": "three years"})

    ran = run("build", "--out", "out")

    assert (2, True) == (ran.status, "thesis.txt" in ran.err)
    assert [tmp_path / "out" / "thesis.txt"] == list((tmp_path / "out").iterdir())


def test_a_failing_disk_exits_with_3(run: Run, tmp_path: Path) -> None:
    """A path that cannot be written is named in one line, and the exit status is 3."""
    write_site(tmp_path, {"file": "not a folder"})

    ran = run("build", "--out", "file/out")

    assert (3, 1) == (ran.status, len(ran.err.splitlines()))


def test_changed_files_are_named(run: Run, tmp_path: Path) -> None:
    """A build lists the files that it changed, but of more than 20 only their number."""
    write_site(tmp_path, {"static/a.txt": "a", "static/b.txt": "b"})
    first = run("build", "--now", "2026-11-20 12:00").out.splitlines()
    (tmp_path / "static" / "a.txt").unlink()
    (tmp_path / "static" / "c.txt").write_text("c", encoding="utf-8")

    lines = run("build", "--now", "2026-11-20 12:00").out.splitlines()

    assert True is (re.fullmatch("created [0-9]+ files", first[0]) is not None)
    assert ["created c.txt", "updated build.json", "deleted a.txt"] == lines[:-1]
    assert lines[-1].startswith("_site: 1 created, 1 updated, 1 deleted (0 incident files, ")


def test_the_moment_can_come_from_the_environment(tmp_path: Path) -> None:
    """SOURCE_DATE_EPOCH is the time if --now is not given."""
    write_site(tmp_path, {})
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1790000000"}

    subprocess.run(
        [sys.executable, "-m", "statusgen", "build"], cwd=tmp_path, env=environment, check=True
    )

    record = json.loads((tmp_path / "_site" / "build.json").read_text(encoding="utf-8"))
    assert "2026-09-21T14:13:20Z" == record["now"]


def test_a_moment_without_an_offset_is_in_the_zone_of_the_site(run: Run, tmp_path: Path) -> None:
    """`--now '2026-11-20 12:00'` is noon in the site's time zone."""
    write_site(tmp_path, {})

    run("build", "--now", "2026-11-20 12:00")

    record = json.loads((tmp_path / "_site" / "build.json").read_text(encoding="utf-8"))
    assert "2026-11-20T11:00:00Z" == record["now"]


def test_another_address_stands_for_the_configured_one(run: Run, tmp_path: Path) -> None:
    """`--base-url` changes absolute links and skips CNAME, but changes no feed ids."""
    write_site(tmp_path, {"incidents/a.md": GOOD})
    run("build", "--out", "one")
    run("build", "--out", "two", "--base-url", "https://acme.github.io/preview/")
    one, two = ((tmp_path / name / "feed.atom").read_text("utf-8") for name in ("one", "two"))

    assert one.replace("https://status.acme.example", "https://acme.github.io/preview") == two
    assert [True, False] == [(tmp_path / name / "CNAME").exists() for name in ("one", "two")]


def test_data_of_a_file_reaches_the_templates(run: Run, tmp_path: Path) -> None:
    """`--data FILE` overrides the setting `data`, key by key."""
    footer = "<footer>{{ data.name }} {{ data.phones | join(', ') }}</footer>\n"
    files = {
        "statusgen.yml": f"{SETTINGS}data: {{name: Desk, phones: []}}\n",
        "templates/partials/footer.html": footer,
        "phones.yml": "phones: [0123, 0456]\n",
    }
    write_site(tmp_path, files)

    run("build", "--data", "phones.yml")

    assert "<footer>Desk 0123, 0456</footer>" in (tmp_path / "_site" / "404.html").read_text(
        "utf-8"
    )


@pytest.mark.parametrize("setting", ["", "data: {other: 1}\n"])
def test_templates_can_ask_for_data_that_is_not_there(
    setting: str, run: Run, tmp_path: Path
) -> None:
    """Without any data, templates get an empty map."""
    footer = "<footer>{{ data.name is defined }} {{ data.name | default('none') }}</footer>"
    files = {"statusgen.yml": SETTINGS + setting, "templates/partials/footer.html": footer}
    write_site(tmp_path, files)

    run("build")

    assert "<footer>False none</footer>" in (tmp_path / "_site" / "404.html").read_text("utf-8")


def test_a_mistake_in_a_data_file_is_a_problem(run: Run, tmp_path: Path) -> None:
    """A syntax error in a data file is reported with its position, together with all others."""
    write_site(tmp_path, {"phones.yml": "phones: [0123\n", "incidents/a.md": "---\n"})

    ran = run("check", "--data", "phones.yml")
    other, found = ran.out.splitlines()

    assert (1, True) == (ran.status, found.startswith("phones.yml:1:9: this list is not closed"))
    assert other.startswith("incidents/a.md:1:1: ")


@pytest.mark.parametrize(
    ("template", "text", "place"),
    [
        pytest.param("index.html", "a\n{% if %}\n", "2:1", id="syntax"),
        pytest.param("index.html", "a\nb {{ site.nonsense }}\n", "2:1", id="undefined"),
        pytest.param("404.html", "a\nb\n{{ 1 / 0 }}\n", "3:1", id="failing"),
        pytest.param("index.html", '{% include "no.html" %}', "1:1", id="missing-part"),
        pytest.param("index.html", '{% extends "index.html" %}', "1:1", id="endless"),
    ],
)
def test_a_mistake_in_a_template_is_a_problem(
    template: str, text: str, place: str, run: Run, tmp_path: Path
) -> None:
    """`check` reports an error in a template with its line."""
    write_site(tmp_path, {**DATED, f"templates/{template}": text})

    ran = run("check")

    assert (1, True) == (ran.status, ran.out.startswith(f"templates/{template}:{place}: "))


def test_a_template_that_extends_itself_is_told_what_to_write(run: Run, tmp_path: Path) -> None:
    """The remedy for a template that extends itself is the name of the built-in one."""
    write_site(tmp_path, {"templates/index.html": '{% extends "index.html" %}'})

    assert "write 'default/index.html'" in run("check").out


def test_a_static_file_cannot_hide_a_page(run: Run, tmp_path: Path) -> None:
    """A static file with the name of a page, in upper or lower case, is a problem."""
    write_site(tmp_path, {"static/Index.html": "mine"})

    ran = run("check")

    assert (1, True) == (ran.status, ran.out.startswith("static/Index.html:1:1: "))


@pytest.mark.slow
def test_long_work_shows_a_bar_on_a_terminal(tmp_path: Path) -> None:
    """A terminal shows a progress bar if the work takes longer than a second."""
    write_site(tmp_path, {f"incidents/n{number}.md": GOOD for number in range(1500)})
    parent, child = pty.openpty()

    with subprocess.Popen(
        [sys.executable, "-m", "statusgen", "check"],
        cwd=tmp_path,
        stderr=child,
        stdout=subprocess.DEVNULL,
    ) as process:
        os.close(child)
        shown = b""
        try:
            while piece := os.read(parent, 4096):
                shown += piece
        except OSError:  # Linux reports the end of a terminal as an error.
            pass
    os.close(parent)

    assert (0, True) == (process.returncode, b"Rendering" in shown)


def test_without_a_terminal_there_is_no_bar(run: Run, tmp_path: Path) -> None:
    """Logs contain no progress bar."""
    write_site(tmp_path, {f"incidents/n{number}.md": GOOD for number in range(20)})

    assert "20 incident files: no errors\n" == run("check").err


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """`python -m statusgen --version` prints name and version."""
    done = subprocess.run(
        [sys.executable, "-m", "statusgen", "--version"], capture_output=True, check=True
    )

    assert done.stdout.decode().startswith("statusgen ")


STAND_INS = [one for one in main.commands.commands.values() if isinstance(one, main.LazyCommand)]


@pytest.mark.parametrize("later", STAND_INS, ids=lambda later: later.name)
def test_the_list_of_commands_says_what_each_says_of_itself(later: main.LazyCommand) -> None:
    """The summary of a command in `statusgen --help` is the first line of its own help."""
    own = later.loaded()

    expected = (own.name, own.hidden, own.deprecated, own.get_short_help_str(1000))
    assert expected == (later.name, later.hidden, later.deprecated, later.short_help)


HEADINGS = ["Set up", "Report", "Look up", "Import", "Publish", "Generate files"]


def test_the_help_lists_every_command_under_a_heading(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`statusgen --help` has each command once, with its whole summary at 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("--help").out.split("--help", 1)[1].splitlines()[1:]

    commands = [line.split(maxsplit=1) for line in lines if line.startswith("  ")]
    expected = [[name, one.short_help] for name, one in main.commands.commands.items()]
    assert HEADINGS == [line.rstrip(":") for line in lines if line and line[0] != " "]
    assert expected == commands


@pytest.mark.parametrize("later", STAND_INS, ids=lambda later: later.name)
def test_a_summary_fits_in_the_list_of_commands(later: main.LazyCommand) -> None:
    """A summary has at most 60 characters and ends with a full stop."""
    about = later.short_help or ""

    assert (True, True) == (len(about) <= 60, about.endswith(".") and not about.endswith("..."))


def test_a_misspelt_command_is_wrong_usage(run: Run) -> None:
    """An unknown command exits with 2."""
    ran = run("updat")

    assert (2, True) == (ran.status, "No such command 'updat'" in ran.err)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        pytest.param("statusgen sh", ["show"], id="command"),
        pytest.param("statusgen import g", ["github"], id="command-of-a-group"),
        pytest.param("statusgen check --f", ["--format", "--fix"], id="option"),
        pytest.param("statusgen check --format j", ["json"], id="word"),
        pytest.param("statusgen event a", ["api"], id="service"),
        pytest.param("statusgen show goo", ["good"], id="incident"),
        pytest.param("statusgen update --template w", ["watching"], id="text"),
    ],
)
def test_a_shell_completes(tmp_path: Path, typed: str, offered: list[str]) -> None:
    """The Tab key completes commands, options, choices, services and incidents."""
    settings = f"{SETTINGS}texts: {{found: We see it., watching: A fix is in place.}}\n"
    write_site(tmp_path, {"incidents/good.md": GOOD, "statusgen.yml": settings})
    asked = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}

    done = subprocess.run(
        [sys.executable, "-m", "statusgen"],
        cwd=tmp_path,
        env={**os.environ, **asked, "_STATUSGEN_COMPLETE": "bash_complete"},
        capture_output=True,
        check=False,
    )

    assert offered == [line.split(",")[1] for line in done.stdout.decode().split()]
    assert 0 == done.returncode


def test_garbage_is_looked_for_in_what_a_command_makes_alone() -> None:
    """The collector runs during a command, and ignores the modules that were loaded for it."""
    script = (
        "import gc, sys; from statusgen.cli import main as cli; before = gc.get_freeze_count();"
        "cli.commands.commands['list'].loaded();"
        "print(gc.isenabled(), gc.get_freeze_count() - before > 10_000)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert ["True", "True"] == done.stdout.decode().split()


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("static/services", id="a-file-where-a-folder-is-needed"),
        pytest.param("static/index.html/x", id="a-folder-where-a-file-is-needed"),
        pytest.param("static/.statusgen.json", id="our-record"),
        pytest.param("static/API/x.txt", id="another-case"),
        pytest.param("static/index.html", id="a-page"),
        pytest.param("static/build.json", id="the-last-file"),
    ],
)
def test_check_finds_what_build_could_not_write(path: str, run: Run, tmp_path: Path) -> None:
    """`check` reports a static file that conflicts with a generated one, with its path."""
    write_site(tmp_path, {path: "mine"})

    ran = run("check")

    assert (1, True) == (ran.status, ran.out.startswith(f"{path}:1:1: the name of this file "))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        pytest.param(("buidl",), "No such command 'buidl'; did you mean 'build'?", id="command"),
        pytest.param(("chek",), "No such command 'chek'; did you mean 'check'?", id="of-several"),
        pytest.param(("import", "gihub"), "'gihub'; did you mean 'github'?", id="source"),
        pytest.param(("build", "--nwo", "x"), "'--nwo'; did you mean '--now'?", id="option"),
    ],
)
def test_a_misspelt_command_or_option_gets_the_likely_one(
    call: tuple[str, ...], expected: str, run: Run
) -> None:
    """A misspelt command or option gets one suggestion, and the status is 2."""
    ran = run(*call)

    assert (2, True) == (ran.status, ran.err.endswith(f"{expected}\n"))


@pytest.mark.parametrize("out", [".", "..", "/", ""])
def test_the_site_never_goes_around_its_sources(out: str, run: Run, tmp_path: Path) -> None:
    """A folder that contains the sources is refused before its other content is checked."""
    write_site(tmp_path, {})
    ran = run("build", "--out", out)

    assert (2, True) == (ran.status, "contains the site's sources" in ran.err)


@pytest.mark.parametrize("out", ["static", "static/x", "incidents", "templates/../static"])
def test_the_site_never_goes_into_its_sources(out: str, run: Run, tmp_path: Path) -> None:
    """The output folder cannot be a source folder."""
    write_site(tmp_path, {})

    assert (2, False) == (run("build", "--out", out).status, (tmp_path / "static").exists())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_all_broken_templates_are_named_in_one_run(jobs: str, run: Run, tmp_path: Path) -> None:
    """Each broken template is reported once, however many pages use it, in any process."""
    files = {f"incidents/n{number}.md": GOOD for number in range(40)}
    broken = {f"templates/{name}.html": "{{ nonsense }}" for name in ("index", "incident", "404")}
    write_site(tmp_path, files | broken)

    ran = run("build", "--jobs", jobs)

    assert (1, ["404", "incident", "index"]) == (
        ran.status,
        [line.partition(".html")[0].rpartition("/")[2] for line in ran.err.splitlines()],
    )


def test_a_part_that_lacks_something_is_blamed(run: Run, tmp_path: Path) -> None:
    """A built-in page that fails because of a replaced part is a problem, not a traceback."""
    write_site(tmp_path, {"templates/partials/labels.html": "{% macro icon(x) %}{% endmacro %}"})

    ran = run("check")

    assert (1, True) == (
        ran.status,
        "templates:1:1: your templates break 'index.html': " in ran.out,
    )


@pytest.mark.parametrize("epoch", ["-62135596800", "253402300799", "1_000", "soon"])
def test_a_moment_that_cannot_be_is_refused(epoch: str, tmp_path: Path) -> None:
    """SOURCE_DATE_EPOCH accepts only seconds since 1970, not every Python integer."""
    write_site(tmp_path, {})

    done = subprocess.run(
        [sys.executable, "-m", "statusgen", "check"],
        cwd=tmp_path,
        env={**os.environ, "SOURCE_DATE_EPOCH": epoch},
        capture_output=True,
        check=False,
    )

    assert (2, 1) == (done.returncode, len(done.stderr.splitlines()))


def test_a_terminal_without_unicode_is_no_reason_to_fail(tmp_path: Path) -> None:
    """Characters that standard output cannot encode are printed as escapes."""
    write_site(tmp_path, {"incidents/a.md": GOOD.replace("degraded", "東京")})

    done = subprocess.run(
        [sys.executable, "-m", "statusgen", "check"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        check=False,
    )

    assert (1, True) == (done.returncode, b"\\u6771\\u4eac" in done.stdout)


def test_a_link_among_templates_is_a_problem(run: Run, tmp_path: Path) -> None:
    """Symbolic links are not followed, not even those with a hidden name."""
    write_site(tmp_path, {"templates/index.html": '{% include ".p.html" %}'})
    (tmp_path / "templates" / ".p.html").symlink_to("/etc/hostname")

    assert (1, True) == ((ran := run("check")).status, "templates/.p.html:1:1: " in ran.out)


def test_an_update_too_many_is_one_click_away(run: Run, tmp_path: Path) -> None:
    """The front page shows the newest five updates of an open incident, and links to all."""
    head = "---\ntitle: A\nseverity: major\nservices: [api]\nupdates:\n"
    updates = [f"  - {{at: 2026-11-20 09:{n:02}, text: Update {n}.}}\n" for n in range(7)]
    write_site(tmp_path, {"incidents/a.md": head + "".join(updates) + "---\n"})

    run("build", "--now", "2026-11-20 10:00")

    page = (tmp_path / "_site" / "index.html").read_text("utf-8")
    shown = [n for n in range(7) if f"Update {n}." in page]
    assert ([2, 3, 4, 5, 6], True) == (shown, "Show all 7 updates" in page)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "indx.html",
            "a",
            "templates/indx.html:1:1: warning: this template is not used by any page;"
            " did you mean 'index.html'?",
            id="template",
        ),
        pytest.param(
            "index.html",
            '{% extends "default/index.html" %}\n{% block foter %}{% endblock %}',
            "templates/index.html:2:1: warning: unknown block 'foter'; did you mean 'footer'?",
            id="block",
        ),
        pytest.param(
            "404.html",
            "{{ say('not_fund') }}",
            "templates/404.html:1:1: template error: unknown message 'not_fund';"
            " did you mean 'not_found'?;",
            id="message",
        ),
    ],
)
def test_a_misspelt_name_in_a_template_gets_a_suggestion(
    path: str, text: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """An unknown template, block or message is reported with a suggestion."""
    write_site(tmp_path, {f"templates/{path}": text})

    assert expected in run("check").out


def test_a_template_of_a_template_is_not_lost(run: Run, tmp_path: Path) -> None:
    """A template that another template includes does not need a page of the same name."""
    include = (
        '{% extends "default/404.html" %}{% block footer %}{% include "mine.html" %}{% endblock %}'
    )
    write_site(tmp_path, {**DATED, "templates/404.html": include, "templates/mine.html": "Hello"})

    assert "" == run("check").out


def test_a_full_disk_behind_the_output_is_told(tmp_path: Path) -> None:
    """A full disk behind standard output is a failure of the environment."""
    write_site(tmp_path, {"incidents/a.md": BAD})

    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "statusgen", "check"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    expected = b"statusgen: cannot write the output: No space left on device\n"
    assert (3, expected) == (done.returncode, done.stderr)


def test_a_misspelt_format_gets_a_suggestion(run: Run, tmp_path: Path) -> None:
    """An unknown option value gets a suggestion."""
    write_site(tmp_path, {})

    assert "'jsn' is not a format; did you mean 'json'?" in run("check", "--format", "jsn").err


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["list", "new Down --severity major --service api"])
def test_closed_streams_are_no_reason_to_fail(command: str, closed: str, tmp_path: Path) -> None:
    """A process without standard streams, such as a daemon, works as usual."""
    write_site(tmp_path, {})
    line = f"exec {sys.executable} -m statusgen {command} {closed}"

    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=False)

    assert (0, False) == (done.returncode, b"Traceback" in done.stderr)


def test_who_stops_reading_is_no_problem_of_the_content(tmp_path: Path) -> None:
    """A command behind `| head` exits like other programs, without a message."""
    text = "---\ntitle: {}\nseverity: major\nservices: [api]\nstarted: 2026-11-20 09:05\n---\nA.\n"
    write_site(tmp_path, {f"incidents/{n}.md": text.format("T" * 150) for n in range(1000)})
    line = f"{{ {sys.executable} -m statusgen list; echo $? >&2; }} | head -1 > one.txt"

    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=False)

    assert b"141\n" == done.stderr


@pytest.mark.parametrize("wants_traceback", [False, True])
def test_a_bug_of_ours_asks_for_a_report(tmp_path: Path, *, wants_traceback: bool) -> None:
    """An internal error has its own exit status; an environment variable enables the traceback."""
    code = (
        "import click; from statusgen.cli import main as cli;"
        "cli.commands.add_command(click.Command('boom', callback=lambda: [][1]));"
        "cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "boom"],
        cwd=tmp_path,
        env={**os.environ, "STATUSGEN_TRACEBACK": "1" if wants_traceback else ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert wants_traceback == ("Traceback" in done.stderr)
    if not wants_traceback:
        first, second, third = done.stderr.splitlines()
        assert (70, "statusgen: internal error: IndexError: list index out of range") == (
            done.returncode,
            first,
        )
        assert "STATUSGEN_TRACEBACK=1" in second
        assert third.endswith("/issues")
