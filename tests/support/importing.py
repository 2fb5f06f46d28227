"""Imports from the fake GitHub and the fake Trello into a site on disk."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from statusgen.config.parser import parse_config
from statusgen.content import parser
from statusgen.model import Incident
from tests.conftest import SETTINGS, Ran, Run, write_site
from tests.support.fakes.github import NAME, TOKEN, GitHub, schema, serving
from tests.support.fakes.trello import Trello
from tests.support.fakes.trello import serving as serving_trello
from tests.support.fakes.trello_board import Board


@dataclass(frozen=True, kw_only=True)
class Importing:
    """A site in *folder*, whose incidents come from *github*."""

    folder: Path
    github: GitHub
    run: Run

    def __call__(self, *options: str) -> Ran:
        """Import, and return the result."""
        where = ("--repo", NAME, "--api-url", self.github.url)
        return self.run("import", "github", *where, *options, cwd=self.folder)

    def reason(self, *options: str) -> str:
        """Import, and return the messages without the final counts."""
        *lines, _ = self(*options).err.splitlines()
        return "\n".join(lines)

    def files(self) -> dict[str, str]:
        """Return the incident files by name."""
        return {
            path.name: path.read_text("utf-8") for path in sorted(self.folder.glob("incidents/*"))
        }

    def text(self, number: int = 1) -> str:
        """Return the file for an issue."""
        return self.files()[f"gh-{number}.md"]

    def incident(self, number: int = 1) -> Incident:
        """Return the incident in the file for an issue."""
        settings, _ = parse_config(
            (self.folder / "statusgen.yml").read_text("utf-8"), path=Path("statusgen.yml")
        )
        path = self.folder / "incidents" / f"gh-{number}.md"
        parsed = parser.parse(self.text(number), path=path, slug=path.stem, config=settings)
        assert parsed.incident is not None, parsed.problems
        return parsed.incident

    def told(self, number: int = 1) -> list[tuple[str, str, str]]:
        """Return the updates in the file for an issue: time of day in UTC, state and text."""
        return [
            (f"{one.at:%H:%M:%S}", str(one.state or ""), one.text)
            for one in self.incident(number).updates
        ]

    def age(self) -> None:
        """Rewrite the files as an earlier version would, without ids in updates."""
        for path in self.folder.glob("incidents/*"):
            text = re.sub(r"^    (?:id|source): .*\n", "", path.read_text("utf-8"), flags=re.M)
            text = re.sub(r"^(source: .*) deeds=\S*", r"\1", text, flags=re.M)
            blank = re.sub(r"^(source: \S+ \S+ \S+) \w{12}", rf"\1 {'0' * 12}", text, flags=re.M)
            digest = hashlib.sha256(blank.encode()).hexdigest()[:12]
            path.write_text(blank.replace("0" * 12, digest, 1), "utf-8")

    def settings(self, more: str) -> None:
        """Add *more* to the settings."""
        write_site(self.folder, {"statusgen.yml": SETTINGS + more})


@pytest.fixture
def github() -> Iterator[GitHub]:
    """Serve an empty GitHub on this machine."""
    schema()
    with serving(GitHub()) as server:
        yield server


@pytest.fixture
def trello() -> Iterator[Trello]:
    """Serve a Trello without a board on this machine."""
    with serving_trello(Trello()) as server:
        yield server


@pytest.fixture
def imports(github: GitHub, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Importing:
    """Return an import from *github* into a site with three services."""
    for name in ("GH_TOKEN", "GITHUB_API_URL", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    folder = write_site(tmp_path / "site", {})
    return Importing(folder=folder, github=github, run=run)


@dataclass(frozen=True, kw_only=True)
class TrelloImporting:
    """A site in *folder*, whose incidents come from *board* on *trello*."""

    folder: Path
    trello: Trello
    board: Board
    run: Run

    def __call__(self, *options: str) -> Ran:
        """Import live, and return the result."""
        where = ("--board", self.board.data["shortLink"], "--api-url", f"{self.trello.url}/1")
        return self.run("import", "trello", *where, *options, cwd=self.folder)

    def export(self, *options: str, actions: int = 1000) -> Ran:
        """Import an export of the board with the newest *actions*, and return the result."""
        path = self.folder.parent / "board.json"
        path.write_text(json.dumps(self.board.export(actions=actions)), "utf-8")
        return self.run("import", "trello", path, *options, cwd=self.folder)

    def files(self) -> dict[str, str]:
        """Return the incident files by name."""
        return {
            path.name: path.read_text("utf-8") for path in sorted(self.folder.glob("incidents/*"))
        }

    def incidents(self) -> dict[str, Incident]:
        """Return the incidents in the files by title."""
        settings, problems = parse_config(
            (self.folder / "statusgen.yml").read_text("utf-8"), path=Path("statusgen.yml")
        )
        assert settings is not None, problems
        found = {}
        for name, text in self.files().items():
            path = self.folder / "incidents" / name
            parsed = parser.parse(text, path=path, slug=path.stem, config=settings)
            assert parsed.incident is not None, parsed.problems
            found[parsed.incident.title] = parsed.incident
        return found

    def incident(self) -> Incident:
        """Return the only incident."""
        (found,) = self.incidents().values()
        return found

    def told(self) -> list[tuple[str, str, str]]:
        """Return the updates of the only incident: time of day in UTC, state and text."""
        return [
            (f"{one.at:%H:%M:%S}", str(one.state or ""), one.text)
            for one in self.incident().updates
        ]

    def settings(self, more: str) -> None:
        """Add *more* to the settings."""
        write_site(self.folder, {"statusgen.yml": SETTINGS + more})


@pytest.fixture
def board_imports(
    trello: Trello, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> TrelloImporting:
    """Return an import from a board on *trello* into a site with three services."""
    monkeypatch.delenv("TRELLO_BOARD_ID", raising=False)
    monkeypatch.setenv("TRELLO_KEY", trello.key)
    monkeypatch.setenv("TRELLO_TOKEN", trello.token)
    board = Board()
    trello.boards.append(board)
    folder = write_site(tmp_path / "site", {})
    return TrelloImporting(folder=folder, trello=trello, board=board, run=run)
