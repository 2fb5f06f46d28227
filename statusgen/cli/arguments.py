"""Parsers for the options and standard input of the commands that write incident files."""

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from statusgen.cli import editor
from statusgen.config.settings import Config
from statusgen.model import Kind, ServiceSeverity, Severity, State
from statusgen.problems import UsageError, instead, quoted
from statusgen.schema import scalars
from statusgen.system import files
from statusgen.system.files import UnreadableError
from statusgen.timeline.timeline import Timeline


def checked(label: str, parse: Callable[[object], str], text: str) -> str:
    """Return ``parse(text)``; convert a ValueError into a UsageError that begins with *label*."""
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(f"{label}: {error}") from None


def prose(text: str) -> str:
    """Parse *text* as Markdown."""
    return checked("the text", scalars.prose, text)


def state_of(state: str | None, kind: Kind) -> State | None:
    """Parse *state*; raise UsageError if it does not apply to *kind*."""
    if state is None:
        return None
    if state not in kind.states:
        raise UsageError(
            f"state '{state}' does not apply to {kind.noun}; {instead(state, kind.states)}"
        )
    return State(state)


def severity_of(severity: str | None, kind: Kind) -> Severity | None:
    """Parse *severity*; raise UsageError if it does not apply to *kind*."""
    if severity is None:
        return None
    if severity not in kind.severities:
        what = f"severity '{severity}' does not apply to {kind.noun}"
        raise UsageError(f"{what}; {instead(severity, kind.severities)}")
    return Severity(severity)


def service_of(name: str, config: Config) -> str:
    """Return the id of the service *name*, which may be an alias."""
    if name not in config.service_ids:
        remedy = config.service_remedy(name)
        raise UsageError(f"{quoted(name)} is not a service of this site; {remedy}")
    return config.service_ids[name]


def affected(
    values: Iterable[str], config: Config, severity: Severity | None
) -> Iterator[ServiceSeverity]:
    """Yield the service in each value of `--service`; if one has a severity, all need one."""
    pairs = [value.partition("=") for value in values]
    is_map = any(mark for _, mark, _ in pairs)
    seen = set()
    for name, mark, word in pairs:
        parts = name.split()
        is_several = "," in name or (len(parts) > 1 and config.service_ids.keys() >= set(parts))
        if is_several and name not in config.service_ids:
            what = f"{quoted(name)} is not a service of this site"
            raise UsageError(f"{what}; repeat --service for each service")
        service = service_of(name, config)
        if service in seen:
            raise UsageError(f"service {quoted(name)} is given twice; remove one")
        seen.add(service)
        if mark and word not in set(Severity):
            raise UsageError(f"{quoted(word)} is not a severity; {instead(word, Severity)}")
        if is_map and not mark and severity is None:
            what = f"service {quoted(name)} has no severity"
            raise UsageError(f"{what}; write {name}=SEVERITY, or add --severity")
        level = Severity(word) if mark else severity
        yield ServiceSeverity(id=service, severity=level if is_map else None)


def joining(
    services: Iterable[ServiceSeverity], course: Timeline, severity: Severity | None, at: datetime
) -> Iterator[ServiceSeverity]:
    """Yield *services*, with severities filled in for those that have none.

    The first of these applies: *severity*, the current one in *course*, that of the incident.
    """
    course = course.until(at)
    now = {name: one for name, one in course.severities.items() if one is not Severity.NONE}
    joins = course.incident.severity if course.severity is Severity.NONE else course.severity
    for one in services:
        level = one.severity or severity or now.get(one.id, joins)
        yield ServiceSeverity(id=one.id, severity=level)


def text_of(
    message: str | None,
    template: str | None,
    config: Config,
    standard: str | None,
    *,
    heading: str,
) -> str:
    """Return the text of an update: *template*, then *message*; without *message*, open an editor.

    The editor shows *heading* below the text. Without a terminal, the text defaults to *standard*.
    """
    canned = ""
    if template is not None:
        if template not in config.texts:
            what = f"{quoted(template)} is not in 'texts' of statusgen.yml"
            raise UsageError(f"{what}; {instead(template, config.texts)}")
        canned = config.texts[template]
    if message is None and is_interactive():
        return _edited(canned or standard or "", heading)
    if message is None and not canned and standard is None:
        raise UsageError("missing text; use -m TEXT")
    text = from_stdin() if message == "-" else prose(message or "")
    if message is not None and not text:
        raise UsageError("the text is empty; use -m TEXT")
    return "\n\n".join(filter(None, (canned, text))) or standard or ""


def _edited(draft: str, heading: str) -> str:
    """Return the text that the editor saved; raise UsageError if there is none."""
    text = prose(editor.edited(draft, heading))
    if not text:
        raise UsageError("aborted: the editor returned no text")
    return text


def is_interactive() -> bool:
    """Return whether an editor can be opened on the terminal."""
    # In `$(…)`, the editor would draw into the captured output.
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def from_stdin() -> str:
    """Read standard input as Markdown."""
    data = sys.stdin.buffer.read(files.MAX_TEXT + 1)
    return scalars.prose(decoded(data, "standard input", limit=files.MAX_TEXT))


def decoded(data: bytes, what: str, *, limit: int) -> str:
    """Decode *data*, which an error calls *what*; raises UsageError beyond *limit* bytes."""
    if len(data) > limit:
        raise UsageError(f"{what} has more than the limit of {limit // 1024} KiB; shorten it")
    try:
        return files.decode(data)
    except UnreadableError as error:
        raise UsageError(f"{what}: {error.message}") from None
