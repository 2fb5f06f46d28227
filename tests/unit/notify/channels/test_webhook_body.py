"""Bodies of the webhook: objects of `api/v2` in the structure of Statuspage's webhooks."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from statusgen import ids, times
from statusgen.model import Severity
from statusgen.notify.channels.webhook_body import DOCUMENTATION, WebhookRequest, requests
from statusgen.render.compat import statuspage
from statusgen.site.view_models import IncidentView, Site, UpdateView
from tests.conftest import ROOT
from tests.support.examples import HOSTILE, HOSTILE_TITLE
from tests.unit.render.compat.test_statuspage import NOTICE, NOW, OUTAGE, SETTINGS, WORK, shown

Body = dict[str, Any]

UPDATES = """\
updates:
  - {at: 2026-11-20 09:05, text: We look.}
  - {at: 2026-11-20 09:20, services: {web: degraded}, text: The website too.}
  - {at: 2026-11-20 09:40, services: {api: none}, state: monitoring, text: Better.}
"""
SECOND = timedelta(seconds=1)

# The keys of an incident and its updates in Statuspage's documentation, and those that were
# recorded from its real webhooks.
INCIDENT_KEYS = {
    "backfilled",
    "components",
    "created_at",
    "id",
    "impact",
    "impact_override",
    "incident_updates",
    "monitoring_at",
    "name",
    "organization_id",
    "page_id",
    "postmortem_body",
    "postmortem_body_last_updated_at",
    "postmortem_ignored",
    "postmortem_notified_subscribers",
    "postmortem_notified_twitter",
    "postmortem_published_at",
    "resolved_at",
    "scheduled_auto_completed",
    "scheduled_auto_in_progress",
    "scheduled_auto_transition",
    "scheduled_for",
    "scheduled_remind_prior",
    "scheduled_reminded_at",
    "scheduled_until",
    "shortlink",
    "status",
    "updated_at",
}
UPDATE_KEYS = {
    "affected_components",
    "body",
    "created_at",
    "custom_tweet",
    "deliver_notifications",
    "display_at",
    "id",
    "incident_id",
    "status",
    "twitter_updated_at",
    "updated_at",
    "wants_twitter_update",
}


def severities(site: Site) -> dict[str, Severity]:
    return {service.id: service.severity for service in site.services}


def chosen(site: Site, *, slug: str = "a", number: int = 0) -> tuple[IncidentView, UpdateView]:
    """Return the incident *slug* and one of its updates, counted from the oldest."""
    view = next(one for one in site.incidents if one.slug == slug)
    return (view, view.updates[::-1][number])


def made(
    *files: str,
    number: int = 0,
    slug: str = "a",
    events: Collection[str] = (),
    now: str = NOW,
    settings: str = SETTINGS,
) -> list[WebhookRequest]:
    """Return the requests for one update of *files*, with the page just before and at it."""
    site = shown(*files, now=now, settings=settings)
    view, update = chosen(site, slug=slug, number=number)

    def at(moment: datetime) -> Mapping[str, Severity]:
        return severities(shown(*files, now=times.written(moment), settings=settings))

    return requests(
        site, view, update, events=events, before=at(update.at - SECOND), after=at(update.at)
    )


def bodies(sent: list[WebhookRequest]) -> list[Body]:
    return [json.loads(one.body) for one in sent]


def in_api(site: Site) -> dict[str, Body]:
    """Return every incident and maintenance of the files of api/v2, by id."""
    files = [json.loads(output()) for output in statuspage.outputs(site).values()]
    return {
        one["id"]: one
        for file in files
        for one in (*file.get("incidents", ()), *file.get("scheduled_maintenances", ()))
    }


def without_own_keys(incident: Body, like: Body) -> Body:
    """Return *incident* with only the keys of *like*, one of the API; its updates likewise."""
    updates = [
        {key: value for key, value in one.items() if key in like["incident_updates"][0]}
        for one in incident["incident_updates"]
    ]
    return {
        key: value
        for key, value in {**incident, "incident_updates": updates}.items()
        if key in like
    }


@pytest.mark.parametrize(
    ("now", "file"),
    [
        pytest.param(NOW, OUTAGE + UPDATES, id="incident-with-three-updates"),
        pytest.param("2026-11-20 09:30", WORK, id="maintenance-to-come"),
        pytest.param("2026-11-20 10:30", WORK, id="maintenance-in-progress"),
        pytest.param(NOW, WORK, id="maintenance-completed-by-the-clock"),
        pytest.param(NOW, NOTICE, id="notice"),
        pytest.param("2026-12-20 12:00", NOTICE, id="notice-that-has-ended"),
    ],
)
def test_the_incident_is_that_of_the_api(now: str, file: str) -> None:
    """An incident has every key and value of api/v2, including all updates."""
    site = shown(file, now=now)
    (expected,) = in_api(site).values()

    incident = bodies(made(file, now=now))[0]["incident"]

    assert expected == without_own_keys(incident, expected)
    assert [*expected] == [*incident][: len(expected)]


@pytest.mark.parametrize("file", [OUTAGE + UPDATES, WORK, NOTICE], ids=["outage", "work", "notice"])
def test_an_incident_has_every_key_of_a_statuspage_webhook(file: str) -> None:
    """No key of Statuspage's webhooks is missing."""
    incident = bodies(made(file))[0]["incident"]

    assert set() == INCIDENT_KEYS - set(incident)
    assert set() == UPDATE_KEYS - set(incident["incident_updates"][0])


def test_keys_without_a_value_of_ours_are_empty() -> None:
    """Values that statusgen does not have are null or false; the organization is the page."""
    site = shown(OUTAGE + UPDATES)
    incident = bodies(made(OUTAGE + UPDATES))[0]["incident"]

    assert {
        "backfilled": False,
        "impact_override": None,
        "organization_id": incident["page_id"],
        "postmortem_body": None,
        "postmortem_body_last_updated_at": None,
        "postmortem_ignored": False,
        "postmortem_notified_subscribers": False,
        "postmortem_notified_twitter": False,
        "postmortem_published_at": None,
        "scheduled_auto_completed": False,
        "scheduled_auto_in_progress": False,
        "scheduled_auto_transition": False,
        "scheduled_for": None,
        "scheduled_remind_prior": False,
        "scheduled_reminded_at": None,
        "scheduled_until": None,
    } == {key: incident[key] for key in incident if key not in in_api(site)[incident["id"]]}
    assert [(None, False)] * 3 == [
        (one["twitter_updated_at"], one["wants_twitter_update"])
        for one in incident["incident_updates"]
    ]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param("2026-11-20 09:30", (True, True, True), id="scheduled"),
        pytest.param("2026-11-20 10:30", (False, False, True), id="in-progress"),
        pytest.param(NOW, (False, False, False), id="completed"),
    ],
)
def test_maintenance_announces_automatic_changes(now: str, expected: tuple[bool, ...]) -> None:
    """Maintenance announces automatic state changes that are still to come."""
    incident = bodies(made(WORK, now=now))[0]["incident"]

    assert expected == (
        incident["scheduled_auto_transition"],
        incident["scheduled_auto_in_progress"],
        incident["scheduled_auto_completed"],
    )
    assert "2026-11-20T10:00:00.000Z" == incident["scheduled_for"]


def test_every_body_has_the_frame_of_statuspage() -> None:
    """Every body has the page as in api/v2 when it was built, and the links."""
    sent = bodies(made(OUTAGE + UPDATES, number=1))

    for body in sent:
        assert ["type", "timestamp", "meta", "page"] == [*body][:4]
        assert {
            "unsubscribe": "https://status.acme.example/subscribe.html",
            "documentation": DOCUMENTATION,
        } == body["meta"]
        assert {
            "id": ids.id12("page", "status.acme.example"),
            "status_indicator": "critical",
            "status_description": "Major System Outage",
            "url": "https://status.acme.example",
        } == body["page"]
    assert 2 == len(sent)


def test_the_documentation_is_in_this_repository() -> None:
    """The documentation address in every body leads to an existing page."""
    path = DOCUMENTATION.partition("/blob/main/")[2]

    assert (ROOT / path).is_file()


def test_the_documentation_shows_a_body_as_it_is() -> None:
    """The example in the documentation equals the body of an update of a service."""
    page = (ROOT / "docs/reference/webhook.md").read_text("utf-8")
    example = page.partition("```json\n")[2].partition("```")[0]

    assert json.loads(example) == bodies(made(OUTAGE + UPDATES, number=1))[1]


def test_the_documentation_lists_every_type() -> None:
    """The documentation lists exactly the types that a body can have."""
    page = (ROOT / "docs/reference/webhook.md").read_text("utf-8")
    events = ["opened", "resolved", "reopened", "announced", "began", "completed", "cancelled", ""]
    made_of = {
        bodies(made(file, events=[event]))[0]["type"]
        for file in (OUTAGE, WORK, NOTICE)
        for event in events
    }

    assert {*made_of, "component.updated"} == set(
        re.findall(r"^\| `(\w+\.\w+)` \|", page, flags=re.MULTILINE)
    )


def test_each_changed_service_has_a_request() -> None:
    """Each changed service has a request after the incident's, in the order of the page."""
    opening, web, api = (made(OUTAGE + UPDATES, number=number) for number in range(3))

    # The first update is later than the start of the incident, so it changes no severity.
    assert [1, 2, 2] == [len(opening), len(web), len(api)]
    assert {
        "created_at": "2026-11-20T09:20:00.000Z",
        "new_status": "degraded_performance",
        "old_status": "operational",
        "id": web[1].id,
        "component_id": ids.id12("component", "web"),
    } == bodies(web)[1]["component_update"]
    assert ("major_outage", "operational") == (
        bodies(api)[1]["component_update"]["old_status"],
        bodies(api)[1]["component_update"]["new_status"],
    )


def test_a_component_is_that_of_the_api() -> None:
    """A component update contains four keys of the component in the API."""
    site = shown(OUTAGE + UPDATES)
    files = statuspage.outputs(site)
    listed = json.loads(files["api/v2/components.json"]())["components"]
    expected = next(one for one in listed if one["name"] == "API")

    component = bodies(made(OUTAGE + UPDATES, number=2))[1]["component"]

    assert {key: expected[key] for key in ("created_at", "id", "name", "status")} == component


def test_two_incidents_on_a_service_are_one_severity() -> None:
    """A service that another incident keeps down has not changed."""
    other = OUTAGE.replace("major", "degraded") + "resolved: 2026-11-20 09:30\nstate: resolved\n"
    sent = made(OUTAGE, other, slug="b", number=-1)

    assert ["incident.updated"] == [one["type"] for one in bodies(sent)]


def test_a_retired_service_makes_no_request() -> None:
    """A service that is not a component of the API has no request."""
    site = shown(OUTAGE, now="2026-11-26 12:00")
    view, update = chosen(site)

    sent = requests(
        site,
        view,
        update,
        events=(),
        before={},
        after={"fax": Severity.MAJOR, "gone": Severity.MAJOR},
    )

    assert 1 == len(sent)


def test_a_service_that_is_not_named_has_not_changed() -> None:
    """A service that neither map contains has no request."""
    site = shown(OUTAGE + UPDATES)
    view, update = chosen(site)

    sent = requests(
        site,
        view,
        update,
        events=(),
        before={"web": Severity.DEGRADED},
        after={"db": Severity.PARTIAL},
    )

    assert [
        ("Website", "degraded_performance", "operational"),
        ("Database", "operational", "partial_outage"),
    ] == [
        (
            one["component"]["name"],
            one["component_update"]["old_status"],
            one["component_update"]["new_status"],
        )
        for one in bodies(sent)[1:]
    ]


@pytest.mark.parametrize(
    ("file", "events", "expected"),
    [
        pytest.param(OUTAGE, ["opened", "worse"], "incident.opened", id="opened"),
        pytest.param(OUTAGE, ["reopened", "worse"], "incident.reopened", id="reopened"),
        pytest.param(OUTAGE, ["resolved", "better", "update"], "incident.resolved", id="resolved"),
        pytest.param(OUTAGE, ["opened", "resolved"], "incident.resolved", id="over-at-once"),
        pytest.param(OUTAGE, ["worse", "update"], "incident.updated", id="worse"),
        pytest.param(OUTAGE, ["better"], "incident.updated", id="better"),
        pytest.param(OUTAGE, ["update"], "incident.updated", id="update"),
        pytest.param(OUTAGE, [], "incident.updated", id="no-event"),
        pytest.param(WORK, ["announced", "update"], "maintenance.announced", id="announced"),
        pytest.param(WORK, ["began", "worse"], "maintenance.began", id="began"),
        pytest.param(WORK, ["completed", "better"], "maintenance.completed", id="completed"),
        pytest.param(WORK, ["cancelled", "completed"], "maintenance.cancelled", id="cancelled"),
        pytest.param(WORK, ["announced", "began"], "maintenance.began", id="begun-at-once"),
        pytest.param(WORK, ["update"], "maintenance.updated", id="maintenance"),
        pytest.param(NOTICE, ["notice"], "notice.published", id="notice"),
        pytest.param(NOTICE, ["notice", "update"], "notice.published", id="notice-update"),
    ],
)
def test_the_type_follows_from_the_events(file: str, events: list[str], expected: str) -> None:
    """The type is the kind with the event of the highest priority."""
    assert expected == bodies(made(file, events=events))[0]["type"]


def test_the_time_is_that_of_the_update() -> None:
    """`timestamp` is the time of the update in the site's time zone, not of sending."""
    settings = f"{SETTINGS}timezone: Asia/Kathmandu\n"
    file = (OUTAGE + UPDATES).replace("2026-11-20 09:20", "2026-11-20 09:20Z")
    file = file.replace("09:40", "23:00Z").replace("09:00", "09:00Z").replace("09:05", "09:05Z")
    first, change = bodies(made(file, number=1, settings=settings))

    assert ["2026-11-20T15:05:00.000+05:45"] * 2 == [first["timestamp"], change["timestamp"]]
    assert "component.updated" == change["type"]


def test_ids_stay_and_differ() -> None:
    """Ids derive from the update and the service, and later builds keep them."""
    before = made(OUTAGE + UPDATES, number=1, now="2026-11-20 09:20")
    after = made(OUTAGE + UPDATES, WORK, number=1)
    update = chosen(shown(OUTAGE + UPDATES), number=1)[1]

    assert [update.id, ids.id12("webhook", f"{update.id}:web")] == [one.id for one in before]
    assert [one.id for one in before] == [one.id for one in after]
    assert 5 == len(
        {one.id for number in range(3) for one in made(OUTAGE + UPDATES, number=number)}
    )


def test_the_same_update_makes_the_same_bytes() -> None:
    """Two builds at the same moment send equal bodies."""
    assert made(OUTAGE + UPDATES, WORK, number=1) == made(OUTAGE + UPDATES, WORK, number=1)


def test_a_notice_without_services_is_sent() -> None:
    """A notice without services has a body, although api/v2 omits it."""
    file = NOTICE.replace("[api]", "[]")
    site = shown(file)

    (body,) = bodies(made(file, events=["notice"]))

    assert {} == in_api(site)
    assert ("a", "none", []) == tuple(
        body["incident"][key] for key in ("name", "impact", "components")
    )


def test_hostile_texts_stay_texts() -> None:
    """Markup, quotes, templates and right-to-left words arrive as in api/v2."""
    texts = [text for path, text in HOSTILE.items() if path.startswith("incidents/")]
    site = shown(*texts, settings=HOSTILE["statusgen.yml"], now="2026-11-20 10:15")
    known = in_api(site)

    for view in site.incidents:
        for update in view.updates:
            sent = requests(
                site,
                view,
                update,
                events=(),
                before={},
                after=dict.fromkeys(severities(site), Severity.MAJOR),
            )
            first, *changes = bodies(sent)
            assert [one.name for one in site.services if not one.is_retired] == sorted(
                (one["component"]["name"] for one in changes),
                key=[one.name for one in site.services].index,
            )
            if view.id in known:
                expected = known[view.id]
                assert expected == without_own_keys(first["incident"], expected)
    assert HOSTILE_TITLE == site.title
    assert len(known) > 5
