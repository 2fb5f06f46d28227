"""Claim, send, record: tell each channel of each update at least once, and once without a crash.

A run claims in the record what it is about to send, before it sends anything; another run that
reads the record then leaves that alone. The record changes by compare-and-swap, so of two runs that
claim at once one reads again and decides anew. A claim of a run that died ends after 15 minutes.
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

_TRIES = 6  # to write the record, where others are faster

Send = Callable[[Delivery], None]


class RecordStore(Protocol):
    """Where the record is kept; see `system.git_ref.TextRef`."""

    def read(self) -> RefValue:
        """Return what is there now."""

    def write(self, text: str, *, before: RefValue, message: str) -> RefValue:
        """Replace *before* by *text*; OvertakenError if somebody else was faster."""


@dataclass(kw_only=True)
class NotifyReport:
    """The outcome of a run: *sent* and *failed* deliveries, with the reasons.

    *unrecorded* are channels that were told, but could not be recorded as told.
    """

    plan: NotifyPlan
    sent: list[Delivery] = field(default_factory=list)
    failed: list[tuple[Delivery, str]] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class NotifyRun:
    """A run that tells *channels*, those with an address, of *updates*.

    *shown* are the ids of updates that the live page has, None for all. *run* is a name that no
    other run has, *clock* tells the time, *is_late* whether there is no time left to send more.
    """

    store: RecordStore
    updates: Sequence[SiteUpdate]
    channels: Sequence[Channel]
    run: str
    clock: Callable[[], datetime]
    shown: Collection[str] | None = None
    is_late: Callable[[], bool] = lambda: False

    def planned(self) -> NotifyPlan:
        """Return what would be sent now, without claiming it. Raises OutsideError."""
        return self._plan(_record(self.store.read()))

    def send(self, send: Send) -> NotifyReport:
        """Claim what is pending, *send* it, and record what was sent.

        Raises OutsideError if the record cannot be read, or nothing can be claimed in it. Whatever
        ends it early, what was claimed and not sent is given back.
        """
        report = NotifyReport(plan=self._claimed())
        left = list(report.plan.deliveries)
        try:
            for channel in self.channels:
                mine = [one for one in report.plan.deliveries if one.channel.id == channel.id]
                if mine:
                    self._tell(channel, mine, send, report, left)
        except BaseException:
            for channel in self.channels:
                back = [one for one in left if one.channel.id == channel.id]
                with suppress(OutsideError):  # The claims end by themselves.
                    self._record(channel, [], back, report.plan.record)
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

    def _claimed(self) -> NotifyPlan:
        """Return what is to be sent, once that is claimed in the record."""
        for tries_left in reversed(range(_TRIES)):
            before = self.store.read()
            found = self._plan(_record(before))
            text = records.write(found.record)
            if text == before.text:
                return found
            try:
                self.store.write(text, before=before, message=_subject("Claim", found.deliveries))
            except OvertakenError:
                if not tries_left:
                    raise
            else:
                return found
        raise AssertionError  # The last try has raised.

    def _tell(
        self,
        channel: Channel,
        deliveries: Sequence[Delivery],
        send: Send,
        report: NotifyReport,
        left: list[Delivery],
    ) -> None:
        """Send *deliveries* to *channel*, and record which arrived; the others are given back.

        They are taken out of what is *left* to send.
        """
        told: list[Delivery] = []
        back: list[Delivery] = []
        failed: set[str] = set()
        for delivery in deliveries:
            slugs = {one.incident.slug for one in delivery.updates}
            try:
                if self.is_late():
                    raise DeliveryError(NO_TIME)
                if failed & slugs:  # Nobody hears of the end before the beginning.
                    raise DeliveryError("an earlier message about it was not sent")
                send(delivery)
            except DeliveryError as error:
                failed |= slugs
                back.append(delivery)
                report.failed.append((delivery, error.reason))
            else:
                told.append(delivery)
                report.sent.append(delivery)
            left.remove(delivery)
        try:
            self._record(channel, told, back, report.plan.record)
        except OutsideError:
            if told:
                report.unrecorded.append(channel.id)

    def _record(
        self,
        channel: Channel,
        told: Sequence[Delivery],
        left: Sequence[Delivery],
        claimed: Record,
    ) -> None:
        """Record that *told* were sent to *channel*, and give back the claims of those *left*.

        They were *claimed* so; another run may have moved them since.
        """
        for tries_left in reversed(range(_TRIES)):
            before = self.store.read()
            record = _record(before)
            sent = self._located(record, channel, told, claimed)
            record = record.with_marks(channel.id, sent, Mark(MarkKind.SENT, self.clock()))
            back = [
                key
                for key in self._located(record, channel, left, claimed)
                if (mark := record.mark(key, channel.id)) and mark.run == self.run
            ]
            record = record.with_marks(channel.id, back, None)
            text = records.write(record)
            if text == before.text:
                return
            try:
                self.store.write(
                    text,
                    before=before,
                    message=_subject("Tell" if told else "Give back", told or left, channel),
                )
            except OvertakenError:
                if not tries_left:
                    raise
            else:
                return
        raise AssertionError  # The last try has raised.

    def _located(
        self, record: Record, channel: Channel, deliveries: Sequence[Delivery], claimed: Record
    ) -> list[str]:
        """Return where *record* has the updates of *deliveries*, as they were *claimed*.

        One whose time was corrected meanwhile has another id, and our claim.
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
            raise RecordError("it is empty; mend it, or delete the ref")
        return records.parse(value.text)
    except RecordError as error:
        raise OutsideError(f"the record of what was told cannot be read: {error}") from None


def _subject(verb: str, deliveries: Sequence[Delivery], channel: Channel | None = None) -> str:
    """Return the subject of a commit of the record, with ids alone: titles may hold commands."""
    names = [one.update.id for delivery in deliveries for one in delivery.updates]
    what = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    whom = f" for {channel.id}" if channel else ""
    return f"{verb} {what or 'nothing'}{whom}"
