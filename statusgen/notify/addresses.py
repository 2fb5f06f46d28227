"""Find the addresses and signing keys of channels in the environment, their only place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind

ALL = "STATUSGEN_NOTIFY"  # a line with an id, an address and perhaps keys for each channel
_SECRET = "_SECRET"  # noqa: S105, the end of a variable's name
_MASKED = 8  # characters of a part of an address that is worth masking


@dataclass(frozen=True)
class ChannelAddress:
    """Where to send what is for a channel, and the *keys* that sign it."""

    address: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Addresses:
    """The addresses *by_id* of their channels, and *warnings* that name none of them."""

    by_id: Mapping[str, ChannelAddress]
    warnings: tuple[str, ...]


def addresses_in(environment: Mapping[str, str], channels: Sequence[Channel]) -> Addresses:
    """Return the addresses of *channels* that *environment* has, and what does not fit.

    `STATUSGEN_NOTIFY_<ID>` comes before a line of `STATUSGEN_NOTIFY`.
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
        f"channel {channel.id} has no address; set {channel.variable}"
        for channel in channels
        if channel.id not in found
    ]
    warnings += [
        f"channel {channel.id} has no signing key; set {channel.variable}{_SECRET}"
        for channel in channels
        if channel.kind is ChannelKind.WEBHOOK
        and channel.id in found
        and not found[channel.id].keys
    ]
    warnings += [
        f"{name} is the address of no channel in statusgen.yml"
        for name in sorted(environment)
        if name.startswith(f"{ALL}_") and environment[name].strip() and name not in used
    ]
    known = {channel.id for channel in channels}
    warnings += [
        f"line {number} of {ALL} is for no channel in statusgen.yml"
        for number, name in enumerate(_ids(environment.get(ALL, "")), 1)
        if name and name not in known
    ]
    return Addresses(found, tuple(warnings))


def secrets_in(addresses: Addresses) -> list[str]:
    """Return every text that a log must not show: addresses, keys, and the parts of both."""
    whole = [word for one in addresses.by_id.values() for word in (one.address, *one.keys) if word]
    texts = [*whole, *map(unquote, whole)]
    parts = {part for word in texts for part in re.split(r"[^A-Za-z0-9_-]+", word)}
    return [*dict.fromkeys(whole), *sorted(part for part in parts if len(part) >= _MASKED)]


def _lines(text: str) -> Iterator[tuple[str, ChannelAddress]]:
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1:
            yield (words[0], ChannelAddress(words[1], tuple(words[2:])))


def _ids(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield next(iter(line.split()), "")
