"""README, docs and CONTRIBUTING: links, generated tables, and examples that run."""

import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from statusgen.config.parser import parse_config
from statusgen.content import parser
from statusgen.problems import Level
from statusgen.render.html import functions
from statusgen.site import assemble
from tests.conftest import ROOT, Run
from tests.support import doc_tables, examples
from tests.support.doc_pages import DOCS, PAGES, README, SITE, all_code, code, title, whole_settings
from tests.support.doc_tables import COMMANDS, OUTPUTS, PARTS

MAX_LINE = 140  # characters of a line of prose
MAX_README = 250  # lines
TIME = "1795166400"  # 2026-11-20 09:20 UTC, the time in most examples


# A site that makes a build write each kind of file.
EVERY_OUTPUT = {
    "statusgen.yml": f"{SITE}api: [statuspage, stashboard, statusboard]\n",
    **{
        f"incidents/{year}-down.md": f"---\ntitle: Down\nseverity: major\nservices: [api]\n"
        f"started: {year}-11-20 08:00\n---\nDown.\n"
        for year in (2024, 2026)
    },
}


def without_code(page: Path) -> str:
    """Return the text of *page* without its blocks of code."""
    return re.sub(r"^ *```.*?^ *```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)


def headings(page: Path) -> list[str]:
    """Return the names by which links reach the headings of *page*, as GitHub makes them."""
    found = re.findall(r"^#+ (.*)$", without_code(page), flags=re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found]


def dead_links(page: Path) -> list[str]:
    """Return the relative links in *page* to missing files or headings."""
    dead = []
    found = re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", without_code(page))
    found += re.findall(r'(?:src|srcset|href)="(?!https?:)([^"]+)"', without_code(page))
    for link in found:
        path, _, heading = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (heading and heading not in headings(target)):
            dead.append(link)
    return dead


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file that exists, and a heading of that file."""
    assert [] == dead_links(page)


def test_addresses_of_the_documentation_lead_somewhere() -> None:
    """An address of a page on GitHub, in code or in files that it writes, names one that exists."""
    address = re.compile(
        r"https://github\.com/statusgen/statusgen(/blob/main/|#)([\w./-]*\w)(#[\w-]+)?"
    )
    folders = (ROOT / "statusgen", ROOT / "templates", ROOT / ".ci")
    texts = [path.read_text("utf-8", "replace") for folder in folders for path in files_in(folder)]
    found = sorted({match.groups() for text in texts for match in address.finditer(text)})
    dead = [
        path
        for kind, path, heading in found
        if kind == "#"
        or not (ROOT / path).is_file()
        or (heading and heading[1:] not in headings(ROOT / path))
    ]

    assert (True, []) == (len(found) > 3, dead)


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files below *folder* that are text."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".png", ".ico"):
            yield path


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_headings_of_a_page_differ(page: Path) -> None:
    """No heading stands twice on a page, so that each link is unambiguous."""
    assert [] == [name for name, count in Counter(headings(page)).items() if count > 1]


@pytest.mark.parametrize("page", PAGES, ids=title)
def test_lines_of_prose_are_short(page: Path) -> None:
    """A diff of prose can be read: only tables, code and what is generated have longer lines."""
    text = re.sub(r"<!-- begin .*?<!-- end ", "", without_code(page), flags=re.DOTALL)
    lines = text.splitlines()

    assert [] == [one for one in lines if len(one) > MAX_LINE and not one.lstrip().startswith("|")]


def test_the_readme_is_short() -> None:
    """The README is read in minutes; all else is a page in docs/."""
    lines = README.read_text("utf-8").splitlines()

    assert len(lines) <= MAX_README


def test_every_page_can_be_reached() -> None:
    """Links lead from the README to each page of docs/."""
    reached, queue = {README}, [README]
    while queue:
        page = queue.pop()
        links = re.findall(r"\]\((?!https?:|mailto:)([^)\s#]+)", without_code(page))
        found = {(page.parent / link).resolve() for link in links if link.endswith(".md")} - reached
        reached |= found
        queue += sorted(one for one in found if one.is_file())

    assert [] == [title(page) for page in DOCS if page not in reached]


# Tables of the code.


@pytest.mark.parametrize("part", PARTS)
def test_a_table_is_what_the_code_says(part: str, update_expected: bool) -> None:
    """Tables of keys, options, blocks and messages are those of the code."""
    pages = [page for page in PAGES if part in doc_tables.parts_of(page)]
    assert [1, 1] == [len(pages), doc_tables.parts_of(pages[0]).count(part)]
    text = pages[0].read_text("utf-8")
    expected = doc_tables.replaced(text, part, PARTS[part]())
    if update_expected:
        pages[0].write_text(expected, "utf-8")
        text = expected

    assert expected == text


def test_every_output_is_documented() -> None:
    """A build writes only paths that the table has, and each of its rows stands for some."""
    patterns = {path: doc_tables.output_pattern(path) for path in OUTPUTS}
    written = {*examples.example().files, *examples.made(EVERY_OUTPUT).files, ".statusgen.json"}

    assert [] == [
        path
        for path in sorted(written)
        if not any(one.fullmatch(path) for one in patterns.values())
    ]
    assert [] == [
        path for path, one in patterns.items() if not any(one.fullmatch(name) for name in written)
    ]


def test_every_part_of_pages_is_documented() -> None:
    """The table of parts has each file in templates/partials, and no other."""
    names = [path.name for path in (ROOT / "templates" / "partials").iterdir()]

    assert sorted(names) == sorted(doc_tables.PARTIALS)


def test_every_function_of_templates_is_documented() -> None:
    """The table of functions has each name that a template may use, and no other."""
    config, _ = parse_config(SITE, path=Path("statusgen.yml"))
    assert config is not None
    site = assemble.assemble(config, [], now=datetime(2026, 11, 20, tzinfo=UTC))

    assert sorted(doc_tables.FUNCTIONS) == sorted(functions.words(site, frame=site.frame))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_shows_an_example(command: str, run: Run) -> None:
    """`--help` explains every option and ends with a command to copy."""
    ran = run(*command.split(), "--help")

    assert (0, True) == (ran.status, f"Example: statusgen {command}" in ran.out)


# Examples.


@pytest.mark.parametrize("example", all_code("markdown"))
def test_the_incident_files_shown_are_right(example: str) -> None:
    """Every incident file in the documentation parses without a problem."""
    config, _ = parse_config(SITE, path=Path("statusgen.yml"))

    parsed = parser.parse(example, path=Path("a.md"), slug="a", config=config)

    assert () == parsed.problems


@pytest.mark.parametrize("example", all_code("yaml"))
def test_the_settings_shown_are_right(example: str) -> None:
    """Every piece of statusgen.yml in the documentation is accepted."""
    _, problems = parse_config(whole_settings(example), path=Path("statusgen.yml"))

    assert [] == [problem for problem in problems if problem.level is Level.ERROR]


def sources_shown_with(example: str) -> dict[str, list[str]]:
    """Return the sources in all `csp` examples of the page that has this *example*."""
    merged: dict[str, list[str]] = {}
    for page in (page for page in PAGES if example in code("jinja", page)):
        for block in code("yaml", page):
            for directive, sources in yaml.safe_load(block).get("csp", {}).items():
                merged.setdefault(directive, []).extend(sources)
    return merged


@pytest.mark.parametrize("example", all_code("jinja"))
def test_the_templates_shown_work(example: str, run: Run, tmp_path: Path) -> None:
    """Every template in the documentation builds a site when saved under the name it gives.

    Nothing in it is blocked, with `csp` as its page shows it.
    """
    name = re.match(r"\{# templates/([\w./]+):", example)
    assert name is not None
    template = tmp_path / "templates" / name[1]
    template.parent.mkdir(parents=True)
    template.write_text(example, encoding="utf-8")
    more = yaml.safe_dump({"data": {"colour": "red"}, "csp": sources_shown_with(example)})
    (tmp_path / "statusgen.yml").write_text(SITE + more, encoding="utf-8")

    ran = run("check")

    assert (0, "") == (ran.status, ran.out)


@dataclass(frozen=True)
class Step:
    """A command of a console block, and the lines that it prints there."""

    command: str
    shown: str


def steps(page: Path) -> Iterator[Step]:
    """Yield the commands of the console blocks of *page*; a backslash continues a line."""
    for block in code("console", page):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            lines = part.splitlines()
            end = next(n for n, line in enumerate(lines) if not line.endswith("\\"))
            yield Step("\n".join(lines[: end + 1]), "\n".join(lines[end + 1 :]).strip())


def matches(shown: str, printed: str) -> bool:
    """Return whether *printed* is what the page shows; `…` stands for anything."""
    pattern = ".*".join(re.escape(one.strip("\n")) for one in shown.split("…"))
    return re.fullmatch(rf"\s*{pattern}\s*", printed, flags=re.DOTALL) is not None


def git(*arguments: str, cwd: Path) -> None:
    """Run git."""
    subprocess.run(["git", *arguments], cwd=cwd, check=True, capture_output=True)


def begin(page: Path, folder: Path) -> None:
    """Fill *folder* as *page* expects it: with a site in Git that has a remote, or not at all."""
    if "<!-- examples begin in an empty folder -->" in page.read_text("utf-8"):
        return
    (folder / "incidents").mkdir()
    (folder / "statusgen.yml").write_text(SITE, encoding="utf-8")
    (folder / ".gitignore").write_text("_site/\n.statusgen/\n", encoding="utf-8")
    remote = folder.parent / "remote.git"
    git("init", "-q", "--bare", "-b", "main", str(remote), cwd=folder)
    git("init", "-q", "-b", "main", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "-q", "-m", "Begin", cwd=folder)
    git("remote", "add", "origin", str(remote), cwd=folder)
    git("push", "-q", "-u", "origin", "main", cwd=folder)


@pytest.mark.parametrize("page", [page for page in PAGES if list(steps(page))], ids=title)
def test_the_commands_shown_work(
    page: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console blocks of a page run one after the other and print what the page shows."""
    folder = tmp_path / "status"
    folder.mkdir()
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ada@acme.example")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    begin(page, folder)
    failed = []
    for step in steps(page):
        words = shlex.split(step.command.replace("\\\n", " "), comments=True)
        if words[0] == "cd":
            folder /= words[1]
            continue
        if words[0] == "statusgen" and not {"|", ">", "<", "&&"} & set(words):
            monkeypatch.setenv("SOURCE_DATE_EPOCH", TIME)
            ran = run(*words[1:], cwd=folder)
            status, printed = ran.status, ran.out + ran.err
        else:
            monkeypatch.setenv("SOURCE_DATE_EPOCH", TIME)
            done = subprocess.run(
                ["bash", "-c", step.command], cwd=folder, capture_output=True, check=False
            )
            status, printed = done.returncode, (done.stdout + done.stderr).decode()
        if step.shown and not matches(step.shown, printed):
            failed.append((step.command, step.shown, printed))
        elif not step.shown and status:
            failed.append((step.command, f"status {status}", printed))

    assert [] == failed
