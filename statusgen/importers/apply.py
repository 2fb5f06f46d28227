"""Run an import: read the source, plan, write the files, commit and push them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from statusgen.authoring import compose, lookup
from statusgen.authoring.edit import IncidentFile
from statusgen.config.settings import FILE, Config
from statusgen.importers import report, sync
from statusgen.importers.site_settings import ImportSettings, SettingsChange
from statusgen.importers.sync import ImportedFile, ImportSource, SourceContent, SyncPlan
from statusgen.problems import ContentError, OutsideError, UsageError
from statusgen.system import files, git, git_push, locks

_TRIES = 6  # to push, if somebody else pushes first


@dataclass(frozen=True, kw_only=True)
class ImportRun:
    """An import of *scope* (``acme/status``) from *source*, with the command's options.

    *settings* reads the site's settings, including changes to write along with the files. *find*
    takes the settings and the imported files, and returns the content of the source. With
    *dry_run*, nothing is written.
    """

    folder: Path
    source: ImportSource
    scope: str
    settings: Callable[[], ImportSettings]
    find: Callable[[Config, Mapping[str, ImportedFile]], SourceContent]
    force: bool = False
    allow_mass: bool = False
    commit: bool = False
    push: bool = False
    dry_run: bool = False

    def run(
        self, report_plan: Callable[[SyncPlan, SettingsChange | None], None]
    ) -> tuple[SyncPlan, list[str]]:
        """Run the import, pass its plan to *report_plan*, and return the plan.

        Also returns remarks on the commit and the push. If a push is rejected because somebody else
        pushed first, makes a new plan on top of their commits. Raises ContentError if a file cannot
        be read, and OutsideError if the network or Git fails.
        """
        site = self.settings()
        existing = self._files(site.config, {})
        # Do not hold the lock during requests to a server: other processes may wait for it.
        content = self.find(site.config, existing)
        if self.commit and site.change is not None and not site.change.is_new:
            self._refuse_uncommitted(site.change)
        if self.dry_run:
            plan = self._plan(content, site.config, existing)
            report_plan(plan, site.change)
            return (plan, [])
        for tries_left in reversed(range(_TRIES)):
            with locks.locked(self.folder / "incidents"):
                known, site = site.config, self.settings()
                before, existing = existing, self._files(site.config, existing)
                # Another import may have written files, or the settings may have changed.
                if existing != before or site.config != known:
                    content = self.find(site.config, existing)
                plan = self._plan(content, site.config, existing)
                if site.change is not None:
                    site.change.write()
                _write(plan, self.folder)
                try:
                    remarks = self._publish(plan, site)
                except git.OvertakenError:
                    if tries_left:
                        continue
                    raise
                except OutsideError:
                    report_plan(plan, site.change)
                    raise
            report_plan(plan, site.change)
            return (plan, remarks)
        raise AssertionError  # The last attempt raises.

    def _refuse_uncommitted(self, change: SettingsChange) -> None:
        """Raise UsageError if the settings file of *change* has uncommitted changes."""
        if git.mark_of(change.path):
            what = f"{change.path.name} has uncommitted changes"
            raise UsageError(f"{what}; commit them before you use --add-services")

    def _plan(
        self, content: SourceContent, config: Config, existing: Mapping[str, ImportedFile]
    ) -> SyncPlan:
        plan = sync.plan(
            content.items,
            existing,
            config,
            source=self.source,
            scope=self.scope,
            folder=self.folder / "incidents",
            force=self.force,
            allow_mass=self.allow_mass,
        )
        return replace(plan, remarks=content.remarks, left_out=content.left_out)

    def _publish(self, plan: SyncPlan, site: ImportSettings) -> list[str]:
        """Commit and push the files in *plan* if requested, and return remarks."""
        remarks = []
        paths = sync.paths(plan.steps)
        settings = self.folder / FILE
        # A run that was killed may have written the settings without committing them.
        if self.commit and (site.change is not None or git.mark_of(settings) == "??"):
            paths.append(settings)
        message = report.message(plan, self.scope)
        if self.commit and (not paths or not git.commit(paths, *message)):
            remarks.append("nothing to commit")
        target = None
        if self.push:
            target = git.push(self.folder, merge=compose.merger(site.config), own=paths)
        if target is not None:
            remarks.append(git_push.unpublished(self.folder, target) or "pushed")
        return remarks

    def _files(self, config: Config, before: Mapping[str, ImportedFile]) -> dict[str, ImportedFile]:
        """Return the files that may come from the source, by slug.

        Reuses the entries in *before* whose files are unchanged.
        """
        return {
            file.slug: before[file.slug]
            if file.slug in before and before[file.slug].file == file
            else sync.known(file)
            for file in self._candidates(config)
        }

    def _candidates(self, config: Config) -> Iterator[IncidentFile]:
        """Yield the files with the source's prefix, and renamed files with its mark."""
        marked = re.compile(rf"""^source: *["']?{re.escape(self.source.name)} """, re.MULTILINE)
        for one in lookup.all_incident_files(self.folder):
            is_named = one.slug.startswith(self.source.prefix)
            try:
                file = lookup.open_file(one, config)
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
