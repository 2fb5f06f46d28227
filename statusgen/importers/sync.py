"""Compare the content of a source with the existing files, and decide what an import writes.

The `source` key of an imported file holds a mark such as ``github acme/status#12 I_kw… 0f3c…``: the
source, the item's place in it, a key that never changes, and a digest of the file as written. The
digest reveals manual edits; an import skips edited files. It never deletes a file.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from statusgen.authoring.edit import IncidentFile
from statusgen.config.settings import Config
from statusgen.content import formatter
from statusgen.content.front_matter import front_matter_tree
from statusgen.model import Incident
from statusgen.problems import errors
from statusgen.schema import yaml_nodes
from statusgen.schema.scalars import MAX_SLUG
from statusgen.system.files import MAX_TEXT
from statusgen.timeline.timeline import SETTLED, last_state

DETACHED = "detached"  # added after the digest by hand, to exclude the file from imports
WITHDRAWN = "withdrawn"

_BLANK = "0" * 12
_DEEDS = "deeds="
_MARK = re.compile(
    rf"(\S+) (\S+) (\S+) ([0-9a-f]{{12}})(?: {_DEEDS}((?:[a-z0-9]+(?:,[a-z0-9]+)*)?))?(?: (.+))?"
)
_FEW = (2, 5)  # bounds for the number of files that one import may unpublish or reopen
_SHARE = 5  # within these bounds, one in this many public files


@dataclass(frozen=True, kw_only=True)
class ImportSource:
    """A system to import incidents from.

    *name* is the first word of `source` in its files, and *prefix* starts their names. *gone* is
    the reason to give if an item no longer exists.
    """

    name: str
    prefix: str
    gone: str
    folds_case: bool = False  # whether places ignore case, as repository names on GitHub do

    def is_origin(self, mark: "SourceMark", scope: str) -> bool:
        """Return whether a file with *mark* came from *scope* in this source."""
        place = mark.place.partition("#")[0]
        is_same = place.casefold() == scope.casefold() if self.folds_case else place == scope
        return mark.source == self.name and is_same

    def slug(self, word: str) -> str:
        """Return the file name for *word*, which is a key, a number or a stem."""
        name = re.sub("[^a-z0-9]+", "-", f"{self.prefix}{word}".lower())
        return name.strip("-")[:MAX_SLUG].rstrip("-")


class Verdict(StrEnum):
    """A source's decision about an incident."""

    SHOW = "show"
    HIDE = "hide"  # it is no longer public
    LEAVE = "leave"  # no trusted change; a published file stays as it is


class NotShownError(Exception):
    """The *reason* why an incident, or a part of it, is not shown."""

    def __init__(
        self, reason: str, verdict: Verdict = Verdict.LEAVE, *, is_refused: bool = False
    ) -> None:
        self.reason = reason
        self.verdict = verdict
        self.is_refused = is_refused  # It should be shown but cannot be, so the import fails.
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class SourceItem:
    """An incident in a source.

    *place* and *key* are as in `SourceMark`. *reason* explains a verdict other than SHOW. *remarks*
    name the parts that were skipped. *incident* is None unless it is to be shown. *deeds* are the
    keys of the events that counted, for use by the next import; None if unknown. *name* appears in
    messages; it defaults to the place. If *is_refused* is true, the item should be shown but cannot
    be, so the import fails.
    """

    slug: str
    place: str
    key: str
    verdict: Verdict
    incident: Incident | None = None
    reason: str = ""
    remarks: tuple[str, ...] = ()
    deeds: tuple[str, ...] | None = None
    name: str = ""
    is_refused: bool = False


@dataclass(frozen=True, kw_only=True)
class SourceContent:
    """The *items* in a source, and general *remarks*.

    *left_out* counts the items that are not meant for the page, by reason.
    """

    items: tuple[SourceItem, ...]
    remarks: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SourceMark:
    """The origin of a file, as recorded in its `source` key."""

    source: str
    place: str
    key: str
    digest: str = _BLANK
    deeds: tuple[str, ...] | None = None
    note: str = ""

    @property
    def text(self) -> str:
        """The value of the `source` key."""
        deeds = None if self.deeds is None else f"{_DEEDS}{','.join(self.deeds)}"
        parts = (self.source, self.place, self.key, self.digest, deeds, self.note)
        return " ".join(filter(None, parts))


@dataclass(frozen=True, kw_only=True)
class ImportedFile:
    """An existing file; *mark* is None if it was not imported."""

    file: IncidentFile
    mark: SourceMark | None
    incident: Incident | None
    is_edited: bool = False

    @property
    def accepted(self) -> Incident | None:
        """The incident as last imported, None if the file was edited since."""
        return None if self.is_edited else self.incident

    @property
    def deeds(self) -> frozenset[str] | None:
        """The keys of the events that counted at the last import, None if unknown."""
        return frozenset(self.mark.deeds) if self.mark and self.mark.deeds is not None else None

    @property
    def is_withdrawn(self) -> bool:
        """True if an import unpublished the file, even if the file was edited since."""
        return self.mark is not None and self.mark.note == WITHDRAWN


def by_key(existing: Iterable[ImportedFile], source: ImportSource) -> dict[str, ImportedFile]:
    """Return the *existing* files that came from *source*, by key, including renamed ones.

    A file with its original name wins over its copies.
    """
    found: dict[str, ImportedFile] = {}
    for one in existing:
        if one.mark and one.mark.source == source.name:
            word = one.mark.place.rpartition("#")[2]
            if one.mark.key not in found or one.file.slug == source.slug(word):
                found[one.mark.key] = one
    return found


def shown(existing: Iterable[ImportedFile], source: ImportSource, *, scope: str) -> list[str]:
    """Return the places of the *existing* published files that came from *scope* in *source*."""
    marks = (one.mark for one in existing if not (one.incident and one.incident.draft))
    return [mark.place for mark in marks if mark and source.is_origin(mark, scope)]


class Outcome(StrEnum):
    """The outcome of an import for a file."""

    CREATED = "created"
    UPDATED = "updated"
    UNPUBLISHED = "unpublished"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"  # for a reason


@dataclass(frozen=True, kw_only=True)
class SyncStep:
    """The outcome for the file at *path*; *text* is its new content, None if unchanged."""

    outcome: Outcome
    slug: str
    place: str
    path: Path | None = None
    text: str | None = None
    title: str = ""
    reason: str = ""
    remarks: tuple[str, ...] = ()
    reopens: bool = False  # it reopens a resolved incident
    is_refused: bool = False  # it cannot become a file, so the import fails

    @property
    def is_ours(self) -> bool:
        """True if the file has the imported content."""
        return self.path is not None and self.outcome is not Outcome.SKIPPED


@dataclass(frozen=True, kw_only=True)
class SyncPlan:
    """The steps of an import, in order; those in *held* are too many to apply.

    *remarks* and *left_out* are as in `SourceContent`.
    """

    steps: tuple[SyncStep, ...]
    held: tuple[SyncStep, ...] = ()
    remarks: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def known(file: IncidentFile) -> ImportedFile:
    """Return *file* with its mark and incident."""
    mark = _mark_of(file)
    incident = file.parsed().incident
    if mark is None:
        return ImportedFile(file=file, mark=None, incident=incident)
    is_edited = incident is None or _digest(_blanked(file.text, mark)) != mark.digest
    return ImportedFile(file=file, mark=mark, incident=incident, is_edited=is_edited)


def plan(  # noqa: PLR0913, all are inputs to the decision
    items: Iterable[SourceItem],
    existing: Mapping[str, ImportedFile],
    config: Config,
    *,
    source: ImportSource,
    scope: str,
    folder: Path,
    force: bool = False,
    allow_mass: bool = False,
) -> SyncPlan:
    """Plan the steps that bring the *existing* files (by slug) in *folder* in line with *items*.

    *items* are all items of *source* in *scope*, such as ``acme/status``. Files that came from
    *scope* but no longer have an item are unpublished.
    """
    known_items = sorted(items, key=lambda item: (len(item.slug), item.slug))
    planning = _Planning(config, source, folder, force=force)
    files = by_key(existing.values(), source)
    steps = [
        planning.step(item, files.get(item.key) or existing.get(item.slug)) for item in known_items
    ]
    keys = {item.key for item in known_items}
    for slug, one in sorted(existing.items(), key=lambda pair: (len(pair[0]), pair[0])):
        mark = one.mark
        if mark and source.is_origin(mark, scope) and mark.key not in keys:
            item = SourceItem(
                slug=slug, place=mark.place, key=mark.key, verdict=Verdict.HIDE, reason=source.gone
            )
            steps.append(planning.step(item, one))
    public = sum(
        1 for one in existing.values() if one.mark and one.incident and not one.incident.draft
    )
    least, most = _FEW
    few = min(most, max(least, public // _SHARE))
    hidden = [step for step in steps if step.outcome is Outcome.UNPUBLISHED]
    reopened = [step for step in steps if step.reopens]
    many = [one for group in (hidden, reopened) if len(group) > few for one in group]
    if allow_mass or not many:
        return SyncPlan(steps=tuple(steps))
    return SyncPlan(steps=tuple(step for step in steps if step not in many), held=tuple(many))


class _Planning:
    """The inputs shared by all steps."""

    def __init__(self, config: Config, source: ImportSource, folder: Path, *, force: bool) -> None:
        self.config = config
        self.source = source
        self.folder = folder
        self.force = force

    def step(self, item: SourceItem, one: ImportedFile | None) -> SyncStep:
        if one is not None and (one.mark is None or one.mark.key != item.key):
            what = f"{one.file.path.name} exists but was not imported from this item"
            return _skipped(item, one, f"{what}; rename it")
        if one is not None and one.mark and one.mark.note.startswith(DETACHED):
            return _skipped(item, one, "")
        if item.verdict is Verdict.LEAVE:
            return _skipped(item, one, item.reason)
        if item.verdict is Verdict.HIDE and one is None:
            return _skipped(item, one, item.reason)
        if one is not None and one.is_edited and not self.force:
            what = "the file was edited by hand"
            if item.verdict is Verdict.HIDE and not (one.incident and one.incident.draft):
                what = f"it should be unpublished ({item.reason}), but {what}"
                return _skipped(item, one, f"{what}; use --force, or set draft: true")
            remedy = f'use --force to overwrite it, or append "{DETACHED}" to its source line'
            return _skipped(item, one, f"{what}; {remedy} to keep it")
        return self._hide(item, one) if item.verdict is Verdict.HIDE else self._show(item, one)

    def _hide(self, item: SourceItem, one: ImportedFile | None) -> SyncStep:
        incident = one.incident if one else None
        if one is None or incident is None:
            return _skipped(item, one, f"{item.reason}, but the file has errors; fix it first")
        if incident.draft:
            return self._written(item, one, incident, one.mark)
        deeds = item.deeds if item.deeds is not None or one.mark is None else one.mark.deeds
        mark = SourceMark(
            source=self.source.name, place=item.place, key=item.key, deeds=deeds, note=WITHDRAWN
        )
        return self._written(item, one, replace(incident, draft=True), mark)

    def _show(self, item: SourceItem, one: ImportedFile | None) -> SyncStep:
        if item.incident is None:
            return _skipped(item, one, item.reason)
        mark = SourceMark(source=self.source.name, place=item.place, key=item.key, deeds=item.deeds)
        return self._written(item, one, _with_later_end(item.incident), mark)

    def _written(
        self,
        item: SourceItem,
        one: ImportedFile | None,
        incident: Incident,
        mark: SourceMark | None,
    ) -> SyncStep:
        if mark is None:
            return _skipped(item, one, item.reason)
        path = one.file.path if one else self.folder / f"{item.slug}.md"
        old = one.file.text if one else None
        text = _text(incident, mark, self.config)
        if old is not None and old.replace("\r\n", "\n") == text:
            outcome = Outcome.UNCHANGED
        elif item.verdict is Verdict.HIDE:
            outcome = Outcome.UNPUBLISHED
        else:
            outcome = Outcome.CREATED if old is None else Outcome.UPDATED
        fault = None if outcome is Outcome.UNCHANGED else self._fault(path, text)
        if fault is not None:
            return replace(_skipped(item, one, fault), is_refused=True)
        return SyncStep(
            outcome=outcome,
            slug=item.slug,
            place=item.name or item.place,
            path=path,
            text=None if outcome is Outcome.UNCHANGED else text,
            title=incident.title,
            reason=item.reason,
            remarks=item.remarks,
            reopens=outcome is Outcome.UPDATED and _is_over(one) and not _is_settled(incident),
        )

    def _fault(self, path: Path, text: str) -> str | None:
        """Return why *text* cannot be written to *path*, or None if it can."""
        if len(text.encode()) > MAX_TEXT:
            size, limit = -(-len(text.encode()) // 1024), MAX_TEXT // 1024
            return f"its file would have {size} KiB, more than the limit of {limit} KiB; shorten it"
        file = IncidentFile(path=path, slug=path.stem, text=text, config=self.config)
        faults = errors(file.parsed().problems)
        return f"it cannot be imported: {faults[0].message}" if faults else None


def _with_later_end(incident: Incident) -> Incident:
    """Return *incident*; an end that is not after its start moves to one minute after it."""
    if incident.until is None or incident.until > incident.started:
        return incident
    # Some sources have notices that end when they begin.
    return replace(incident, until=incident.started + timedelta(minutes=1))


def _is_over(one: ImportedFile | None) -> bool:
    incident = one.incident if one else None
    return incident is not None and not incident.draft and _is_settled(incident)


def _is_settled(incident: Incident) -> bool:
    return last_state(incident) in SETTLED


def _skipped(item: SourceItem, one: ImportedFile | None, reason: str) -> SyncStep:
    return SyncStep(
        outcome=Outcome.SKIPPED if reason else Outcome.UNCHANGED,
        slug=item.slug,
        place=item.name or item.place,
        title=item.incident.title if item.incident else "",
        reason=reason,
        remarks=item.remarks,
        path=one.file.path if one and reason else None,
        is_refused=item.is_refused,
    )


def _text(incident: Incident, mark: SourceMark, config: Config) -> str:
    """Return the text of the file for *incident*, with *mark* and a digest of that text."""
    blank = replace(mark, digest=_BLANK)
    text = formatter.format_incident(replace(incident, source=blank.text), zone=config.zone)
    written = replace(mark, digest=_digest(text))
    return text.replace(_line(blank), _line(written), 1)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[: len(_BLANK)]


def _blanked(text: str, mark: SourceMark) -> str:
    text = text.replace("\r\n", "\n")
    return text.replace(_line(mark), _line(replace(mark, digest=_BLANK)), 1)


def _line(mark: SourceMark) -> str:
    """Return the `source` line for *mark*; text in an incident is indented, so it never matches."""
    return f"\nsource: {mark.text}\n"


def _mark_of(file: IncidentFile) -> SourceMark | None:
    """Return the mark in *file*, even if the file has errors; None if it has no mark."""
    root = front_matter_tree(file.text, path=file.path)
    node = root.value("source") if root is not None else None
    found = _MARK.fullmatch(node.text) if isinstance(node, yaml_nodes.Scalar) else None
    if found is None:
        return None
    source, place, key, digest, deeds, note = found.groups()
    return SourceMark(
        source=source,
        place=place,
        key=key,
        digest=digest,
        deeds=None if deeds is None else tuple(filter(None, deeds.split(","))),
        note=note or "",
    )


def paths(steps: Sequence[SyncStep]) -> list[Path]:
    """Return the paths of the files in *steps* that have the imported content."""
    return [step.path for step in steps if step.path is not None and step.is_ours]
