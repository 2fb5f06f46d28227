"""Tests of init: a site that builds, from options, from answers or from defaults."""

import json
import re
from pathlib import Path

import pytest
import yaml

from statusgen import __version__
from statusgen.authoring import new_site
from statusgen.config.parser import parse_config
from statusgen.config.settings import EXAMPLE_URL, Config
from statusgen.i18n import catalogue
from statusgen.problems import errors
from tests.conftest import ROOT, Ran, Run, on_terminal, write_site
from tests.support.acting import commit, git

OPTIONS = ("--title", "Acme Status", "--url", "https://status.acme.example")
SERVICES = ("--service", "api=Public API", "--service", "web=Website")
NOW = ("--now", "2026-11-20 10:00")


def settings(site: Path) -> Config:
    found, problems = parse_config((site / "statusgen.yml").read_text("utf-8"), path=Path("x"))
    assert found is not None
    assert [] == errors(problems)
    return found


def held(site: Path) -> dict[str, bytes]:
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def assert_builds(run: Run, site: Path) -> None:
    """Assert that the site has no problem but an example address, and can be built."""
    checked = run("check", *NOW, cwd=site)
    others = [line for line in checked.out.splitlines() if "is an example" not in line]
    assert (0, []) == (checked.status, others)
    assert 0 == run("build", *NOW, cwd=site).status


def test_a_new_site_builds_at_once(run: Run, tmp_path: Path) -> None:
    """`init` with options writes a valid site, explains its files, and lists the next steps."""
    ran = run("init", "status", *OPTIONS, *SERVICES, *NOW)

    written = ran.out.split("\n\n")[0].splitlines()
    made = {line.removeprefix("created ").partition(": ")[0] for line in written}
    expected = {"statusgen.yml", "incidents/2026-11-20-hello.md", ".gitignore"}
    assert (0, "") == (ran.status, ran.err)
    assert {f"status/{path}" for path in held(tmp_path / "status")} == made
    assert expected <= set(held(tmp_path / "status"))
    assert (
        """
Next, in status:
  1. Preview it: statusgen serve
  2. Create an empty repository on GitHub, and set Settings → Pages → Source to "GitHub Actions" \
there, before you push
  3. Publish it:
     git init -b main
     git add --all && git commit -m "Add a status page"
     git remote add origin https://github.com/OWNER/REPOSITORY.git
     git push -u origin HEAD
  4. Report an incident: statusgen new "Elevated errors" --severity major --service api --push
"""
        in ran.out
    )
    assert "created status/.gitignore: keeps the built site and the cache out of Git" in written
    assert_builds(run, tmp_path / "status")


def test_in_a_repository_of_more_its_top_gets_the_workflows(run: Run, tmp_path: Path) -> None:
    """GitHub reads .github at the top only; existing files there are not changed."""
    git(tmp_path, "init", "--quiet")
    mine = tmp_path / ".github" / "workflows" / "publish.yml"
    mine.parent.mkdir(parents=True)
    mine.write_text("name: Mine\n", "utf-8")
    ran = run("init", "docs/Status", *OPTIONS, *SERVICES, *NOW)
    again = run("init", "docs/Status", *NOW)
    made = {path.name: path.read_text("utf-8") for path in mine.parent.iterdir()}
    names = [
        f"docs-status-{name}.yml" for name in ("check", "event", "import", "publish", "refresh")
    ]

    assert (0, "", False) == (ran.status, ran.err, "created" in again.out)
    assert "name: Mine\n" == made.pop("publish.yml")
    assert names == sorted(made)
    assert not (tmp_path / "docs" / "Status" / ".github").exists()
    assert (tmp_path / ".github" / "ISSUE_TEMPLATE" / "incident.yml").is_file()
    assert (tmp_path / "docs" / "Status" / ".gitignore").is_file()
    assert ran.out.endswith("where GitHub expects them: .github\n")
    for name, text in made.items():
        loaded = yaml.safe_load(text)
        job, *others = loaded["jobs"].values()
        assert {"docs/Status"} == {one["with"]["site"] for one in (job, *others)}
        assert ("publish" in name) == (2 == len(others))
        assert loaded["concurrency"]["group"].startswith("docs-status-")
        assert any(one in name for one in ("refresh", "event", "import")) == (
            "docs-status-publish.yml" == job["with"].get("workflow")
        )
    assert (0, "") == ((checked := run("check", "--site", "docs/Status", *NOW)).status, checked.out)


def test_a_repository_that_is_the_site_gets_the_files_as_they_are(run: Run, tmp_path: Path) -> None:
    """A site at the top of a repository gets the files of the starter, pinned to this commit."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    run("init", *NOW)
    starter = ROOT / "statusgen" / "authoring" / "starter"
    by_tag = re.compile(rf"@v{__version__} # zizmor: ignore\[unpinned-uses\].*".encode())
    built_from = new_site.commit()
    call = f"@{built_from} # v{__version__}".encode() if built_from else rb"\g<0>"

    assert {
        path.relative_to(starter).as_posix(): by_tag.sub(call, path.read_bytes())
        for path in starter.rglob("*")
        if path.is_file() and path.name != new_site.IMPORT_TRELLO
    }.items() <= held(tmp_path).items()


def branches(folder: Path) -> list[str]:
    """Return the branches whose pushes start the workflow that publishes."""
    text = (folder / ".github" / "workflows" / "publish.yml").read_text("utf-8")
    found: list[str] = yaml.safe_load(text)[True]["push"]["branches"]  # YAML parses "on" as True
    return found


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        pytest.param("master", ["main", "master"], id="usual"),
        pytest.param("trunk", ["main", "master", "trunk"], id="other"),
        pytest.param("v1.0", ["main", "master", "v1.0"], id="number"),
        pytest.param("a+b", ["main", "master"], id="pattern"),
    ],
)
def test_only_pushes_to_the_default_branch_start_a_run(
    branch: str, expected: list[str], run: Run, tmp_path: Path
) -> None:
    """The workflow names the usual branches and the current one, so others start no run."""
    git(tmp_path, "init", "--quiet", f"--initial-branch={branch}")
    run("init", *NOW)

    assert expected == branches(tmp_path)


def test_the_default_branch_is_that_of_the_remote(run: Run, tmp_path: Path) -> None:
    """In a clone, the default branch of the remote counts, not the one that is checked out."""
    clone = tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk", "first")
    commit(tmp_path / "first", {"README.md": "Hello"})
    git(tmp_path, "clone", "--quiet", "first", "clone")
    git(clone, "switch", "--quiet", "--create", "work")
    run("init", *NOW, cwd=clone)

    assert ["main", "master", "trunk"] == branches(clone)


def test_the_settings_are_what_was_said(run: Run, tmp_path: Path) -> None:
    """Title, address and services are written to statusgen.yml, with comments."""
    run("init", *OPTIONS, *SERVICES, *NOW)

    config = settings(tmp_path)
    services = [(service.id, service.name) for service in config.services]
    assert ("Acme Status", "https://status.acme.example") == (config.title, config.url)
    assert [("api", "Public API"), ("web", "Website")] == services
    assert True is ("\n# " in (tmp_path / "statusgen.yml").read_text("utf-8"))


def test_nothing_said_gives_an_example(run: Run, tmp_path: Path) -> None:
    """Without a terminal and without options, the files have example values."""
    ran = run("init", *NOW)

    assert (0, "Acme Status") == (ran.status, settings(tmp_path).title)
    assert_builds(run, tmp_path)


@pytest.mark.parametrize("code", catalogue.languages())
def test_the_notice_is_in_the_language_of_the_site(code: str, run: Run, tmp_path: Path) -> None:
    """The first notice is in the site's language and time zone, each text on one line."""
    run(
        "init",
        *OPTIONS,
        "--language",
        code,
        "--timezone",
        "Asia/Tokyo",
        "--now",
        "2026-11-20 05:00",
    )
    (notice,) = (tmp_path / "incidents").iterdir()
    text = notice.read_text("utf-8")
    words = catalogue.messages(code)
    link = f"[{words['subscribe']}](https://status.acme.example/subscribe.html)"

    assert ("2026-11-20-hello.md", True) == (notice.name, "2026-11-20T05:00:00+09:00" in text)
    assert True is (f"title: {words['starter.title']}\n" in text)
    assert True is (words["starter.text"].format(link=link) in text)
    assert (0, "") == ((ran := run("check", "--now", "2026-11-20 05:00")).status, ran.out)


def test_the_notice_does_not_link_to_an_example(run: Run, tmp_path: Path) -> None:
    """Without an address, the first notice has no link that would stay wrong later."""
    run("init", *SERVICES, *NOW)
    (notice,) = (tmp_path / "incidents").iterdir()
    text = notice.read_text("utf-8")

    assert EXAMPLE_URL == settings(tmp_path).url
    assert (True, False) == ("see Subscribe.\n" in text, "https://" in text)


def test_a_remote_on_another_host_is_not_taken_for_github(run: Run, tmp_path: Path) -> None:
    """If the remote is not on GitHub, the steps create no repository and name the other options."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "https://gitlab.com/acme/status.git")
    ran = run("init", *SERVICES, *NOW)

    assert (0, False) == (ran.status, "Create an empty repository" in ran.out)
    assert "If origin is not on GitHub, delete the new files in .github instead, and" in ran.out


@pytest.mark.parametrize(
    ("remote", "url", "repository"),
    [
        pytest.param(
            "git@github.com:Acme/status.git",
            "https://acme.github.io/status",
            "https://github.com/Acme/status",
            id="ssh",
        ),
        pytest.param(
            "https://user:secret@github.com/acme/acme.github.io",
            "https://acme.github.io",
            "https://github.com/acme/acme.github.io",
            id="the-site-of-an-account",
        ),
        pytest.param(
            "https://github.acme.example/ops/status",
            EXAMPLE_URL,
            "https://github.acme.example/ops/status",
            id="enterprise",
        ),
        pytest.param("https://gitlab.com/acme/status.git", EXAMPLE_URL, None, id="another-host"),
        pytest.param("../status.git", EXAMPLE_URL, None, id="path"),
        pytest.param("https://github.com/a b/\x1b[1m", EXAMPLE_URL, None, id="hostile"),
    ],
)
def test_the_remote_says_where_the_site_is(
    remote: str, url: str, repository: str | None, run: Run, tmp_path: Path
) -> None:
    """The remote of the clone gives the repository and the address of its page on GitHub."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "upstream", remote)
    ran = run("init", *NOW)
    config = settings(tmp_path)

    assert (0, "") == (ran.status, ran.err)
    assert (url, repository) == (config.url, config.repository)
    assert False is ("secret" in ran.out)
    assert (repository is not None) == (f"in {repository}/settings/pages, before" in ran.out)
    assert True is ("     git push -u upstream HEAD\n" in ran.out)
    assert False is ("git init" in ran.out or "git remote add" in ran.out)


@pytest.mark.parametrize("option", ["--now=2026-11-20 10:00", "--gitlab", "--standalone"])
@pytest.mark.parametrize(
    "folder",
    [
        pytest.param("a\udcff", id="not-utf-8"),
        pytest.param('1.10 "x" $y: #', id="yaml"),
        pytest.param("störung 🔥", id="unicode"),
        pytest.param("a\x1bb", id="escape"),
    ],
)
def test_any_folder_will_do(folder: str, option: str, run: Run, tmp_path: Path) -> None:
    """A site may be in a folder of any name, and `SITE` in a job is that name."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "git@github.com:acme/app.git")
    ran = run("init", folder, option, *OPTIONS, *SERVICES, *NOW)
    written = [*tmp_path.glob(".gitlab-ci.yml"), *tmp_path.glob(".github/workflows/*-publish.yml")]
    sites = re.findall("SITE: (.*)", written[0].read_text("utf-8"))

    assert (0, "", 1) == (ran.status, ran.err, len(written))
    assert ("gitlab" in option or "standalone" in option) == (1 == len(sites))
    assert [folder] * len(sites) == [yaml.safe_load(site) for site in sites]


def test_an_option_is_stronger_than_the_remote(run: Run, tmp_path: Path) -> None:
    """`--url` is written as given; a site in a subfolder has the address of its folder."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "git@github.com:acme/app.git")
    ran = run("init", "docs/our status", *OPTIONS, *NOW)
    config = settings(tmp_path / "docs" / "our status")

    assert "https://status.acme.example" == config.url
    assert "https://github.com/acme/app/tree/HEAD/docs/our%20status" == config.repository
    assert True is ('git add . :/.github && git commit -m "Add a status page"' in ran.out)


@pytest.mark.parametrize("option", [None, "--standalone", "--gitlab", "--no-github"])
def test_the_address_of_the_page_can_be_set_later(
    option: str | None, run: Run, tmp_path: Path
) -> None:
    """After the steps that set `url`, no file is out of date or has the example address."""
    ran = run("init", *filter(None, [option]), *NOW)
    file = tmp_path / "statusgen.yml"
    file.write_text(file.read_text("utf-8").replace(EXAMPLE_URL, "https://acme.org"), "utf-8")
    if "; then run: statusgen forms\n" in ran.out:
        run("forms")
    checked = run("check", *NOW)
    made = {path: text for path, text in held(tmp_path).items() if ".schema/" not in path}

    assert (0, "") == (checked.status, checked.out)
    assert [] == [path for path, text in made.items() if EXAMPLE_URL.encode() in text]
    assert (option is None) == ("statusgen forms" in ran.out)


def test_the_next_step_works(run: Run, tmp_path: Path) -> None:
    """The suggested command names a service of this site."""
    ran = run("init", *OPTIONS, "--service", "shop=Shop", *NOW)

    assert True is ("--severity major --service shop" in ran.out)
    assert 0 == run("new", "Elevated errors", "--severity=major", "--service=shop").status


@pytest.mark.parametrize(
    ("title", "name"),
    [
        pytest.param("A: #1 'x' \"y\"", "- [a], {b}: &c *d", id="yaml"),
        pytest.param("---", "null", id="words"),
        pytest.param("%TAG", "@a", id="indicators"),
        pytest.param("Störungen 障害 🔥", "Größe", id="unicode"),
        pytest.param("<b>&amp;", "</script>", id="html"),
        pytest.param("no", "2026-11-20", id="guesses"),
    ],
)
def test_any_words_will_do(title: str, name: str, run: Run, tmp_path: Path) -> None:
    """A title and a name are read back unchanged, even if they look like YAML."""
    run("init", f"--title={title}", "--service", f"api={name}", *NOW)

    config = settings(tmp_path)
    assert (title, name) == (config.title, config.services[0].name)
    assert_builds(run, tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example",
        "https://acme.example/",
        "http://localhost:8000",
        "https://acme.github.io/status",
        "https://acme.example/a:",
        "https://acme.example/'x'",
    ],
)
def test_any_address_will_do(url: str, run: Run, tmp_path: Path) -> None:
    """Every accepted address builds."""
    assert 0 == run("init", "--url", url, *NOW).status
    assert url.rstrip("/") == settings(tmp_path).url
    assert 0 == run("build", *NOW).status


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(("--title", ""), "--title: the text is empty", id="title"),
        pytest.param(("--title", "a\u202eb"), "U+202E", id="hidden"),
        pytest.param(("--title", "a\x1b[31m"), "U+001B", id="escape"),
        pytest.param(("--title", "a\udcff"), "U+DCFF", id="not-utf-8"),
        pytest.param(("--url", "acme.example"), "--url: 'acme.example' is not", id="url"),
        pytest.param(("--language", "xx"), "--language: 'xx' is not a supported", id="language"),
        pytest.param(("--timezone", "CEST"), "--timezone: 'CEST' is not a time zone", id="zone"),
        pytest.param(("--service", "api"), "such as api=Public API", id="no-name"),
        pytest.param(("--service", "api="), "the text is empty", id="empty-name"),
        pytest.param(("--service", "A b=c"), "is not a valid id", id="id"),
        pytest.param(("--service", "con=c"), "reserved", id="reserved"),
        pytest.param(("--service", "api=a\x1b"), "U+001B", id="escape-in-a-name"),
        pytest.param(("--service", "a=b", "--service", "a=c"), "two services", id="twice"),
        pytest.param(("--trello", ""), "--trello: missing value", id="no-board"),
        pytest.param(("--trello", "status"), "'status' is not a Trello board", id="board"),
        pytest.param(("--trello", "Ab3dEf9"), "is not a Trello board", id="short-board"),
        pytest.param(("--trello", f"{'a' * 32}"), "is not a Trello board", id="key-as-board"),
        pytest.param(("--trello", 'Ab3d"f9h'), "is not a Trello board", id="quoted-board"),
        pytest.param(("--trello", "Ab3d\nf9h"), "is not a Trello board", id="board-of-lines"),
        pytest.param(
            ("--trello", "https://trello.com/c/Ab3dEf9h/1-api"),
            "is the address of a card; write the address of its board",
            id="card",
        ),
        pytest.param(
            ("--trello", "https://trello.com.example/b/Ab3dEf9h"),
            "such as https://trello.com/b/Ab3dEf9h",
            id="another-host",
        ),
        pytest.param(("--actions", "acme/statusgen"), "names no commit or tag", id="no-ref"),
        pytest.param(("--actions", "acme@v1"), "'acme' is not OWNER/NAME", id="no-repository"),
        pytest.param(("--actions", "a/b@v1..2"), "is not the name of a commit", id="range"),
        pytest.param(("--actions", "a/b@v1 # x"), "is not the name of a commit", id="comment"),
        pytest.param(("--actions", "a/b@v1", "--no-github"), "has no effect", id="no-actions"),
        pytest.param(
            ("--standalone", "--gitlab"),
            "--standalone and --gitlab exclude each other; use one of them",
            id="two-hosts",
        ),
        pytest.param(
            ("--trello", "Ab3dEf9h", "--gitlab"),
            "--trello needs the workflows that --gitlab omits",
            id="board-without-workflows",
        ),
        pytest.param(("a", "b"), "unexpected extra argument", id="two-folders"),
    ],
)
def test_a_wrong_call_writes_nothing(
    arguments: tuple[str, ...], expected: str, run: Run, tmp_path: Path
) -> None:
    """An invalid call exits with 2, and creates no file and no folder."""
    ran = run("init", *arguments, *NOW)

    assert (2, True, []) == (ran.status, expected in ran.err, list(tmp_path.iterdir()))


def test_a_second_time_changes_nothing(run: Run, tmp_path: Path) -> None:
    """`init` in a complete site changes no byte, and says so."""
    run("init", *OPTIONS, *SERVICES, *NOW)
    before = held(tmp_path)

    ran = run("init", "--now", "2026-12-01 10:00")

    assert (0, before, False) == (ran.status, held(tmp_path), "created" in ran.out)


def test_what_is_there_stays(run: Run, tmp_path: Path) -> None:
    """Existing files are kept, and only missing ones are added; no notice among incidents."""
    mine = {".gitignore": "mine\n", "incidents/.gitkeep": "", "README.md": "Mine.\n"}
    for path, text in mine.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")

    ran = run("init", *OPTIONS, *NOW)

    kept = {path: data for path, data in held(tmp_path).items() if path in mine}
    assert {path: text.encode() for path, text in mine.items()} == kept
    assert (True, []) == (
        "skipped .gitignore (exists)" in ran.out,
        list(tmp_path.rglob("*.md"))[1:],
    )


def test_options_do_not_change_settings_that_are_there(run: Run, tmp_path: Path) -> None:
    """Options are refused if statusgen.yml exists, as they would have no effect."""
    write_site(tmp_path, {})
    before = held(tmp_path)

    ran = run("init", *OPTIONS)

    assert (2, True, before) == (ran.status, "already exists" in ran.err, held(tmp_path))


def test_an_existing_site_keeps_its_services(run: Run, tmp_path: Path) -> None:
    """Added files and suggested commands use the services of an existing site."""
    text = "title: A\nurl: https://a.example\nservices:\n  - {id: shop, name: Shop}\n"
    write_site(tmp_path, {"statusgen.yml": text})

    ran = run("init", *NOW)

    schema = (tmp_path / ".schema" / "incident.json").read_text("utf-8")
    assert (True, True) == ("--service shop" in ran.out, '"shop"' in schema)


def test_a_link_is_not_written_through(run: Run, tmp_path: Path) -> None:
    """A symbolic link at the path of a file is not followed."""
    (tmp_path / "elsewhere").write_text("mine\n", "utf-8")
    site = tmp_path / "site"
    site.mkdir()
    (site / ".gitignore").symlink_to(tmp_path / "elsewhere")

    run("init", "site", *NOW)

    assert "mine\n" == (tmp_path / "elsewhere").read_text("utf-8")


def test_a_file_is_no_folder(run: Run, tmp_path: Path) -> None:
    """A file as DIR exits with 3 and one line."""
    (tmp_path / "site").write_text("mine\n", "utf-8")

    ran = run("init", "site", *NOW)

    assert (3, 1) == (ran.status, len(ran.err.splitlines()))


def test_the_schemas_are_json(run: Run, tmp_path: Path) -> None:
    """The comment at the top of each file has the path of an existing schema."""
    run("init", *NOW)

    for path in (tmp_path / "statusgen.yml", *tmp_path.glob("incidents/*.md")):
        (line,) = (line for line in path.read_text("utf-8").splitlines() if "$schema=" in line)
        schema = path.parent / line.partition("$schema=")[2]
        assert (
            "https://json-schema.org/draft/2020-12/schema"
            == json.loads(schema.read_text("utf-8"))["$schema"]
        )


def ask(site: Path, answers: str, *options: str, **environment: str) -> Ran:
    return on_terminal("init", *options, *NOW, cwd=site, answers=answers, **environment)


def test_a_terminal_is_asked(run: Run, tmp_path: Path) -> None:
    """On a terminal `init` asks for title, address, language, time zone and services."""
    answers = (
        "Acme: Status\nhttps://acme.example/\nit\nEurope/Rome\napi=Public API\nweb = Website\n\n"
    )

    ran = ask(tmp_path, answers)

    config = settings(tmp_path)
    assert (0, "Acme: Status", "https://acme.example") == (ran.status, config.title, config.url)
    assert ("it", "Europe/Rome") == (config.language, str(config.zone))
    assert ["Public API", "Website"] == [service.name for service in config.services]
    assert_builds(run, tmp_path)


def test_return_takes_the_examples(run: Run, tmp_path: Path) -> None:
    """Empty answers give example values, and the language and time zone of the environment."""
    environment = {"LC_ALL": "de_AT.UTF-8", "TZ": "Europe/Vienna"}
    ran = ask(tmp_path, "\n\n\n\n\n", **environment)

    config = settings(tmp_path)
    assert (0, "Acme Status") == (ran.status, config.title)
    assert ("de-AT", "Europe/Vienna") == (config.language, str(config.zone))


def test_a_wrong_answer_is_asked_again(run: Run, tmp_path: Path) -> None:
    """An invalid answer is explained and asked for again; the others are kept."""
    answers = "Acme\nacme\nhttps://acme.example\ndeutsch\nde\nAthen\n\nA b\nx\napi=API\n\n"

    ran = ask(tmp_path, answers)

    config = settings(tmp_path)
    assert (0, "https://acme.example", ["api"]) == (
        ran.status,
        config.url,
        [service.id for service in config.services],
    )
    expected = (
        "'acme' is not an address",
        "'deutsch' is not a supported language; did you mean 'de'?",
        "'Athen' is not a time zone; did you mean 'Europe/Athens'?",
        "missing a name; write ID=NAME",
    )
    assert [True] * 4 == [text in ran.out for text in expected]


def test_a_service_that_is_answered_twice_is_asked_again(run: Run, tmp_path: Path) -> None:
    """A duplicate service id is asked for again; the other answers are kept."""
    ran = ask(tmp_path, "Acme\nhttps://acme.example\n\n\napi=A\napi=B\nweb=C\n\n")

    assert (0, ["A", "C"]) == (
        ran.status,
        [service.name for service in settings(tmp_path).services],
    )


def test_only_what_is_missing_is_asked(run: Run, tmp_path: Path) -> None:
    """There is no prompt for a value that an option sets."""
    options = ("--title", "Acme", "--language", "de", "--service", "api=API")
    ran = ask(tmp_path, "https://acme.example\nEurope/Rome\n", *options)

    assert (0, "https://acme.example", False) == (
        ran.status,
        settings(tmp_path).url,
        "Title" in ran.out,
    )


def test_who_leaves_has_written_nothing(run: Run, tmp_path: Path) -> None:
    """End of input, or an interruption, during the questions leaves no file."""
    ran = ask(tmp_path, "Acme\n\x04")

    assert (130, []) == (ran.status, list(tmp_path.iterdir()))


WORKFLOWS = Path(".github") / "workflows"


def board_of(workflow: Path) -> str:
    """Return the board that *workflow* imports."""
    (job,) = yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values()
    return str(job["with"]["board"])


@pytest.mark.parametrize(
    ("given", "board"),
    [
        pytest.param("Ab3dEf9h", "Ab3dEf9h", id="short-link"),
        pytest.param("12345678", "12345678", id="digits"),
        pytest.param("1e234567", "1e234567", id="like-a-number"),
        pytest.param("5AB3def95ab3def95ab3def9", "5ab3def95ab3def95ab3def9", id="id"),
        pytest.param("https://trello.com/b/Ab3dEf9h/our-status", "Ab3dEf9h", id="address"),
        pytest.param("https://trello.com/b/Ab3dEf9h", "Ab3dEf9h", id="without-a-name"),
        pytest.param("https://trello.com/b/Ab3dEf9h.json", "Ab3dEf9h", id="of-the-export"),
        pytest.param("trello.com/b/Ab3dEf9h/x?filter=a#b", "Ab3dEf9h", id="without-https"),
        pytest.param(" HTTPS://WWW.TRELLO.COM/b/Ab3dEf9h/ ", "Ab3dEf9h", id="capitals"),
    ],
)
def test_a_board_is_given_by_address_short_link_or_id(
    given: str, board: str, run: Run, tmp_path: Path
) -> None:
    """The workflow has the board's name as a string, and the next steps name it, too."""
    ran = run("init", *OPTIONS, *SERVICES, "--trello", given, *NOW)

    assert (0, "", board) == (
        ran.status,
        ran.err,
        board_of(tmp_path / WORKFLOWS / "import-trello.yml"),
    )
    assert f"The Trello board {board} is imported" in ran.out
    assert "TRELLO_KEY and TRELLO_TOKEN" in ran.out
    assert "Public API, and status:major outage" in ran.out
    assert f"statusgen import trello --board {board} --add-services\n" in ran.out


def test_a_board_replaces_the_import_of_issues(run: Run, tmp_path: Path) -> None:
    """A site with a board has no forms and no import of issues; other files are the same."""
    run("init", "plain", *NOW)
    run("init", "trello", "--trello", "Ab3dEf9h", *NOW)
    plain, trello = held(tmp_path / "plain"), held(tmp_path / "trello")

    assert {".github/workflows/import-trello.yml"} == set(trello) - set(plain)
    assert {
        ".github/workflows/import.yml",
        *(path for path in plain if path.startswith(".github/ISSUE_TEMPLATE/")),
    } == set(plain) - set(trello)
    assert_builds(run, tmp_path / "trello")


def test_a_board_joins_a_site_that_is_there(run: Run, tmp_path: Path) -> None:
    """`init --trello` in a site adds the workflow, changes nothing else, and can be repeated."""
    run("init", *OPTIONS, *SERVICES, *NOW)
    before = held(tmp_path)
    ran = run("init", "--trello", "https://trello.com/b/Ab3dEf9h/status", *NOW)
    after = held(tmp_path)
    again = run("init", "--trello", "Ab3dEf9h", *NOW)

    created = [line for line in ran.out.splitlines() if line.startswith("created ")]
    assert (0, ["created .github/workflows/import-trello.yml"]) == (
        ran.status,
        [line.partition(": ")[0] for line in created],
    )
    assert before.items() <= after.items()
    assert (0, False, after) == (again.status, "created" in again.out, held(tmp_path))


@pytest.mark.parametrize("kind", ["another", "link", "folder"])
def test_a_workflow_for_another_board_is_not_taken_for_this_one(
    kind: str, run: Run, tmp_path: Path
) -> None:
    """If another file has the path of the workflow, `init` exits with 2 and writes nothing."""
    file = tmp_path / WORKFLOWS / "import-trello.yml"
    file.parent.mkdir(parents=True)
    match kind:
        case "another":
            file.write_text('with: {board: "Zz9yXx8w"}\n', "utf-8")
        case "link":
            file.symlink_to("elsewhere")
        case _:
            file.mkdir()

    ran = run("init", "--trello", "Ab3dEf9h", *NOW)

    assert (2, [tmp_path / ".github"]) == (ran.status, list(tmp_path.iterdir()))
    assert ran.err.endswith(
        "import-trello.yml already exists and does not name the board Ab3dEf9h; change the board"
        " there, or delete the file and run this again\n"
    )


def test_a_board_of_a_site_in_a_folder_has_a_workflow_of_its_own(run: Run, tmp_path: Path) -> None:
    """Two sites in a repository import two boards, each with its own workflow."""
    git(tmp_path, "init", "--quiet")
    run("init", "docs/Status", "--trello", "Ab3dEf9h", *NOW)
    run("init", "eu", "--trello", "Zz9yXx8w", *NOW)
    folder = tmp_path / WORKFLOWS
    text = (folder / "docs-status-import-trello.yml").read_text("utf-8")
    (job,) = yaml.safe_load(text)["jobs"].values()

    assert "Zz9yXx8w" == board_of(folder / "eu-import-trello.yml")
    assert {
        "site": "docs/Status",
        "workflow": "docs-status-publish.yml",
        "board": "Ab3dEf9h",
    } == job["with"]
    assert "name: Import from Trello (docs-status)\n" in text
    assert "group: docs-status-import-trello," in text
    assert "actions: write # starts docs-status-publish.yml\n" in text


# Other hosts, and other sources of the code.


def hosted(site: Path) -> set[str]:
    """Return the files in *site* that belong to a host."""
    own = ("statusgen.yml", "incidents/", ".schema/", ".gitignore")
    return {path for path in held(site) if not path.startswith(own)}


def test_a_standalone_site_uses_only_actions_of_github(run: Run, tmp_path: Path) -> None:
    """`--standalone` writes one workflow with pinned actions of GitHub, and pinned packages."""
    ran = run("init", "--standalone", *OPTIONS, *SERVICES, *NOW)
    github = tmp_path / ".github"
    workflow = (github / "workflows" / "publish.yml").read_text("utf-8")
    packages = (github / "statusgen-requirements.txt").read_text("utf-8")
    build = (github / "statusgen-build-requirements.txt").read_text("utf-8")
    uses = re.findall(r"^ +uses: (.*)$", workflow, re.MULTILINE)
    pinned = re.compile(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

    assert (0, "") == (ran.status, ran.err)
    assert {
        ".github/workflows/publish.yml",
        ".github/statusgen-requirements.txt",
        ".github/statusgen-build-requirements.txt",
    } == hosted(tmp_path)
    assert [] == [one for one in uses if pinned.fullmatch(one) is None]
    assert ("repository: statusgen/statusgen", True) == (
        re.findall("repository: .*", workflow)[0],
        f'ref: "{new_site.commit() or f"v{__version__}"}"' in workflow,
    )
    assert [True, True] == [
        all("--hash=" in one for one in re.split(r"\n(?=[a-z])", text)[1:])
        for text in (packages, build)
    ]
    assert False is ("://" in packages + build)
    assert_builds(run, tmp_path)


@pytest.mark.parametrize(
    ("option", "expected", "step"),
    [
        pytest.param("--no-github", set(), "copy _site to your host", id="no-github"),
        pytest.param(
            "--gitlab", {".gitlab-ci.yml"}, "Create an empty project on GitLab", id="gitlab"
        ),
    ],
)
def test_another_host_gets_no_files_for_github(
    option: str, expected: set[str], step: str, run: Run, tmp_path: Path
) -> None:
    """A site on another host has only the files of that host, and its steps."""
    ran = run("init", option, *SERVICES, *NOW)

    assert (0, "", expected) == (ran.status, ran.err, hosted(tmp_path))
    assert (True, False) == (step in ran.out, "GitHub Actions" in ran.out)
    assert_builds(run, tmp_path)


def test_another_host_has_another_address(run: Run, tmp_path: Path) -> None:
    """On another host, the address on GitHub Pages that the remote implies is not suggested."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "remote", "add", "origin", "git@github.com:acme/status.git")
    run("init", "--no-github", *NOW)

    assert EXAMPLE_URL == settings(tmp_path).url


@pytest.mark.parametrize(
    ("ref", "expected"),
    [
        pytest.param(
            "v9.1", "v9.1 # zizmor: ignore[unpinned-uses] chosen with init --actions", id="tag"
        ),
        pytest.param("0" * 40, f"{'0' * 40} # v{__version__}", id="commit"),
    ],
)
def test_the_workflows_of_a_fork_are_called(
    ref: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """With `--actions`, every workflow calls those of the given repository at the given commit."""
    ran = run("init", "--actions", f"acme/statusgen@{ref}", *OPTIONS, *SERVICES, *NOW)
    texts = [path.read_text("utf-8") for path in (tmp_path / WORKFLOWS).iterdir()]
    calls = [call for text in texts for call in re.findall("    uses: (.*)", text)]

    assert (0, "") == (ran.status, ran.err)
    assert {("acme/statusgen/.github/workflows", expected)} == {
        (call.rpartition("/")[0], call.partition("@")[2]) for call in calls
    }
    assert 7 == len(calls)


def test_a_new_file_of_every_kind_is_explained(run: Run, tmp_path: Path) -> None:
    """Every file that `init` writes, with any option, has a line that explains it."""
    git(tmp_path, "init", "--quiet")
    options = ("", "--standalone", "--gitlab", "--no-github", "--trello=Ab3dEf9h")
    outs = [
        run("init", f"site{number}", *filter(None, [option]), *NOW).out
        for number, option in enumerate(options)
    ]
    lines = [line for out in outs for line in out.splitlines() if line.startswith("created ")]

    assert [] == [line for line in lines if not re.fullmatch(r"created [\w./-]+: [a-z].*", line)]
    assert 30 < len(lines)
