"""Templates written for Trestus: the names they read, and the lenient settings they need."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from itertools import pairwise
from pathlib import Path

import html5lib
import pytest

from statusgen.build import pipeline
from statusgen.build.pipeline import BuildRequest
from statusgen.cache.store import FOLDER
from statusgen.render.html.trestus import RESERVED, TrestusIncident
from tests.conftest import ROOT, SETTINGS, Run, write_site
from tests.support.examples import HOSTILE, made
from tests.support.publishing import content, rendered

NOW = "2026-11-20 12:00Z"


def page(template: str, files: dict[str, str] | None = None) -> str:
    """Render the front page of a site with *files* from *template*."""
    site = made({**(files or {}), "templates/trestus.html": template}, now=NOW)
    return site.text("index.html")


def incident(
    at: str,
    services: str = "{api: major}",
    *,
    title: str = "Errors",
    rest: str = "",
    body: str = "",
) -> str:
    """Return an incident file with major severity."""
    head = f"title: {title}\nseverity: major\nservices: {services}\nstarted: {at}\n"
    return f"---\n{head}{rest}---\n{body}"


def maintenance(starts: str, ends: str, *, rest: str = "") -> str:
    head = f"title: Work\nseverity: maintenance\nservices: [api]\nstarts: {starts}\nends: {ends}\n"
    return f"---\n{head}{rest or 'announced: 2026-11-01 10:00Z' + chr(10)}---\n"


UPDATES = """\
updates:
  - {at: 2026-11-20 09:05Z, text: First **text**.}
  - {at: 2026-11-20 09:10Z, text: Second., state: identified, x-by: AB}
  - {at: 2026-11-20 09:20Z, text: Third., x-by: [A, B]}
"""
ONE = {"incidents/a.md": incident("2026-11-20 09:05Z", rest=UPDATES)}
WITH_BODY = {"incidents/a.md": incident("2026-11-20 09:05Z", rest=UPDATES, body="The *cause*.\n")}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("create_date", "2026-11-20 09:05:00+00:00"),
        ("create_date.strftime('%H:%M')", "09:05"),
        ("closed", "False"),
        ("severity", "major outage"),
        ("systems|join", "Public API"),
        ("labels|map(attribute='name')|join(', ')", "Public API, status:major outage"),
        ("labels[-1].color", "red"),
        pytest.param("id|length", "12", id="id"),
        ("url", "incidents/a.html"),
        ("desc", "First **text**."),
        ("html_desc", "<p>First <strong>text</strong>.</p>"),
        ("html_desc|safe", "<p>First <strong>text</strong>.</p>"),
        ("parsed_comments|length", "2"),
        ("parsed_comments[0].html_desc", "<p>Third.</p>"),
        ("parsed_comments[1]['data']['text']", "Second."),
        ("parsed_comments[1].parsed_date.isoformat()", "2026-11-20T09:10:00+00:00"),
        ("parsed_comments[1].date", "2026-11-20T09:10:00.000Z"),
        ("parsed_comments[1].memberCreator.initials", "AB"),
        pytest.param("parsed_comments[0].memberCreator.initials", "", id="initials-are-a-list"),
        pytest.param("due", "", id="what-a-card-has-besides"),
    ],
)
def test_an_incident_has_the_attributes_of_a_card(expression: str, expected: str) -> None:
    """Each attribute of an incident prints as in Trestus, with times in UTC."""
    assert expected == page(f"{{{{ incidents[0].{expression} }}}}", ONE)


def test_the_documentation_names_every_attribute() -> None:
    """The tables of the how-to guide list every attribute and no other."""
    text = (ROOT / "docs" / "how-to" / "keep-a-trestus-template.md").read_text("utf-8")
    rows = [row.split("|")[1] for row in text.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([\w.]+)`", row)}
    attributes = {name for name in vars(TrestusIncident) if not name.startswith("_")}

    assert {f"incident.{name}" for name in attributes} == {
        name for name in named if name.startswith("incident.")
    }
    assert set(RESERVED) <= named


def test_a_body_is_the_description_and_no_text_is_lost() -> None:
    """A file with a body has it as the description, and all its updates as comments."""
    template = "{{ incidents[0].desc }} {{ incidents[0].html_desc }} "
    template += "{% for one in incidents[0].parsed_comments %}{{ one.data.text }} {% endfor %}"

    expected = "The *cause*. <p>The <em>cause</em>.</p> Third. Second. First **text**. "
    assert expected == page(template, WITH_BODY)


ORDER = "{% for one in incidents %}{{ one.name }}{{ ' fixed' if one.closed }}, {% endfor %}"


def test_open_incidents_stand_first_then_the_newest() -> None:
    """The list contains every incident of the site, however old."""
    ended = "resolved: 2026-11-20 08:00Z\n"
    files = {
        "incidents/a.md": incident("2020-01-01 09:00Z", title="Old"),
        "incidents/b.md": incident("2026-11-20 07:00Z", title="B", rest=ended),
        "incidents/c.md": incident("2019-01-01 07:00Z", title="C", rest=ended),
        "incidents/d.md": incident("2026-11-20 10:00Z", title="New"),
    }

    assert "New, Old, B fixed, C fixed, " == page(ORDER, files)


CANCELLED = """\
updates:
  - {at: 2026-11-01 10:00Z, text: Planned.}
  - {at: 2026-11-02 10:00Z, text: Not needed., state: completed}
"""
NOTICE = "---\ntitle: News\nseverity: none\nservices: []\nstarted: 2026-11-20 09:00Z\n---\nHi.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(NOTICE, "", id="notice"),
        pytest.param(maintenance("2026-11-21 10:00Z", "2026-11-22 10:00Z"), "", id="scheduled"),
        pytest.param(
            maintenance("2026-11-19 10:00Z", "2026-11-20 10:00Z", rest=CANCELLED),
            "",
            id="cancelled",
        ),
        pytest.param(
            maintenance("2026-11-19 10:00Z", "2026-11-22 10:00Z"), "Work, ", id="in-progress"
        ),
        pytest.param(
            maintenance("2026-11-18 10:00Z", "2026-11-19 10:00Z"), "Work fixed, ", id="completed"
        ),
    ],
)
def test_maintenance_is_an_incident_once_it_has_begun(text: str, expected: str) -> None:
    """Notices and maintenance that is upcoming or cancelled are not incidents."""
    assert expected == page(ORDER, {"incidents/a.md": text})


STATUS = "{{ panels }} {{ systems }}"


def status(files: dict[str, str]) -> str:
    return page("{% autoescape false %}" + STATUS + "{% endautoescape %}", files)


def well(*names: str) -> str:
    return ", ".join(f"'{name}': {{'status': 'Operational', 'severity': ''}}" for name in names)


def test_a_site_without_trouble_has_no_panel() -> None:
    """Without open incidents, `panels` is empty and every system is operational."""
    ended = incident("2026-11-20 07:00Z", rest="resolved: 2026-11-20 08:00Z\n")

    expected = "{} {" + well("Public API", "Website", "Database") + "}"
    assert expected == status({"incidents/a.md": ended})


def test_the_worst_incident_of_a_service_decides() -> None:
    """A service is in one panel, once, and has the state of its worst incident."""
    state = "updates:\n  - {at: 2026-11-20 09:00Z, text: A., state: monitoring}\n"
    files = {
        "incidents/a.md": incident("2026-11-20 09:00Z", "{api: major, web: partial}", rest=state),
        "incidents/b.md": incident("2026-11-20 10:00Z", "{db: major, api: degraded}"),
    }

    expected = (
        "{'major outage': ['Public API', 'Database'], 'partial outage': ['Website']} {"
        "'Public API': {'status': 'Monitoring', 'severity': 'major outage'}, "
        "'Website': {'status': 'Monitoring', 'severity': 'partial outage'}, "
        "'Database': {'status': 'Investigating', 'severity': 'major outage'}}"
    )
    assert expected == status(files)


def test_services_with_one_name_are_one_system() -> None:
    """The worst of them is shown, in whichever order they come."""
    names = SETTINGS.replace("Database", "Website").replace("Public API", "Website")
    files = {
        "statusgen.yml": names,
        "incidents/a.md": incident("2026-11-20 09:00Z", "{web: major}"),
    }

    expected = "{'status': 'Investigating', 'severity': 'major outage'}}"
    assert "{'major outage': ['Website']} {'Website': " + expected == status(files)


def test_an_open_incident_whose_services_have_recovered_keeps_its_label() -> None:
    """Its severity is the worst it ever had, and no panel names a service."""
    rest = "updates:\n  - {at: 2026-11-20 09:00Z, text: A.}\n"
    rest += "  - {at: 2026-11-20 10:00Z, text: B., services: {api: none}}\n"
    files = {"incidents/a.md": incident("2026-11-20 09:00Z", rest=rest)}

    assert "major outage False {}" == page(
        "{{ incidents[0].severity }} {{ incidents[0].closed }} {{ panels }}", files
    )


def test_the_names_stay_english() -> None:
    """The texts of Trestus are not translated; states are in the language of the site."""
    settings = f"{SETTINGS}language: de\nmessages: {{severity.none: Ganz toll}}\n"
    files = {"statusgen.yml": settings, "incidents/a.md": incident("2026-11-20 09:00Z")}
    template = "{{ incidents[0].severity }} {{ systems.Website.status }} "
    template += "{{ systems['Public API'].status }}"

    assert "major outage Operational Wird untersucht" == page(template, files)


DATA = "data: {acronyms: {DB: Database}, site: Rome, html: <b>, contents: [1]}\n"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param("{{ acronyms.DB }} {{ acronyms['DB'] }}", "Database Database", id="map"),
        pytest.param("{{ site }}", "Rome", id="a-key-stands-in-for-a-name-of-ours"),
        pytest.param("{{ html }} {{ html|safe }}", "&lt;b&gt; <b>", id="escaped"),
        pytest.param("{{ data.site }}", "Rome", id="data-as-in-every-template"),
        pytest.param("[{{ nothing }}{% for one in none_such %}{% endfor %}]", "[]", id="undefined"),
        pytest.param("{% if a %}b{% endif %}\n c\n\n", "\n c\n", id="white-space-as-in-jinja"),
        pytest.param("{{ percent is defined }} {{ root }}", "True ", id="names-of-ours"),
    ],
)
def test_a_template_reads_the_data_by_its_keys(template: str, expected: str) -> None:
    """Every top-level key of the data is a name, and Jinja2 has the defaults of Trestus."""
    assert expected == page(template, {"statusgen.yml": SETTINGS + DATA})


def test_data_of_a_file_is_laid_over_the_setting(run: Run, tmp_path: Path) -> None:
    """Keys in `--data FILE` are names, too, and override those of `data:`."""
    files = {
        "statusgen.yml": f"{SETTINGS}data: {{phone: '1', name: Desk}}\n",
        "templates/trestus.html": "{{ name }} {{ phone }}",
        "more.yml": "phone: '2'\n",
    }
    write_site(tmp_path, files)
    run("build", "--data", "more.yml")

    assert "Desk 2" == (tmp_path / "_site" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("data", ["[incidents]", "incidents", "", "{}"])
def test_data_that_is_not_a_map_gives_no_names(data: str) -> None:
    """Data that is not a map adds no names."""
    assert "[]" == page("[{{ incidents|join }}]", {"statusgen.yml": f"{SETTINGS}data: {data}\n"})


def test_a_hidden_key_of_a_data_file_is_named_with_its_place(run: Run, tmp_path: Path) -> None:
    """A key that a Trestus variable hides is an error, in the settings and in a data file."""
    files = {"templates/trestus.html": "{{ panels }}", "more.yml": "a: b\npanels: c\n"}
    write_site(tmp_path, files)
    ran = run("check", "--data", "more.yml")

    what = "the key 'panels' is hidden by a built-in variable in trestus.html"
    expected = f"more.yml:2:1: {what}; rename it here and in the templates\n"
    assert (1, expected) == (ran.status, ran.out)


def test_the_keys_of_the_data_are_free_without_such_a_template(run: Run, tmp_path: Path) -> None:
    """Other templates read `data.incidents`, which is not hidden."""
    write_site(tmp_path, {"statusgen.yml": f"{SETTINGS}data: {{incidents: 1}}\n"})

    assert 0 == run("check").status


EVERYTHING = """\
<!doctype html><title>x</title>
<div id="a">{{ panels }} {{ systems }}</div>
{% for one in incidents %}<h2 title="{{ one.name }}">{{ one.name }}</h2>
<p>{{ one.systems|join }}</p><p>{{ one.desc }}</p>{{ one.html_desc }}
{% for label in one.labels %}{{ label.name }}{% endfor %}
{% for comment in one.parsed_comments %}{{ comment.html_desc }}{{ comment.data.text }}{% endfor %}
{% endfor %}
"""


def test_hostile_titles_and_texts_stay_text() -> None:
    """Titles, names and raw HTML are escaped even if the template does not do it."""
    found = html5lib.parse(page(EVERYTHING, HOSTILE), namespaceHTMLElements=False)
    tags = {element.tag for element in found.iter() if isinstance(element.tag, str)}

    assert set() == tags & {"script", "img", "svg", "iframe", "style", "details", "maintenance"}


def test_only_the_front_page_is_lenient(run: Run, tmp_path: Path) -> None:
    """In every other template an undefined name is an error."""
    files = {"templates/trestus.html": "{{ nothing }}", "templates/404.html": "\n{{ nothing }}"}
    write_site(tmp_path, files)
    ran = run("check")

    assert ran.out.startswith("templates/404.html:2:1: template error: 'nothing' is undef")
    assert 1 == ran.out.count("\n")


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("a\n{% if %}", "templates/trestus.html:2:1: cannot parse the template: "),
        ("a\n{{ nothing.more }}", "templates/trestus.html:2:1: template error: "),
        (
            '{% extends "trestus.html" %}',
            "templates/trestus.html:1:1: this template extends or includes itself;"
            " remove this line\n",
        ),
    ],
)
def test_a_mistake_in_the_template_is_named_with_its_place(
    template: str, expected: str, run: Run, tmp_path: Path
) -> None:
    """An error in `trestus.html` is reported like that of any template, with path and line."""
    write_site(tmp_path, {"templates/trestus.html": template})
    ran = run("check")

    assert (1, expected) == (ran.status, ran.out[: len(expected)])


def test_the_template_can_use_parts_of_the_theme() -> None:
    """It can include built-in partials, or extend the base template."""
    template = '{% extends "base.html" %}{% block content %}{{ incidents[0].name }}'
    template += '{% include "partials/banner.html" %}{% endblock %}'
    found = page(template, ONE)

    assert ("Errors", 1) == (found.partition('<main id="content">\n')[2][:6], found.count("<main"))


def moment_of(moment: datetime, _: tzinfo) -> datetime:
    return moment


@pytest.mark.slow
def test_a_warm_build_makes_what_a_cold_one_does(tmp_path: Path) -> None:
    """A build with a cache updates the page when files, data or the time change."""
    template = "{{ panels }} {{ systems }} {{ name }} {% for one in incidents %}{{ one.closed }} "
    template += "{{ one.labels }} {{ one.html_desc }} {{ one.parsed_comments }}{% endfor %}"
    write_site(tmp_path, {**ONE, "templates/trestus.html": template})
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    work = maintenance("2026-11-20 13:00Z", "2026-11-20 14:00Z")
    steps: list[tuple[int, dict[str, str]]] = [
        (0, {}),
        (
            0,
            {"incidents/a.md": incident("2026-11-20 09:05Z", rest=UPDATES.replace("Third", "3rd"))},
        ),
        (0, {"incidents/b.md": work}),
        (1, {}),
        (2, {}),
        (2, {"statusgen.yml": f"{SETTINGS}data: {{name: Desk}}\n"}),
    ]
    pages = []
    for hours, files in steps:
        write_site(tmp_path, {"statusgen.yml": SETTINGS, **files})
        moment = now + timedelta(hours=hours)
        request = BuildRequest(
            folder=tmp_path, now=partial(moment_of, moment), cache=tmp_path / FOLDER
        )
        pipeline.build(request, tmp_path / "_site")
        warm = content(tmp_path / "_site")
        assert rendered(request)[1] == warm
        pages.append(warm["index.html"])

    # Upcoming maintenance is not shown.
    assert [True, False, True, True, True] == [a != b for a, b in pairwise(pages)]
