"""Plan which updates each channel gets in a run, based on the record of earlier runs."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind
from statusgen.notify import record as records
from statusgen.notify.occasions import SiteUpdate
from statusgen.notify.record import Mark, MarkKind, Record

MAX_AGE = timedelta(hours=24)  # older updates are never sent
CLAIM_LIFETIME = timedelta(minutes=15)  # older claims are from a run that crashed
MAX_INCIDENTS = 10  # if more are pending, one message lists them all


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One message to *channel* about *updates*, oldest first.

    The updates belong to one incident, or to several if very many are pending. *silent* are updates
    that count as sent with the message but are not in it: earlier automatic state changes. *names*
    maps ids to the ids that receivers know, for updates whose id has since changed.
    """

    channel: Channel
    updates: tuple[SiteUpdate, ...]
    silent: tuple[SiteUpdate, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """The ids of all updates that count as sent after this delivery."""
        return [one.update.id for one in (*self.silent, *self.updates)]


@dataclass(frozen=True, kw_only=True)
class NotifyPlan:
    """The deliveries to send, and the *record* that claims them.

    *new_channels* are the ids of channels seen for the first time; they get no earlier updates.
    *too_old* counts updates that are skipped because of their age, *claimed* those that another run
    is sending.
    """

    record: Record
    deliveries: tuple[Delivery, ...]
    new_channels: tuple[str, ...] = ()
    too_old: int = 0
    claimed: int = 0


def plan(  # noqa: PLR0913, the inputs of one decision
    record: Record,
    updates: Sequence[SiteUpdate],
    channels: Sequence[Channel],
    *,
    now: datetime,
    run: str,
    shown: Collection[str] | None = None,
) -> NotifyPlan:
    """Return the plan for *channels*, which all have an address, at *now*.

    *updates* are all updates from the last 30 days, oldest first. *shown* are the ids of those that
    the live page shows (default: all). *run* identifies this run in claims.
    """
    record = records.reconcile(record, updates, now=now)
    live = [one for one in updates if shown is None or one.update.id in shown]
    names = {key: one.name for key, one in record.updates.items() if one.name}
    deliveries: list[Delivery] = []
    new_channels = []
    too_old: set[str] = set()
    claimed: set[str] = set()
    for channel in channels:
        if channel.id not in record.channels:
            new_channels.append(channel.id)
            record = replace(record, channels={**record.channels, channel.id: now})
            seen = [one.update.id for one in updates]
            record = record.with_marks(channel.id, seen, Mark(MarkKind.SENT, now))
            continue
        unmarked = [one for one in live if _is_unsent(record.mark(one.update.id, channel.id), now)]
        wanted = [one for one in unmarked if one.update.notify and is_for(channel, one)]
        recent = [one for one in wanted if one.update.at > now - MAX_AGE]
        claimed |= {
            one.update.id
            for one in live
            if (mark := record.mark(one.update.id, channel.id)) and mark.kind is MarkKind.CLAIMED
            if not _is_unsent(mark, now)
        }
        old = {one.update.id for one in wanted} - {one.update.id for one in recent}
        too_old |= old
        # Mark these too, so that a later edit of the file or the settings does not send them.
        skipped = {one.update.id for one in unmarked} - {one.update.id for one in wanted}
        record = record.with_marks(channel.id, skipped | old, Mark(MarkKind.SKIPPED, now))
        found = [replace(one, names=names) for one in _deliveries(channel, recent)]
        keys = [key for one in found for key in one.keys]
        record = record.with_marks(channel.id, keys, Mark(MarkKind.CLAIMED, now, run))
        deliveries += found
    return NotifyPlan(
        record=record,
        deliveries=tuple(deliveries),
        new_channels=tuple(new_channels),
        too_old=len(too_old),
        claimed=len(claimed),
    )


def is_for(channel: Channel, update: SiteUpdate) -> bool:
    """Return whether *channel* subscribes to *update*."""
    services = channel.services
    is_followed = services is None or not services.isdisjoint(update.update.severities)
    is_severe = update.incident.worst.rank >= channel.severity.rank
    return is_followed and is_severe and not channel.on.isdisjoint(update.occasions_for(channel))


def _is_unsent(mark: Mark | None, now: datetime) -> bool:
    """Return whether an update with *mark* still has to be sent; claims can expire."""
    if mark is None:
        return True
    return mark.kind is MarkKind.CLAIMED and abs(now - mark.at) > CLAIM_LIFETIME


def _deliveries(channel: Channel, pending: Sequence[SiteUpdate]) -> Iterator[Delivery]:
    """Yield the deliveries of *pending* to *channel*, oldest first."""
    incidents: dict[str, list[SiteUpdate]] = {}
    for one in pending:
        incidents.setdefault(one.incident.slug, []).append(one)
    shown = {slug: _without_earlier_automatic(updates) for slug, updates in incidents.items()}
    silent = {
        slug: tuple(one for one in updates if not any(one is other for other in shown[slug]))
        for slug, updates in incidents.items()
    }
    if channel.kind is ChannelKind.WEBHOOK:
        for one in sorted(chain.from_iterable(shown.values()), key=lambda one: one.update.at):
            is_last = one is shown[one.incident.slug][-1]
            quiet = silent[one.incident.slug] if is_last else ()
            yield Delivery(channel=channel, updates=(one,), silent=quiet)
    elif len(incidents) > MAX_INCIDENTS:
        together = sorted(chain.from_iterable(shown.values()), key=lambda one: one.update.at)
        quiet = tuple(chain.from_iterable(silent.values()))
        yield Delivery(channel=channel, updates=tuple(together), silent=quiet)
    else:
        for slug, updates in shown.items():
            yield Delivery(channel=channel, updates=tuple(updates), silent=silent[slug])


def _without_earlier_automatic(updates: Sequence[SiteUpdate]) -> list[SiteUpdate]:
    """Return *updates* without automatic state changes, except for the last one."""
    automatic = [one for one in updates if not one.update.is_written]
    return [one for one in updates if one.update.is_written or one is automatic[-1]]
