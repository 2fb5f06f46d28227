"""Addresses and signing keys of channels, which come only from the environment."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind

ALL = "STATUSGEN_NOTIFY"  # one line per channel: its id, its address, optional keys
_SECRET = "_SECRET"  # noqa: S105, a suffix of variable names
_MIN_MASKED = 8  # characters; shorter parts of an address are not masked


@dataclass(frozen=True)
class ChannelAddress:
    """The *address* of a channel and the *keys* that sign requests to it."""

    address: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Addresses:
    """The addresses of channels *by_id*, and *warnings*, which contain no address."""

    by_id: Mapping[str, ChannelAddress]
    warnings: tuple[str, ...]


def addresses_in(environment: Mapping[str, str], channels: Sequence[Channel]) -> Addresses:
    """Return the addresses of *channels* in *environment*; warn about missing and unused ones.

    `STATUSGEN_NOTIFY_<ID>` overrides a line of `STATUSGEN_NOTIFY`.
    """
    names = {channel.variable: channel for channel in channels}
    lines = dict(_lines(environment.get(ALL, "")))
    found: dict[str, ChannelAddress] = {}
    for variable, channel in names.items():
        own = environment.get(variable, "").strip()
        line = lines.get(channel.id)
        keys = tuple(environment.get(f"{variable}{_SECRET}", "").split())
        if own:
            found[channel.id] = ChannelAddress(own, keys)
        elif line:
            found[channel.id] = ChannelAddress(line.address, keys or line.keys)
    used = {f"{name}{end}" for name in names for end in ("", _SECRET)}
    warnings = [
        f"channel '{channel.id}' has no address; set {channel.variable}"
        for channel in channels
        if channel.id not in found
    ]
    warnings += [
        f"channel '{channel.id}' has no signing key; set {channel.variable}{_SECRET}"
        for channel in channels
        if channel.kind is ChannelKind.WEBHOOK
        and channel.id in found
        and not found[channel.id].keys
    ]
    warnings += [
        f"{name} does not match a channel in statusgen.yml; rename or remove it"
        for name in sorted(environment)
        if name.startswith(f"{ALL}_") and environment[name].strip() and name not in used
    ]
    known = {channel.id for channel in channels}
    warnings += [
        f"line {number} of {ALL} does not match a channel in statusgen.yml; fix or remove it"
        for number, name in enumerate(_ids(environment.get(ALL, "")), 1)
        if name and name not in known
    ]
    return Addresses(found, tuple(warnings))


def secrets_in(addresses: Addresses) -> list[str]:
    """Return every string that a log must hide: addresses, keys, and parts of both."""
    whole = [word for one in addresses.by_id.values() for word in (one.address, *one.keys) if word]
    texts = [*whole, *map(unquote, whole)]
    parts = {part for word in texts for part in re.split(r"[^A-Za-z0-9_-]+", word)}
    return [*dict.fromkeys(whole), *sorted(part for part in parts if len(part) >= _MIN_MASKED)]


def _lines(text: str) -> Iterator[tuple[str, ChannelAddress]]:
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1:
            yield (words[0], ChannelAddress(words[1], tuple(words[2:])))


def _ids(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield next(iter(line.split()), "")
