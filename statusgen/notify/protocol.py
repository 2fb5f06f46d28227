"""Protocol for a run: claim, send, record. Every channel gets every update at least once.

A channel gets an update twice only if a run crashes. A run claims updates in the record before it
sends anything, and other runs skip claimed updates. The record is changed by compare-and-swap: if
two runs claim at the same time, one of them reads the record again and makes a new plan. The claims
of a crashed run expire after 15 minutes.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from statusgen.config.settings import Channel
from statusgen.notify import pending
from statusgen.notify import record as records
from statusgen.notify.channels.delivery import NO_TIME, DeliveryError
from statusgen.notify.occasions import SiteUpdate
from statusgen.notify.pending import Delivery, NotifyPlan
from statusgen.notify.record import Mark, MarkKind, Record, RecordError
from statusgen.problems import OutsideError
from statusgen.system.git import OvertakenError
from statusgen.system.git_ref import RefValue

_ATTEMPTS = 6  # at writing the record, which other runs may change meanwhile

Send = Callable[[Delivery], None]


class RecordStore(Protocol):
    """Storage for the record; see `system.git_ref.TextRef`."""

    def read(self) -> RefValue:
        """Return the current value."""

    def write(self, text: str, *, before: RefValue, message: str) -> RefValue:
        """Replace *before* with *text*. Raises OvertakenError if another run did so first."""


@dataclass(kw_only=True)
class NotifyReport:
    """The outcome of a run: *sent* deliveries, and *failed* ones with the reason for each.

    *unrecorded* are channels that were notified, although that could not be recorded.
    """

    plan: NotifyPlan
    sent: list[Delivery] = field(default_factory=list)
    failed: list[tuple[Delivery, str]] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class NotifyRun:
    """A run that sends *updates* to *channels*, which all have an address.

    *shown* are the ids of the updates that the live page shows, None for all. *run* is a unique
    name, *clock* returns the time, and *is_late* returns whether the time limit was reached.
    """

    store: RecordStore
    updates: Sequence[SiteUpdate]
    channels: Sequence[Channel]
    run: str
    clock: Callable[[], datetime]
    shown: Collection[str] | None = None
    is_late: Callable[[], bool] = lambda: False

    def planned(self) -> NotifyPlan:
        """Return the current plan without claiming anything. Raises OutsideError."""
        return self._plan(_record(self.store.read()))

    def send(self, send: Send) -> NotifyReport:
        """Claim pending updates, *send* them, and record the outcome.

        Raises OutsideError if the record cannot be read or the claim cannot be written. If the run
        ends early, the claims of unsent updates are released.
        """
        report = NotifyReport(plan=self._claim())
        left = list(report.plan.deliveries)
        try:
            for channel in self.channels:
                mine = [one for one in report.plan.deliveries if one.channel.id == channel.id]
                if mine:
                    self._send_to(channel, mine, send, report, left)
        except BaseException:
            for channel in self.channels:
                unsent = [one for one in left if one.channel.id == channel.id]
                with suppress(OutsideError):  # The claims expire anyway.
                    self._record(channel, [], unsent, report.plan.record)
            raise
        return report

    def _plan(self, record: Record) -> NotifyPlan:
        return pending.plan(
            record,
            self.updates,
            self.channels,
            now=self.clock(),
            run=self.run,
            shown=self.shown,
        )

    def _claim(self) -> NotifyPlan:
        """Claim the pending updates in the record and return the plan."""
        for attempts_left in reversed(range(_ATTEMPTS)):
            before = self.store.read()
            found = self._plan(_record(before))
            text = records.write(found.record)
            if text == before.text:
                return found
            try:
                self.store.write(text, before=before, message=_subject("Claim", found.deliveries))
            except OvertakenError:
                if not attempts_left:
                    raise
            else:
                return found
        raise AssertionError  # The last attempt returns or raises.

    def _send_to(
        self,
        channel: Channel,
        deliveries: Sequence[Delivery],
        send: Send,
        report: NotifyReport,
        left: list[Delivery],
    ) -> None:
        """Send *deliveries* to *channel* and record the outcome; release the claims of failed ones.

        *left* contains the deliveries not yet tried; each one is removed once it is tried.
        """
        sent: list[Delivery] = []
        unsent: list[Delivery] = []
        failed: set[str] = set()
        for delivery in deliveries:
            slugs = {one.incident.slug for one in delivery.updates}
            try:
                if self.is_late():
                    raise DeliveryError(NO_TIME)
                if failed & slugs:  # A resolution must not arrive before the incident.
                    raise DeliveryError("an earlier message about the same incident was not sent")
                send(delivery)
            except DeliveryError as error:
                failed |= slugs
                unsent.append(delivery)
                report.failed.append((delivery, error.reason))
            else:
                sent.append(delivery)
                report.sent.append(delivery)
            left.remove(delivery)
        try:
            self._record(channel, sent, unsent, report.plan.record)
        except OutsideError:
            if sent:
                report.unrecorded.append(channel.id)

    def _record(
        self,
        channel: Channel,
        sent: Sequence[Delivery],
        failed: Sequence[Delivery],
        claimed: Record,
    ) -> None:
        """Record that *sent* reached *channel*, and release the claims of *failed* deliveries.

        *claimed* is the record with our claims; another run may have changed the ids since.
        """
        for attempts_left in reversed(range(_ATTEMPTS)):
            before = self.store.read()
            record = _record(before)
            delivered = self._current_ids(record, channel, sent, claimed)
            record = record.with_marks(channel.id, delivered, Mark(MarkKind.SENT, self.clock()))
            released = [
                key
                for key in self._current_ids(record, channel, failed, claimed)
                if (mark := record.mark(key, channel.id)) and mark.run == self.run
            ]
            record = record.with_marks(channel.id, released, None)
            text = records.write(record)
            if text == before.text:
                return
            try:
                self.store.write(
                    text,
                    before=before,
                    message=_subject("Record" if sent else "Release", sent or failed, channel),
                )
            except OvertakenError:
                if not attempts_left:
                    raise
            else:
                return
        raise AssertionError  # The last attempt returns or raises.

    def _current_ids(
        self, record: Record, channel: Channel, deliveries: Sequence[Delivery], claimed: Record
    ) -> list[str]:
        """Return the ids in *record* of the updates in *deliveries*.

        An update whose time was corrected since it was *claimed* has a new id, but keeps our claim.
        """
        mine = {
            (entry.file, entry.digest): key
            for key, entry in record.updates.items()
            if (mark := entry.marks.get(channel.id)) and mark.run == self.run
        }
        found = []
        for key in (key for one in deliveries for key in one.keys):
            entry = claimed.updates[key]
            found.append(
                key if key in record.updates else mine.get((entry.file, entry.digest), key)
            )
        return found


def _record(value: RefValue) -> Record:
    try:
        if value.commit is not None and not value.text.strip():
            raise RecordError("it is empty; fix it, or delete the ref")
        return records.parse(value.text)
    except RecordError as error:
        raise OutsideError(f"the record of notifications cannot be read: {error}") from None


def _subject(verb: str, deliveries: Sequence[Delivery], channel: Channel | None = None) -> str:
    """Return a commit subject for the record: only ids, because titles may contain commands."""
    names = [one.update.id for delivery in deliveries for one in delivery.updates]
    what = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    target = f" for {channel.id}" if channel else ""
    return f"{verb} {what or 'nothing'}{target}"
