"""`api/uptime.json`: its shape, its figures, and that the pages show the same."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Any

import html5lib
import pytest

from tests.support import examples
from tests.support.examples import NOW, Site, made

SEVERITIES = ("none", "maintenance", "degraded", "partial", "major")
WEIGHTS = {"partial": Fraction(3, 10), "major": Fraction(1)}
DAYS = 90

SITES = {"example": examples.example, "hostile": examples.hostile, "empty": examples.empty}


@pytest.fixture(params=SITES, scope="module")
def site(request: pytest.FixtureRequest) -> Site:
    """Return one of the sites."""
    return SITES[request.param]()


def figures(site: Site) -> dict[str, Any]:
    """Return the parsed file; parse decimals exactly."""
    return dict(json.loads(site.files["api/uptime.json"], parse_float=Decimal))


def service(site: Site, name: str) -> dict[str, Any]:
    """Return the record of the service *name*."""
    return next(dict(one) for one in figures(site)["services"] if one["id"] == name)


def share(days: list[Mapping[str, Any]]) -> Fraction | None:
    """Return the exact uptime over these days."""
    observed = sum(day["observed"] for day in days)
    lost = sum(
        (weight * day["seconds"][severity] for day in days for severity, weight in WEIGHTS.items()),
        Fraction(0),
    )
    return 1 - lost / observed if observed else None


def rounded_down(value: Fraction, digits: int) -> Decimal:
    """Return *value* rounded down to that many decimals."""
    scaled = value * 10**digits
    return Decimal(scaled.numerator // scaled.denominator).scaleb(-digits)


def test_the_file_has_exactly_its_keys(site: Site) -> None:
    """Every object has the documented keys in the documented order, and no others."""
    document = figures(site)
    services = document["services"]
    days = [day for one in services for day in one["days"]]

    assert ["generated_for", "timezone", "days", "services"] == list(document)
    assert {("id", "name", "since", "uptime", "days")} == {tuple(one) for one in services}
    assert {("date", "severity", "observed", "seconds")} == {tuple(day) for day in days}
    assert {SEVERITIES[1:]} == {tuple(day["seconds"]) for day in days}


def test_the_values_are_of_their_kinds(site: Site) -> None:
    """Times have an offset, days are ISO dates, seconds are integers, shares are from 0 to 1."""
    document = figures(site)

    assert datetime.fromisoformat(NOW) == datetime.fromisoformat(document["generated_for"])
    assert DAYS == document["days"]
    for one in document["services"]:
        assert one["since"] is None or date.fromisoformat(one["since"])
        assert one["uptime"] is None or 0 <= one["uptime"] <= 1
        for day in one["days"]:
            assert day["severity"] is None or day["severity"] in SEVERITIES
            assert {int} == {type(number) for number in (day["observed"], *day["seconds"].values())}


def test_there_are_ninety_days_without_a_gap_and_today_is_the_last(site: Site) -> None:
    """Every service has the same 90 days, oldest first; the last one is today in the time zone."""
    for one in figures(site)["services"]:
        dates = [date.fromisoformat(day["date"]) for day in one["days"]]

        assert DAYS == len(dates)
        assert [dates[0] + timedelta(days=n) for n in range(DAYS)] == dates
        assert "2026-11-20" == one["days"][-1]["date"]


def test_a_day_tells_its_worst_severity(site: Site) -> None:
    """The severity of a day is the worst one with a second on it, and null without observation."""
    for one in figures(site)["services"]:
        for day in one["days"]:
            felt = [name for name in SEVERITIES[1:] if day["seconds"][name]]
            worst = (["none", *felt] if day["observed"] else [None])[-1]

            assert worst == day["severity"], (one["id"], day)
            assert sum(day["seconds"].values()) <= day["observed"], (one["id"], day)


def test_uptime_is_what_the_days_add_up_to_rounded_down(site: Site) -> None:
    """Uptime follows from the seconds in the file, with at most eight decimals."""
    for one in figures(site)["services"]:
        exact = share(one["days"])
        wanted = None if exact is None else rounded_down(exact, 8)

        assert wanted == one["uptime"], one["id"]


Look = tuple[str, str]
STEP = 5  # from one day to the next


def drawn(site: Site, page: str) -> list[list[Look]]:
    """Return the class and height of every day in every bar of a page, oldest first."""
    tree = html5lib.parse(site.text(page), namespaceHTMLElements=False)
    return [days_in(bar) for bar in tree.iterfind(".//*[@role='img']")]


def days_in(bar: Any) -> list[Look]:
    days: dict[int, Look] = {}
    for path in (one for one in bar.iter() if str(one.tag).endswith("path")):
        for left, top, width in re.findall(r"M(\d+) (\d+)h(\d+)", path.get("d")):
            first = int(left) // STEP
            for day in range(first, first + int(width) // STEP):
                assert day not in days
                days[day] = (path.get("class"), top)
    return [days[day] for day in sorted(days)]


def test_bars_show_the_days_of_the_file(site: Site) -> None:
    """Bars show each severity in its own way, the same on every page."""
    looks: dict[str | None, set[Look]] = {}
    for one in figures(site)["services"]:
        bars = drawn(site, f"services/{one['id']}.html")
        severities = [day["severity"] for day in one["days"]]

        assert [DAYS] == [len(bar) for bar in bars]
        for severity, look in zip(severities, bars[0], strict=True):
            looks.setdefault(severity, set()).add(look)
    assert {1} == {len(found) for found in looks.values()}
    assert len(looks) == len(set.union(*looks.values()))


def test_the_front_page_draws_what_the_pages_of_the_services_draw(site: Site) -> None:
    """A service has the same bar on every page."""
    own = [
        drawn(site, path)[0] for path in site.paths(".html") if re.match(r"services/[^/]+$", path)
    ]
    shown = drawn(site, "index.html")

    assert [] != shown
    assert [] == [bar for bar in shown if bar not in own]


def test_the_page_says_the_same_share_in_per_cent(site: Site) -> None:
    """Each page of a service shows its uptime with two decimals, rounded down."""
    for one in figures(site)["services"]:
        exact = share(one["days"])
        wanted = set() if exact is None else {f"{rounded_down(exact * 100, 2)}%"}

        assert wanted == shown(site, one["id"]), one["id"]


def shown(site: Site, service: str) -> set[str]:
    """Return the uptime over 90 days that the page of *service* shows, at the bar and below."""
    page = site.text(f"services/{service}.html")
    figures = re.findall(r'class="wide">(\d+\.\d\d%)|<dt>Last 90 days</dt><dd>(\d.*?)<', page)
    return {first or second for first, second in figures}


def incident(severity: str, started: str, resolved: str) -> str:
    """Return a file about one outage of the API."""
    return (
        f"---\ntitle: Outage\nseverity: {severity}\nservices: [api]\nstarted: {started}\n"
        f"resolved: {resolved}\n---\nText.\n"
    )


@pytest.mark.parametrize(
    ("file", "uptime", "percent"),
    [
        pytest.param(
            incident("major", "2026-11-19 10:00:00", "2026-11-19 10:00:01"),
            Decimal("0.99999987"),
            "99.99%",
            id="one-second-is-not-nothing",
        ),
        pytest.param(
            incident("degraded", "2026-11-01 00:00:00", "2026-11-19 00:00:00"),
            Decimal("1.0"),
            "100.00%",
            id="degraded-counts-nothing",
        ),
        pytest.param(
            incident("major", "2026-01-01 00:00:00", "2026-11-20 12:00:00"),
            Decimal("0.0"),
            "0.00%",
            id="down-all-the-time",
        ),
        pytest.param(
            incident("major", "2026-08-23 00:00:00", "2026-11-20 11:59:59"),
            Decimal("0.00000012"),
            "0.00%",
            id="up-for-a-second",
        ),
        pytest.param(
            incident("partial", "2026-11-20 00:00:00", "2026-11-20 12:00:00"),
            Decimal("0.99832480"),
            "99.83%",
            id="a-part-of-today",
        ),
    ],
)
def test_shares_are_rounded_down(file: str, uptime: Decimal, percent: str) -> None:
    """Uptime is cut to eight decimals in the file, two on the page: downtime never shows 100%."""
    # 89 days are observed, one of them with 25 hours, and 12 hours of today: 7,736,400 seconds.
    site = made({"incidents/a.md": file}, now="2026-11-20 12:00:00")

    assert uptime == service(site, "api")["uptime"]
    assert {percent} == shown(site, "api")
    assert Decimal("1.0") == service(site, "web")["uptime"]


def test_a_day_of_a_clock_change_has_as_many_seconds_as_it_has() -> None:
    """In Rome, 25 October 2026 has 25 hours, 29 March 2026 has 23; today ends at `now`."""
    autumn, spring = made(now="2026-11-20 12:00"), made(now="2026-04-01 00:00:30")
    seconds = {
        day["date"]: day["observed"]
        for site in (autumn, spring)
        for day in service(site, "api")["days"]
    }

    assert 25 * 3600 == seconds["2026-10-25"]
    assert 23 * 3600 == seconds["2026-03-29"]
    assert 12 * 3600 == seconds["2026-11-20"]
    assert 30 == seconds["2026-04-01"]


def test_a_day_before_since_has_no_data() -> None:
    """A day before `since` has a null severity and is not observed, even during an incident."""
    settings = """\
title: Acme
url: https://status.acme.example
services: [{id: api, name: API, since: 2026-11-19}, {id: new, name: New, since: 2027-01-01}]
"""
    file = incident("major", "2026-11-18 00:00:00", "2026-11-19 12:00:00")
    site = made({"statusgen.yml": settings, "incidents/a.md": file}, now="2026-11-20 12:00")
    days = {day["date"]: day for day in service(site, "api")["days"]}

    assert "2026-11-19" == service(site, "api")["since"]
    assert (None, 0, 0) == _told(days["2026-11-18"])
    assert ("major", 86400, 43200) == _told(days["2026-11-19"])
    assert ("none", 43200, 0) == _told(days["2026-11-20"])
    assert Decimal("0.66666666") == service(site, "api")["uptime"]
    assert service(site, "new")["uptime"] is None


def _told(day: Mapping[str, Any]) -> tuple[str | None, int, int]:
    return (day["severity"], day["observed"], day["seconds"]["major"])


def test_the_worst_of_overlapping_incidents_wins_and_none_are_added_up() -> None:
    """An hour under a partial and a major outage is an hour of major outage."""
    site = made(
        {
            "incidents/a.md": incident("partial", "2026-11-19 10:00", "2026-11-19 13:00"),
            "incidents/b.md": incident("major", "2026-11-19 11:00", "2026-11-19 12:00"),
        }
    )
    day = next(one for one in service(site, "api")["days"] if one["date"] == "2026-11-19")

    assert {"maintenance": 0, "degraded": 0, "partial": 7200, "major": 3600} == day["seconds"]


def test_numbers_are_read_alike_by_every_reader() -> None:
    """A share survives a round trip through a double: it has at most eight decimals."""
    for one in json.loads(examples.example().files["api/uptime.json"])["services"]:
        value = Decimal(repr(one["uptime"]))

        assert value == value.quantize(Decimal("1e-8"), rounding=ROUND_FLOOR), one["id"]
