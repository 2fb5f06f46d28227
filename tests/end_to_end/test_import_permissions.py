"""The number of permission checks in an import, however many strangers comment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from statusgen.config.parser import parse_config
from statusgen.importers.github import convert
from statusgen.importers.github.client import Repository
from statusgen.importers.github.permissions import People
from tests.conftest import SETTINGS
from tests.support.fakes.github import NAME, TOKEN, Failure, GitHub
from tests.support.importing import Importing

ISSUES = ["POST /graphql"]
LIST = ["POST /graphql"]
LIMIT = ["GET /rate_limit"]


def asked(github: GitHub) -> list[str]:
    """Return the people who were checked one by one, in order."""
    begin = "GET /repos/acme/status/collaborators/"
    found = [one.removeprefix(begin) for one in github.requests if one.startswith(begin)]
    return [one.removesuffix("/permission") for one in found]


def crowded(github: GitHub, number: int, *, people: int = 30) -> None:
    """Open and close issues, each with comments by so many other strangers."""
    for at in range(number):
        issue = github.open(f"Issue {at}")
        for person in range(people):
            issue.comment("Me, too!", by=f"user-{at}-{person}", at=f"09:{person % 60:02}")
        issue.close(at="10:00")


def test_a_crowd_costs_no_more_than_nobody(imports: Importing, github: GitHub) -> None:
    """One list has all people with write access, however many others comment, in every run."""
    crowded(github, 20)

    first = imports()
    requests = [*github.requests]
    second = imports()

    assert (0, 0, "") == (first.status, second.status, second.out)
    assert ISSUES + LIST == requests
    assert requests == github.requests[len(requests) :]
    assert (
        "acme/status#1: skipped 30 comments: by 30 people without write access"
    ) == first.err.splitlines()[0]


@pytest.mark.parametrize("permission", ["write", "maintain", "admin", "read", "triage"])
def test_the_list_says_who_may_write(imports: Importing, github: GitHub, permission: str) -> None:
    """Three permissions grant write access, on any page of the list, ignoring case."""
    github.people = {f"reader-{number}": "read" for number in range(250)}
    github.people |= {"Ann": permission, "bob": "write"}
    github.open()

    imports()

    assert (permission in ("write", "maintain", "admin")) is bool(imports.files())
    assert 1 + 3 == len(github.requests)


def test_nobody_is_asked_about_without_need(imports: Importing, github: GitHub) -> None:
    """If the settings name every person in question, no list is read."""
    imports.settings("github: {trusted: [ann]}\n")
    github.open()

    imports()

    assert ISSUES == github.requests


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param({"lists_people": False}, id="forbidden"),
        pytest.param({"people": {"eve": "read"}}, id="nobody-in-it-may-write"),
        pytest.param(
            {"failures": [Failure(200, {"errors": [{"type": "INSUFFICIENT_SCOPES"}]}, after=1)]},
            id="scopes",
        ),
        pytest.param(
            {"failures": [Failure(403, {"message": "Resource not accessible"}, after=1)]},
            id="not-for-this-token",
        ),
    ],
)
def test_without_the_list_each_person_is_asked_about_once(
    imports: Importing, github: GitHub, trouble: dict[str, object]
) -> None:
    """Without the list each person costs one request, however many comments they wrote."""
    for number in range(3):
        issue = github.open(at=f"0{number}:00")
        for minute in range(5):
            issue.comment("More.", by="bob", at=f"10:0{minute}")
            issue.comment("Me, too!", by="eve", at=f"10:1{minute}")
    for name, value in trouble.items():
        setattr(github, name, value)

    imports()

    assert ISSUES + LIST + LIMIT == github.requests[:3]
    assert (["ann"] if "people" in trouble else ["ann", "bob", "eve"]) == sorted(asked(github))
    assert len(github.requests) == 3 + len(asked(github))


def test_of_an_issue_that_is_not_shown_no_comment_is_looked_at(
    imports: Importing, github: GitHub
) -> None:
    """Without the list a stranger's issue costs one check, with any comments."""
    github.lists_people = False
    issue = github.open(by="eve")
    for minute in range(50):
        issue.comment("Me, too!", by=f"user{minute}", at=f"10:{minute:02}")

    imports()

    assert ["eve"] == asked(github)


def test_what_was_over_before_costs_no_question(imports: Importing, github: GitHub) -> None:
    """Without the list closed issues without changes cost no check."""
    github.lists_people = False
    crowded(github, 5)
    imports()
    before = imports.files()
    github.requests.clear()

    ran = imports()

    assert (0, "acme/status: 5 unchanged\n") == (ran.status, ran.err)
    assert ISSUES + LIST + LIMIT == github.requests
    assert before == imports.files()


def test_of_what_was_over_only_who_is_new_is_asked_about(
    imports: Importing, github: GitHub
) -> None:
    """Each new comment after the end costs a check; deleted and hidden ones cost none."""
    github.lists_people = False
    issue = github.open().comment("One.", by="bob", at="09:10").comment("Two.", at="09:20")
    for person in range(30):
        issue.comment("Me, too!", by=f"user-{person}", at="09:30")
    issue.close(at="10:00")
    imports()
    github.requests.clear()
    issue.comment("Three.", at="11:00").comment("Good!", by="eve", at="11:05")
    del issue.comments[0]
    imports()

    assert ["ann", "eve"] == asked(github)
    assert ["Two.", "This incident has been resolved.", "Three."] == [
        text for *_, text in imports.told()[1:]
    ]


def test_a_run_asks_about_two_hundred_people_at_most(imports: Importing, github: GitHub) -> None:
    """Open issues come first; later runs check the rest until all are done."""
    github.lists_people = False
    crowded(github, 20)
    github.open("An outage").comment("Found.", by="bob", at="11:00")
    counts, shown = [], []
    for _ in range(6):
        github.requests.clear()
        github.rest_remaining = 1000
        ran = imports()
        counts.append(len(asked(github)))
        shown.append(len(imports.files()))
        assert 0 == ran.status

    assert "Found." == imports.told(21)[-1][2]
    assert [200] * 3 == counts[:3]
    assert counts[-1] <= 2
    assert 7 == shown[0]
    assert 21 == shown[-1]


def test_what_is_left_of_the_hour_is_not_used_up(imports: Importing, github: GitHub) -> None:
    """Half of the remaining requests are kept; accepted content stays, and new comments wait."""
    github.lists_people = False
    issue = github.open().comment("Found.", by="bob", at="09:10")
    imports()
    before = imports.told()
    github.rest_remaining = 5
    github.requests.clear()
    issue.comment("More.", by="bob", at="09:20")
    for person in range(10):
        issue.comment("Me, too!", by=f"user-{person}", at="09:30")
    ran = imports()
    spent = github.rest_remaining

    assert (0, 3) == (ran.status, spent)
    assert ["ann", "bob"] == asked(github)
    assert [*before, ("09:20:00", "", "More.")] == imports.told()
    assert (
        "acme/status#1: skipped 10 comments:"
        " this import could not check the permissions of 10 more people"
    ) == ran.err.splitlines()[0]


def test_nothing_is_lost_where_nobody_can_be_asked_about(
    imports: Importing, github: GitHub
) -> None:
    """Without requests left the page stays, and new content waits with a remark."""
    github.lists_people = False
    issue = github.open().comment("Found.", by="bob", at="09:10")
    imports()
    before = imports.files()
    github.rest_remaining = 0
    issue.comment("More.", by="bob", at="09:20")
    github.open("Another")
    ran = imports()

    assert 0 == ran.status
    assert before == imports.files()
    assert (
        "acme/status#2: one import can check the permissions of 0 people, and there are more; the"
        " next import continues with this issue"
    ) in ran.err.splitlines()


def test_nobody_is_said_to_have_no_access_who_was_not_asked_about(
    imports: Importing, github: GitHub
) -> None:
    """Without checks left a closing waits, and its remark does not claim missing access."""
    github.lists_people = False
    issue = github.open()
    imports()
    github.rest_remaining = 0
    issue.close(by="bob", at="10:00")
    ran = imports()

    assert "no write access" not in ran.err
    assert (
        "ignoring that 'bob', whose permissions this import could not check, closed it" in ran.err
    )


def test_a_crowd_hides_nobody_of_the_team(imports: Importing, github: GitHub) -> None:
    """Without the list members are checked before all others, and their comments are shown."""
    github.lists_people = False
    issue = github.open()
    for person in range(250):
        issue.comment("Me, too!", by=f"user-{person}", at="09:30")
    issue.comment("Found.", by="bob", at="10:00", association="MEMBER")

    ran = imports()

    assert "Found." == imports.told()[-1][2]
    assert ["ann", "bob"] == asked(github)[:2]
    assert 200 == len(asked(github))
    assert [
        "acme/status#1: skipped 198 comments: by 198 people without write access",
        "acme/status#1: skipped 52 comments:"
        " this import could not check the permissions of 52 more people",
    ] == ran.err.splitlines()[:2]


def test_a_crowd_keeps_nobody_out_for_good(github: GitHub) -> None:
    """Without the list other people are checked each hour, until all have been."""
    issue = github.open()
    for person in range(20):
        issue.comment("Me, too!", by=f"user-{person}", at="09:30")
    repository = Repository(NAME, TOKEN, api_url=github.url)
    (record,) = repository.issues(["incident"])
    settings, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
    assert settings is not None
    found: set[str] = set()

    class Hourly:
        """Permissions that are available for ten people an hour."""

        def __init__(self, now: datetime) -> None:
            self.now: datetime | None = now

        def writers(self) -> None:
            return None

        def may_write(self, login: str) -> bool:
            found.add(login)
            return login == "ann"

        def questions(self) -> int:
            return 10

    for hour in range(12):
        people = People(settings.github, Hourly(datetime(2024, 5, 6, hour, tzinfo=UTC)))
        people.items(
            [record],
            {},
            lambda issue, trusts, is_unchecked: convert.item(
                issue,
                settings,
                trusts,
                repository=NAME,
                now=datetime(2024, 5, 7, tzinfo=UTC),
                is_unchecked=is_unchecked,
            ),
        )

    assert {"ann", *(f"user-{person}" for person in range(20))} == found
