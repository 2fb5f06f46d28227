"""The Atom feeds of groups; their conformance to RFC 4287 is tested with those of services."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from statusgen.build import pipeline
from tests.conftest import write_site
from tests.support import examples
from tests.support.examples import Site, made
from tests.support.publishing import content, rendered
from tests.unit.render.feeds.test_update_feeds import (
    HUB,
    LATER,
    NEWEST,
    child,
    entries_as_written,
    ids_of,
    links,
    many,
)

SETTINGS = """\
title: Acme Status
url: https://status.acme.example
groups:
  - {id: core, name: Core platform}
  - {id: web, name: Front ends}
  - {id: quiet, name: Quiet}
services:
  - {id: api, name: Public API, group: core, aliases: [rest]}
  - {id: db, name: Database, group: core}
  - {id: web, name: Website, group: web}
  - {id: mail, name: Mail}
  - {id: fax, name: Fax, group: quiet}
"""
CORE = "groups/core/feed.atom"
FILES = {
    "statusgen.yml": SETTINGS,
    "incidents/both.md": """---
title: Both
severity: major
services: [api, db]
started: 2026-11-20 09:00
updates:
  - {at: 2026-11-20 09:05, text: Looking.}
  - {at: 2026-11-20 09:30, state: identified, services: {db: none}, text: Found.}
---
""",
    "incidents/mail.md": """---
title: Mail joins
severity: degraded
services: [web]
started: 2026-11-19 09:00
updates:
  - {at: 2026-11-19 09:05, text: The website is slow.}
  - {at: 2026-11-19 09:30, services: {rest: partial}, text: The API as well.}
  - {at: 2026-11-19 10:00, state: resolved, text: Fine.}
---
""",
    "incidents/work.md": """---
title: Work
severity: maintenance
services: [db]
announced: 2026-11-18 09:00
starts: 2026-11-18 12:00
ends: 2026-11-18 13:00
---
We replace a disk.
""",
    "incidents/news.md": """---
title: News
severity: none
services: [api]
started: 2026-11-17 09:00
---
Please upgrade.
""",
    "incidents/apart.md": """---
title: Apart
severity: partial
services: [mail]
started: 2026-11-20 08:00
---
Mail waits.
""",
}


def with_settings(old: str, new: str) -> dict[str, str]:
    """Return FILES with *old* in the settings replaced by *new*."""
    assert old in SETTINGS
    return {**FILES, "statusgen.yml": SETTINGS.replace(old, new)}


def titles(site: Site, path: str) -> list[str]:
    """Return the titles of the entries of the feed at *path*, newest first."""
    feed = etree.fromstring(site.files[path])
    return [child(entry, "title") for entry in feed.iterfind("{*}entry")]


def feed_id(site: Site, path: str) -> str:
    """Return the id of the feed at *path*."""
    return child(etree.fromstring(site.files[path]), "id")


def test_a_group_has_every_update_of_the_incidents_that_touch_its_services() -> None:
    """An incident of two services is included once, one that a service joined later completely."""
    site = made(FILES, now=LATER)

    assert [
        "Identified: Both",
        "Investigating: Both",
        "Resolved: Mail joins",
        "Investigating: Mail joins",
        "Investigating: Mail joins",
        "Completed: Work",
        "In progress: Work",
        "Scheduled: Work",
        "News",
    ] == titles(site, CORE)
    assert titles(site, "groups/web/feed.atom") == titles(site, "services/web/feed.atom")


def test_an_entry_has_the_bytes_that_it_has_in_the_feed_of_all() -> None:
    """Entries have the same id in all feeds, so that readers with two feeds show each once."""
    site = made(FILES)
    every = entries_as_written(site)

    for path in site.paths("/feed.atom"):
        found = entries_as_written(site, path)
        assert list(found.items()) == [item for item in every.items() if item[0] in found], path


def test_a_group_and_a_service_of_one_id_have_two_feeds() -> None:
    """A group and a service of the same id have two feeds with different ids and addresses."""
    site = made(FILES)
    feeds = {path: feed_id(site, path) for path in site.paths("feed.atom")}

    assert {"groups/web/feed.atom", "services/web/feed.atom"} <= feeds.keys()
    assert len(feeds) == len(set(feeds.values()))


def test_a_renamed_group_keeps_its_feed() -> None:
    """A renamed group changes only the title of its feed: ids and entries stay."""
    before, after = made(FILES), made(with_settings("Core platform", "'Core & <more>'"))
    feeds = [etree.fromstring(site.files[CORE]) for site in (before, after)]

    assert ["Acme Status: Core platform", "Acme Status: Core & <more>"] == [
        child(feed, "title") for feed in feeds
    ]
    assert feed_id(before, CORE) == feed_id(after, CORE)
    assert entries_as_written(before, CORE) == entries_as_written(after, CORE)


def test_ids_stay_when_the_site_moves() -> None:
    """With `feed_authority` set to the old host, the ids of the feed and its entries stay."""
    moved = with_settings(
        "url: https://status.acme.example",
        "url: https://new.example/status\nfeed_authority: status.acme.example",
    )
    before, after = made(FILES), made(moved)

    assert (feed_id(before, CORE), ids_of(before, CORE)) == (
        feed_id(after, CORE),
        ids_of(after, CORE),
    )
    assert ["https://new.example/status/groups/core/feed.atom"] == links(
        etree.fromstring(after.files[CORE]), "self"
    )


def test_a_retired_service_stays_in_the_feed_of_its_group() -> None:
    """A published entry stays when a service is retired."""
    retired = with_settings("name: Database,", "name: Database, retired: 2026-11-19,")
    files = {**retired, "incidents/both.md": FILES["incidents/both.md"].replace("db", "mail")}

    assert "Scheduled: Work" in titles(made(files, now=LATER), CORE)


def test_a_group_whose_services_are_retired_keeps_its_feed_out_of_sight() -> None:
    """The feed of a group without current services stays, but only retired services link to it."""
    retired = with_settings("name: Fax,", "name: Fax, retired: 2026-01-01,")
    before, after = made(FILES), made(retired)
    path = "groups/quiet/feed.atom"
    offering = [page for page in after.paths(".html") if path in after.text(page)]

    assert before.files[path] == after.files[path]
    assert {"index.html", "subscribe.html"} <= {
        page for page in before.paths(".html") if path in before.text(page)
    }
    assert ["services/fax.html"] == offering


def test_a_group_without_a_service_has_an_empty_feed() -> None:
    """The feed of a group without services exists from the start, dated by the first file."""
    files = with_settings("{id: quiet,", "{id: new, name: New}\n  - {id: quiet,")
    path = "groups/new/feed.atom"
    site = made(files)

    assert [] == ids_of(site, path)
    assert "<updated>2026-11-17T" in site.text(path)
    assert site.files[path] == made(files, now=LATER).files[path]


def test_a_site_without_groups_has_no_feed_of_one() -> None:
    """Services without a group have no common feed, and no page mentions one."""
    site = examples.empty()

    assert [] == [path for path in site.files if path.startswith("groups/")]
    assert [] == [page for page in site.paths(".html") if "groups/" in site.text(page)]


def test_a_service_that_moves_to_another_group_takes_its_incidents_along() -> None:
    """The feeds follow the settings; an entry has the same id in the other feed."""
    before = made(FILES)
    after = made(with_settings("name: Database, group: core", "name: Database, group: web"))
    work = ids_of(before, "services/db/feed.atom")

    assert set(work) <= set(ids_of(before, CORE))
    assert set(work) <= set(ids_of(after, "groups/web/feed.atom"))
    assert "Completed: Work" not in titles(after, CORE)


def test_the_newest_fifty_stand_in_the_feed() -> None:
    """The 51st newest update is not in the feed of a group, as in that of the site."""
    site = made({**many(NEWEST + 1), "statusgen.yml": SETTINGS})

    assert NEWEST == len(ids_of(site, CORE))
    assert ids_of(site) == ids_of(site, CORE)


def test_a_draft_and_what_comes_later_are_in_no_feed() -> None:
    """Drafts and future updates are in no feed, as they are on no page."""
    draft = FILES["incidents/both.md"].replace("severity: major", "severity: major\ndraft: true")
    site = made({**FILES, "incidents/both.md": draft}, now="2026-11-19 09:10")

    assert ["Investigating: Mail joins", "Completed: Work", "In progress: Work"] == [
        *titles(site, "groups/web/feed.atom"),
        *titles(site, CORE)[:2],
    ]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("index.html", ["groups/core/feed.atom", "groups/web/feed.atom", "groups/quiet/feed.atom"]),
        ("services/db.html", ["../groups/core/feed.atom"]),
        ("services/mail.html", []),
        ("history.html", []),
    ],
)
def test_a_page_names_the_feeds_of_the_groups_that_it_shows(page: str, expected: list[str]) -> None:
    """The front page links all group feeds after those of the site; a service page, its own."""
    found = re.findall(
        r'<link rel="alternate"[^>]* href="((?:\.\./)*groups/[^"]*)"', made(FILES).text(page)
    )

    assert expected == found


def test_subscribers_find_a_group_above_its_services() -> None:
    """The Subscribe page lists groups as the front page does; services without one come last."""
    page = made(FILES).text("subscribe.html")
    found = re.findall(r'<a href="((?:groups|services)/[^"]*feed.atom)"', page)

    assert [
        "groups/core/feed.atom",
        "services/api/feed.atom",
        "services/db/feed.atom",
        "groups/web/feed.atom",
        "services/web/feed.atom",
        "groups/quiet/feed.atom",
        "services/fax/feed.atom",
        "services/mail/feed.atom",
    ] == found


def test_a_feed_of_a_group_names_the_hub() -> None:
    """The feed of a group supports WebSub like any other."""
    site = made({**FILES, "statusgen.yml": f"{SETTINGS}hub: {HUB}\n"})

    assert [HUB] == links(etree.fromstring(site.files[CORE]), "hub")


CHANGES: Mapping[str, Mapping[str, str]] = {
    "a-new-name": with_settings("Core platform", "Core"),
    "another-member": with_settings("name: Mail", "name: Mail, group: core"),
    "a-member-less": with_settings("name: Database, group: core", "name: Database"),
    "a-new-group": with_settings("{id: quiet,", "{id: new, name: New}\n  - {id: quiet,"),
    "a-word-in-an-update": {
        **FILES,
        "incidents/both.md": FILES["incidents/both.md"].replace("Looking.", "Searching."),
    },
    "nothing": FILES,
}


@pytest.mark.slow
@pytest.mark.parametrize("files", CHANGES.values(), ids=CHANGES.keys())
@pytest.mark.parametrize("minutes", [0, 5])
def test_a_warm_build_makes_the_feeds_of_a_cold_one(
    files: Mapping[str, str], minutes: int, tmp_path: Path
) -> None:
    """After any change, the cache leaves no feed of a group stale."""
    now = datetime(2026, 11, 20, 9, 20, tzinfo=UTC)
    folder = write_site(tmp_path, FILES)

    def request(moment: datetime) -> pipeline.BuildRequest:
        return pipeline.BuildRequest(
            folder=folder, now=lambda _: moment, cache=folder / ".statusgen", jobs=1
        )

    pipeline.build(request(now), folder / "_site")
    write_site(folder, dict(files))
    later = request(now + timedelta(minutes=minutes))
    pipeline.build(later, folder / "_site")

    assert rendered(later)[1] == content(folder / "_site")
