"""Match services in a source with those of a site, and assign ids to new ones."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TypeGuard

from statusgen import times
from statusgen.config.settings import Config
from statusgen.importers.names import NameRegistry, clean_line, clean_prose, folded, slug_of
from statusgen.model import Group, Service


@dataclass(frozen=True, kw_only=True)
class SourceService:
    """A service in a source; *group* is the name of its group.

    *retired* is None if the source lists the service. If only incidents mention it, *retired* is
    the day after the last one.
    """

    name: str
    id: str = ""
    group: str | None = None
    description: str = ""
    since: date | None = None
    retired: date | None = None


def service_ids(
    services: Sequence[SourceService],
    taken: Collection[str] = (),
    *,
    groups: Sequence[Group] = (),
) -> list[Service]:
    """Return *services* as records for the settings, in order, with ids that are not in *taken*.

    The id in the source is kept if it is valid and free; otherwise it becomes an alias. Entries
    with the same id, or with equal folded names, become one service. Entries without a name are
    ignored. *groups* are the groups in the settings; `source_groups` returns new ones.
    """
    return _records(_clusters(services), taken, _group_ids(services, groups))


def source_groups(services: Sequence[SourceService], groups: Sequence[Group] = ()) -> list[Group]:
    """Return the groups of *services* that are missing from *groups*, the ones in the settings."""
    known = {one.id for one in groups}
    names = {folded(one.group): clean_line(one.group) for one in reversed(services) if one.group}
    ids = _group_ids(services, groups)
    return [Group(id=ids[name], name=names[name]) for name in ids if ids[name] not in known]


def match_services(
    services: Sequence[SourceService], config: Config
) -> tuple[dict[str, str], list[Service]]:
    """Find *services* in *config*, by id and then by name.

    Both are folded and compared with the ids, then the aliases, then the names in *config*. Returns
    a map from folded names to ids, and new records for the services that were not found. Those may
    use groups that *config* lacks; `source_groups(services, config.groups)` returns these groups.
    """
    known: dict[str, str] = {}
    aliases = ((alias, one) for one in config.services for alias in one.aliases)
    names = ((one.name, one) for one in config.services)
    for name, service in chain(((one.id, one) for one in config.services), aliases, names):
        known.setdefault(folded(name), service.id)
    found: dict[str, str] = {}
    missing = []
    for cluster in _clusters(services):
        matches = [known.get(folded(one.id)) or known.get(folded(one.name)) for one in cluster]
        match = next(filter(None, matches), None)
        if match is None:
            missing.append(cluster)
            continue
        for one, own in zip(cluster, matches, strict=True):
            found.setdefault(folded(one.name), own or match)
    return (found, _records(missing, known, _group_ids(services, config.groups)))


_Cluster = list[SourceService]  # entries for one service; the first name is shown


def _clusters(services: Sequence[SourceService]) -> list[_Cluster]:
    """Group the entries in *services* that mean the same service, in the source's order.

    An entry without an id also matches a service whose id equals its name.
    """
    found: list[list[int]] = []
    by_id: dict[str, list[int]] = {}
    by_name: dict[str, list[int]] = {}
    named = [place for place, one in enumerate(services) if folded(one.name)]
    for place in sorted(named, key=lambda place: not folded(services[place].id)):
        own, name = folded(services[place].id), folded(services[place].name)
        cluster = by_id.get(own or name) or by_name.get(name)
        if cluster is None:
            cluster = []
            found.append(cluster)
        cluster.append(place)
        by_name.setdefault(name, cluster)
        if own:
            by_id.setdefault(own, cluster)
    ordered = sorted(sorted(cluster) for cluster in found)
    # A name that the source lists comes before names that only incidents use.
    return [
        sorted((services[place] for place in cluster), key=lambda one: one.retired is not None)
        for cluster in ordered
    ]


def _records(
    clusters: Sequence[_Cluster], taken: Iterable[str], groups: Mapping[str, str]
) -> list[Service]:
    """Return a service for each of *clusters*; *groups* maps folded names to ids."""
    own_ids = [[one.id.strip() for one in cluster] for cluster in clusters]
    all_names = [[one.name for one in cluster] for cluster in clusters]
    registry = NameRegistry(taken, own_ids, all_names)
    kept = [registry.first_free(own) for own in own_ids]
    ids = [
        own_id or registry.new_id(slug_of(names[0], "service"), place)
        for place, (own_id, names) in enumerate(zip(kept, all_names, strict=True))
    ]
    aliases = [
        registry.aliases([*own, *names], names[0], place)
        for place, (own, names) in enumerate(zip(own_ids, all_names, strict=True))
    ]
    return [_record(*parts, groups=groups) for parts in zip(clusters, ids, aliases, strict=True)]


def _record(
    cluster: _Cluster, new_id: str, aliases: Iterable[str], *, groups: Mapping[str, str]
) -> Service:
    since = min(filter(_is_day, (one.since for one in cluster)), default=None)
    last_days = [one.retired for one in cluster]
    retired = None if None in last_days else max(filter(_is_day, last_days), default=None)
    if since and retired and retired < since:
        since = None  # The dates contradict each other; keep the longer history.
    return Service(
        id=new_id,
        name=clean_line(cluster[0].name),
        group=next((groups[name] for one in cluster if (name := folded(one.group or ""))), None),
        description=next(filter(None, (clean_prose(one.description) for one in cluster)), ""),
        since=since,
        retired=retired,
        aliases=tuple(aliases),
    )


def _group_ids(services: Sequence[SourceService], groups: Sequence[Group]) -> dict[str, str]:
    """Return the ids of the groups in *services* by folded name, reusing ids from *groups*."""
    known: dict[str, str] = {}
    for name, one in chain(((one.id, one) for one in groups), ((one.name, one) for one in groups)):
        known.setdefault(folded(name), one.id)
    named = dict.fromkeys(filter(None, (folded(one.group or "") for one in services)))
    names = NameRegistry(known, [[name] for name in named])
    return {
        name: known.get(name) or names.new_id(slug_of(name, "group"), place)
        for place, name in enumerate(named)
    }


def _is_day(day: date | None) -> TypeGuard[date]:
    """Return whether *day* is a valid date for the settings."""
    with suppress(ValueError):
        return day is not None and times.parse_day(day.isoformat()) == day
    return False
