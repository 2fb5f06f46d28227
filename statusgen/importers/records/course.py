"""Correct the times and states of a record: order, start, end, and announcement.

Real histories have updates before the start, ends before the start, and work after the end.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from statusgen import times
from statusgen.importers.records.record import IncidentRecord, RecordUpdate
from statusgen.importers.texts import Remark
from statusgen.model import Kind, State

ANNOUNCED = timedelta(days=7)  # before maintenance, if the source has no announcement

_MINUTE = timedelta(minutes=1)
_REOPENED = re.compile(r"\W*(?:re-?opened|reopening)\b", re.IGNORECASE)
_AWAITED = {Kind.MAINTENANCE: State.VERIFYING}  # the state before the end


def corrected(record: IncidentRecord, remark: Remark) -> IncidentRecord:
    """Return *record* with updates in time order, and with a start and an end that are valid.

    `ended` is set only if the end differs from the time of the update that resolves the incident.
    Calls *remark* with each correction.
    """
    if record.starts is not None:
        record = replace(record, ended=None, until=None)
        return _settled_maintenance(_announced(_with_window(record, remark)))
    record = _in_order(record, remark)
    if record.until is not None and record.until <= record.started:
        record = replace(record, until=None)
    return _settled(record, remark) if record.is_over is not None else replace(record, ended=None)


def _in_order(record: IncidentRecord, remark: Remark) -> IncidentRecord:
    """Return *record* with its updates sorted; none is before the start."""
    found: list[RecordUpdate] = []
    for update in record.updates:
        at = update.at
        if at < record.started:
            at = found[-1].at if found else record.started
            what = f"the update of {times.written(update.at)} is before the start"
            remark(f"{what}; using {times.written(at)}")
        found.append(replace(update, at=at))
    return replace(record, updates=_sorted(found))


def _sorted(updates: Sequence[RecordUpdate]) -> tuple[RecordUpdate, ...]:
    return tuple(sorted(updates, key=lambda update: update.at))


def _settled(record: IncidentRecord, remark: Remark) -> IncidentRecord:
    """Return the incident or notice *record* with states that agree with `is_over`."""
    kind = Kind.of(record.severity)
    if not record.is_over:
        return replace(record, updates=tuple(_left_open(record.updates, kind)), ended=None)
    end = _end(record, remark)
    if end is None:
        return replace(record, ended=None)
    updates = list(record.updates)
    resolving = _resolving(updates, end)
    for index, update in enumerate(updates):
        state = update.state
        if index == resolving:
            state = State.RESOLVED
        elif update.at >= end and (resolving is None or index > resolving or update.at > end):
            state = None
        elif state is State.RESOLVED:
            state = State.MONITORING
        updates[index] = replace(update, state=state)
    is_exact = resolving is not None and updates[resolving].at == end
    record = replace(record, updates=tuple(updates), ended=None if is_exact else end)
    return _reopened(record, end)


def _end(record: IncidentRecord, remark: Remark) -> datetime | None:
    """Return the end of *record*, or None if its updates already say when it was resolved."""
    end, last = record.ended, max((one.at for one in record.updates), default=record.started)
    if end is not None and end > record.started:
        return end
    stated = next((one.state for one in reversed(record.updates) if one.state), None)
    if end is not None and end == record.started and last == record.started:
        return end
    if end is None and stated is State.RESOLVED:
        return None
    what = "it is over, and its end is not known"
    if end is not None:
        what = f"its end ({times.written(end)}) is not after its start"
    modified = record.modified if record.modified and record.modified > record.started else None
    found = last if last > record.started else modified or record.started
    remark(f"{what}; using {times.written(found)}")
    return found


def _resolving(updates: Sequence[RecordUpdate], end: datetime) -> int | None:
    """Return the index of the update that resolves the incident at *end*, None if there is none."""
    exact = [index for index, update in enumerate(updates) if update.at == end]
    stated = [index for index in exact if updates[index].state is State.RESOLVED]
    if exact:
        return (stated or exact)[-1]
    later = (i for i, one in enumerate(updates) if one.at > end and one.state is State.RESOLVED)
    return next(later, None)


def _reopened(record: IncidentRecord, end: datetime) -> IncidentRecord:
    """Return *record*, which is over, with the times after *end* at which it was open again."""
    updates = list(record.updates)
    places = [i for i, one in enumerate(updates) if one.at > end and _REOPENED.match(one.text)]
    last = len(updates) - 1
    if not places or places[0] == last:
        return record
    updates[places[0]] = replace(updates[places[0]], state=State.INVESTIGATING)
    updates[last] = replace(updates[last], state=State.RESOLVED)
    if record.ended is not None:
        # `resolved` applies to the last end, so an update has to say when the first one was.
        first = RecordUpdate(at=end, text="", state=State.RESOLVED)
        updates = list(_sorted([*updates[: places[0]], first, *updates[places[0] :]]))
    return replace(record, updates=tuple(updates), ended=None)


def _left_open(updates: Sequence[RecordUpdate], kind: Kind) -> Iterator[RecordUpdate]:
    """Yield *updates* without a final state at the end."""
    stated = [index for index, update in enumerate(updates) if update.state]
    for index, update in enumerate(updates):
        if stated and index == stated[-1] and update.state is kind.states[-1]:
            yield replace(update, state=_AWAITED.get(kind, State.MONITORING))
        else:
            yield update


def _with_window(record: IncidentRecord, remark: Remark) -> IncidentRecord:
    """Return the maintenance *record* with a window that ends after it starts."""
    if record.starts is None or (record.ends and record.ends > record.starts):
        return record
    what = "its window does not end after it starts"
    remark(f"{what}; using an end one minute after the start")
    return replace(record, ends=record.starts + _MINUTE)


def _announced(record: IncidentRecord) -> IncidentRecord:
    """Return the maintenance *record*, announced before it starts.

    Without a time for that, its first text becomes the announcement, a week before.
    """
    updates = _sorted(record.updates)
    first = min([record.started, *(one.at for one in updates)])
    if record.starts is not None and first >= record.starts:
        first = record.starts - ANNOUNCED
        if updates and updates[0].state is None:
            updates = (replace(updates[0], at=first), *updates[1:])
    return replace(record, started=first, updates=updates)


def _settled_maintenance(record: IncidentRecord) -> IncidentRecord:
    """Return the maintenance *record* with states that agree with `is_over`."""
    updates = list(record.updates)
    if record.is_over is None or record.starts is None or record.ends is None:
        return record
    if not record.is_over:
        return replace(record, updates=tuple(_left_open(updates, Kind.MAINTENANCE)))
    stated = [one.state for one in updates if one.state]
    during = [one.at for one in updates if one.state and one.at >= record.starts]
    is_late = not during or during[0] > record.ends  # The clock would have ended it by then.
    if updates and updates[-1].at > record.ends and is_late:
        return replace(record, ends=updates[-1].at)  # It ran over.
    if during and stated[-1] is not State.COMPLETED:
        at = max(record.ends, updates[-1].at)
        updates.append(RecordUpdate(at=at, text="", state=State.COMPLETED))
    return replace(record, updates=tuple(updates))
