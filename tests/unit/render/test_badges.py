"""The badges, parsed as XML and JSON, and measured in a real browser."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from playwright.sync_api import Browser, Page

from statusgen import times
from statusgen.config.parser import parse_config
from statusgen.model import Severity
from statusgen.render import badges
from statusgen.site import assemble
from tests.conftest import SETTINGS
from tests.support import examples
from tests.support.examples import Site, made

SVG = "{http://www.w3.org/2000/svg}"
SITES = {"example": examples.example, "hostile": examples.hostile, "empty": examples.empty}
PADDING = 12

COLORS = {
    "none": ("Operational", "#1a7f37"),
    "maintenance": ("Under maintenance", "#0969da"),
    "degraded": ("Degraded performance", "#9a6700"),
    "partial": ("Partial outage", "#bc4c00"),
    "major": ("Major outage", "#cf222e"),
}


@pytest.fixture(params=SITES, scope="module", name="built")
def one_of_the_sites(request: pytest.FixtureRequest) -> Site:
    """Return one of the sites."""
    return SITES[request.param]()


def drawn(built: Site) -> Iterator[tuple[str, etree._Element]]:
    """Return every badge with its root element."""
    for path in built.paths("badge.svg"):
        yield path, etree.fromstring(built.files[path])


def told(data: bytes) -> dict[str, Any]:
    """Return the parsed JSON of a badge; reject duplicate keys and NaN."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    found = json.loads(data.decode(), object_pairs_hook=once, parse_constant=pytest.fail)
    assert isinstance(found, dict)
    return found


def texts(badge: etree._Element) -> list[etree._Element]:
    """Return the two texts of a badge."""
    return list(badge.iter(f"{SVG}text"))


def test_the_site_and_every_service_have_a_badge(built: Site) -> None:
    """The front page and each page of a service have a badge in two formats."""
    pages = [
        path.removesuffix(".html")
        for path in built.paths(".html")
        if re.fullmatch(r"services/[a-z0-9_-]+\.html", path)
    ]

    assert sorted(["badge.svg", *(f"{page}/badge.svg" for page in pages)]) == built.paths(
        "badge.svg"
    )
    assert sorted(["badge.json", *(f"{page}/badge.json" for page in pages)]) == built.paths(
        "badge.json"
    )


def test_a_badge_is_flat_and_small(built: Site) -> None:
    """A badge is 20 pixels high, like others in a README, and small to load."""
    for path, badge in drawn(built):
        length = len(built.files[path])

        assert (f"{SVG}svg", "20") == (badge.tag, badge.get("height")), path
        assert f"0 0 {badge.get('width')} 20" == badge.get("viewBox"), path
        assert length < 1200 + 12 * len(badge.get("aria-label", "")), path


def test_a_badge_has_an_accessible_name(built: Site) -> None:
    """A badge is one image, and its accessible name has both texts."""
    for path, badge in drawn(built):
        name = ": ".join(one.text or "" for one in texts(badge))

        assert ("img", name) == (badge.get("role"), badge.get("aria-label")), path
        assert f"{SVG}title" == badge[0].tag, path
        assert name == badge[0].text, path


def test_a_badge_brings_nothing_that_clashes_or_runs(built: Site) -> None:
    """Badges fit in one page under any policy: no id, style, script, link or handler."""
    for path, badge in drawn(built):
        names = {name for one in badge.iter() for name in one.attrib}
        tags = {str(one.tag).removeprefix(SVG) for one in badge.iter()}

        assert {"svg", "title", "path", "g", "text"} == tags, path
        assert [] == [name for name in names if re.match("id|class|style|on|href|.*:", name)], path


def test_both_forms_of_a_badge_say_the_same(built: Site) -> None:
    """The badge that shields.io draws has the texts and the colour of ours."""
    for path, badge in drawn(built):
        found = told(built.files[path.replace(".svg", ".json")])
        colors = [one.get("fill") for one in badge.iter(f"{SVG}path")]

        assert [found["label"], found["message"]] == [one.text for one in texts(badge)], path
        assert found["color"] == colors[1], path


def test_the_json_is_what_shields_expects(built: Site) -> None:
    """https://shields.io/badges/endpoint-badge: version 1, texts, a colour, no unknown key."""
    for path in built.paths("badge.json"):
        found = told(built.files[path])

        assert {"schemaVersion", "label", "message", "color"} == found.keys(), path
        assert 1 == found["schemaVersion"], path
        assert found["message"], path
        assert re.fullmatch("#[0-9a-f]{6}", found["color"]), path


def luminance(color: str) -> float:
    """Return the relative luminance as defined in WCAG 2.2."""
    shares = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours by WCAG 2.2."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("severity", Severity)
def test_a_badge_tells_the_severity_in_word_and_colour(severity: Severity) -> None:
    """Each severity has its own word and colour; the site's badge has the worst."""
    built = made({"incidents/a.md": incident(severity)})
    api, web, whole = (
        told(built.files[path])
        for path in ("services/api/badge.json", "services/web/badge.json", "badge.json")
    )

    assert ("Public API", *COLORS[severity]) == (api["label"], api["message"], api["color"])
    assert ("Website", *COLORS["none"]) == (web["label"], web["message"], web["color"])
    assert {**api, "label": "Acme Status"} == whole


def incident(severity: Severity) -> str:
    """Return a file that gives a service *severity* at the moment of the examples."""
    if severity is Severity.MAINTENANCE:
        times = "announced: 2026-11-01 10:00\nstarts: 2026-11-19 10:00\nends: 2026-12-31 10:00"
    else:
        times = "started: 2026-11-19 10:00"
    return f"---\ntitle: x\nseverity: {severity}\nservices: [api]\n{times}\n---\nx\n"


def test_text_can_be_read_on_every_colour() -> None:
    """WCAG 2.2, 1.4.3: white on each colour has a contrast of at least 4.5:1."""
    built = [made({"incidents/a.md": incident(one)}) for one in Severity]
    found = [badge for one in (*built, examples.hostile()) for _, badge in drawn(one)]
    colors = {str(part.get("fill")) for badge in found for part in badge.iter(f"{SVG}path")}
    inks = {str(group.get("fill")) for badge in found for group in badge.iter(f"{SVG}g")}

    assert {"#fff"} == inks
    assert len(Severity) + 2 == len(colors)
    assert [] == [color for color in colors if contrast(color, "#ffffff") < 4.5]


def test_other_words_for_a_severity_are_on_its_badge() -> None:
    """A badge uses the texts on the page, which a site may override."""
    built = made({"statusgen.yml": f"{SETTINGS}messages: {{severity.none: Läuft}}\n"})

    assert "Läuft" == told(built.files["badge.json"])["message"]


def test_a_retired_service_is_not_called_operational() -> None:
    """The badge of a retired service is grey and has the last day of service."""
    settings = f"{SETTINGS}  - {{id: fax, name: Fax, retired: 2026-11-01}}\n"
    found = told(made({"statusgen.yml": settings}).files["services/fax/badge.json"])

    assert ("Fax", "In service until November 1, 2026") == (found["label"], found["message"])
    assert found["color"] not in [color for _, color in COLORS.values()]


def test_a_service_on_its_last_day_still_has_its_severity() -> None:
    """The badge of a service keeps its severity until the last day is over."""
    settings = f"{SETTINGS}  - {{id: fax, name: Fax, retired: 2026-11-20}}\n"
    built = made({"statusgen.yml": settings}, now="2026-11-20 23:59")

    assert "Operational" == told(built.files["services/fax/badge.json"])["message"]


def test_time_alone_changes_no_badge() -> None:
    """The same files give the same badges on another day."""
    early, late = made(), made(now="2026-12-24 12:00")

    assert {path: early.files[path] for path, _ in drawn(early)} == {
        path: late.files[path] for path, _ in drawn(late)
    }


KNOWN, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
assert KNOWN is not None
NOW = times.parse(examples.NOW, UTC)


def rendered(label: str, message: str = "x") -> tuple[etree._Element, dict[str, Any]]:
    """Return the badge of a site with unvalidated texts, in both formats."""
    assert KNOWN is not None
    words = {"severity.none": message.replace("{", "{{").replace("}", "}}")}
    settings = replace(KNOWN, title=label, messages=words)
    files = badges.outputs(assemble.assemble(settings, [], now=NOW))
    return etree.fromstring(files["badge.svg"]()), told(files["badge.json"]())


HOSTILE = {
    "markup": "</title><script>alert(1)</script> & &amp; &#60;",
    "cdata": "]]> <![CDATA[ x ]]> <!-- -- -->",
    "quotes": "\" onload=\"alert(1) ' onload='alert(1)",
    "declarations": "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>&a;",
    "right-to-left": "שירות خدمة",
    "emoji": "🚀 👩\u200d🚀 🇮🇹",
    "backslashes": '\\" \\u003c \\',
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_comes_out_as_written(value: str) -> None:
    """A name is text: both formats of its badge contain it unchanged."""
    badge, found = rendered(value, value)

    assert [value, value] == [one.text for one in texts(badge)]
    assert f"{value}: {value}" == badge.get("aria-label") == badge[0].text
    assert (value, value) == (found["label"], found["message"])


def test_controls_and_breaks_become_blanks() -> None:
    """A badge has one line, and no character that XML forbids."""
    badge, found = rendered("a\r\nb\x00\x1b[31mc\x85d\u2028e\ufffff\ud800g\t h")

    assert "a b [31mc d e f g h" == found["label"] == texts(badge)[0].text


def test_a_message_of_nothing_is_the_name_of_the_severity() -> None:
    """A message is never empty, because shields.io rejects that."""
    badge, found = rendered("x", " ")

    assert "none" == found["message"] == texts(badge)[1].text


@given(label=st.text(), message=st.text(min_size=1))
def test_any_text_gives_a_sound_badge(label: str, message: str) -> None:
    """Both formats of any texts parse and agree, and each text fits its half."""
    badge, found = rendered(label, message)
    first, second = texts(badge)
    whole = int(badge.get("width", ""))
    lengths = [int(one.get("textLength", "")) for one in (first, second)]

    assert [found["label"], found["message"]] == [first.text or "", second.text]
    assert found["message"]
    assert whole == sum(lengths) + 2 * PADDING
    assert [(lengths[0] + PADDING) / 2, whole - (lengths[1] + PADDING) / 2] == [
        float(one.get("x", "")) for one in (first, second)
    ]
    assert min(lengths) > 0


SCRIPTS = {
    "latin": "Degraded performance of the Acme Status",
    "narrow": "illicit fjord, it's 1:1 (I/O)",
    "broad": "WWW MMM @ 100%",
    "accents": "Łódź žluťoučký kůň ÀÉÎÕÜ",
    "combining": "z\u030cluty\u0301 " + "q\u0307\u0323x\u0301\u0330" * 6,
    "typography": "“Quoted” – it’s «done» — now…",  # noqa: RUF001
    "cyrillic": "Состояние системы: работает",
    "greek": "Κατάσταση λειτουργίας",
    "arabic": "خدمة الدفع السريع",
    "hebrew": "שירות התשלומים",
    "armenian": "Հայերեն վիճակ",
    "thai": "สถานะ บริการ",
    "han": "東京の状態：正常",  # noqa: RUF001
    "hangul": "서비스 상태",
    "emoji": "🚀🔥 launch 🇮🇹",
    "joined-emoji": "👩\u200d🚀👍🏽",
}


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """Open a tab of an installed browser."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def lengths_in(tab: Page, badge: etree._Element) -> tuple[float, float]:
    """Return the natural width of the label, and its width in the badge."""
    tab.set_content(etree.tostring(badge, encoding="unicode"))
    fitted, natural = tab.evaluate(
        "() => { const text = document.querySelector('text');"
        " const fitted = text.getComputedTextLength(); text.removeAttribute('textLength');"
        " return [fitted, text.getComputedTextLength()]; }"
    )
    return natural, fitted


@pytest.mark.slow
@pytest.mark.parametrize("value", SCRIPTS.values(), ids=SCRIPTS)
def test_a_text_fits_its_half(tab: Page, value: str) -> None:
    """In a browser, text of any script fits and is drawn at almost its natural width."""
    badge, _ = rendered(value)
    natural, fitted = lengths_in(tab, badge)
    room = int(texts(badge)[0].get("textLength", ""))

    assert room == pytest.approx(fitted, abs=0.5)
    # A machine without a font for a script draws boxes of another width.
    assert 0.55 * room <= natural <= 1.2 * room + PADDING


@pytest.mark.slow
def test_words_of_the_catalogue_are_hardly_stretched(tab: Page) -> None:
    """Common words are drawn within a tenth of their natural width."""
    for word, _ in COLORS.values():
        natural, fitted = lengths_in(tab, rendered(word)[0])

        assert 0.9 * fitted <= natural <= 1.02 * fitted, word


def test_the_badge_follows_the_services() -> None:
    """The badge is green once all services are back, as the front page is."""
    file = (
        "---\ntitle: Errors\nseverity: major\nservices: [api]\n"
        "started: 2026-11-20 08:00\nupdates:\n"
        "  - {at: 2026-11-20 08:20, text: One.}\n"
        "  - {at: 2026-11-20 09:00, state: monitoring, services: {api: none}, text: Two.}\n---\n"
    )
    badge = told(made({"incidents/a.md": file}).files["badge.json"])

    assert ("Operational", "#1a7f37") == (badge["message"], badge["color"])
