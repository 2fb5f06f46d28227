"""Trust rules on a public repository: attacks, and honest changes beside them."""

from collections.abc import Callable

import pytest

from tests.support.fakes.github import GitHub, Issue
from tests.support.importing import Importing

pytestmark = pytest.mark.slow

STRANGER = "'eve', who has no write access"
REMOVER = "'tri', who has no write access"
Setup = Callable[[GitHub], object]


def case(name: str, setup: Setup, *said: str) -> object:
    return pytest.param(setup, *said, id=name)


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        case(
            "a-form-labels-the-issue-of-a-stranger",
            lambda hub: hub.open(by="eve"),
            f"labelled by {STRANGER}; remove the label and add it yourself",
        ),
        case(
            "an-action-labels-the-issue-of-a-stranger",
            lambda hub: hub.open(by="eve", labeller="github-actions[bot]"),
            "labelled by the app 'github-actions', which is not in github.bots; remove the label"
            " and add it yourself",
        ),
        case(
            "a-person-with-triage-labels",
            lambda hub: hub.open(labeller="tri"),
            "labelled by 'tri', who has no write access; remove the label and add it yourself",
        ),
        case(
            "somebody-trusted-labels-the-issue-of-a-stranger",
            lambda hub: hub.open(by="eve", labeller="ann"),
            f"opened by {STRANGER}; open an issue of your own",
        ),
        case(
            "the-labeller-deleted-the-account",
            lambda hub: hub.open(labeller=None),
            "labelled by a deleted account; remove the label and add it yourself",
        ),
        case(
            "the-author-deleted-the-account",
            lambda hub: hub.open(by=None, labeller="ann"),
            "opened by a deleted account; open an issue of your own",
        ),
        case(
            "an-organisation-has-the-name-of-somebody-trusted",
            lambda hub: hub.open(by="ann!", labeller="ann"),
            "opened by 'ann', which is neither a user nor an app; open an issue of your own",
        ),
        case(
            "an-app-has-the-name-of-somebody-trusted",
            lambda hub: hub.open(by="ann[bot]", labeller="ann"),
            "opened by the app 'ann', which is not in github.bots; open an issue of your own",
        ),
        case(
            "a-label-from-before-a-transfer",
            lambda hub: hub.open().transfer(at="09:10"),
            "it is not known who added its label (it may be from another repository); remove the"
            " label and add it again",
        ),
        case(
            "the-body-was-edited-by-a-stranger-before-anything-was-accepted",
            lambda hub: hub.open().edit("Buy this", by="eve", at="09:10"),
            f"its text was edited by {STRANGER}; edit and save it yourself",
        ),
        case(
            "the-body-was-edited-by-a-deleted-account",
            lambda hub: hub.open().edit("Buy this", by=None, at="09:10"),
            "its text was edited by a deleted account; edit and save it yourself",
        ),
        case(
            "both-labels",
            lambda hub: hub.open(labels=("incident", "maintenance")),
            "it has two publishing labels; remove one",
        ),
        case(
            "marked-internal",
            lambda hub: hub.open(body="<!-- internal -->\nOnly for us."),
            "it is marked internal",
        ),
        case(
            "not-planned",
            lambda hub: hub.open().close(at="09:10", reason="NOT_PLANNED"),
            "closed as not planned or as a duplicate",
        ),
        case(
            "the-label-was-taken-away-and-given-again-by-a-stranger",
            lambda hub: (
                hub.open().unlabel("incident", at="09:10").label("incident", by="tri", at="09:20")
            ),
            "its label was removed, then added again by 'tri', who has no write access",
        ),
        case(
            "no-service",
            lambda hub: hub.open(labels=("incident", "severity: major")),
            "no service; add a label such as 'service: api'",
        ),
        case(
            "a-service-that-a-stranger-named",
            lambda hub: hub.open(labels=("incident",)).label("service: api", by="tri", at="09:00"),
            "no service; add a label such as 'service: api'",
        ),
        case(
            "a-service-in-look-alike-letters",
            lambda hub: hub.open(labels=("incident", "service: \u0430pi")),
            "no service; add a label such as 'service: api'",
        ),
        case(
            "a-body-that-is-too-long",
            lambda hub: hub.open(body="long " * 14_000),
            "its text has 69 KiB, more than the limit of 64 KiB; shorten it",
        ),
        case(
            "a-body-that-takes-for-ever",
            lambda hub: hub.open(body="[" * 2000),
            "its text cannot be shown: a block of text has 2000 open '[' at this point; put it into"
            " a fenced code block",
        ),
        case("an-empty-title", lambda hub: hub.open("\u200b"), "its title is empty; add one"),
    ],
)
def test_what_nobody_vouches_for_is_not_shown(
    imports: Importing, github: GitHub, setup: Setup, said: str
) -> None:
    """An issue is skipped with a reason, and the run succeeds."""
    setup(github)

    ran = imports()

    assert ({}, 0) == (imports.files(), ran.status)
    assert f"acme/status#1: {said}" == ran.err.splitlines()[0]


@pytest.mark.parametrize(
    "setup",
    [
        case("somebody-who-may-write", lambda hub: hub.open(by="bob")),
        case("capitals-in-a-name", lambda hub: hub.open(by="Ann")),
        case("somebody-else-labels", lambda hub: hub.open(by="bob", labeller="ann")),
        case(
            "labelled-later",
            lambda hub: hub.open(labels=()).label(
                "incident", "service: api", "severity: major", at="09:30"
            ),
        ),
        case(
            "labelled-again-after-a-transfer",
            lambda hub: (
                hub.open()
                .transfer(at="09:10")
                .unlabel("incident", at="09:12")
                .label("incident", "service: api", "severity: major", at="09:15")
            ),
        ),
        case(
            "edited-before-it-was-labelled",
            lambda hub: (
                hub.open(labels=())
                .edit("We are looking into it.", by="eve", at="09:05")
                .label("incident", "service: api", "severity: major", at="09:10")
            ),
        ),
        case(
            "labels-in-capitals",
            lambda hub: hub.open(labels=("Incident", "SEVERITY: Major", "Service:API")),
        ),
        case("closed-by-a-stranger", lambda hub: hub.open().close(by="eve", at="09:10")),
        case(
            "closed-as-not-planned-by-a-stranger",
            lambda hub: hub.open().close(by="eve", at="09:10", reason="NOT_PLANNED"),
        ),
        case(
            "a-comment-of-a-stranger",
            lambda hub: hub.open().comment("Resolved", by="eve", at="09:10"),
        ),
        case(
            "a-comment-of-a-deleted-account",
            lambda hub: hub.open().comment("Resolved", by=None, at="09:10"),
        ),
        case(
            "a-comment-of-an-app",
            lambda hub: hub.open().comment("Resolved", by="stale[bot]", at="09:10"),
        ),
        case(
            "a-comment-edited-by-a-stranger",
            lambda hub: hub.open().comment("Resolved", at="09:10", edited="09:20", editor="eve"),
        ),
        case(
            "a-comment-edited-by-a-deleted-account",
            lambda hub: hub.open().comment("Resolved", at="09:10", edited="09:20"),
        ),
        case(
            "a-hidden-comment", lambda hub: hub.open().comment("Resolved", at="09:10", hidden=True)
        ),
        case(
            "an-internal-comment",
            lambda hub: hub.open().comment("Resolved\n\n<!-- internal -->", at="09:10"),
        ),
        case(
            "an-internal-comment-whose-mark-never-ends",
            lambda hub: hub.open().comment("<!-- internal", at="09:10"),
        ),
        case(
            "a-comment-of-nothing-but-a-hidden-remark",
            lambda hub: hub.open().comment("<!-- note to self -->", at="09:10"),
        ),
        case(
            "a-comment-that-is-too-long", lambda hub: hub.open().comment("x" * 20_000, at="09:10")
        ),
        case(
            "a-state-by-a-stranger",
            lambda hub: hub.open().label("state: resolved", by="tri", at="09:10"),
        ),
        case(
            "a-milder-severity-by-a-stranger",
            lambda hub: hub.open().label("severity: none", by="tri", at="09:10"),
        ),
        case(
            "a-label-taken-away-by-a-stranger",
            lambda hub: hub.open().unlabel("service: api", by="tri", at="09:10"),
        ),
        case(
            "renamed-by-a-stranger", lambda hub: hub.open().rename("Buy this", by="eve", at="09:10")
        ),
        case(
            "renamed-twice-by-a-stranger",
            lambda hub: (
                hub.open()
                .rename("Buy this", by="eve", at="09:10")
                .rename("And that", by="eve", at="09:20")
            ),
        ),
        case(
            "renamed-back-by-somebody-trusted",
            lambda hub: (
                hub.open()
                .rename("Buy this", by="eve", at="09:10")
                .rename("Elevated errors", at="09:20")
            ),
        ),
    ],
)
def test_only_what_is_vouched_for_is_shown(
    imports: Importing, github: GitHub, setup: Setup
) -> None:
    """The page shows exactly the content by trusted people, after any actions of others."""
    setup(github)

    imports()

    found = imports.incident()
    assert "Elevated errors" == found.title
    assert "major" == found.severity
    assert [("09:00:00", "investigating", "We are looking into it.")] == imports.told()


def test_a_changed_text_stays_as_it_was_accepted(imports: Importing, github: GitHub) -> None:
    """Published text stays when a stranger edits it; later trusted comments are added."""
    issue = github.open().comment("Identified\n\nA bad deploy.", at="09:10")
    imports()
    issue.edit("Buy this", by="eve", at="09:20").rename("Buy that", by="eve", at="09:20")
    issue.comments[0] |= {"body": "Buy these", "lastEditedAt": "2024-05-06T09:30:00Z"}
    issue.comment("Resolved\n\nGood again.", at="10:00")

    said = imports.reason()

    assert [
        f"acme/status#1: its text was edited by {STRANGER}; keeping the last accepted text",
        f"acme/status#1: ignoring the title by {STRANGER}",
        "acme/status#1: a comment was edited by a deleted account; keeping the last accepted text",
    ] == said.splitlines()
    assert "Elevated errors" == imports.incident().title
    assert [
        ("09:00:00", "investigating", "We are looking into it."),
        ("09:10:00", "identified", "A bad deploy."),
        ("10:00:00", "resolved", "Good again."),
    ] == imports.told()


def test_who_is_not_trusted_marks_nothing_as_internal(imports: Importing, github: GitHub) -> None:
    """A published issue stays when an author without access marks it as internal."""
    issue = github.open(by="bob").comment("Identified\n\nA bad deploy.", by="bob", at="09:10")
    imports()
    before = imports.files()
    github.people["bob"] = "read"
    issue.edit("<!-- internal -->", by="bob", at="09:20")
    issue.comments[0] |= {
        "body": "<!-- internal -->",
        "lastEditedAt": "2024-05-06T09:30:00Z",
        "editor": issue.comments[0]["author"],
    }
    imports()

    assert before == imports.files()


def test_who_is_not_trusted_takes_no_mark_away(imports: Importing, github: GitHub) -> None:
    """A text that a trusted person marked as internal stays hidden after edits by others."""
    issue = github.open()
    imports()
    issue.edit("<!-- internal -->", at="09:10")
    imports()
    before = imports.files()
    issue.edit("Buy this", by="eve", at="09:20")
    imports()

    assert before == imports.files()
    assert imports.incident().draft


def test_who_leaves_takes_nothing_along(imports: Importing, github: GitHub) -> None:
    """Published content stays when its author loses write access."""
    github.open(by="bob").comment("Identified\n\nA bad deploy.", by="bob", at="09:10")
    imports()
    before = imports.files()
    github.people["bob"] = "read"

    imports()

    assert before == imports.files()


def departed(by: str) -> Setup:
    """Apply all actions of *by* to issues of others, with comments of others in between."""

    def happen(hub: GitHub) -> None:
        issue = hub.open().comment("Identified\n\nA bad deploy.", by=by, at="09:10")
        issue.comment("Some requests work.", by=by, at="09:20", edited="09:21", editor=by)
        issue.unlabel("severity: major", by=by, at="09:30")
        issue.label("severity: partial", by=by, at="09:32").label("service: web", by=by, at="09:40")
        issue.comment("We wait.", at="09:45").label("state: monitoring", by=by, at="09:50")
        issue.unlabel("service: api", by=by, at="09:55").rename("Errors, again", by=by, at="09:56")
        issue.comment("Resolved\n\nGood.", by=by, at="10:00").close(by=by, at="10:00:05")
        issue.reopen(at="10:30").comment("Not so good.", at="10:40").close(by=by, at="11:00")
        hub.open("Two", labels=("incident",)).label(
            "service: db", "severity: partial", by=by, at="09:05"
        ).close(by=by, at="12:00")
        hub.open("Gone").close(by=by, at="09:30", reason="NOT_PLANNED")

    return happen


@pytest.mark.parametrize("change", ["the access", "the account"])
def test_history_stays_when_somebody_leaves(
    imports: Importing, github: GitHub, change: str
) -> None:
    """Accepted content of a former member stays, and others continue from there."""
    departed("bob")(github)
    github.issues[2].events, closing = github.issues[2].events[:-1], github.issues[2].events[-1]
    imports()
    github.issues[2].events.append(closing)
    imports()
    before = imports.files()
    github.people["bob"] = "read"
    if change == "the account":
        for issue in github.issues:
            for event in issue.events:
                event["actor"] = event["actor"] if event["actor"]["login"] == "ann" else None
            for comment in issue.comments:
                for role in ("author", "editor"):
                    if comment[role] and comment[role]["login"] == "bob":
                        comment[role] = None

    first, second = imports(), imports()
    after = imports.files()
    github.issues[0].comment("More.", by="bob", at="12:00").comment("The end.", at="12:10")
    github.issues[0].comments[0] |= {"isMinimized": True}
    imports()

    assert (0, 0, "") == (first.status, second.status, first.out)
    assert before == after
    assert imports.incident(3).draft
    assert ["Not so good.", "This incident has been resolved.", "The end."] == [
        text for _, _, text in imports.told()
    ][-3:]
    assert "A bad deploy." not in imports.text()


@pytest.mark.parametrize("again", [False, True])
def test_force_publishes_nothing_that_was_withdrawn(
    imports: Importing, github: GitHub, again: bool
) -> None:
    """It stays hidden after its author left, until a trusted person reopens it."""
    issue = github.open()
    imports()
    issue.close(by="bob", at="09:30", reason="NOT_PLANNED")
    imports()
    github.people["bob"] = "read"
    path = imports.folder / "incidents" / "gh-1.md"
    path.write_text(imports.text().replace("Elevated", "Highly elevated"), encoding="utf-8")
    if again:
        issue.reopen(at="10:00")

    imports("--force")

    assert imports.incident().draft is not again


def test_a_stranger_of_the_same_second_says_nothing(imports: Importing, github: GitHub) -> None:
    """A stranger's comment in the second of an update is never published."""
    issue = github.open().comment("Identified\n\nA bad deploy.", at="09:10")
    issue.comment("Buy this", by="eve", at="09:10").comment("Buy this", by="eve", at="09:20")
    issue.label("state: monitoring", at="09:20").close(by="tri", at="09:20")
    issue.label("severity: none", "service: web", by="tri", at="09:10")
    imports()
    before = imports.files()

    imports()

    assert before == imports.files()
    assert "Buy" not in imports.text()


@pytest.mark.parametrize("how", ["deleted", "hidden"])
@pytest.mark.parametrize("leaves", ["", "bob"])
def test_a_comment_goes_whoever_spoke_in_its_second(
    imports: Importing, github: GitHub, how: str, leaves: str
) -> None:
    """A deleted or hidden comment disappears, even if a stranger edited one of its second."""
    issue = github.open().comment("A bad deploy.", by="bob", at="09:10")
    issue.comment("Me, too!", by="eve", at="09:10").comment("More.", by="bob", at="09:20")
    imports()
    github.people[leaves] = "read"
    said, other, _ = issue.comments
    other |= {"lastEditedAt": "2024-05-06T09:30:00Z", "editor": other["author"]}
    before = imports.told()
    imports()
    between = imports.told()
    if how == "hidden":
        said["isMinimized"] = True
    else:
        issue.comments.remove(said)
    imports()

    assert before == between
    assert ["We are looking into it.", "A bad deploy.", "More."] == [text for *_, text in before]
    assert ["We are looking into it.", "More."] == [text for *_, text in imports.told()]


def test_two_comments_of_one_second_are_two(imports: Importing, github: GitHub) -> None:
    """They keep their order, and each keeps its accepted text."""
    issue = github.open().comment("One.", by="bob", at="09:10").comment("Two.", at="09:10")
    issue.comment("Identified\n\nThree.", at="09:10").comment("Four.", at="09:20")
    issue.comments[:3] = issue.comments[2::-1]
    imports()
    before = imports.files()
    github.people["bob"] = "read"
    issue.comment("Buy this", by="eve", at="09:10").comment("Buy that", by="eve", at="09:20")
    imports()
    after = imports.files()
    two, three = issue.comments[1], issue.comments[0]
    two |= {"body": "Two!", "lastEditedAt": "2024-05-06T10:00:00Z", "editor": two["author"]}
    three |= {"body": "Buy these", "lastEditedAt": "2024-05-06T10:00:00Z"}
    imports()

    assert [("", "One."), ("", "Two!"), ("identified", "Three."), ("", "Four.")] == [
        (state, text) for _, state, text in imports.told()[1:]
    ]
    assert before == after
    assert "Two." in before["gh-1.md"]


def test_many_are_not_opened_again_at_once(imports: Importing, github: GitHub) -> None:
    """If many resolved incidents seem to reopen, none changes without --allow-mass."""
    for number in range(8):
        github.open(f"Issue {number}").close(at="10:00")
    imports()
    before = imports.files()
    for issue in github.issues:
        issue.events.pop()

    ran = imports()
    after = imports.files()
    meant = imports("--allow-mass")

    assert (1, "", before) == (ran.status, ran.out, after)
    assert (
        "stopped: this import would reopen gh-1, gh-2, gh-3 and 5 more at once; none of these was"
        " changed. Check, then run it again with --allow-mass"
    ) in ran.err
    assert (0, 8) == (meant.status, meant.out.count("updated"))


def test_taking_a_label_away_is_for_those_who_are_trusted(
    imports: Importing, github: GitHub
) -> None:
    """A stranger who removes the label and adds it again unpublishes nothing; a member does."""
    issue = github.open()
    imports()
    before = imports.files()
    issue.unlabel("incident", by="tri", at="09:10").label("incident", by="tri", at="09:11")
    imports()
    after = imports.files()
    issue.unlabel("incident", by="bob", at="09:20").label("incident", by="tri", at="09:21")
    imports()

    assert before == after
    assert imports.incident().draft


def test_who_is_not_trusted_unpublishes_nothing(imports: Importing, github: GitHub) -> None:
    """An issue stays published with a remark when a stranger removes its label."""
    github.open("Another")
    issue = github.open()
    imports()
    before = imports.files()
    issue.unlabel("incident", by="tri", at="09:10")
    said = imports.reason()
    after = imports.files()
    issue.comment("Found.", at="09:20")
    imports()
    told = imports.told(2)
    issue.label("incident", by="tri", at="09:30")
    imports()
    again = imports.told(2)
    issue.label("incident", at="09:40").unlabel("incident", at="09:41").labels.remove("incident")
    ended = imports.reason()

    assert (
        f"acme/status#2: ignoring that {REMOVER}, removed its label; add the label again, or close"
        " the issue as not planned"
    ) == said
    assert before == after
    assert ("Found.", told) == (told[-1][2], again)
    assert "acme/status#2: its label was removed" == ended
    assert imports.incident(2).draft


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(lambda issue: issue.label("incident", at="09:20"), "", id="given-again"),
        pytest.param(
            lambda issue: issue.close(at="09:20", reason="NOT_PLANNED"),
            "acme/status#1: closed as not planned or as a duplicate",
            id="withdrawn",
        ),
    ],
)
def test_a_label_that_a_stranger_took_away_is_answered_for_good(
    imports: Importing, github: GitHub, answer: Callable[[Issue], object], said: str
) -> None:
    """The remedy in the remark needs one action and silences the remark."""
    issue = github.open()
    imports()
    issue.unlabel("incident", by="tri", at="09:10")
    remark = imports.reason()
    answer(issue)
    reason = imports.reason()

    assert remark.endswith("; add the label again, or close the issue as not planned")
    assert (said, bool(said), "") == (reason, imports.incident().draft, imports.reason())


def test_a_stranger_takes_back_nothing_that_was_changed_by_hand(
    imports: Importing, github: GitHub
) -> None:
    """An edited file stays, even with --force, until a trusted person ends it."""
    issue = github.open()
    imports()
    path = imports.folder / "incidents" / "gh-1.md"
    path.write_text(imports.text().replace("Elevated", "Highly elevated"), encoding="utf-8")
    before = imports.text()
    issue.unlabel("incident", by="tri", at="09:10")
    said, forced = imports.reason(), imports.reason("--force")
    after = imports.text()
    issue.label("incident", at="09:20").unlabel("incident", at="09:21")
    ended = imports.reason("--force")

    assert (
        f"acme/status#1: its label was removed by {REMOVER}; add the label again, or close the"
        " issue as not planned"
    ) == said
    assert (said, before) == (forced, after)
    assert ("acme/status#1: its label was removed", True) == (ended, imports.incident().draft)


def test_what_lost_its_label_costs_one_request(imports: Importing, github: GitHub) -> None:
    """Only published issues that were not listed are looked up, withdrawn ones never again."""
    for number in range(5):
        github.open(f"Issue {number}")
    imports()
    github.issues[0].unlabel("incident", by="tri", at="09:10")
    github.issues[1].unlabel("incident", at="09:10")
    github.issues[2].labels.remove("incident")
    del github.issues[3]
    counts = []
    for _ in range(2):
        github.requests.clear()
        ran = imports("--allow-mass")
        counts.append(github.queries)

    assert [2 + 1, 2 + 1] == counts  # The last request is for permissions.
    assert [False, True, True, True, False] == [imports.incident(n).draft for n in range(1, 6)]
    assert "acme/status: 5 unchanged" == ran.err.splitlines()[-1]


def test_what_is_gone_is_told(imports: Importing, github: GitHub) -> None:
    """An issue that was deleted or transferred is unpublished with a reason."""
    github.open()
    github.open("Another")
    imports()
    del github.issues[0]

    said = imports.reason()

    assert "acme/status#1: it was deleted or transferred" == said


def test_people_and_apps_can_be_trusted_by_name(imports: Importing, github: GitHub) -> None:
    """The settings name trusted people and apps, whose permissions are not requested."""
    imports.settings("github: {trusted: [Eve], bots: ['pager[bot]']}\n")
    github.open(by="eve").comment("Resolved\n\nGood again.", by="pager[bot]", at="09:10")

    imports()

    assert ["investigating", "resolved"] == [state for _, state, _ in imports.told()]
    assert ["POST /graphql"] == github.requests


@pytest.mark.parametrize("name", ["\u017fue", "fran\u212a"])
def test_letters_that_fold_into_others_are_nobody(
    imports: Importing, github: GitHub, name: str
) -> None:
    """A name with look-alike letters is a different name."""
    imports.settings("github: {trusted: [sue]}\n")
    github.people["frank"] = "write"
    github.open().comment("One.", by="frank", at="09:10").comment("Two.", by=name, at="09:20")

    imports()

    assert "One." == imports.told()[-1][2]


@pytest.mark.parametrize("permission", ["read", "none", "triage", "WRITE", ""])
def test_only_two_answers_mean_that_somebody_may_write(
    imports: Importing, github: GitHub, permission: str
) -> None:
    """Only the permissions admin and write grant trust."""
    github.people["ann"] = permission
    github.lists_people = False
    github.open()

    imports()

    assert {} == imports.files()


def left(hub: GitHub, how: str) -> None:
    """Remove the access of bob, or delete the account."""
    hub.people["bob"] = "read"
    if how == "the account":
        for issue in hub.issues:
            issue.author = None if issue.author == "bob" else issue.author
            for event in issue.events:
                event["actor"] = None if event["actor"]["login"] == "bob" else event["actor"]


@pytest.mark.parametrize("how", ["the access", "the account"])
@pytest.mark.parametrize("labeller", ["ann", "bob"])
def test_others_go_on_where_the_author_left(
    imports: Importing, github: GitHub, labeller: str, how: str
) -> None:
    """A published issue still changes: comments, labels and closing by others count."""
    issue = github.open(by="bob", labeller=labeller)
    imports()
    before = imports.files()
    left(github, how)
    said = imports.reason()
    between = imports.files()
    issue.edit("Buy this", by="eve", at="09:30").rename("Buy that", by="eve", at="09:30")
    issue.label("service: web", at="09:40").comment("Found.", at="10:00").close(at="10:10")
    issue.comment("Buy these", by="bob", at="10:05")
    imports()
    quiet = imports.reason()

    assert before == between
    assert "acme/status#1: opened by " in said
    assert ("acme/status#1: labelled by " in said) is (labeller == "bob")
    assert "opened by" not in quiet
    assert "Elevated errors" == imports.incident().title
    assert ["We are looking into it.", "Website: Major outage", "Found."] == [
        text for _, _, text in imports.told()
    ][:3]
    assert "resolved" == imports.told()[-1][1]
    assert "Buy" not in imports.text()


def test_the_text_of_who_left_is_not_taken_anew(imports: Importing, github: GitHub) -> None:
    """Adding the label again accepts no edit of a former member."""
    issue = github.open(by="bob", labeller="ann")
    imports()
    github.people["bob"] = "read"
    issue.edit("Buy this", by="bob", at="09:30").rename("Buy that", by="bob", at="09:30")
    issue.unlabel("incident", at="09:40").label("incident", at="09:41")
    imports()

    assert "Buy" not in imports.text()
    assert ["We are looking into it."] == [text for _, _, text in imports.told()]


@pytest.mark.parametrize("leaves", ["", "bob"])
def test_who_saves_a_text_accepts_it(imports: Importing, github: GitHub, leaves: str) -> None:
    """A stranger's text is published once a trusted person edited it."""
    issue = github.open(by="bob", labeller="ann")
    imports()
    github.people[leaves] = "read"
    issue.edit("Buy this", by="eve", at="09:30").edit("We see it.", at="09:40")
    imports()

    assert ["We see it."] == [text for _, _, text in imports.told()]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        pytest.param("We see it.", ("service: api", "service: web"), id="labels"),
        pytest.param("<!-- services: api -->We see it.", ("service: web",), id="body-and-label"),
    ],
)
def test_labels_count_after_a_stranger_has_edited(
    imports: Importing, github: GitHub, body: str, names: tuple[str, ...]
) -> None:
    """The accepted text stays; services still change with labels of others."""
    issue = github.open(body=body, labels=("incident", "severity: major", *names))
    imports()
    before = imports.files()
    issue.edit("Buy this", by="eve", at="09:10")
    imports()
    between = imports.files()
    issue.unlabel("service: web", at="09:20").label("service: db", at="09:30")
    issue.unlabel("severity: major", at="09:40").label("severity: partial", at="09:40")
    imports()

    assert before == between
    assert [{"web": "none"}, {"db": "major"}, {"api": "partial", "db": "partial"}] == [
        {each.id: each.severity for each in one.services} for one in imports.incident().updates[1:]
    ]


def test_a_label_that_names_what_the_text_named_changes_nothing(
    imports: Importing, github: GitHub
) -> None:
    """After an edit by a stranger later labels do not change the opening."""
    issue = github.open(body="<!-- services: api, web -->x", labels=("incident", "severity: major"))
    issue.label("service: api", at="09:30")
    imports()
    before = imports.files()
    issue.edit("Buy this", by="eve", at="09:40")
    imports()

    assert before == imports.files()
