"""Imports from a Trello board, live and from exports."""

import html
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from statusgen.importers.trello.client import BoardClient
from statusgen.model import Kind, Severity
from statusgen.problems import OutsideError
from statusgen.system.network import Waiting
from tests.conftest import Run
from tests.support.acting import git
from tests.support.fakes.trello import Fault
from tests.support.fakes.trello_board import Board
from tests.support.fakes.trello_card import Card
from tests.support.importing import TrelloImporting as Importing

OUTAGE = ["status:major outage", "API"]
SERVICES = "\n  - id: search\n    name: Search\n    aliases: [Old search]\n"


def add(imports: Importing, name: str = "API is slow", **more: object) -> Card:
    """Add a card of the service Public API that is published."""
    labels = more.pop("labels", ["status:major outage", "Public API"])
    return imports.board.card(name, labels=labels, **more)  # type: ignore[arg-type]


def test_a_board_tells_the_whole_story(board_imports: Importing) -> None:
    """A card, its comments and its moves become updates with their time, state and text."""
    card = add(board_imports, desc="Calls take **10 s**.")
    card.comment("A bad deploy.", at="09:10").move("Investigating", at="09:20")
    card.comment("We roll back.", by="bo", at="09:30").move("Fixed", at="09:40")
    card.comment("All is well.", at="09:40:20")

    ran = board_imports()

    incident = board_imports.incident()
    assert (0, "created incidents/trello-") == (ran.status, ran.out[:25])
    assert ("API is slow", Severity.MAJOR, "2024-05-06T09:00:00+00:00") == (
        incident.title,
        incident.severity,
        incident.started.isoformat(),
    )
    assert [
        ("09:00:00", "investigating", "Calls take **10 s**."),
        ("09:10:00", "", "A bad deploy."),
        ("09:30:00", "", "We roll back."),
        ("09:40:20", "resolved", "All is well."),
    ] == board_imports.told()
    assert 4 == len({one.id for one in incident.updates} - {None})


def test_a_board_costs_few_requests(board_imports: Importing) -> None:
    """An import sends one request for the board and one for each 1,000 cards and actions."""
    for number in range(10):
        card = add(board_imports, f"Incident {number}")
        for minute in range(150):
            card.comment(f"Minute {minute}", at=f"{10 + minute // 60}:{minute % 60:02}")

    board_imports()

    assert ["", "/cards", "/actions", "/actions"] == [
        path.partition("/boards/")[2].removeprefix(board_imports.board.data["shortLink"])
        for path in board_imports.trello.paths
    ]
    assert {150 + 1} == {len(one.updates) for one in board_imports.incidents().values()}


def test_credentials_are_in_a_header_alone(board_imports: Importing) -> None:
    """The key and the token never appear in an address, an output or a file."""
    add(board_imports)
    trello = board_imports.trello

    ran = board_imports()

    seen = [*trello.paths, *(str(dict(one.query)) for one in trello.requests), ran.out, ran.err]
    seen += board_imports.files().values()
    assert not [one for one in seen if trello.key in one or trello.token in one]
    assert {f'OAuth oauth_consumer_key="{trello.key}", oauth_token="{trello.token}"'} == {
        one.headers["authorization"] for one in trello.requests
    }


def test_a_second_import_changes_no_byte(board_imports: Importing) -> None:
    """A repeated import produces the same files, also from scratch."""
    card = add(board_imports, desc="One.\n\nTwo.").comment("More.", at="09:10")
    card.relabel(["status:degraded performance", "Website"], at="09:20", is_listed=True)
    card.move("Fixed", at="09:50")
    board_imports()
    before = board_imports.files()

    again = board_imports()
    other = board_imports.folder / "incidents"
    for path in other.iterdir():
        path.unlink()
    board_imports()

    assert (0, "") == (again.status, again.out)
    assert before == board_imports.files()


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("status:degraded performance", "degraded"),
        ("status: Partial  Outage", "partial"),
        ("Status:MAJOR OUTAGE", "major"),
        ("status:major", "major"),
        ("status:none", "none"),
        ("status:operational", "none"),
        ("status:unstable", "partial"),  # in the settings
        ("status:stuck", "degraded"),  # a prefix, not a set of letters
        ("status:", "degraded"),
    ],
)
def test_a_label_is_a_severity(board_imports: Importing, label: str, severity: str) -> None:
    """The text behind `status:` is a severity; an unknown one gets the default and a remark."""
    board_imports.settings("trello: {severities: {Unstable: partial}}\n")
    add(board_imports, labels=[label, "Public API"])

    ran = board_imports()

    assert severity == board_imports.incident().severity
    assert ("is not a known severity; using degraded" in ran.err) is (
        label in ("status:stuck", "status:")
    )


def test_the_worst_of_several_severities_counts(board_imports: Importing) -> None:
    """Several severity labels give the worst one; colour and order do not matter."""
    add(board_imports, labels=["status:major outage", "status:degraded performance", "Website"])

    board_imports()

    assert Severity.MAJOR == board_imports.incident().severity


def test_labels_name_services(board_imports: Importing) -> None:
    """A label names a service by id, alias or name, ignoring case; unnamed labels do not count."""
    board_imports.settings(SERVICES.lstrip("\n"))
    add(board_imports, labels=["status:major outage", "DB", "public  api", "old search", ""])

    ran = board_imports()

    assert (0, ["api", "db", "search"]) == (
        ran.status,
        [one.id for one in board_imports.incident().services],
    )


def test_an_unknown_service_is_told_and_the_others_go_on(board_imports: Importing) -> None:
    """Unknown services are printed as YAML to add; cards with a known one are imported."""
    add(board_imports, "Known", labels=["status:major outage", "Website", "Payments"])
    add(board_imports, "Unknown", labels=["status:major outage", "Payments"])

    ran = board_imports()

    assert (1, ["Known"]) == (ran.status, list(board_imports.incidents()))
    assert "statusgen.yml: no service matches the label 'Payments'; use --add" in ran.err
    assert "  - id: payments\n    name: Payments\n" in ran.err
    assert "'Unknown'" in ran.err


def test_services_can_be_added(board_imports: Importing) -> None:
    """--add-services inserts services with the day of the first card, and changes nothing else."""
    add(board_imports, labels=["status:major outage", "Payments"])
    path = board_imports.folder / "statusgen.yml"
    before = path.read_text("utf-8")

    ran = board_imports("--add-services")

    assert (0, "updated statusgen.yml") == (ran.status, ran.out.splitlines()[0])
    added = "  - id: payments\n    name: Payments\n    since: 2024-05-06\n"
    assert f"{before}{added}" == path.read_text("utf-8")
    assert ["payments"] == [one.id for one in board_imports.incident().services]


def test_a_label_can_be_ignored(board_imports: Importing) -> None:
    """Ignored labels from the settings get no remark and need no service."""
    board_imports.settings("trello: {ignored_labels: [Urgent]}\n")
    add(board_imports, labels=["status:major outage", "Website", "urgent"])

    ran = board_imports()

    assert (0, ["web"]) == (ran.status, [one.id for one in board_imports.incident().services])


@pytest.mark.parametrize(
    ("lane", "state"),
    [
        ("Reported", "investigating"),
        (" investigating ", "investigating"),
        ("Identified", "identified"),
        ("Watching", "monitoring"),
        ("Monitoring", "monitoring"),
        ("FIXED", "resolved"),
        ("Resolved", "resolved"),
        ("Done", "resolved"),
        ("\u2705 Fixed", "resolved"),
        ("Behoben", "resolved"),  # German
        ("On hold", "identified"),  # in the settings
        ("Verifying", "monitoring"),  # for maintenance
        ("Whatever", "investigating"),
    ],
)
def test_a_list_is_a_state(board_imports: Importing, lane: str, state: str) -> None:
    """A list is a state by the settings, else by its name; an unknown list gets one remark."""
    board_imports.settings("trello: {lanes: {on hold: identified}}\n")
    add(board_imports, lane=lane)
    add(board_imports, "Another", lane=lane)

    ran = board_imports()

    states = {one.updates[-1].state for one in board_imports.incidents().values()}
    assert {state} == states
    assert (1 if lane == "Whatever" else 0) == ran.err.count("is not a known state")


def test_a_list_goes_by_its_present_name(board_imports: Importing) -> None:
    """A renamed list counts by its present name, also for earlier moves."""
    add(board_imports, lane="Repaired").comment("Well again.", at="09:10")
    board_imports.board.rename_lane("Repaired", "Fixed", at="09:20")

    board_imports()

    assert ["investigating", "resolved", ""] == [state for _, state, _ in board_imports.told()]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            lambda card: card.move("Fixed", at="10:00"),
            [("10:00:00", "resolved", "This incident has been resolved.")],
            id="a-move-without-a-word",
        ),
        pytest.param(
            lambda card: card.comment("Done it.", at="10:00").move("Fixed", at="10:00:59"),
            [("10:00:00", "resolved", "Done it.")],
            id="a-move-just-after-a-comment",
        ),
        pytest.param(
            lambda card: card.move("Fixed", at="10:00").move("Investigating", at="11:00"),
            [
                ("10:00:00", "resolved", "This incident has been resolved."),
                ("11:00:00", "investigating", "We are investigating the issue."),
            ],
            id="back-out-of-fixed",
        ),
        pytest.param(
            lambda card: card.move("Investigating", at="10:00").shift(at="10:10"),
            [],
            id="to-a-list-of-the-same-state",
        ),
        pytest.param(
            lambda card: card.comment("Monitoring: a fix is out.", at="10:00"),
            [("10:00:00", "monitoring", "a fix is out.")],
            id="a-state-in-a-comment",
        ),
        pytest.param(
            lambda card: card.comment("Identified\n\nA slow query.", at="10:00"),
            [("10:00:00", "identified", "A slow query.")],
            id="a-state-on-a-line-of-its-own",
        ),
    ],
)
def test_moves_and_comments_change_the_state(
    board_imports: Importing, change: object, expected: list[tuple[str, str, str]]
) -> None:
    """A move within a minute of a comment belongs to it, else it is an update of its own."""
    change(add(board_imports))  # type: ignore[operator]

    board_imports()

    assert expected == board_imports.told()[1:]


def test_a_card_may_be_born_in_fixed(board_imports: Importing) -> None:
    """A late card starts and ends at the times in its description, else when it was created."""
    add(board_imports, "Told", lane="Fixed", desc="Ten minutes of errors.", at="12:00")
    times = "<!-- started: 2024-05-06 10:00Z -->\n<!-- resolved: 2024-05-06 10:10Z -->"
    add(board_imports, "Dated", lane="Fixed", desc=f"Ten minutes of errors.\n\n{times}", at="12:00")

    board_imports()

    told, dated = (board_imports.incidents()[name] for name in ("Told", "Dated"))
    assert [(12, None), (12, "resolved")] == [
        (one.at.hour, None if one.state != "resolved" else "resolved") for one in told.updates
    ]
    assert "Ten minutes of errors." == dated.updates[0].text
    assert dated.resolved is not None
    assert (10, 10, 10) == (dated.started.hour, dated.resolved.hour, dated.resolved.minute)


def test_a_card_from_another_board_begins_when_it_says(board_imports: Importing) -> None:
    """Its id may be older than the incident; a remark explains how to correct the start."""
    board = board_imports.board
    more = {"labels": [*OUTAGE[:1], "Website"], "how": "moveCardToBoard", "lane": "Investigating"}
    board.card("As it is", created="2024-04-01 08:00", at="10:00", **more)  # type: ignore[arg-type]
    hint = "<!-- started: 2024-05-06 09:30Z -->"
    board.card("Dated", desc=hint, created="2024-04-01 08:00", at="10:00", **more)  # type: ignore[arg-type]

    ran = board_imports()

    found = board_imports.incidents()
    assert 1 == ran.err.count("its card was created on another board on 2024-04-01")
    assert ["2024-04-01 08:00", "2024-05-06 09:30"] == [
        f"{found[name].started:%Y-%m-%d %H:%M}" for name in ("As it is", "Dated")
    ]


PLANNED = ["status:maintenance", "Database"]


@pytest.mark.parametrize(
    "card",
    [
        {"start": "2024-05-07 20:00", "due": "2024-05-07 22:00"},
        {"desc": "<!-- starts: 2024-05-07 20:00Z --><!-- ends: 2024-05-07 22:00Z -->"},
        {
            "desc": "<!-- starts: 2024-05-07 20:00Z -->",
            "start": "2024-05-07 00:00",
            "due": "2024-05-07 22:00",
        },
    ],
)
def test_a_maintenance_has_a_window(board_imports: Importing, card: dict[str, str]) -> None:
    """The window comes from the dates of the card, or from comments in the description."""
    add(board_imports, labels=PLANNED, **card)

    board_imports()

    incident = board_imports.incident()
    assert (Kind.MAINTENANCE, "07 20:00", "07 22:00") == (
        incident.kind,
        f"{incident.starts:%d %H:%M}",
        f"{incident.ends:%d %H:%M}",
    )
    assert [None] == [one.state for one in incident.updates]


@pytest.mark.parametrize(
    ("card", "said"),
    [
        (
            {},
            "no start and end for the maintenance window; set a start date and a due date on the"
            " card, or add <!-- starts: 2026-11-20 09:05 -->",
        ),
        (
            {"start": "2024-05-07 20:00"},
            "no end for the maintenance window; set a due date on the card",
        ),
        (
            {"start": "2024-05-07 20:00", "due": "2024-05-06 20:00"},
            "the maintenance window must end after it starts; correct the dates of the card",
        ),
        (
            {"desc": "<!-- starts: soon -->", "due": "2024-05-06 20:00"},
            "no start for the maintenance window",
        ),
    ],
)
def test_a_maintenance_without_a_window_is_left_out(
    board_imports: Importing, card: dict[str, str], said: str
) -> None:
    """A remark names the missing part and the remedy; other cards are imported."""
    add(board_imports, "Move", labels=PLANNED, **card)
    add(board_imports, "Other")

    ran = board_imports()

    assert (0, ["Other"]) == (ran.status, list(board_imports.incidents()))
    assert said in ran.err


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ("2024-05-07 19:00", ("completed", "Cancelled")),
        ("2024-05-07 21:00", ("completed", "The scheduled maintenance has been completed.")),
        ("2024-05-08 09:00", None),  # The clock had completed it long before.
    ],
)
def test_a_maintenance_ends_in_fixed(
    board_imports: Importing, moved: str, expected: tuple[str, str] | None
) -> None:
    """A move to Fixed cancels a maintenance before its window and ends it within."""
    window = {"start": "2024-05-07 20:00", "due": "2024-05-07 22:00"}
    add(board_imports, labels=PLANNED, **window).move("Fixed", at=moved)

    board_imports()

    found = [(one.state, one.text) for one in board_imports.incident().updates[1:]]
    assert ([expected] if expected else []) == found


def test_a_label_that_trello_tells_of_counts_from_then(board_imports: Importing) -> None:
    """A change by a program that wrote all labels at once has its own time."""
    card = add(board_imports, labels=["status:degraded performance", "Website"])
    card.relabel(["status:major outage", "Website"], at="09:30", is_listed=True)
    card.comment("Now everything fails.", at="09:30:30")

    board_imports()

    incident = board_imports.incident()
    assert (Severity.DEGRADED, "Now everything fails.", "major") == (
        incident.severity,
        incident.updates[1].text,
        incident.updates[1].services[0].severity,
    )


def test_a_label_that_nothing_tells_of_counts_from_when_it_is_seen(
    board_imports: Importing,
) -> None:
    """An unrecorded label change on an open card is an update at the time by Trello's clock."""
    card = add(board_imports, labels=["status:degraded performance", "Website"])
    board_imports()
    card.relabel(["status:major outage", "Website", "Database"], at="11:58")

    board_imports()
    before = board_imports.files()
    again = board_imports()

    assert ("", before) == (again.out, board_imports.files())
    update = board_imports.incident().updates[-1]
    assert ("12:00", {"web": "major", "db": "major"}) == (
        f"{update.at:%H:%M}",
        {one.id: one.severity for one in update.services},
    )


def test_a_label_changed_once_all_is_over_corrects_the_whole(board_imports: Importing) -> None:
    """Another severity on a resolved card corrects its whole history."""
    card = add(board_imports, labels=["status:degraded performance", "Website"])
    card.move("Fixed", at="10:00")
    board_imports()
    card.relabel(["status:partial outage", "Database"], at="11:00")

    ran = board_imports()

    incident = board_imports.incident()
    assert ("updated", Severity.PARTIAL, ["db"], 2) == (
        ran.out.split()[0],
        incident.severity,
        [one.id for one in incident.services],
        len(incident.updates),
    )


def test_an_incident_without_harm_stays_one(board_imports: Importing) -> None:
    """`status:none` on an open incident means that its services work again."""
    card = add(board_imports)
    board_imports()
    card.relabel(["status:none", "Public API"], at="11:00")

    board_imports()

    incident = board_imports.incident()
    assert (Severity.MAJOR, [Severity.NONE]) == (
        incident.severity,
        [one.severity for one in incident.updates[-1].services],
    )


def strangers(card: Card) -> None:
    """Add comments by all kinds of people."""
    card.comment("By an admin.", by="ada", at="10:00")
    card.comment("By a member.", by="bo", at="10:01")
    card.comment("By an app.", by="bo", at="10:02", app="Butler")
    card.comment("By an observer.", by="obs", at="10:03")
    card.comment("By a stranger.", by="eve", at="10:04")
    card.comment("By a deleted account.", by=None, at="10:05")
    card.comment("<!-- internal --> The password is hunter2.", by="ada", at="10:06")


MEMBERS = ["By an admin.", "By a member.", "By an app."]


@pytest.mark.parametrize(
    ("prepare", "settings", "expected"),
    [
        pytest.param(
            lambda board: None, "", [*MEMBERS, "By an observer.", "By a stranger."], id="members"
        ),
        pytest.param(
            lambda board: board.allow_comments("public", at="08:00"), "", MEMBERS, id="public"
        ),
        pytest.param(
            lambda board: (
                board.allow_comments("org", at="08:00"),
                board.allow_comments("members", at="11:00"),
            ),
            "",
            MEMBERS,
            id="once-wider",
        ),
        pytest.param(
            lambda board: board.allow_comments("observers", at="08:00"),
            "trello: {trusted: [EVE]}\n",
            [*MEMBERS, "By a stranger."],
            id="trusted-by-name",
        ),
        pytest.param(
            lambda board: (
                board.allow_comments("public", at="08:00"),
                board.membership("bo").update(deactivated=True),
            ),
            "",
            MEMBERS[:1],
            id="a-member-who-is-deactivated",
        ),
    ],
)
def test_comments_of_members_are_published(
    board_imports: Importing, prepare: object, settings: str, expected: list[str]
) -> None:
    """If people other than members could comment, unknown authors are skipped and counted."""
    board_imports.settings(settings)
    prepare(board_imports.board)  # type: ignore[operator]
    strangers(add(board_imports))

    ran = board_imports()

    assert expected == [text for _, _, text in board_imports.told()][1:]
    assert "skipped 1 comment: by a deleted account" in ran.err
    assert "hunter2" not in ran.err


def test_what_was_accepted_stays_when_its_author_leaves(board_imports: Importing) -> None:
    """Published comments of a former member stay, and later edits do not count."""
    board_imports.board.allow_comments("public", at="08:00")
    card = add(board_imports).comment("First words.", by="bo", at="09:10")
    board_imports()
    before = board_imports.files()
    board_imports.board.dismiss("bo", at="10:00")

    left = board_imports()
    card.edit_comment("First words.", "Buy at spam.example!", at="10:10")
    edited = board_imports()

    assert ("", before) == (left.out, board_imports.files())
    assert "a comment was edited by 'bo', who is not a member with write access" in edited.err


def test_comments_are_edited_and_deleted(board_imports: Importing) -> None:
    """An edited comment keeps its time; a deleted one disappears."""
    card = add(board_imports).comment("Frist.", at="09:10").comment("Second.", at="09:20")
    board_imports()
    card.edit_comment("Frist.", "First.", at="10:00").delete_comment("Second.", at="10:00")

    board_imports()

    assert [("09:10:00", "", "First.")] == board_imports.told()[1:]


def test_initials_are_published_on_request(board_imports: Importing) -> None:
    """With `initials: true` an update has `x-by`; by default it has no author."""
    add(board_imports).comment("Hello.", by="bo", at="09:10")
    board_imports()
    before = board_imports.incident().updates[1].extra
    board_imports.settings("trello: {initials: true}\n")

    board_imports()

    assert ({}, ["x-by"]) == (before, list(board_imports.incident().updates[1].extra))


def test_drafts_are_counted_and_nothing_else(board_imports: Importing) -> None:
    """Cards that are not for the page make no file and no remark, only a count in the headline."""
    board_imports.settings("trello: {lanes: {Backlog: null}}\n")
    board = board_imports.board
    board.card("No labels")
    board.card("Severity", labels=["status:major outage"])
    board.card("Service", labels=["Website"])
    add(board_imports, "Template", template=True)
    add(board_imports, "Backlog", lane="Backlog")
    add(board_imports, "Archived").archive(at="09:10")
    add(board_imports, "Shown")

    ran = board_imports()

    assert ["Shown"] == list(board_imports.incidents())
    (line,) = ran.err.splitlines()
    assert line.partition(": ")[2] == (
        "1 created; 6 ignored (1 archived, 1 marked as template, 1 on a hidden list,"
        " 1 without a service label, 1 without a status label, 1 without labels)"
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda card: card.delete(at="10:00"), "its card was deleted or moved to another board"),
        (lambda card: card.leave(at="10:00"), "its card was deleted or moved to another board"),
        (lambda card: card.archive(at="10:00"), "its card was archived"),
        (
            lambda card: card.board.archive_lane("Reported", at="10:00"),
            "its list was archived",
        ),
        (lambda card: card.relabel(["Website"], at="10:00"), "no longer has a status: label"),
        (
            lambda card: card.relabel(["status:major outage"], at="10:00"),
            "no longer has a service label",
        ),
        (lambda card: card.describe("<!-- internal -->", at="10:00"), "marked internal"),
    ],
)
def test_what_is_taken_back_becomes_a_draft(
    board_imports: Importing, change: object, why: str
) -> None:
    """No file is deleted; it becomes a draft, with a reason in the output."""
    card = add(board_imports)
    board_imports()
    change(card)  # type: ignore[operator]

    ran = board_imports()

    assert (0, "unpublished", True) == (
        ran.status,
        ran.out.split()[0],
        board_imports.incident().draft,
    )
    assert why in ran.err


@pytest.mark.parametrize("whole_list", [False, True])
@pytest.mark.parametrize(("setting", "is_draft"), [("keep", False), ("unpublish", True)])
def test_a_resolved_card_may_be_archived(
    board_imports: Importing, setting: str, is_draft: bool, whole_list: bool
) -> None:
    """Archiving a resolved card keeps its incident, unless the settings say otherwise."""
    board_imports.settings(f"trello: {{archived: {setting}}}\n")
    card = add(board_imports).move("Fixed", at="09:30")
    board_imports()
    if whole_list:
        board_imports.board.archive_lane("Fixed", at="10:00")
    else:
        card.archive(at="10:00")

    board_imports()

    assert is_draft is board_imports.incident().draft


def test_many_do_not_vanish_at_once(board_imports: Importing) -> None:
    """A board that was emptied by mistake does not change the page without --allow-mass."""
    cards = [add(board_imports, f"Incident {number}") for number in range(10)]
    board_imports()
    for card in cards[:7]:
        card.archive(at="10:00")

    held = board_imports()
    drafts = [one.draft for one in board_imports.incidents().values()]
    meant = board_imports("--allow-mass")

    assert (1, 0, False) == (held.status, meant.status, any(drafts))
    assert 7 == sum(one.draft for one in board_imports.incidents().values())


def test_a_file_changed_by_hand_is_left_alone(board_imports: Importing) -> None:
    """Only --force overwrites an edited file; a detached one is never overwritten."""
    card = add(board_imports)
    board_imports()
    (path,) = (board_imports.folder / "incidents").iterdir()
    path.write_text(path.read_text("utf-8").replace("API is slow", "API is dead"), "utf-8")
    card.comment("More.", at="10:00")

    left = board_imports()
    title = board_imports.incident().title
    forced = board_imports("--force")

    assert ("API is dead", "") == (title, left.out)
    assert "edited by hand" in left.err
    assert ("updated", "API is slow") == (forced.out.split()[0], board_imports.incident().title)


def test_a_file_may_be_renamed(board_imports: Importing) -> None:
    """A renamed file is found by its card and keeps its name."""
    card = add(board_imports)
    board_imports()
    (path,) = (board_imports.folder / "incidents").iterdir()
    path.rename(path.with_name("2024-05-06-slow.md"))
    card.comment("More.", at="10:00")

    board_imports()

    assert ["2024-05-06-slow.md"] == list(board_imports.files())


def test_a_card_without_a_name_gets_one(board_imports: Importing) -> None:
    """A card without a name is published with a generated title."""
    add(board_imports, "", labels=["status:major outage", "Website", "Public API"])

    ran = board_imports()

    assert ["Major outage: Public API, Website"] == list(board_imports.incidents())
    assert "its card has no name; using 'Major outage: Public API, Website' as the title" in ran.err


def test_no_word_of_a_long_title_is_lost(board_imports: Importing) -> None:
    """A title of more than 200 characters is shortened, and the text begins with all of it."""
    title = " ".join(["slow"] * 60)
    add(board_imports, title, desc="More.")

    board_imports()

    incident = board_imports.incident()
    assert (True, f"{title}\n\nMore.") == (len(incident.title) <= 200, incident.updates[0].text)


def test_what_no_file_can_hold_fails_alone(board_imports: Importing) -> None:
    """A card with over 200 updates is refused by name with status 1; others are imported."""
    card = add(board_imports, "Endless")
    for minute in range(201):
        card.comment(f"Minute {minute}.", at=f"{10 + minute // 60}:{minute % 60:02}")
    add(board_imports, "Other").comment("\u20ac" * 16_384, at="10:00")

    ran = board_imports()

    assert (1, ["Other"]) == (ran.status, list(board_imports.incidents()))
    assert "'Endless' (https://trello.com/c/" in ran.err
    assert "the file has 202 updates" in ran.err


def test_settings_of_others_are_kept(board_imports: Importing, tmp_path: Path) -> None:
    """If somebody else pushed settings meanwhile, the services are added to theirs."""
    git(tmp_path, "init", "-q", "-b", "main", str(board_imports.folder))
    git(board_imports.folder, "add", "-A")
    git(board_imports.folder, "commit", "-qm", "Begin")
    git(tmp_path, "clone", "-q", "--bare", str(board_imports.folder), "remote.git")
    git(board_imports.folder, "remote", "add", "origin", str(tmp_path / "remote.git"))
    git(board_imports.folder, "push", "-qu", "origin", "main")
    git(tmp_path, "clone", "-q", "remote.git", "theirs")
    theirs = tmp_path / "theirs" / "statusgen.yml"
    theirs.write_text(theirs.read_text("utf-8").replace("Acme Status", "Acme is up"), "utf-8")
    git(theirs.parent, "commit", "-qam", "Another title")
    git(theirs.parent, "push", "-q")
    add(board_imports, labels=["status:major outage", "Payments"])

    ran = board_imports("--add-services", "--push")

    git(theirs.parent, "pull", "-q")
    text = theirs.read_text("utf-8")
    assert (0, True, True) == (ran.status, "Acme is up" in text, "- id: payments" in text)


def test_settings_that_a_killed_import_wrote_are_committed(
    board_imports: Importing, run: Run, tmp_path: Path
) -> None:
    """A site is never pushed without its settings."""
    folder = tmp_path / "new"
    git(tmp_path, "init", "-q", "-b", "main", "new")
    add(board_imports)
    board = board_imports.board.data["shortLink"]
    where = ("--board", board, "--api-url", f"{board_imports.trello.url}/1")
    run("import", "trello", *where, cwd=folder)

    ran = run("import", "trello", *where, "--commit", cwd=folder)

    assert (0, "") == (ran.status, git(folder, "status", "--porcelain"))


def test_unfinished_settings_are_not_committed(board_imports: Importing, tmp_path: Path) -> None:
    """Uncommitted changes to the settings never get into the commit of an import."""
    git(tmp_path, "init", "-q", "-b", "main", str(board_imports.folder))
    git(board_imports.folder, "add", "-A")
    git(board_imports.folder, "commit", "-qm", "Begin")
    board_imports.settings("# half a thought\n")
    add(board_imports, labels=["status:major outage", "Payments"])

    ran = board_imports("--add-services", "--commit")

    assert (2, {}) == (ran.status, board_imports.files())
    assert "statusgen.yml has uncommitted changes; commit them before" in ran.err


def test_hidden_labels_stay_hidden(board_imports: Importing) -> None:
    """Labels of cards that are not published make no service and appear in no output."""
    board_imports.settings("trello: {lanes: {Backlog: null}}\n")
    add(board_imports, "1", labels=["status:major outage", "Project X"], lane="Backlog")
    internal = "<!-- internal --> Psst."
    add(board_imports, "2", labels=["status:major outage", "Project Y"], desc=internal)
    add(board_imports, "3", labels=["status:major outage", "Project Z"]).archive(at="10:00")
    add(board_imports, "4", labels=["status:major outage", "Website", "Shown"])

    ran = board_imports("--add-services")

    text = (board_imports.folder / "statusgen.yml").read_text("utf-8")
    assert (0, True, False) == (ran.status, "Shown" in text, "Project" in f"{text}{ran.err}")
    assert "1 created; 3 ignored (1 archived, 1 marked internal, 1 on a hidden list)" in ran.err


def test_a_comment_does_not_open_what_the_list_says_is_over(board_imports: Importing) -> None:
    """A later "monitoring" in a comment does not reopen a resolved incident."""
    card = add(board_imports).move("Fixed", at="10:00")
    card.comment("Monitoring: we keep an eye on it.", at="10:10")

    board_imports()

    assert [("10:00:00", "resolved"), ("10:10:00", "")] == [
        told[:2] for told in board_imports.told()[1:]
    ]


def test_planned_work_that_leaves_fixed_goes_on(board_imports: Importing) -> None:
    """A maintenance that leaves Fixed is in progress again, or scheduled before its window."""
    window = {"start": "2024-05-07 20:00", "due": "2024-05-07 22:00"}
    card = add(board_imports, labels=PLANNED, **window)
    card.move("Fixed", at="2024-05-07 19:00").move("Reported", at="2024-05-07 19:10")
    card.move("Fixed", at="2024-05-07 21:00").move("Reported", at="2024-05-07 21:20")

    board_imports()

    assert ["completed", "scheduled", "completed", "in_progress"] == [
        one.state for one in board_imports.incident().updates[1:]
    ]


def test_planned_work_becomes_an_outage(board_imports: Importing) -> None:
    """Accepted maintenance states of former members do not block an incident."""
    window = {"start": "2024-05-07 20:00", "due": "2024-05-07 22:00"}
    card = add(board_imports, labels=PLANNED, **window)
    card.comment("Completed: done early.", by="bo", at="2024-05-07 21:00")
    board_imports()
    board_imports.board.allow_comments("public", at="2024-05-07 21:10")
    board_imports.board.dismiss("bo", at="2024-05-07 21:10")
    card.relabel(["status:major outage", "Database"], at="2024-05-07 21:20")

    ran = board_imports()

    assert (0, Kind.INCIDENT) == (ran.status, board_imports.incident().kind)


def test_finished_work_may_be_archived_with_its_list(board_imports: Importing) -> None:
    """A maintenance that the clock completed is over, even if its card was not moved."""
    add(board_imports, labels=PLANNED, start="2024-05-05 20:00", due="2024-05-05 22:00")
    board_imports()
    board_imports.board.archive_lane("Reported", at="2024-05-06 09:00")

    ran = board_imports()

    assert (0, "", False) == (ran.status, ran.out, board_imports.incident().draft)


def test_a_moved_window_is_an_update(board_imports: Importing) -> None:
    """Each move adds one update with the new window, at the import that sees it, and keeps it."""
    card = add(board_imports, labels=PLANNED, start="2024-05-07 20:00", due="2024-05-07 22:00")
    board_imports()
    card.schedule(start="2024-05-07 20:00", due="2024-05-07 23:00", at="10:00")
    board_imports()
    once = board_imports.incident()
    card.schedule(start="2024-05-07 20:00", due="2024-05-07 22:00", at="11:00")
    board_imports()
    again = board_imports()

    updates = board_imports.incident().updates
    assert "" == again.out
    assert once.updates == updates[:2]
    assert [
        "Maintenance window: May 7, 2024, 22:00 CEST \N{EN DASH} May 8, 2024, 01:00 CEST",
        "Maintenance window: May 7, 2024, 22:00 CEST \N{EN DASH} May 8, 2024, 00:00 CEST",
    ] == [one.text for one in updates[1:]]
    assert 3 == len({one.id for one in updates})


def test_work_without_a_window_any_more_is_taken_back(board_imports: Importing) -> None:
    """The page does not start a maintenance whose dates were removed."""
    card = add(board_imports, labels=PLANNED, start="2024-05-07 20:00", due="2024-05-07 22:00")
    board_imports()
    card.schedule(due=None, at="10:00")

    ran = board_imports()

    assert (0, True) == (ran.status, board_imports.incident().draft)
    assert "no start and end for the maintenance window" in ran.err


@pytest.mark.parametrize(
    "change",
    [
        lambda card: card.comment("x", at="9999-12-31T23:59:59+00:00"),
        lambda card: card.schedule(due="9999-12-31T23:59:59+00:00", at="10:00"),
        lambda card: card.data.update(start="0001-01-01T00:00:00.000Z"),
    ],
)
def test_no_date_is_too_strange(board_imports: Importing, change: object) -> None:
    """A date outside of any calendar gives a clear message, not a traceback."""
    change(add(board_imports, labels=PLANNED))  # type: ignore[operator]

    ran = board_imports()

    assert ran.status in (0, 3)
    assert "internal error" not in ran.err


def test_an_outage_that_cannot_be_shown_fails_the_import(board_imports: Importing) -> None:
    """A description that cannot be converted is named with status 1; others are imported."""
    add(board_imports, "Odd", desc="> " * 300)
    add(board_imports, "Other")

    ran = board_imports()

    assert (1, ["Other"]) == (ran.status, list(board_imports.incidents()))
    assert "'Odd' (https://trello.com/c/" in ran.err


def test_two_boards_share_a_site(board_imports: Importing) -> None:
    """Files of another board stay, even if its link differs only in case."""
    add(board_imports, "First")
    board_imports.board.data["shortLink"] = "Ab3dEf9h"
    board_imports()
    second = Board("Second", level="private", at="2024-02-02 09:00")
    second.data["shortLink"] = "aB3DeF9H"
    second.card("Second", labels=["status:major outage", "Website"])
    board_imports.trello.boards.append(second)
    where = ("--api-url", f"{board_imports.trello.url}/1")

    ran = board_imports.run(
        "import", "trello", "--board", "aB3DeF9H", *where, cwd=board_imports.folder
    )

    assert [False, False] == [one.draft for one in board_imports.incidents().values()]
    assert "board 'Second' is not public" in ran.err


def test_a_private_board_is_announced_once(board_imports: Importing) -> None:
    """The first import of a board that is not public warns that its cards become public."""
    board_imports.board.data["prefs"]["permissionLevel"] = "private"
    add(board_imports).attach(at="09:10")

    first, again = board_imports(), board_imports()

    assert [True, False] == ["is not public" in one.err for one in (first, again)]
    assert "skipped 1 attachment" in first.err


def test_a_dry_run_writes_nothing(board_imports: Importing) -> None:
    """It prints what would be created, updated and unpublished, with counts."""
    card, gone = add(board_imports, "First"), add(board_imports, "Second")
    board_imports()
    before = board_imports.files()
    card.comment("More.", at="10:00")
    gone.delete(at="10:00")
    add(board_imports, "Third")

    ran = board_imports("--dry-run")

    assert ["would be created", "would be unpublished", "would be updated"] == sorted(
        line.partition(" incidents/")[0] for line in ran.out.splitlines()
    )
    assert ran.err.endswith(": dry run, 1 created, 1 updated, 1 unpublished\n")
    assert before == board_imports.files()
    assert 2 == board_imports("--dry-run", "--push").status


def test_an_empty_folder_becomes_a_site(board_imports: Importing, run: Run, tmp_path: Path) -> None:
    """An import also writes the settings: every label is a service, and the site builds."""
    folder = tmp_path / "new"
    folder.mkdir()
    board = board_imports.board
    add(board_imports, labels=["status:major outage", "Public API"])
    board.label("Website")
    where = ("--board", board.data["shortLink"], "--api-url", f"{board_imports.trello.url}/1")

    tried = run("import", "trello", *where, "--dry-run", cwd=folder)
    empty = list(folder.iterdir())
    ran = run("import", "trello", *where, cwd=folder)
    again = run("import", "trello", *where, cwd=folder)

    assert ("would be created statusgen.yml", []) == (tried.out.splitlines()[0], empty)
    assert ("created statusgen.yml", "") == (ran.out.splitlines()[0], again.out)
    checked = run("check", cwd=folder)
    assert (
        0,
        ["'https://status.example.com' is an example; write the address of your page"],
    ) == (
        checked.status,
        [line.partition("warning: ")[2] for line in checked.out.splitlines()],
    )
    assert 0 == run("build", "--now", "2024-05-06 12:00", cwd=folder).status
    page = (folder / "_site" / "index.html").read_text("utf-8")
    assert all(word in page for word in ("Acme status", "Public API", "Website", "API is slow"))


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (
            lambda trello: setattr(trello, "token", "other"),
            "Trello rejected the key or the token ('invalid token'); check TRELLO_KEY and",
        ),
        (lambda trello: setattr(trello, "key", "other"), "Trello rejected the key or the token"),
        (lambda trello: setattr(trello, "may_read", False), "the token lacks permission for board"),
        (lambda trello: trello.boards.clear(), "board "),
        (
            lambda trello: trello.redirect("https://evil.example/"),
            "Trello redirected to another address",
        ),
        (lambda trello: trello.log_in(after=1), "unexpected answer from Trello; check --api-url"),
        (
            lambda trello: trello.faults.append(Fault(body="[1, 2]", path="/1/boards")),
            "unexpected answer from Trello (expected an object)",
        ),
        (
            lambda trello: trello.faults.append(Fault(body='[{"id": 5}]', after=1)),
            "unexpected answer from Trello (cards[0].id: expected a string, found a number)",
        ),
        (
            lambda trello: trello.boards[0].data.update(closed=True),
            "board ",
        ),
        (
            lambda trello: trello.faults.append(Fault(status=403, body="no")),
            "Trello rejected the request with status 403 ('no')",
        ),
    ],
)
def test_trouble_changes_nothing(board_imports: Importing, prepare: object, said: str) -> None:
    """Each failure is one line with status 3, writes no file and shows no credential."""
    add(board_imports)
    trello = board_imports.trello
    prepare(trello)  # type: ignore[operator]

    ran = board_imports()

    assert (3, "", {}) == (ran.status, ran.out, board_imports.files())
    assert ran.err.startswith(f"statusgen: {said}")
    assert 1 == len(ran.err.splitlines())
    assert os.environ["TRELLO_TOKEN"] not in ran.err


def client(imports: Importing, pauses: list[float]) -> BoardClient:
    """Return a client for the board that records its waits."""
    trello = imports.trello
    return BoardClient(
        imports.board.data["shortLink"],
        trello.key,
        trello.token,
        api_url=f"{trello.url}/1",
        waiting=Waiting(sleep=pauses.append),
    )


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("fault", [{"how": "cut"}, {"how": "drop"}, {"status": 503}])
def test_a_request_that_fails_is_sent_again(
    board_imports: Importing, number: int, fault: dict[str, str]
) -> None:
    """One broken connection is harmless; a permanent failure is one line."""
    add(board_imports).comment("More.", at="09:10")
    pauses: list[float] = []
    faults = board_imports.trello.faults
    faults.append(Fault(after=number, **fault))  # type: ignore[arg-type]

    board = client(board_imports, pauses).read()
    faults.append(Fault(after=number, times=5, **fault))  # type: ignore[arg-type]
    with pytest.raises(OutsideError, match=r"^(cannot reach 127|Trello answered with status 503)"):
        client(board_imports, pauses).read()

    assert ([0.5, 0.5, 1.0, 2.0, 4.0], 2) == (pauses, len(board.cards[0].actions))


def test_a_limit_is_waited_for(board_imports: Importing) -> None:
    """The client waits as long as Trello says, else ten seconds, four times at most."""
    add(board_imports)
    pauses: list[float] = []
    board_imports.trello.limit(retry_after=3)
    board_imports.trello.limit(times=2, of="KEY", after=1)

    client(board_imports, pauses).read()
    board_imports.trello.limit(times=5)
    with pytest.raises(OutsideError, match="Trello's rate limit was exceeded; try again later"):
        client(board_imports, pauses).read()

    assert [3.0, 10.0, 10.0, *[10.0] * 4] == pauses


@pytest.mark.parametrize(
    ("options", "variables", "said"),
    [
        ([], {}, "no board; use --board ID, or set TRELLO_BOARD_ID"),
        (["--board", "a b"], {}, "--board: 'a b' is not a Trello board"),
        ([], {"TRELLO_BOARD_ID": "?"}, "TRELLO_BOARD_ID: '?' is not a Trello board"),
        (["--board", "Ab3dEf9h"], {"TRELLO_KEY": ""}, "no credentials; set TRELLO_KEY and"),
        (["--board", "Ab3dEf9h"], {"TRELLO_TOKEN": "a\nb"}, "TRELLO_TOKEN has spaces, quotes"),
        (
            ["--board", "Ab3dEf9h", "--api-url", "http://trello.example"],
            {},
            "--api-url 'http://trello.example' is not https, so no token is sent",
        ),
        (["--partial", "--board", "Ab3dEf9h"], {}, "--partial needs an export"),
        (["board.json", "--board", "Ab3dEf9h"], {}, "--board and --api-url do not apply to a file"),
    ],
)
def test_a_wrong_call_is_told(
    board_imports: Importing,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    variables: dict[str, str],
    said: str,
) -> None:
    """An invalid call is one line with status 2, before any request."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    ran = board_imports.run("import", "trello", *options, cwd=board_imports.folder)

    assert (2, "", []) == (ran.status, ran.out, board_imports.trello.requests)
    assert ran.err.startswith(f"statusgen: {said}")


def test_the_environment_names_the_board(
    board_imports: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRELLO_BOARD_ID replaces --board, and an address replaces an id."""
    add(board_imports)
    monkeypatch.setenv("TRELLO_BOARD_ID", board_imports.board.data["url"])

    ran = board_imports.run(
        *("import", "trello", "--api-url", f"{board_imports.trello.url}/1"),
        cwd=board_imports.folder,
    )

    assert (0, 1) == (ran.status, len(board_imports.files()))


def test_an_export_makes_the_same_files(board_imports: Importing) -> None:
    """A whole export needs no key and gives the same files as a live import."""
    card = add(board_imports).comment("More.", at="09:10").move("Investigating", at="09:20")
    card.move("Fixed", at="09:30")
    board_imports()
    live = board_imports.files()

    ran = board_imports.export()

    assert (0, "", live) == (ran.status, ran.out, board_imports.files())


def test_an_export_says_what_it_lacks(board_imports: Importing) -> None:
    """An export without older comments is refused with the counts, unless --partial is given."""
    card = add(board_imports, "Old")
    for minute in range(5):
        card.comment(f"Minute {minute}.", at=f"09:1{minute}")
    card.move("Fixed", at="09:30")
    add(board_imports, "New", at="10:00").comment("More.", at="10:10")

    refused = board_imports.export(actions=5)
    nothing = board_imports.files()
    meant = board_imports.export("--partial", actions=5)

    assert (1, {}) == (refused.status, nothing)
    assert re.search(
        r"board\.json:1:1: the export has only the newest 1,000 actions: 3 of 6 comments on 1"
        r" card are missing; import live with --board \w{8}, or add --partial",
        refused.err,
    )
    assert (0, 2) == (meant.status, len(board_imports.files()))
    old = board_imports.incidents()["Old"]
    assert (3 + 1, "resolved") == (len(old.updates), old.updates[-1].state)


def test_a_partial_export_takes_nothing_away(board_imports: Importing) -> None:
    """A file keeps its content if the export lacks earlier actions on its card."""
    card = add(board_imports)
    for minute in range(5):
        card.comment(f"Minute {minute}.", at=f"09:1{minute}")
    board_imports()
    before = board_imports.files()

    ran = board_imports.export("--partial", actions=2)

    assert (0, "", before) == (ran.status, ran.out, board_imports.files())
    assert "the export lacks earlier actions on its card; keeping the file as it is" in ran.err


def test_a_state_comes_from_the_list_where_moves_are_missing(board_imports: Importing) -> None:
    """Without the move to Fixed the card still counts as resolved, with a remark."""
    add(board_imports).move("Fixed", at="09:30")
    add(board_imports, "New", at="10:00").comment("More.", at="10:10")
    board_imports.board.data["cards"][0]["badges"]["comments"] = 1

    ran = board_imports.export("--partial", actions=2)

    old = board_imports.incidents()["API is slow"]
    assert ["investigating", "resolved"] == [one.state for one in old.updates]
    assert "it is not known when its card was moved" in ran.err


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        ('{"id": "5", "idBoard": "6", "idList": "7"}', 2, "it is one card; export the board"),
        ('{"page": {}, "incidents": []}', 2, "it looks like a response from Statuspage"),
        ("[]", 2, "is not an export of a Trello board: missing actions, cards or lists"),
        ('{\n "cards": [,]}', 1, "board.json:2:12: it is not JSON: Expecting value"),
        ('{"a": ' * 200 + "1" + "}" * 200, 1, "nested more than 100 levels deep"),
        ("[" * 100_000, 1, "nested more than 100 levels deep"),
        ("9" * 5000, 1, "it has a number with too many digits"),
        (
            f'{{"id": "{"5" * 24}", "name": 5, "actions": [], "cards": [], "lists": []}}',
            1,
            "name: expected a string, found a number",
        ),
        (
            '{"id": "x", "name": "y", "actions": [], "cards": [{"id": 1}], "lists": []}',
            1,
            "cards[0].id: expected a string, found a number",
        ),
        (
            '{"actions": {}, "cards": [], "lists": []}',
            1,
            "actions: expected a list, found an object",
        ),
    ],
)
def test_another_file_is_told(
    board_imports: Importing, content: str, status: int, said: str
) -> None:
    """A file that is not an export gets a message with a hint and the place of the error."""
    path = board_imports.folder / "board.json"
    path.write_text(content, "utf-8")

    ran = board_imports.run("import", "trello", path, cwd=board_imports.folder)

    assert (status, "", {}) == (ran.status, ran.out, board_imports.files())
    assert said in ran.err


@pytest.mark.parametrize(
    ("encoding", "remark"), [("utf-8-sig", ""), ("latin-1", "is not UTF-8; read as Latin-1")]
)
def test_an_export_may_be_in_another_encoding(
    board_imports: Importing, encoding: str, remark: str
) -> None:
    """A byte order mark is ignored, and a file that is not UTF-8 is read as Latin-1."""
    add(board_imports, "Grüße")
    path = board_imports.folder / "board.json"
    path.write_bytes(json.dumps(board_imports.board.export(), ensure_ascii=False).encode(encoding))

    ran = board_imports.run("import", "trello", path, cwd=board_imports.folder)

    assert (0, ["Grüße"]) == (ran.status, list(board_imports.incidents()))
    assert remark in ran.err


def test_import_lists_its_sources(run: Run) -> None:
    """`statusgen import` alone lists each source on one line."""
    ran = run("import")

    listed = re.findall(r"^  ([a-z]+)  +Import [^\n]+\.$", ran.out, re.MULTILINE)
    assert 0 == ran.status
    assert ["betterstack", "cachet", "cstate", "github", "instatus", "jayfk"] == listed[:6]
    assert ["pelican", "statusfy", "statuskit", "statuspage", "trello", "upptime"] == listed[6:]


# Other boards, if there are any: real exports, or files in their format.
EXPORTS = Path(
    os.environ.get("TRELLO_EXPORTS") or Path(__file__).parents[3] / "shared" / "corpus" / "trello"
)


def counts(card: dict[str, Any], lists: dict[str, dict[str, Any]]) -> bool:
    """Return whether a card of an export is meant for the page."""
    names = [label["name"].strip() for label in card["labels"]]
    severities = [name for name in names if name.lower().startswith("status:")]
    lane = lists[card["idList"]]
    is_gone = card["closed"] or lane["closed"]
    is_resolved = lane["name"].strip().lower() == "fixed"
    has_services = any(name for name in names if name not in severities)
    is_planned = any("maintenance" in name for name in severities)
    has_window = not is_planned or (card["due"] and card["start"])
    return bool(
        severities
        and has_services
        and has_window
        and not card.get("isTemplate")
        and (is_resolved or not is_gone)
    )


def words(text: str) -> set[str]:
    """Return the words of a text, without addresses and hidden parts."""
    for hidden in (r"<!--.*?(-->|$)", r"\]\([^)]*\)", r"\S+://\S+"):
        text = re.sub(hidden, " ", text, flags=re.DOTALL)
    return set(re.findall(r"\w+", text))


@pytest.mark.slow
def test_boards_of_others_are_imported_whole(run: Run, tmp_path: Path) -> None:
    """Every published card is an incident with all its text, start and state."""
    for export in sorted(EXPORTS.glob("*.json")):
        folder = tmp_path / export.stem
        folder.mkdir()
        data = json.loads(export.read_text("utf-8"))
        lists = {one["id"]: one for one in data["lists"]}
        wanted = {one["id"]: one for one in data["cards"] if counts(one, lists)}

        ran = run("import", "trello", export, "--partial", cwd=folder)
        texts = {path: path.read_text("utf-8") for path in sorted(folder.glob("incidents/*"))}
        again = run("import", "trello", export, "--partial", cwd=folder)
        checked = run("check", cwd=folder)
        built = run("build", cwd=folder)

        found = {text.split("#", 1)[1].split()[1]: text for text in texts.values()}
        assert (0, 0, "", 0, 0) == (
            ran.status,
            again.status,
            again.out,
            checked.status,
            built.status,
        )
        assert sorted(wanted) == sorted(found)
        for key, card in wanted.items():
            started = datetime.fromtimestamp(int(key[:8], 16), UTC)
            assert f"{started:%Y-%m-%dT%H:%M:%SZ}" in found[key]
            is_fixed = lists[card["idList"]]["name"].strip().lower() == "fixed"
            states = re.findall(r"    state: (\w+)", found[key])
            assert is_fixed is (states[-1] in ("resolved", "completed"))
            slug = next(path.stem for path, text in texts.items() if text == found[key])
            page = (folder / "_site" / "incidents" / f"{slug}.html").read_text("utf-8")
            shown = words(html.unescape(re.sub(r"<[^>]+>", " ", page))) | words(page)
            # Shortcodes such as `:tada:` become emoji.
            written = re.sub(r":[a-z_]+:", " ", f"{card['name']} {card['desc']}")
            assert set() == words(written) - shown
