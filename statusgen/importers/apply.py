"""Run an import: read the source, plan, write the files, commit and push them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from statusgen.authoring import compose, lookup
from statusgen.authoring.edit import IncidentFile
from statusgen.config.settings import Config
from statusgen.importers import report, sync
from statusgen.importers.site_settings import SettingsChange
from statusgen.importers.sync import ImportedFile, ImportSource, SourceContent, SyncPlan
from statusgen.problems import ContentError, OutsideError
from statusgen.system import files, git, locks

_TRIES = 6  # pushes, where each time somebody else is faster


@dataclass(frozen=True, kw_only=True)
class ImportRun:
    """An import from *source*, of *scope* (``acme/status``), with the options of the command.

    *find* reads the source: given the files that an import has written already, it returns all that
    is there. *settings* are written along with the files. With *dry_run* nothing is written.
    """

    folder: Path
    config: Config
    source: ImportSource
    scope: str
    find: Callable[[Mapping[str, ImportedFile]], SourceContent]
    settings: SettingsChange | None = None
    force: bool = False
    allow_mass: bool = False
    commit: bool = False
    push: bool = False
    dry_run: bool = False

    def run(self, tell: Callable[[SyncPlan], None]) -> tuple[SyncPlan, list[str]]:
        """Import, *tell* what was done, and return that with what to say of commit and push.

        Where somebody else pushes first, it plans again on top of what they pushed. Raises
        ContentError for a file that cannot be read, OutsideError where the network or Git fails.
        """
        there = self._files({})
        found = self.find(there)  # It asks another server, so nobody waits for the lock meanwhile.
        if self.dry_run:
            plan = self._plan(found, there)
            tell(plan)
            return (plan, [])
        for tries_left in reversed(range(_TRIES)):
            with locks.locked(self.folder / "incidents"):
                before, there = there, self._files(there)
                if there != before:  # Another import may have seen what is newer.
                    found = self.find(there)
                plan = self._plan(found, there)
                if self.settings is not None:
                    self.settings.write()
                _write(plan, self.folder)
                try:
                    remarks = self._publish(plan)
                except git.OvertakenError:
                    if tries_left:
                        continue
                    raise
                except OutsideError:
                    tell(plan)
                    raise
            tell(plan)
            return (plan, remarks)
        raise AssertionError  # The last try has raised.

    def _plan(self, found: SourceContent, there: Mapping[str, ImportedFile]) -> SyncPlan:
        plan = sync.plan(
            found.items,
            there,
            self.config,
            source=self.source,
            scope=self.scope,
            folder=self.folder / "incidents",
            force=self.force,
            allow_mass=self.allow_mass,
        )
        return replace(plan, remarks=found.remarks, left_out=found.left_out)

    def _publish(self, plan: SyncPlan) -> list[str]:
        """Commit and push the files of *plan*, as far as asked for; return what to say of that."""
        remarks = []
        paths = sync.paths(plan.steps)
        if self.settings is not None:
            paths.append(self.settings.path)
        message = report.message(plan, self.scope)
        if self.commit and (not paths or not git.commit(paths, *message)):
            remarks.append("nothing to commit")
        if self.push and git.push(self.folder, merge=compose.merger(self.config), own=paths):
            remarks.append("pushed")
        return remarks

    def _files(self, before: Mapping[str, ImportedFile]) -> dict[str, ImportedFile]:
        """Return the files that may come from the source, by slug; unchanged ones of *before*."""
        return {
            file.slug: before[file.slug]
            if file.slug in before and before[file.slug].file == file
            else sync.known(file)
            for file in self._opened()
        }

    def _opened(self) -> Iterator[IncidentFile]:
        """Yield the files with names of an import, and those that it wrote, renamed since."""
        marked = re.compile(rf"""^source: *["']?{re.escape(self.source.name)} """, re.MULTILINE)
        for one in lookup.all_incident_files(self.folder):
            is_named = one.slug.startswith(self.source.prefix)
            try:
                file = lookup.open_file(one, self.config)
            except ContentError:
                if is_named:
                    raise
                continue
            if is_named or marked.search(file.text):
                yield file


def _write(plan: SyncPlan, folder: Path) -> None:
    files.sweep(folder / "incidents")
    for step in plan.steps:
        if step.path is None or step.text is None:
            continue
        if step.outcome is sync.Outcome.CREATED:
            files.write_atomically(step.path, step.text.encode())
        else:
            files.rewrite(step.path, step.text)
