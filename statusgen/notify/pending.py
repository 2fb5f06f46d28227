"""Decide what is to be told to whom: the updates of a site that a record does not have yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind
from statusgen.notify import record as records
from statusgen.notify.occasions import SiteUpdate
from statusgen.notify.record import Mark, MarkKind, Record

YOUNG = timedelta(hours=24)  # what is older is never told
CLAIM = timedelta(minutes=15)  # after which the run that claimed an update counts as dead
MANY = 10  # incidents at once; more become one message


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What one message to *channel* tells: *updates* are oldest first.

    They are of one incident, or where there are very many of several. *silent* are updates that it
    settles without telling them: earlier moves of the clock. *names* are the ids by which receivers
    know updates, where these are not their own.
    """

    channel: Channel
    updates: tuple[SiteUpdate, ...]
    silent: tuple[SiteUpdate, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """The ids of all updates that are told once it is sent."""
        return [one.update.id for one in (*self.silent, *self.updates)]


@dataclass(frozen=True, kw_only=True)
class NotifyPlan:
    """What to send, and the *record* in which that is claimed.

    *begun* are channels that are known from now on, and begin silent. *too_old* counts updates that
    are given up since they are too old, *claimed* those that another run is sending.
    """

    record: Record
    deliveries: tuple[Delivery, ...]
    begun: tuple[str, ...] = ()
    too_old: int = 0
    claimed: int = 0


def plan(  # noqa: PLR0913, all that decides
    record: Record,
    updates: Sequence[SiteUpdate],
    channels: Sequence[Channel],
    *,
    now: datetime,
    run: str,
    shown: Collection[str] | None = None,
) -> NotifyPlan:
    """Decide what the *channels*, those with an address, are to be told of *updates* at *now*.

    *updates* are all of the last 30 days, oldest first; *shown* are the ids of those that the live
    page has, by default all. *run* is the name of this run in claims.
    """
    record = records.reconciled(record, updates, now=now)
    live = [one for one in updates if shown is None or one.update.id in shown]
    names = {key: one.name for key, one in record.updates.items() if one.name}
    deliveries: list[Delivery] = []
    begun = []
    too_old: set[str] = set()
    claimed: set[str] = set()
    for channel in channels:
        if channel.id not in record.channels:
            begun.append(channel.id)
            record = replace(record, channels={**record.channels, channel.id: now})
            seen = [one.update.id for one in updates]
            record = record.with_marks(channel.id, seen, Mark(MarkKind.SENT, now))
            continue
        unmarked = [one for one in live if _is_open(record.mark(one.update.id, channel.id), now)]
        wanted = [one for one in unmarked if one.update.notify and is_for(channel, one)]
        young = [one for one in wanted if one.update.at > now - YOUNG]
        claimed |= {
            one.update.id
            for one in live
            if (mark := record.mark(one.update.id, channel.id)) and mark.kind is MarkKind.CLAIMED
            if not _is_open(mark, now)
        }
        old = {one.update.id for one in wanted} - {one.update.id for one in young}
        too_old |= old
        # Marked as well, so that an edit of the file or of the settings never sends it later.
        skipped = {one.update.id for one in unmarked} - {one.update.id for one in wanted}
        record = record.with_marks(channel.id, skipped | old, Mark(MarkKind.SKIPPED, now))
        found = [replace(one, names=names) for one in _deliveries(channel, young)]
        keys = [key for one in found for key in one.keys]
        record = record.with_marks(channel.id, keys, Mark(MarkKind.CLAIMED, now, run))
        deliveries += found
    return NotifyPlan(
        record=record,
        deliveries=tuple(deliveries),
        begun=tuple(begun),
        too_old=len(too_old),
        claimed=len(claimed),
    )


def is_for(channel: Channel, one: SiteUpdate) -> bool:
    """Return whether *channel* wants to hear of *one*."""
    touches = channel.services is None or not channel.services.isdisjoint(one.update.severities)
    is_bad_enough = one.incident.worst.rank >= channel.severity.rank
    return touches and is_bad_enough and not channel.on.isdisjoint(one.occasions_for(channel))


def _is_open(mark: Mark | None, now: datetime) -> bool:
    """Return whether an update with *mark* is still to be told: a claim of a dead run is none."""
    if mark is None:
        return True
    return mark.kind is MarkKind.CLAIMED and abs(now - mark.at) > CLAIM


def _deliveries(channel: Channel, pending: Sequence[SiteUpdate]) -> Iterator[Delivery]:
    """Yield what to send to *channel*, oldest first."""
    incidents: dict[str, list[SiteUpdate]] = {}
    for one in pending:
        incidents.setdefault(one.incident.slug, []).append(one)
    spoken = {slug: _without_early_moves(those) for slug, those in incidents.items()}
    silent = {
        slug: tuple(one for one in those if not any(one is other for other in spoken[slug]))
        for slug, those in incidents.items()
    }
    if channel.kind is ChannelKind.WEBHOOK:
        for one in sorted(_chained(spoken.values()), key=lambda one: one.update.at):
            is_last = one is spoken[one.incident.slug][-1]
            quiet = silent[one.incident.slug] if is_last else ()
            yield Delivery(channel=channel, updates=(one,), silent=quiet)
    elif len(incidents) > MANY:
        together = sorted(_chained(spoken.values()), key=lambda one: one.update.at)
        quiet = tuple(_chained(silent.values()))
        yield Delivery(channel=channel, updates=tuple(together), silent=quiet)
    else:
        for slug, those in spoken.items():
            yield Delivery(channel=channel, updates=tuple(those), silent=silent[slug])


def _without_early_moves(those: Sequence[SiteUpdate]) -> list[SiteUpdate]:
    """Return *those* with no more than the last move of the clock."""
    moves = [one for one in those if not one.update.is_written]
    return [one for one in those if one.update.is_written or one is moves[-1]]


def _chained(groups: Iterable[Collection[SiteUpdate]]) -> Iterator[SiteUpdate]:
    for group in groups:
        yield from group
