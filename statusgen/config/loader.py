"""Loading of a site's settings from its folder."""

from dataclasses import dataclass, replace
from pathlib import Path

from statusgen.config import settings
from statusgen.config.parser import parse_config, rough_config
from statusgen.config.settings import Config
from statusgen.ids import digest
from statusgen.problems import ContentError, Problem, UsageError, errors
from statusgen.system import files, installed_versions
from statusgen.system.files import EntryKind

_PICTURES = (
    ".avif",
    ".gif",
    ".jpeg",
    ".jpg",
    ".png",
    ".svg",
    ".webp",
)  # formats that browsers show


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The result of reading `statusgen.yml`; *config* is None if *problems* contains an error.

    In that case, *rough* may hold partial settings for checking the other files. *rules* is the
    digest of the time zone's rules; the settings depend only on these, on *text*, and on the names
    of the pictures in `static/`.
    """

    config: Config | None
    problems: tuple[Problem, ...]
    rough: Config | None = None
    text: str = ""
    rules: str = ""

    @property
    def digest(self) -> str:
        """The digest of the settings."""
        pictures = sorted(self.config.pictures) if self.config else []
        return digest(f"{self.rules} {pictures} {self.text}")


def read_settings(folder: Path) -> Settings:
    """Read the settings of the site in *folder*; raises UsageError if it is not a site."""
    path = folder / settings.FILE
    if files.kind_of(path) is None:
        remedy = "change to a site's folder, use --site DIR, or create a site with: statusgen init"
        raise UsageError(f"no {settings.FILE} in {folder}; {remedy}")
    try:
        text = files.read_text(path, limit=files.MAX_TEXT)
    except files.UnreadableError as error:
        return Settings(config=None, problems=(error.problem(path),))
    pictures = _pictures(folder)
    config, problems = parse_config(text, path=path, pictures=pictures)
    if config is None:
        rough = rough_config(text, errors(problems), path=path)
        rough = replace(rough, pictures=pictures) if rough else None
        return Settings(config=None, problems=tuple(problems), rough=rough)
    rules = installed_versions.zone_digest(config.zone)
    return Settings(config=config, problems=tuple(problems), text=text, rules=rules)


def _pictures(folder: Path) -> frozenset[str]:
    """Return the paths of the pictures below `static/` in *folder*."""
    if files.kind_of(folder / "static") is EntryKind.FILE:
        return frozenset()  # `build` reports it.
    return frozenset(
        entry.path
        for entry in files.walk(folder / "static")
        if entry.kind is EntryKind.FILE
        and entry.path.lower().endswith(_PICTURES)
        and not files.is_litter(entry.path)
    )


def digest_of(folder: Path, config: Config) -> str:
    """Return the digest of the settings in *folder*, which were parsed as *config*.

    Raises UnreadableError.
    """
    text = files.read_text(folder / settings.FILE, limit=files.MAX_TEXT)
    rules = installed_versions.zone_digest(config.zone)
    return Settings(config=config, problems=(), text=text, rules=rules).digest


def settings_of(folder: Path) -> Config:
    """Return the settings of the site in *folder*.

    Raises ContentError if they have an error, UsageError if *folder* is not a site.
    """
    result = read_settings(folder)
    if result.config is None:
        raise ContentError(result.problems)
    return result.config
