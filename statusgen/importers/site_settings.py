"""Changes to `statusgen.yml` by an import: a new file, or added services."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from statusgen.authoring import settings_file
from statusgen.config import settings
from statusgen.config.parser import parse_config
from statusgen.config.settings import EXAMPLE_URL, Config
from statusgen.model import Group, Service
from statusgen.problems import ContentError
from statusgen.system import files


@dataclass(frozen=True, kw_only=True)
class SettingsChange:
    """The new *text* of `statusgen.yml` at *path*."""

    path: Path
    text: str
    is_new: bool

    @property
    def outcome(self) -> str:
        """The outcome for the file in one word."""
        return "created" if self.is_new else "updated"

    @property
    def has_example_url(self) -> bool:
        """True if the file is new and its address is only an example."""
        return self.is_new and f"url: {EXAMPLE_URL}\n" in self.text

    def write(self) -> None:
        """Write the file; raise OutsideError if that fails."""
        if files.kind_of(self.path) is None:
            files.make_folder(self.path.parent)
            files.write_atomically(self.path, self.text.encode())
        else:
            files.rewrite(self.path, self.text)


@dataclass(frozen=True, kw_only=True)
class ImportSettings:
    """The settings to import with, and the *change* to write, if any."""

    config: Config
    change: SettingsChange | None = None


def new_settings(  # noqa: PLR0913, one per setting
    folder: Path,
    *,
    title: str,
    services: Sequence[Service],
    groups: Sequence[Group] = (),
    url: str = EXAMPLE_URL,
    language: str = "en",
    timezone: str = "UTC",
) -> ImportSettings:
    """Return the settings of a new site in *folder*."""
    text = settings_file.format_settings(
        title=title,
        url=url,
        language=language,
        timezone=timezone,
        groups=groups,
        services=services,
    )
    return _changed(folder / settings.FILE, text, is_new=True)


def added_services(folder: Path, services: Sequence[Service]) -> ImportSettings:
    """Return the settings of the site in *folder* with *services* appended.

    Raises UsageError or ContentError if they cannot be inserted.
    """
    path = folder / settings.FILE
    text = files.read_text(path, limit=files.MAX_TEXT)
    return _changed(path, settings_file.with_services(text, services, path=path), is_new=False)


def _changed(path: Path, text: str, *, is_new: bool) -> ImportSettings:
    config, problems = parse_config(text, path=path)
    if config is None:
        raise ContentError(problems)
    change = SettingsChange(path=path, text=text, is_new=is_new)
    return ImportSettings(config=config, change=change)
