"""Parsing of IANA time zones, with suggestions for misspelt names and for cities alone."""

import difflib
import re
import unicodedata
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from statusgen.problems import quoted

EXAMPLE = "Europe/Rome"

_MAX_NAME = 64  # longer texts are not compared with zone names
_MIN_CITY = 5  # letters of a misspelt city; abbreviations are shorter
_CLOSE = 0.75  # similarity within a region: Rom is Rome, but Milan is not Malta
_VERY_CLOSE = 0.88  # similarity without a region: Athen is Athens, but Granada is not Grenada

# The capital excludes files such as "localtime", which differ between machines.
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*(?:[/_+-][A-Za-z0-9]+)*")
_CONTINENTS = (
    "Africa/ America/ Antarctica/ Arctic/ Asia/ Atlantic/ Australia/ Europe/ Indian/ Pacific/"
)
# Names that look like those of zones elsewhere: WEST is in Europe, Eastern in America.
_NO_CITIES = frozenset({"act", "easter", "lhi", "north", "nsw", "south", "west"})


def parse(text: str) -> ZoneInfo:
    """Return the time zone *text*; raises ValueError with a remedy."""
    if _NAME.fullmatch(text):
        try:
            return ZoneInfo(text)
        except (OSError, ValueError, ZoneInfoNotFoundError):
            pass
    close = _suggestion(text) if len(text) < _MAX_NAME else None
    remedy = f"did you mean '{close}'?" if close else f"write an IANA name such as {EXAMPLE}"
    raise ValueError(f"{quoted(text)} is not a time zone; {remedy}")


def _suggestion(text: str) -> str | None:
    """Return the zone that *text* probably means: the same name, city or a misspelt one."""
    known = sorted(filter(_NAME.fullmatch, available_timezones()))
    folded = _folded(text)
    flat = folded.replace("/", "_")
    exact = next((name for name in known if name.casefold().replace("/", "_") == flat), None)
    if exact is not None:
        return exact
    region, _, city = folded.rpartition("/")
    places: dict[str, str] = {}
    for name in known:
        is_city = _city(name) not in _NO_CITIES
        if is_city and name.startswith(tuple(_CONTINENTS.split())):
            places.setdefault(_city(name), name)
    if not region and len(city) < _MIN_CITY:
        return places.get(city)
    if not region:
        return _closest(city, places, _VERY_CLOSE)
    nearby = {_city(name): name for name in known if name.casefold().startswith(f"{region}/")}
    return _closest(city, nearby or places, _CLOSE)


def _closest(city: str, places: dict[str, str], cutoff: float) -> str | None:
    """Return the zone in *places* whose city is most similar to *city*, or None."""
    close = difflib.get_close_matches(city, places, n=1, cutoff=cutoff)
    return places[close[0]] if close else None


def _city(name: str) -> str:
    return name.rpartition("/")[2].casefold()


def _folded(text: str) -> str:
    """Return *text* in lower case without accents, and with `_` for spaces, as zones have it."""
    decomposed = unicodedata.normalize("NFD", text.strip().casefold())
    plain = "".join(one for one in decomposed if not unicodedata.combining(one))
    return re.sub(r"[\s_]+", "_", plain)
