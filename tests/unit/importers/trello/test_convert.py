"""Conversion of cards to valid files, which do not change on a repeated import."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.authoring.edit import IncidentFile
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.importers import services, sync
from statusgen.importers.json_reader import JsonMap
from statusgen.importers.sync import ImportedFile, Outcome
from statusgen.importers.trello import convert, labels
from statusgen.importers.trello.board_records import read_board
from statusgen.problems import errors
from tests.conftest import SETTINGS, scaled
from tests.support.fakes.trello_board import Board
from tests.support.fakes.trello_card import Card
from tests.support.fakes.trello_records import moment

LANES = ("Reported", "Identified", "Watching", "Fixed", "In progress", "Odd")
SEVERITIES = ("major outage", "degraded performance", "none", "maintenance", "odd")
TEXTS = ("Monitoring: well", "**Resolved**", "Text.", "<!-- internal -->", "Update", "Fixed", "")


def config() -> Config:
    found, problems = parse_config(SETTINGS, path=Path("statusgen.yml"))
    assert found is not None, problems
    return found


SITE = config()


def imported(board: Board, there: dict[str, ImportedFile], at: str) -> list[sync.SyncStep]:
    """Import *board* at *at*, and add the files to *there*."""
    found = read_board(JsonMap(board.export(actions=10_000)), is_export=False)
    ids, _ = services.match_services(labels.board_services(found), SITE)
    known = sync.by_key(there.values(), convert.TRELLO)
    content = convert.BoardReader(found, SITE, ids, known=known, now=moment(at)).content()
    plan = sync.plan(
        content.items,
        there,
        SITE,
        source=convert.TRELLO,
        scope=found.short_link,
        folder=Path("incidents"),
        allow_mass=True,
    )
    for step in plan.steps:
        if step.path is not None and step.text is not None:
            slug = step.path.stem
            file = IncidentFile(path=step.path, slug=slug, text=step.text, config=SITE)
            there[slug] = sync.known(file)
    return list(plan.steps)


def label_names(service: str, severity: str) -> list[str]:
    return [f"status:{severity}", service]


deeds: st.SearchStrategy[Callable[[Card, str], object]] = st.one_of(
    st.sampled_from(LANES).map(lambda lane: lambda card, at: card.move(lane, at=at)),
    st.sampled_from(TEXTS).map(lambda text: lambda card, at: card.comment(text, at=at)),
    st.tuples(
        st.sampled_from(("Website", "Public API", "Database")),
        st.sampled_from(SEVERITIES),
        st.booleans(),
    ).map(
        lambda one: (
            lambda card, at: card.relabel(label_names(one[0], one[1]), at=at, is_listed=one[2])
        )
    ),
    st.just(lambda card, at: card.archive(at=at)),
    st.just(lambda card, at: card.restore(at=at)),
    st.sampled_from(("Other", "", "slow " * 50)).map(
        lambda name: lambda card, at: card.rename(name, at=at)
    ),
)
histories = st.lists(st.tuples(st.integers(1, 5000), deeds, st.booleans()), min_size=1, max_size=10)


@settings(max_examples=scaled(300))
@given(histories, st.sampled_from(SEVERITIES), st.sampled_from(LANES))
def test_any_history_makes_sound_files_and_the_same_again(
    history: list[tuple[int, Callable[[Card, str], object], bool]], severity: str, lane: str
) -> None:
    """The file has no errors after any moves, labels and imports, and is stable."""
    board = Board(lanes=LANES)
    card = board.card(
        "API is slow",
        lane=lane,
        labels=label_names("Public API", severity),
        start="2024-05-06 10:00",
        due="2024-05-06 12:00",
    )
    there: dict[str, ImportedFile] = {}
    now = moment("09:00")
    for seconds, deed, is_imported in history:
        now += timedelta(seconds=seconds)
        deed(card, now.isoformat())
        if is_imported:
            imported(board, there, now.isoformat())
    now += timedelta(seconds=30)
    steps = imported(board, there, now.isoformat())

    again = imported(board, there, (now + timedelta(days=1)).isoformat())

    assert [] == [step.reason for step in steps if step.is_refused]
    assert [] == [errors(one.file.parsed().problems) for one in there.values() if not one.incident]
    assert {Outcome.UNCHANGED} >= {step.outcome for step in again} - {Outcome.SKIPPED}


@settings(max_examples=scaled(300))
@given(histories)
def test_the_state_is_that_of_the_list(
    history: list[tuple[int, Callable[[Card, str], object], bool]],
) -> None:
    """A card that only moves is resolved if and only if its list means a settled state."""
    board = Board(lanes=LANES)
    card = board.card("API is slow", labels=label_names("Public API", "major"))
    now = moment("09:00")
    lane = "Reported"
    for seconds, _, is_fixed in history:
        now += timedelta(seconds=seconds)
        lane = "Fixed" if is_fixed else LANES[seconds % 3]
        card.move(lane, at=now.isoformat())
    there: dict[str, ImportedFile] = {}

    imported(board, there, now.isoformat())

    (one,) = there.values()
    assert one.incident is not None
    states = [update.state for update in one.incident.updates if update.state]
    assert (lane == "Fixed") is (states[-1] == "resolved")


@settings(max_examples=scaled(300))
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_makes_a_sound_file(name: str, text: str) -> None:
    """The file has no errors, with any name and description of the card."""
    board = Board()
    board.card(name, labels=label_names("Public API", "major"), desc=text).comment(text, at="10:00")
    there: dict[str, ImportedFile] = {}

    steps = imported(board, there, "12:00")

    assert [] == [step.reason for step in steps if step.is_refused]
    assert all(one.incident is not None for one in there.values())


def test_a_quoted_merge_conflict_is_imported_as_text() -> None:
    """Conflict markers in a description and in a comment are escaped, so the file has no errors."""
    board = Board(lanes=LANES)
    conflict = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main"
    card = board.card(
        "API is slow",
        lane="Reported",
        labels=label_names("Public API", "major outage"),
        desc=f"The deploy contained:\n\n{conflict}",
    )
    card.comment(f"Monitoring: {conflict}", at="10:00")
    there: dict[str, ImportedFile] = {}

    steps = imported(board, there, "12:00")
    [again] = imported(board, there, "13:00")

    [file] = there.values()
    shown = "&lt;<<<<<< HEAD\na\n&#61;======\nb\n&gt;>>>>>> main"
    assert [()] == [step.remarks for step in steps]
    assert [] == errors(file.file.parsed().problems)
    assert file.incident is not None
    assert [f"The deploy contained:\n\n{shown}", shown] == [
        update.text for update in file.incident.updates
    ]
    assert Outcome.UNCHANGED is again.outcome
