"""What is given to the commands that write: options and standard input to values."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from statusgen import times
from statusgen.authoring import webhooks
from statusgen.authoring.compose import Workspace
from statusgen.authoring.webhooks import MonitorEvent
from statusgen.config.settings import Config
from statusgen.model import Incident, Kind, ServiceSeverity, Severity, State
from statusgen.problems import UsageError, instead, quoted
from statusgen.schema import scalars
from statusgen.system import files
from statusgen.system.files import UnreadableError
from statusgen.timeline import replay


def time_of(option: str, text: str | None, desk: Workspace) -> datetime | None:
    """The moment that *text* means; a time without a day is one of today."""
    config = desk.config
    if text is None:
        return None
    if re.fullmatch(r"[0-2][0-9]:[0-5][0-9]", text):
        text = f"{times.day_of(desk.now, config.zone)} {text}"
    try:
        return scalars.moment(text, config.zone)
    except ValueError as error:
        raise UsageError(f"{option} {error}") from None


def checked(what: str, read: Callable[[object], str], text: str) -> str:
    """*text* as *read* takes it; UsageError names *what* it is."""
    try:
        return read(text)
    except ValueError as error:
        raise UsageError(f"{what}: {error}") from None


def prose(text: str) -> str:
    """*text* as Markdown."""
    return checked("the text", scalars.prose, text)


def state_of(state: str | None, kind: Kind) -> State | None:
    """The state that *state* means, if a file of this *kind* goes through it."""
    if state is None:
        return None
    if state not in kind.states:
        raise UsageError(f"state '{state}' is not for {kind.noun}; {instead(state, kind.states)}")
    return State(state)


def severity_of(severity: str | None, kind: Kind) -> Severity | None:
    """The severity that *severity* means, if a file of this *kind* can give it."""
    if severity is None:
        return None
    if severity not in kind.severities:
        what = f"severity '{severity}' is not for {kind.noun}"
        raise UsageError(f"{what}; {instead(severity, kind.severities)}")
    return Severity(severity)


def service_of(name: str, config: Config) -> str:
    """The id of the service that *name* means, which may be an alias."""
    if name not in config.service_ids:
        known = [service.id for service in config.services]
        raise UsageError(f"{quoted(name)} is not a service of this site; {instead(name, known)}")
    return config.service_ids[name]


def affected(
    given: Iterable[str], config: Config, severity: Severity | None
) -> Iterator[ServiceSeverity]:
    """The services that `--service` names; a severity for one asks for one for each."""
    pairs = [one.partition("=") for one in given]
    is_map = any(mark for _, mark, _ in pairs)
    seen = set()
    for name, mark, word in pairs:
        if "," in name and name not in config.service_ids:
            what = f"{quoted(name)} is not a service of this site"
            raise UsageError(f"{what}; repeat --service for each service")
        service = service_of(name, config)
        if service in seen:
            raise UsageError(f"service {quoted(name)} is given twice; name it once")
        seen.add(service)
        if mark and word not in set(Severity):
            raise UsageError(f"{quoted(word)} is not a severity; {instead(word, Severity)}")
        if is_map and not mark and severity is None:
            raise UsageError(f"give {quoted(name)} a severity, too: {name}=…")
        level = Severity(word) if mark else severity
        yield ServiceSeverity(id=service, severity=level if is_map else None)


def joining(
    given: Iterable[ServiceSeverity], incident: Incident, severity: Severity | None, at: datetime
) -> Iterator[ServiceSeverity]:
    """*given* as a map that says what a list would: those that are well join, others stay."""
    course = replay.trace(incident).until(at)
    now = {name: one for name, one in course.severities.items() if one is not Severity.NONE}
    joins = incident.severity if course.severity is Severity.NONE else course.severity
    for one in given:
        level = one.severity or severity or now.get(one.id, joins)
        yield ServiceSeverity(id=one.id, severity=level)


def text_of(message: str | None, template: str | None, config: Config, standard: str | None) -> str:
    """What is said: *message*, below the text *template*, or what the editor gives.

    Where there is no terminal *standard* stands for a text that nobody gave.
    """
    canned = ""
    if template is not None:
        if template not in config.texts:
            what = f"there is no text {quoted(template)} in statusgen.yml"
            raise UsageError(f"{what}; {instead(template, config.texts)}")
        canned = config.texts[template]
    if message is None and is_interactive():
        edited = click.edit(canned or standard or "", extension=".md")
        if edited is None or not edited.strip():
            raise UsageError("nothing was written, so nothing is said")
        return prose(edited)
    if message is None and not canned and standard is None:
        raise UsageError("there is no text; write it with -m")
    said = from_stdin() if message == "-" else prose(message or "")
    if message is not None and not said:
        raise UsageError("the text is empty; write one with -m")
    return "\n\n".join(filter(None, (canned, said))) or standard or ""


def is_interactive() -> bool:
    """Whether somebody sits at the terminal whom an editor can ask."""
    # An editor that runs in `$(…)` would draw into what is captured.
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def from_stdin() -> str:
    """The text on standard input."""
    return scalars.prose(_decoded(sys.stdin.buffer.read(webhooks.MAX_SIZE + 1), "standard input"))


def payload_events(name: str, config: Config) -> tuple[MonitorEvent, ...]:
    """The events in the file *name*, or on standard input for ``-``."""
    if name == "-":
        data = sys.stdin.buffer.read(webhooks.MAX_SIZE + 1)
    else:
        try:
            data = files.read_bytes(Path(name), limit=webhooks.MAX_SIZE)
        except UnreadableError as error:
            raise UsageError(f"--from {name}: {error.message}") from None
    message = webhooks.parse_payload(_decoded(data, f"--from {name}"), config)
    for remark in message.remarks:
        click.echo(remark, err=True)
    return message.events


def _decoded(data: bytes, what: str) -> str:
    if len(data) > webhooks.MAX_SIZE:
        raise UsageError(f"{what}: more than {webhooks.MAX_SIZE // 1024} KiB; shorten it")
    try:
        return files.decode(data)
    except UnreadableError as error:
        raise UsageError(f"{what}: {error.message}") from None
