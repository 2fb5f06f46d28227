"""Read a page of Netlify's StatusKit: `site/config.toml` and `site/content/incidents/*.md`."""

import re
from pathlib import Path

from statusgen.importers.folders import source_files, source_folder
from statusgen.importers.folders.front_matter import SourceValues
from statusgen.importers.folders.severities import with_severity
from statusgen.importers.folders.source_folder import IncidentText, LeftOutError, ReadFiles
from statusgen.importers.folders.source_settings import read_settings
from statusgen.importers.folders.tracked_body import split_body
from statusgen.importers.records.record import IncidentRecord, SourceSite
from statusgen.importers.services import SourceService
from statusgen.importers.sync import ImportSource
from statusgen.model import Severity

STATUSKIT = ImportSource(name="statuskit", prefix="", gone="its file was deleted")

_INCIDENTS = "site/content/incidents"


def read_site(folder: Path, *, timezone: str) -> SourceSite:
    """Read the page in *folder*, a clone; *timezone* is for times without an offset.

    Raises UsageError if it is another folder.
    """
    source_files.check_folder(folder, _INCIDENTS, "StatusKit")
    config, remarks = read_settings(folder / "site", ("config.toml", "config.yaml", "config.yml"))
    name, zone = source_folder.zone_of(timezone, config.text("timeZone"), remarks)
    url = config.text("baseURL")
    found = ReadFiles()
    found.read(source_files.read_files(folder / _INCIDENTS), zone, _record)
    return SourceSite(
        scope=source_files.scope_of(url, folder),
        title=config.text("title"),
        url=url,
        base_url=url if "://" in url else "",
        timezone=name,
        zone=zone,
        language=source_folder.language_of(config.text("languageCode")),
        services=tuple(_services(config)),
        records=tuple(found.records),
        unread=tuple(found.unread),
        remarks=tuple(remarks),
        left_out=dict(found.left_out),
    )


def _services(config: SourceValues) -> list[SourceService]:
    systems = config.map("params").maps("systems")
    return [
        SourceService(name=one.text("name"), description=one.text("description")) for one in systems
    ]


def _record(text: IncidentText) -> IncidentRecord:
    """Return the record for *text*; raise LeftOutError or ValueError if there is none."""
    values = text.values
    if values.flag("draft"):
        raise LeftOutError("marked as draft")
    remarks: list[str] = []
    started = text.started()
    modified = text.moment("modified", remarks)
    body = split_body(text.body, started=started, ended=None, zone=text.zone)
    record = IncidentRecord(
        key=text.file.path,
        stem=text.file.stem,
        title=values.text("title"),
        severity=Severity.NONE,
        services=dict.fromkeys(values.names("affectedsystems"), Severity.NONE),
        started=started,
        updates=body.updates,
        is_over=values.flag("resolved"),
        modified=modified,
        body=body.summary,
        redirect_from=tuple(_addresses(text)),
        remarks=(*remarks, *body.remarks),
    )
    return with_severity(record, text)


def _addresses(text: IncidentText) -> list[str]:
    """Return the old addresses of *text*, which begin with the day as it is written."""
    day = text.values.text("date")[:10].replace("-", "/")
    title = re.sub(r"[^\w.-]+", "", text.values.text("title").lower().replace(" ", "-"))
    slugs = dict.fromkeys([text.values.text("slug") or title, text.file.stem.lower()])
    return [f"incidents/{day}/{slug}/" for slug in slugs if slug]
