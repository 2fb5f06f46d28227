"""Imports from other status pages into a site on disk."""

from dataclasses import dataclass
from pathlib import Path

from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.content import parser
from statusgen.model import Incident
from tests.conftest import Ran, Run


@dataclass(frozen=True, kw_only=True)
class RecordImporting:
    """An import with *arguments* into the site in *folder*, which may not exist yet."""

    folder: Path
    run: Run
    arguments: tuple[str, ...]

    def __call__(self, *options: str) -> Ran:
        """Import, and return the result."""
        self.folder.mkdir(exist_ok=True)
        return self.run("import", *self.arguments, *options, cwd=self.folder)

    def files(self) -> dict[str, str]:
        """Return the settings and the incident files by name."""
        paths = [self.folder / "statusgen.yml", *sorted(self.folder.glob("incidents/*"))]
        return {path.name: path.read_text("utf-8") for path in paths if path.exists()}

    def config(self) -> Config:
        """Return the settings of the site."""
        text = (self.folder / "statusgen.yml").read_text("utf-8")
        found, problems = parse_config(text, path=Path("statusgen.yml"))
        assert found is not None, problems
        return found

    def incidents(self) -> dict[str, Incident]:
        """Return the incidents in the files by title."""
        config, found = self.config(), {}
        for path in sorted(self.folder.glob("incidents/*")):
            text = path.read_text("utf-8")
            parsed = parser.parse(text, path=path, slug=path.stem, config=config)
            assert parsed.incident is not None, parsed.problems
            found[parsed.incident.title] = parsed.incident
        return found

    def incident(self) -> Incident:
        """Return the only incident."""
        (found,) = self.incidents().values()
        return found

    def updates(self, title: str = "") -> list[tuple[str, str, str]]:
        """Return the updates of an incident: time of day in UTC, state and text."""
        found = self.incidents()[title] if title else self.incident()
        return [(f"{one.at:%H:%M}", str(one.state or ""), one.text) for one in found.updates]

    def services(self, title: str = "") -> dict[str, str]:
        """Return the severity of each service at the start of an incident."""
        found = self.incidents()[title] if title else self.incident()
        return {one.id: str(one.severity or found.severity) for one in found.services}

    def check(self) -> Ran:
        """Check the site."""
        return self.run("check", cwd=self.folder)
