"""The settings of a site by its folder, without anything else of it."""

from dataclasses import dataclass
from pathlib import Path

from statusgen.config import settings
from statusgen.config.parser import parse_config, rough_config
from statusgen.config.settings import Config
from statusgen.ids import digest
from statusgen.problems import ContentError, Problem, UsageError, errors
from statusgen.system import files, installed_versions


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `statusgen.yml` says; *config* is None if it has an error among *problems*.

    *rough* is then what the other files can be checked by, if anything. The settings depend on
    *text* alone, and on the rules of the zone, which *rules* tells from others.
    """

    config: Config | None
    problems: tuple[Problem, ...]
    rough: Config | None = None
    text: str = ""
    rules: str = ""

    @property
    def digest(self) -> str:
        """What tells these settings from others."""
        return digest(f"{self.rules} {self.text}")


def read_settings(folder: Path) -> Settings:
    """The settings of the site in *folder*; raises UsageError if it is none."""
    path = folder / settings.FILE
    if files.kind_of(path) is None:
        remedy = f"go to the folder of a site, or name it with --site, or write {settings.FILE}"
        raise UsageError(f"there is no {settings.FILE} in {folder}; {remedy}")
    try:
        text = files.read_text(path, limit=files.MAX_TEXT)
    except files.UnreadableError as error:
        return Settings(config=None, problems=(error.problem(path),))
    found, problems = parse_config(text, path=path)
    if found is None:
        rough = rough_config(text, errors(problems), path=path)
        return Settings(config=None, problems=tuple(problems), rough=rough)
    rules = installed_versions.zone_digest(found.zone)
    return Settings(config=found, problems=tuple(problems), text=text, rules=rules)


def digest_of(folder: Path, found: Config) -> str:
    """The digest of the settings in *folder*, which say *found*; raises UnreadableError."""
    text = files.read_text(folder / settings.FILE, limit=files.MAX_TEXT)
    rules = installed_versions.zone_digest(found.zone)
    return Settings(config=found, problems=(), text=text, rules=rules).digest


def settings_of(folder: Path) -> Config:
    """The settings of the site in *folder*.

    Raises ContentError if they have an error, UsageError if *folder* is no site.
    """
    found = read_settings(folder)
    if found.config is None:
        raise ContentError(found.problems)
    return found.config
