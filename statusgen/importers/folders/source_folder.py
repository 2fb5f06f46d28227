"""The files of another status page, with what all such pages have in common."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from statusgen.i18n import catalogue
from statusgen.importers.folders import front_matter
from statusgen.importers.folders.front_matter import SourceValues
from statusgen.importers.folders.source_files import SourceFile
from statusgen.importers.folders.source_times import parse_time
from statusgen.importers.names import folded
from statusgen.importers.records.record import IncidentRecord, UnreadRecord
from statusgen.model import Severity
from statusgen.problems import quoted
from statusgen.schema import scalars


class LeftOutError(Exception):
    """A file that is not meant for the page; *count* describes such files in the totals."""

    def __init__(self, count: str) -> None:
        self.count = count
        super().__init__(count)


@dataclass(frozen=True, kw_only=True)
class IncidentText:
    """A file with the *values* of its front matter, its *body*, and times in *zone*."""

    file: SourceFile
    values: SourceValues
    body: str
    zone: tzinfo

    def moment(self, name: str, remarks: list[str]) -> datetime | None:
        """Return the time *name*, None if it is missing or, with a remark, no time."""
        text = self.values.text(name)
        found = parse_time(text, self.zone) if text else None
        if text and found is None:
            remarks.append(f"{name} {quoted(text)} is not a time; it is ignored")
        return found

    def started(self) -> datetime:
        """Return the time `date`; raise ValueError if it is missing or wrong."""
        text = self.values.text("date")
        found = parse_time(text, self.zone)
        if found is None:
            raise ValueError(f"its date {quoted(text)} is not a time" if text else "it has no date")
        return found


@dataclass
class ReadFiles:
    """The records that were read, those that could not be, and the files left out by reason."""

    records: list[IncidentRecord] = field(default_factory=list)
    unread: list[UnreadRecord] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def read(
        self,
        files: Iterable[SourceFile],
        zone: tzinfo,
        record_of: Callable[[IncidentText], IncidentRecord],
        split: Callable[[str], tuple[SourceValues, str]] = front_matter.split,
    ) -> None:
        """Read *files* with *record_of*, which raises LeftOutError, or ValueError with a fault.

        A file whose key is that of an earlier one gets its own name as the key, with a remark.
        """
        taken = {one.key for one in self.records}
        for file in files:
            try:
                if file.fault:
                    raise ValueError(file.fault)
                values, body = split(file.text)
                found = record_of(IncidentText(file=file, values=values, body=body, zone=zone))
            except LeftOutError as error:
                self.left_out[error.count] += 1
            except ValueError as fault:
                self.unread.append(
                    UnreadRecord(
                        key=file.path, stem=file.stem, name=f"{file.path}.md", reason=str(fault)
                    )
                )
            else:
                name, remarks = f"{file.path}.md", (*file.remarks, *found.remarks)
                if found.key in taken:
                    what = f"another file has its id {quoted(found.key)} too"
                    remarks = (*remarks, f"{what}; using its name instead")
                    found = replace(found, key=name)
                taken.add(found.key)
                self.records.append(replace(found, name=name, remarks=remarks))


def named_severities(
    names: Iterable[str], shown: Mapping[str, str], severity: Severity
) -> dict[str, Severity]:
    """Return the services *names* with *severity*; *shown* has their names on the page, folded."""
    return {shown.get(folded(name), name): severity for name in names}


def zone_of(option: str, written: str, remarks: list[str]) -> tuple[str, tzinfo]:
    """Return the time zone of a source, by name and as a zone: the *option*, or as *written*."""
    name = option or written
    if name:
        with suppress(ValueError):
            return (name, scalars.zone(name))
        remarks.append(f"time zone {quoted(name)} is not known; using UTC")
    return ("UTC", ZoneInfo("UTC"))


def language_of(code: str) -> str:
    """Return the language *code*, such as `en-us`, as one of ours; English if there is none."""
    known = {one.lower(): one for one in catalogue.languages()}
    parts = code.replace("_", "-").lower()
    return known.get(parts) or known.get(parts.partition("-")[0]) or "en"
