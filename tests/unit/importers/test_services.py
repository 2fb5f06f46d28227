"""Ids for the services in a source, and matches with those of a site."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.authoring.settings_file import format_settings, with_services
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.importers.names import folded
from statusgen.importers.services import (
    SourceService,
    match_services,
    service_ids,
    source_groups,
)
from statusgen.model import Group, Service
from tests.unit.content.test_parser import settings_of

SITE = """\
title: Acme
url: https://a.example
groups:
  - id: core
    name: Core platform
services:
  - id: api
    name: Public API
    aliases: [REST API, web]
  - id: website
    name: Web
  - id: old
    name: public  api
"""


def named(*names: str) -> list[SourceService]:
    """Return services that have only a name."""
    return [SourceService(name=name) for name in names]


def ids_of(*names: str) -> list[str]:
    """Return the ids for *names*."""
    return [one.id for one in service_ids(named(*names))]


def site_of(services: Sequence[SourceService]) -> Config:
    """Return the settings of a new site with *services*, without problems."""
    text = format_settings(
        title="Acme",
        url="https://a.example",
        groups=source_groups(services),
        services=service_ids(services),
    )
    config, problems = parse_config(text, path=Path("statusgen.yml"))

    assert [] == problems
    assert config is not None
    return config


# Ids.


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("API", "api"),
        ("Public API", "public-api"),
        ("  Web / Mobile (EU-1)!", "web-mobile-eu-1"),
        ("rest_api", "rest_api"),
        ("24/7", "24-7"),
        ("Zürich Café", "zurich-cafe"),
        ("Zu\u0308rich", "zurich"),
        ("Straße Łódź Ærø", "strasse-lodz-aero"),
        ("\uff21\uff30\uff29™", "apitm"),
        ("API 支付", "api"),
        ("a" * 70, "a" * 64),
        ("a" * 63 + " b", "a" * 63),
        ("index", "index-2"),
        ("COM1", "com1-2"),
        ("支付", "service-75b8d4ac"),
        ("支付 2", "service-79f6c36b"),
        ("Сайт", "service-ce199206"),
        ("🔥", "service-1a6f29ff"),
        ("!!!", "service-ab2eaf31"),
    ],
)
def test_an_id_is_the_name_in_the_letters_that_ids_have(name: str, expected: str) -> None:
    """An id is in lower case with hyphens; a name without Latin letters gets a stable digest."""
    assert [expected] == ids_of(name)


def test_one_id_twice_gets_a_number_in_the_order_of_the_source() -> None:
    """Different names with the same id get different ids, at full length too."""
    assert ["c", "c-2", "c-3"] == ids_of("C++", "C#", "C?")
    assert ["a", "a-2", "a-2-2"] == ids_of("A!", "A?", "A 2")
    assert ["b" * 64, f"{'b' * 62}-2"] == ids_of("b" * 65, "b" * 66)


def test_an_id_of_another_name_is_left_to_it() -> None:
    """A name that is a valid id keeps it, so that it is found again; others get a number."""
    assert ["web-app-2", "web-app"] == ids_of("Web app", "Web-App")


def test_an_id_of_a_name_in_another_script_does_not_depend_on_the_others() -> None:
    """An id does not depend on earlier services or on case."""
    assert ids_of("Сайт") == ids_of("Почта", "САЙТ")[1:]


def test_ids_that_are_taken_are_not_given() -> None:
    """New ids avoid the ids and aliases of the site, ignoring case, and reserved names."""
    found = service_ids(named("API!", "Web?"), ["api", "API-2", "WEB"])

    assert ["api-3", "web-2"] == [one.id for one in found]


def test_a_valid_id_of_the_source_is_kept() -> None:
    """The source's id wins over one from the name; an invalid one becomes an alias."""
    found = service_ids(
        [
            SourceService(name="Edge!"),
            SourceService(name="Delivery", id="edge"),
            SourceService(name="Search", id="Search_1"),
            SourceService(name="Mail", id="MAIL"),
            SourceService(name="Index", id="index"),
        ]
    )

    assert [
        Service(id="edge-2", name="Edge!"),
        Service(id="edge", name="Delivery"),
        Service(id="search", name="Search", aliases=("Search_1",)),
        Service(id="mail", name="Mail"),
        Service(id="index-2", name="Index"),
    ] == found


def test_names_that_differ_in_case_or_blanks_are_one_service() -> None:
    """The first name is shown; the data of all entries is kept."""
    found = service_ids(
        [
            SourceService(name="Public API"),
            SourceService(name="Web"),
            SourceService(name=" public\u00a0 api\u200b", group="Core", description="Calls."),
            SourceService(name="PUBLIC API", id="api", description="Other."),
        ]
    )

    assert [
        Service(id="api", name="Public API", group="core", description="Calls."),
        Service(id="web", name="Web"),
    ] == found


def test_an_older_name_of_an_own_id_is_an_alias() -> None:
    """A renamed service is one service, with the name that the source lists now."""
    services = [
        SourceService(name="Old name", id="api", retired=date(2020, 1, 1)),
        SourceService(name="API", id="api"),
        SourceService(name="api", retired=date(2021, 1, 1)),
    ]

    assert [Service(id="api", name="API", aliases=("Old name",))] == service_ids(services)


def test_two_own_ids_of_one_name_are_one_service() -> None:
    """The name decides; the second id becomes an alias, so that both are found."""
    services = [SourceService(name="API", id="k1"), SourceService(name="api", id="k2")]

    assert [Service(id="k1", name="API", aliases=("k2",))] == service_ids(services)


def test_a_service_that_only_incidents_name_is_retired_on_the_last_day() -> None:
    """A listed service is not retired; several entries give the widest range of days."""
    days = [date(2020, 1, day) for day in (1, 2, 3, 4)]
    gone = [
        SourceService(name="A", since=days[1], retired=days[2]),
        SourceService(name="a", since=days[0], retired=days[3]),
    ]

    assert [Service(id="a", name="A", since=days[0], retired=days[3])] == service_ids(gone)
    assert [Service(id="a", name="A", since=days[0])] == service_ids(
        [*gone, SourceService(name="A")]
    )


@pytest.mark.parametrize(
    ("since", "retired", "expected"),
    [
        (date(2020, 1, 2), date(2020, 1, 1), (None, date(2020, 1, 1))),
        (date(1, 1, 1), date(2020, 1, 1), (None, date(2020, 1, 1))),
        (date(2020, 1, 2), date(9999, 1, 1), (date(2020, 1, 2), None)),
    ],
)
def test_days_that_settings_refuse_are_left_out(
    since: date, retired: date, expected: tuple[date | None, date | None]
) -> None:
    """A first day after the last one and absurd years are dropped."""
    (found,) = service_ids([SourceService(name="A", since=since, retired=retired)])

    assert expected == (found.since, found.retired)


def test_what_settings_cannot_hold_is_cleaned() -> None:
    """Control and invisible characters are removed, and long names are shortened."""
    services = [
        SourceService(name="A\r\nB\x1b[31m\u202e\ud800", description="\n a\r\nb\x00 \n"),
        SourceService(name="é" * 300, group="\u200bx\n"),
        SourceService(name="\u200b \n"),
        SourceService(name="", id="nameless"),
        SourceService(name="C", group="\u200b"),
    ]
    cleaned = site_of(services).services

    assert ("A B [31m", "a\nb\ufffd") == (cleaned[0].name, cleaned[0].description)
    assert (f"{'é' * 199}…", "x") == (cleaned[1].name, cleaned[1].group)
    assert ("C", None) == (cleaned[2].name, cleaned[2].group)
    assert 3 == len(cleaned)


def test_groups_are_found_or_made_by_their_names() -> None:
    """A group of the settings is matched in any spelling; new groups get an id."""
    services = [
        SourceService(name="A", group=" core PLATFORM"),
        SourceService(name="B", group="Core"),
        SourceService(name="C", group="CORE!"),
        SourceService(name="D", group="Core  !"),
        SourceService(name="E", group="支付"),
    ]
    known = [Group(id="core", name="Core platform")]
    found = service_ids(services, groups=known)
    made = source_groups(services, known)

    assert ["core", "core", "core-2", "core-3"] == [one.group for one in found][:4]
    assert ["CORE!", "Core !", "支付"] == [one.name for one in made]
    assert [one.group for one in found][2:] == [one.id for one in made]


# Matching.


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("API", "api"),
        (" Rest\u00a0 api\n", "api"),
        ("WEB", "api"),  # An alias comes before a name.
        ("website", "website"),
        ("PUBLIC API", "api"),  # The first of two.
        ("old", "old"),
    ],
)
def test_a_name_is_looked_up_as_id_alias_and_name(name: str, expected: str) -> None:
    """Matching ignores case and whitespace."""
    found, new = match_services(named(name), settings_of(SITE))

    assert ({folded(name): expected}, []) == (found, new)


def test_what_a_site_lacks_is_handed_back_to_be_added() -> None:
    """New ids clash with no id, alias or name of the site, and groups are reused."""
    services = [
        SourceService(name="Web!", group="core"),
        SourceService(name="Rest: API"),
        SourceService(name="web"),
        SourceService(name="Mail", group="Edge"),
    ]
    config = settings_of(SITE)
    found, new = match_services(services, config)
    groups = source_groups(services, config.groups)

    assert {"web": "api"} == found
    assert [
        Service(id="web-2", name="Web!", group="core"),
        Service(id="rest-api", name="Rest: API"),
        Service(id="mail", name="Mail", group="edge"),
    ] == new
    assert [Group(id="edge", name="Edge")] == groups
    text = with_services(SITE, new, path=Path("statusgen.yml"), groups=groups)
    assert [] == match_services(services, settings_of(text))[1]


def test_an_own_id_finds_a_service_that_was_renamed() -> None:
    """The source's id wins over the name, and all spellings find the same service."""
    services = [
        SourceService(name="Web", id="old"),
        SourceService(name="API v2", id="API"),
        SourceService(name="api V2", id="zz"),
    ]

    assert ({"web": "old", "api v2": "api"}, []) == match_services(services, settings_of(SITE))


NAMES = st.sampled_from(
    [
        *["A", "a", "API", "api", "Api ", "a-p-i", "A P I", "a p i!", "x", "X!", "1", "index", ""],
        *["支付", "支付1", "é", "e", "e\u0301", "z" * 70, "z" * 300, "\u200b"],
    ]
) | st.text(st.characters(), max_size=4)
DAYS = st.none() | st.dates()
SERVICES = st.lists(
    st.builds(
        SourceService,
        name=NAMES,
        id=st.just("") | NAMES,
        group=st.none() | NAMES,
        description=st.text(st.characters(), max_size=9),
        since=DAYS,
        retired=DAYS,
    ),
    min_size=1,
    max_size=8,
)


@given(services=SERVICES)
def test_an_import_finds_every_service_that_it_wrote(services: list[SourceService]) -> None:
    """Settings written for any source are valid and have each service once."""
    if not service_ids(services):
        return
    config = site_of(services)
    found, new = match_services(services, config)

    assert [] == new
    assert {folded(one.name) for one in services} - {""} == set(found)
    alone = [match_services([one], config)[0] for one in services]
    assert {one.id for one in config.services} == {name for one in alone for name in one.values()}
    assert service_ids(services) == [*config.services]


@given(first=SERVICES, second=SERVICES)
def test_services_that_come_later_change_none_that_are_there(
    first: list[SourceService], second: list[SourceService]
) -> None:
    """Added services keep the settings valid and do not change earlier matches."""
    if not service_ids(first):
        return
    config = site_of(first)
    _, new = match_services(second, config)
    text = format_settings(
        title="Acme", url="https://a.example", groups=config.groups, services=config.services
    )
    groups = source_groups(second, config.groups)
    grown = settings_of(with_services(text, new, path=Path("statusgen.yml"), groups=groups))

    assert config.services == grown.services[: len(config.services)]
    assert match_services(first, config)[0] == match_services(first, grown)[0]
    assert [] == match_services(second, grown)[1]
