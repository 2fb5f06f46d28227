"""Read a page of cState, a Hugo site: `config.yml` and `content/issues/**/*.md`."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from statusgen.i18n import catalogue
from statusgen.importers.folders import source_files, source_folder
from statusgen.importers.folders.front_matter import SourceValues
from statusgen.importers.folders.source_folder import IncidentText, LeftOutError, ReadFiles
from statusgen.importers.folders.source_settings import read_settings
from statusgen.importers.folders.tracked_body import split_body
from statusgen.importers.names import folded
from statusgen.importers.records.record import IncidentRecord, SourceSite
from statusgen.importers.services import SourceService
from statusgen.importers.sync import ImportSource
from statusgen.model import Severity
from statusgen.problems import UsageError, listed, quoted

CSTATE = ImportSource(name="cstate", prefix="", gone="its file was deleted")

_CONFIGS = ("config.yml", "config.yaml", "hugo.yml", "hugo.yaml", "config.toml", "hugo.toml")

_ISSUES = "content/issues"
_SEVERITIES = {"down": Severity.MAJOR, "disrupted": Severity.DEGRADED, "notice": Severity.NONE}
_PLANNED = re.compile(
    r"\b(?:maintenance|planned|scheduled|upgrad\w*|migrat\w*|restart\w*|window|mov(?:e|es|ing))\b",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\A\$[A-Z_]+\Z")


def read_site(folder: Path, *, timezone: str, planned: Collection[str]) -> SourceSite:
    """Read the page in *folder*, a clone.

    *timezone* replaces the one in the settings. *planned* are the file names of incidents that were
    maintenance. Raises UsageError if it is another folder.
    """
    source_files.check_folder(folder, _ISSUES, "cState")
    config, remarks = read_settings(folder, _CONFIGS)
    params = config.map("params")
    name, zone = source_folder.zone_of(timezone, config.text("timeZone"), remarks)
    url = config.text("baseURL")
    language = source_folder.language_of(config.text("languageCode"))
    shown = _shown_names(params)
    stems = {Path(one).name.removesuffix(".md") for one in planned}

    def record_of(text: IncidentText) -> IncidentRecord:
        return _record(text, shown, language, is_planned=text.file.stem in stems)

    found = ReadFiles()
    found.read(source_files.read_files(folder / _ISSUES), zone, record_of)
    missing = stems - {one.stem for one in found.records}
    if missing:
        raise UsageError(
            f"--planned: there is no file {listed(map(quoted, sorted(missing)), 'or')}"
        )
    return SourceSite(
        scope=source_files.scope_of(url, folder),
        title=config.text("title"),
        url=url,
        base_url=url,
        timezone=name,
        zone=zone,
        language=language,
        services=tuple(_services(params)),
        records=tuple(found.records),
        unread=tuple(found.unread),
        remarks=tuple(remarks),
        left_out=dict(found.left_out),
    )


def _shown_names(params: SourceValues) -> dict[str, str]:
    """Return the name that the page shows for each system, by its folded name."""
    systems = params.maps("systems")
    return {
        folded(one.text("name")): one.text("displayName") or one.text("name") for one in systems
    }


def _services(params: SourceValues) -> Iterator[SourceService]:
    """Yield the systems, by category in the order of the page."""
    categories = params.maps("categories")
    order = {folded(one.text("name")): place for place, one in enumerate(categories)}
    untitled = {folded(one.text("name")) for one in categories if one.flag("untitled")}
    systems = params.maps("systems")
    for one in sorted(systems, key=lambda one: order.get(folded(one.text("category")), len(order))):
        category = one.text("category")
        yield SourceService(
            name=one.text("displayName") or one.text("name"),
            id=one.text("name"),
            group=None if folded(category) in untitled else category or None,
            description=one.text("description"),
        )


def _record(
    text: IncidentText, shown: Mapping[str, str], language: str, *, is_planned: bool
) -> IncidentRecord:
    """Return the record for *text*; raise LeftOutError or ValueError if there is none."""
    values = text.values
    if values.flag("draft"):
        raise LeftOutError("marked as draft")
    if values.text("section") != "issue":
        raise LeftOutError("without section: issue")
    remarks: list[str] = []
    started = text.started()
    if _TEMPLATE.match(values.text("title")):
        raise ValueError("it is a template")
    ended = text.moment("resolvedWhen", remarks)
    is_over = values.flag("resolved")
    is_informational = values.flag("informational")
    severity = Severity.NONE if is_informational else _severity(values, remarks)
    has_window = ended is not None and ended > started
    looks_planned = _looks_planned(text, language)
    is_notice = severity is Severity.NONE
    has_plan = is_notice and not is_informational and values.text("severity").lower() == "notice"
    has_plan = has_plan and bool(values.names("affected"))
    is_maintenance = has_window and (is_planned or (has_plan and (looks_planned or not is_over)))
    if is_maintenance:
        severity = Severity.MAINTENANCE
    elif looks_planned and not is_notice and has_window:
        what = "it looks planned, and is imported as an incident, as the page counted it"
        remarks.append(f"{what}; for maintenance, use --planned {text.file.stem}")
    body = split_body(text.body, started=started, ended=ended, zone=text.zone)
    is_incident = not is_maintenance and not is_notice
    opening = Severity.NONE if is_notice and not is_maintenance else severity
    return IncidentRecord(
        key=text.file.path,
        stem=text.file.stem,
        title=values.text("title"),
        severity=severity,
        services=source_folder.named_severities(values.names("affected"), shown, opening),
        started=started,
        updates=body.updates,
        is_over=is_over if is_incident or (is_maintenance and is_over) else None,
        ended=ended if is_incident else None,
        starts=started if is_maintenance else None,
        ends=ended if is_maintenance else None,
        until=ended if not is_incident and not is_maintenance else None,
        body=body.summary,
        pin=values.flag("pin") and not is_over,
        redirect_from=(f"issues/{_address(text.file.path)}/",),
        remarks=(*remarks, *body.remarks),
    )


def _address(path: str) -> str:
    """Return the address of the file *path* below that of all issues, as Hugo makes it."""
    return path.removesuffix("/index").lower().replace(" ", "-")


def _severity(values: SourceValues, remarks: list[str]) -> Severity:
    word = values.text("severity").lower()
    if word and word not in _SEVERITIES:
        remarks.append(f"severity {quoted(word)} is not known; it is imported as a notice")
    return _SEVERITIES.get(word, Severity.NONE)


def _looks_planned(text: IncidentText, language: str) -> bool:
    """Return whether the title or the text mentions maintenance."""
    word = catalogue.messages(language)["severity.maintenance"].casefold()
    said = f"{text.values.text('title')}\n{text.body}"
    if text.values.text("severity").lower() != "notice":
        said = text.values.text("title")
    return _PLANNED.search(said) is not None or word in said.casefold()
