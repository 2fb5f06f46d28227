"""Read a page of Statusfy: `config.js`, `locales/*.json` and `content/*.md`.

An update is a block `::: update TITLE | DATE` that ends with `:::`. Content in another language is
in a folder of its own.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from statusgen.importers.folders import source_files, source_folder, source_settings
from statusgen.importers.folders.severities import with_severity
from statusgen.importers.folders.source_folder import IncidentText, LeftOutError, ReadFiles
from statusgen.importers.folders.source_times import parse_time
from statusgen.importers.folders.tracked_body import is_newest_first
from statusgen.importers.hidden_markup import split_hidden
from statusgen.importers.json_reader import JsonError, JsonMap, parse_json
from statusgen.importers.names import folded
from statusgen.importers.records.record import IncidentRecord, RecordUpdate, SourceSite
from statusgen.importers.services import SourceService
from statusgen.importers.sync import ImportSource
from statusgen.model import Severity
from statusgen.problems import UsageError, listed, quoted

STATUSFY = ImportSource(name="statusfy", prefix="", gone="its file was deleted")

_CONTENT = "content"
_BEGIN = re.compile(r"^:::[ \t]*update[ \t]*(?P<title>[^\n|]*)(?:\|(?P<at>[^\n]*))?$", re.MULTILINE)
_END = re.compile(r"^:::[ \t]*$", re.MULTILINE)


def read_site(folder: Path, *, timezone: str) -> SourceSite:
    """Read the page in *folder*, a clone; *timezone* is for times without an offset.

    Raises UsageError if it is another folder.
    """
    source_files.check_folder(folder, _CONTENT, "Statusfy")
    if source_files.read_first(folder, ("config.js",)) is None:
        raise UsageError(f"{quoted(str(folder))} has no config.js, so it is not a page of Statusfy")
    program, remarks = source_settings.read_program(folder, "config.js")
    url = source_settings.text_in(program, "baseUrl")
    language = source_settings.text_in(program, "defaultLocale") or "en"
    systems = source_settings.texts_in(program, "systems")
    shown = _shown_names(folder, language)
    name, zone = source_folder.zone_of(timezone, "", remarks)
    files = [*source_files.read_files(folder / _CONTENT)]
    others = sorted({one.path.partition("/")[0] for one in files if "/" in one.path})
    if others:
        remarks.append(f"content in other languages is not imported: {listed(others, 'and')}")
    found = ReadFiles()
    here = [one for one in files if "/" not in one.path]
    found.read(here, zone, lambda text: _record(text, shown))
    return SourceSite(
        scope=source_files.scope_of(url, folder),
        title=source_settings.text_in(program, "title"),
        url=url,
        base_url=url,
        timezone=name,
        zone=zone,
        language=source_folder.language_of(language),
        services=tuple(SourceService(name=shown.get(folded(one), one), id=one) for one in systems),
        records=tuple(found.records),
        unread=tuple(found.unread),
        remarks=tuple(remarks),
        left_out=dict(found.left_out),
    )


def _shown_names(folder: Path, language: str) -> dict[str, str]:
    """Return the names of the systems in *language* by folded id."""
    file = source_files.read_first(folder / "locales", (f"{Path(language).name}.json",))
    if file is None or file.fault:
        return {}
    try:
        document = parse_json(file.text)
        items = JsonMap(document if isinstance(document, dict) else {}).map("systems").map("items")
        return {folded(one): items.map(one).text("title") for one in items.values}
    except JsonError as error:
        raise UsageError(f"locales/{file.path} cannot be read: {error}; correct it") from None


def _record(text: IncidentText, shown: Mapping[str, str]) -> IncidentRecord:
    """Return the record for *text*; raise LeftOutError or ValueError if there is none."""
    values = text.values
    if values.flag("draft"):
        raise LeftOutError("marked as draft")
    remarks: list[str] = []
    started = text.started()
    outside, updates = _split(split_hidden(text.body).text, text, remarks)
    description = values.text("description")
    if description and not outside.startswith(description):
        outside = f"{description}\n\n{outside}".strip()
    if outside:
        updates.insert(0, RecordUpdate(at=started, text=outside, names_state=True))
    key = values.text("id") or text.file.stem
    names = values.names("affectedsystems")
    record = IncidentRecord(
        key=key,
        stem=text.file.stem,
        title=values.text("title"),
        severity=Severity.NONE,
        services=source_folder.named_severities(names, shown, Severity.NONE),
        started=started,
        updates=tuple(updates),
        is_over=values.flag("resolved"),
        modified=text.moment("modified", remarks),
        redirect_from=(f"incident/{key}/",),
        remarks=tuple(remarks),
    )
    return with_severity(record, text)


def _split(body: str, text: IncidentText, remarks: list[str]) -> tuple[str, list[RecordUpdate]]:
    """Split *body* into the text outside all updates, and the updates, first to last."""
    outside, found, done = [], [], 0
    for begin in _BEGIN.finditer(body):
        if begin.start() < done:
            continue
        outside.append(body[done : begin.start()])
        following = _BEGIN.search(body, begin.end())
        limit = following.start() if following else len(body)
        end = _END.search(body, begin.end(), limit)
        content = body[begin.end() : end.start() if end else limit].strip("\n").rstrip()
        done = end.end() if end else limit
        title, written = begin["title"].strip(), (begin["at"] or "").strip()
        at = parse_time(written, text.zone)
        if at is None:
            remarks.append(f"{quoted(written)} is not a time; using that of the update before it")
        found.append((at, f"**{title}**\n\n{content}".strip() if title else content))
    outside.append(body[done:])
    if found and is_newest_first([one for _, one in found], [at for at, _ in found]):
        found.reverse()
    updates: list[RecordUpdate] = []
    for at, shown in found:
        last = updates[-1].at if updates else text.started()
        updates.append(RecordUpdate(at=at or last, text=shown, names_state=True))
    rest = (piece.strip("\n").rstrip() for piece in outside)
    return ("\n\n".join(piece for piece in rest if piece.strip()), updates)
