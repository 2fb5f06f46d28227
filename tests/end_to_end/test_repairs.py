"""Files broken as people break them, repaired by doing literally what the messages ask for."""

from pathlib import Path

import pytest

from statusgen.authoring.edit import IncidentFile
from statusgen.authoring.fixes import fix
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.content import parser
from statusgen.problems import Level, Problem
from tests.support import repair_cases
from tests.support.remedies import follow
from tests.support.repair_cases import FOLDER, RepairCase

CASES = repair_cases.cases()
SOURCES = sorted({case.source for case in CASES})
BASES = ["incident.md", "maintenance.md", "notice.md", "statusgen.yml"]
_ROUNDS = 2


def settings() -> Config:
    text = (FOLDER / "statusgen.yml").read_text(encoding="utf-8")
    config, _ = parse_config(text, path=Path("statusgen.yml"))
    assert config
    return config


CONFIG = settings()


def problems_in(text: str, base: str) -> list[Problem]:
    path = Path(base)
    if path.suffix == ".yml":
        return sorted(parse_config(text, path=path)[1], key=lambda one: one.order)
    parsed = parser.parse(text, path=path, slug=path.stem, config=CONFIG)
    return sorted(parsed.problems, key=lambda one: one.order)


def described(problem: Problem) -> str:
    kind = "warning: " if problem.level is Level.WARNING else ""
    return f"{problem.line}:{problem.column} {kind}{problem.message}"


def repaired(case: RepairCase, text: str, problems: list[Problem]) -> str:
    """Return *text* after what *problems* ask for, from the last line to the first.

    The author's own edits come first: those of a remedy that leaves a choice, or has an example.
    """
    if case.edits and text == case.text:
        return case.by_hand(text)
    if any("run: statusgen check --fix" in one.message for one in problems):
        file = IncidentFile(path=Path(case.base), slug="a", folder="", text=text, config=CONFIG)
        return fix(file).text
    for problem in reversed(problems):
        text = follow(text, problem)
    return text


@pytest.mark.parametrize("base", BASES)
def test_the_unbroken_files_have_no_problem(base: str) -> None:
    """The files that the cases break are valid."""
    assert [] == problems_in((FOLDER / base).read_text(encoding="utf-8"), base)


@pytest.mark.parametrize("source", SOURCES, ids=[source.stem for source in SOURCES])
def test_a_message_names_the_slip_at_its_line(source: Path, *, update_expected: bool) -> None:
    """Each broken file has exactly the problems that its case lists: mostly one, at its line."""
    own = [case for case in CASES if case.source == source]
    found = {
        case.name: [described(one) for one in problems_in(case.text, case.base)] for case in own
    }
    if update_expected:
        repair_cases.rewrite(source, found)
    else:
        assert {case.name: list(case.expected) for case in own} == found


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_message_followed_literally_repairs_the_file(case: RepairCase) -> None:
    """A file in which the remedies are applied as worded has no problem within two rounds."""
    text, problems = case.text, problems_in(case.text, case.base)
    assert problems

    for _ in range(_ROUNDS):
        text = repaired(case, text, problems)
        problems = problems_in(text, case.base)

    assert [] == [described(one) for one in problems], text


def test_there_are_many_cases() -> None:
    """The set has not lost its cases, and each has a name of its own."""
    assert len(CASES) == len({case.id for case in CASES})
    assert len(CASES) >= 95
