"""The ids of imported updates, which identify their comments across imports."""

import re
from pathlib import Path

import pytest

from statusgen.ids import id12
from tests.support.fakes.github import GitHub
from tests.support.importing import Importing


def ids(imports: Importing, number: int = 1) -> list[str | None]:
    """Return the ids of the updates in the file of an issue."""
    return [one.id for one in imports.incident(number).updates]


def entries(imports: Importing) -> list[str]:
    """Return the ids of the entries in the feed of the site, newest first."""
    ran = imports.run("build", cwd=imports.folder)
    assert 0 == ran.status, ran.err
    feed = (imports.folder / "_site" / "feed.atom").read_text("utf-8")
    return re.findall(r"<entry>.*?<id>(.*?)</id>", feed, re.DOTALL)


def test_an_update_has_the_id_of_its_comment(imports: Importing, github: GitHub) -> None:
    """The id depends on the comment alone, not on its time, its neighbours or the file name."""
    issue = github.open().comment("One.", at="09:10").comment("Two.", at="09:10").close(at="10:00")
    imports()
    before = ids(imports)
    issue.comments[0]["createdAt"] = "2024-05-06T09:09:00Z"
    issue.comment("Three.", at="09:05")
    imports()
    first, three, one, two, closed = ids(imports)

    assert [first, one, two, closed] == before
    assert [id12("update", f"github:{key}") for key in ("I_kwDO000001", "IC_kwDO001000")] == [
        first,
        one,
    ]
    assert closed is None
    assert 4 == len({first, one, two, three})


def test_earlier_imports_gain_the_ids_that_were_published(
    imports: Importing, github: GitHub
) -> None:
    """Files of earlier versions get the published ids, so feeds repeat no update."""
    for number in range(8):
        issue = github.open(f"Issue {number}").comment("One.", by="bob", at="09:10")
        issue.comment("Two.", at="09:10").comment("Three.", at="09:20").close(at="10:00")
    imports()
    imports.age()
    aged = imports.files()
    before = entries(imports)
    ran, second = imports(), imports()

    assert (0, 8) == (ran.status, ran.out.count("updated"))
    assert ["acme/status: 8 updated"] == ran.err.splitlines()
    assert (0, "") == (second.status, second.out)
    assert before == entries(imports)
    assert aged != imports.files()
    assert None not in ids(imports)[:-1]


@pytest.mark.parametrize("name", ["gh-1.md", "2024-05-06-errors.md"])
def test_comments_of_earlier_imports_are_found_by_their_id(
    imports: Importing, github: GitHub, name: str
) -> None:
    """A comment from an earlier version disappears, even if a stranger wrote in its second."""
    issue = github.open().comment("One.", by="bob", at="09:10")
    issue.comment("Me, too!", by="eve", at="09:10").comment("Two.", by="bob", at="09:20")
    imports()
    imports.age()
    path = imports.folder / "incidents" / "gh-1.md"
    path = path.rename(path.with_name(name))
    before = entries(imports)
    imports()
    other = issue.comments[1]
    other |= {"lastEditedAt": "2024-05-06T09:30:00Z", "editor": other["author"]}
    github.people["bob"] = "read"
    imports()
    between = entries(imports)
    del issue.comments[0]
    imports()

    assert before == between
    assert [one for one in before if one != before[1]] == entries(imports)
    assert "One." not in path.read_text("utf-8")
    assert "Two." in path.read_text("utf-8")


def test_an_id_that_was_published_twice_is_given_once(imports: Importing, github: GitHub) -> None:
    """If two updates would share a published id, both are shown with their own."""
    issue = github.open().comment("One.", at="09:10").comment("Identified\n\nTwo.", at="09:10")
    issue.close(at="09:10")
    imports()
    imports.age()
    imports()
    del issue.comments[0]

    ran = imports()

    assert ("updated incidents/gh-1.md\n", 0) == (ran.out, ran.status)
    assert ["identified", "resolved"] == [state for _, state, _ in imports.told()[1:]]
    assert 0 == imports.run("check", cwd=imports.folder).status


def test_a_file_changed_by_hand_gains_nothing(imports: Importing, github: GitHub) -> None:
    """An edited file of an earlier version does not change."""
    github.open().comment("One.", at="09:10")
    imports()
    imports.age()
    path: Path = imports.folder / "incidents" / "gh-1.md"
    path.write_text(imports.text().replace("Elevated", "Highly elevated"), encoding="utf-8")
    before = imports.files()

    said = imports.reason()

    assert before == imports.files()
    assert "acme/status#1: the file was edited by hand; use --force to overwrite it" in said
