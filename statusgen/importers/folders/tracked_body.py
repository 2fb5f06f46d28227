"""Split the body of an incident in cState or StatusKit into updates.

An update ends with a shortcode that has its time: `{{< track "2024-01-02 10:05:00" >}}`. The newest
comes first by habit, not by rule.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from statusgen.importers import state_words
from statusgen.importers.folders.source_times import find_time, parse_time
from statusgen.importers.hidden_markup import split_hidden
from statusgen.importers.records.record import RecordUpdate
from statusgen.model import Kind, State
from statusgen.problems import quoted

_TRACK = re.compile(
    r"\{\{[<%]\s*track\s+(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s>%]+))"
    r"\s*+(?:/\s*+)?[>%]\}\}",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\{\{[<%]\s*figure\s([^{}]*?)[>%]\}\}", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(?<!\w)(\w++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))")
_SHORTCODE = re.compile(r"\{\{[<%][^{}]*?[>%]\}\}")
_STRAY = re.compile(r"[ \t]?-->[ \t]*")
_RULE = re.compile(r"^ {0,3}(?:-{3,}|_{3,}|\*{3,})[ \t]*$", re.MULTILINE)
_GAP = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)*")
_POSTMORTEM = re.compile(
    r"[\W_]*(?:post[ -]?mortem|root cause(?: analysis)?|rca)[\W_]*(?:\n|$|[-:\u2013\u2014])",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"[\W_]*(?:update\b|stand\b|(?:final|initial|closing|opening) (?:message|update)\b)",
    re.IGNORECASE,
)
_MARKED = re.compile(r"\s*(?:#{1,6}\s|[*_\[]|\w+\s*[:\u2013\u2014-])")


@dataclass(frozen=True, kw_only=True)
class TrackedBody:
    """The *updates* in a body, first to last, its *summary*, and *remarks*."""

    updates: tuple[RecordUpdate, ...]
    summary: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A text in the body; *at* is None if it has no time."""

    text: str
    at: datetime | None = None


def split_body(
    text: str, *, started: datetime, ended: datetime | None, zone: tzinfo
) -> TrackedBody:
    """Split *text*, the body of an incident from *started* to *ended*, into updates.

    Comments are removed first: they may surround whole updates. *zone* is for times without one.
    """
    shown = _without_shortcodes(_STRAY.sub("", split_hidden(text).text))
    if _TRACK.search(shown):
        return _tracked(shown, started, zone)
    return _untracked(shown, started, ended, zone)


def _without_shortcodes(text: str) -> str:
    """Return *text* with its figures as links, and without other shortcodes except tracks."""

    def other(found: re.Match[str]) -> str:
        return found[0] if _TRACK.fullmatch(found[0]) else ""

    return _SHORTCODE.sub(other, _FIGURE.sub(_linked, text))


def _linked(figure: re.Match[str]) -> str:
    attributes = figure[1].rstrip().removesuffix("/")
    found = {one[0].lower(): one[1] or one[2] or one[3] for one in _ATTRIBUTE.findall(attributes)}
    name = found.get("title") or found.get("caption") or found.get("alt") or found.get("src", "")
    target = found.get("src") or found.get("link", "")
    return f"[{name}]({target})" if target else name


def _tracked(text: str, started: datetime, zone: tzinfo) -> TrackedBody:
    """Return the updates in *text*, which has tracks."""
    pieces, done, remarks, parts = [], 0, [], []
    for track in _TRACK.finditer(text):
        pieces.append(text[done : track.start()])
        written = track["double"] or track["single"] or track["bare"] or ""
        at = parse_time(written, zone)
        if at is None:
            remarks.append(f"{quoted(written)} is not a time; using that of the update before it")
        parts.append(at)
        done = track.end()
    known = [at for at in parts if at]
    is_reversed = bool(known) and known[0] > known[-1]
    before, first = _leading(pieces[0])
    found = [
        _Part(text=_joined(piece), at=at)
        for piece, at in zip([first, *pieces[1:]], parts, strict=True)
    ]
    found = found[::-1] if is_reversed else found
    updates = [*_timed(found, started)]
    tail = _joined(text[done:])
    if tail and not is_reversed and len(found) > 1:
        updates[-1] = replace(updates[-1], text=f"{updates[-1].text}\n\n{tail}")
    elif tail and updates[0].at <= started:
        updates[0] = replace(updates[0], text=f"{updates[0].text}\n\n{tail}".strip())
    elif tail:
        updates.insert(0, _update(started, tail))
    summary = _joined(before)
    if summary and not is_reversed and not _POSTMORTEM.match(summary):
        updates.insert(0, _update(started, summary))
        summary = ""
    return TrackedBody(updates=tuple(updates), summary=summary, remarks=tuple(remarks))


def _timed(parts: Sequence[_Part], started: datetime) -> list[RecordUpdate]:
    """Return *parts*, first to last, as updates; one without a time gets that of the last one."""
    found: list[RecordUpdate] = []
    for part in parts:
        last = found[-1].at if found else started
        found.append(_update(part.at or last, part.text))
    return found


def _leading(text: str) -> tuple[str, str]:
    """Split *text*, which ends with the first track, into what precedes the update, and that."""
    rules = [*_RULE.finditer(text)]
    if rules and text[: rules[-1].start()].strip():
        return (text[: rules[-1].start()], text[rules[-1].end() :])
    paragraphs = _paragraphs(text)
    heads = [index for index, one in enumerate(paragraphs) if index and _is_heading(one)]
    if not heads:
        return ("", text)
    return ("\n\n".join(paragraphs[: heads[-1]]), "\n\n".join(paragraphs[heads[-1] :]))


def _untracked(text: str, started: datetime, ended: datetime | None, zone: tzinfo) -> TrackedBody:
    """Return the updates in *text*, which has no track: headed blocks, or all of it."""
    blocks: list[list[str]] = [[]]
    for paragraph in _paragraphs(text):
        if _is_heading(paragraph):
            blocks.append([])
        blocks[-1].append(paragraph)
    before, *headed = ("\n\n".join(one) for one in blocks)
    if not headed:
        shown = text.strip("\n").rstrip()
        return TrackedBody(updates=(_update(started, shown),) if shown else ())
    times = [find_time(one.split("\n")[0], zone) for one in headed]
    is_reversed = is_newest_first(headed, times)
    parts = [_Part(text=one, at=at) for one, at in zip(headed, times, strict=True)]
    if is_reversed:
        parts.reverse()
    summary = _joined(before)
    if summary and not is_reversed and not _POSTMORTEM.match(summary):
        parts.insert(0, _Part(text=summary))
        summary = ""
    return TrackedBody(updates=tuple(_placed(parts, started, ended)), summary=summary)


def _placed(
    parts: Sequence[_Part], started: datetime, ended: datetime | None
) -> list[RecordUpdate]:
    """Return *parts*, first to last: the first at the start, the last at the end.

    One between without a time is joined to the one before it.
    """
    found: list[RecordUpdate] = []
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        is_end = is_last and (index or _state(part.text) is State.RESOLVED)
        at = part.at or (started if not index and not is_end else ended if is_end else None)
        if at is None and found:
            text = f"{found[-1].text}\n\n{part.text}"
            found[-1] = replace(found[-1], text=text)
        else:
            found.append(_update(at or started, part.text))
    return found


def is_newest_first(texts: Sequence[str], times: Sequence[datetime | None]) -> bool:
    """Return whether the last of *texts*, which have these *times* if known, is the oldest."""
    known = [at for at in times if at]
    if len(known) > 1 and known[0] != known[-1]:
        return known[0] > known[-1]
    if re.match(r"[\W_]*(?:initial|opening)\b", texts[-1], re.IGNORECASE):
        return True
    first, last = _state(texts[0]), _state(texts[-1])
    order = Kind.INCIDENT.states
    return first is not None and last is not None and order.index(first) > order.index(last)


def _paragraphs(text: str) -> list[str]:
    found = _GAP.split(_RULE.sub("", text))
    return [one.strip("\n") for one in found if one.strip()]


def _joined(text: str) -> str:
    """Return *text* without the rules around and between its paragraphs."""
    if _RULE.search(text) is None:
        return text.strip("\n").rstrip()
    pieces = (piece.strip("\n").rstrip() for piece in _RULE.split(text))
    return "\n\n".join(piece for piece in pieces if piece.strip())


def _update(at: datetime, text: str) -> RecordUpdate:
    return RecordUpdate(at=at, text=text, names_state=True)


def _is_heading(paragraph: str) -> bool:
    """Return whether *paragraph* begins an update."""
    is_marked = _MARKED.match(paragraph) is not None
    return is_marked and (_HEADING.match(paragraph) is not None or _state(paragraph) is not None)


def _state(text: str) -> State | None:
    return state_words.begins_with(text.lstrip(), Kind.INCIDENT, {}).state
