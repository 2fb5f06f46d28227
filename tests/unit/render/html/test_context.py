"""Pages that depend on the whole site, and pages that depend only on their own records."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import MethodType

import pytest

from statusgen.render.html import pages
from statusgen.render.html.context import reads_site
from statusgen.render.html.theme import Theme
from statusgen.site import assemble
from statusgen.site.view_models import Frame
from tests.conftest import ROOT
from tests.support import examples, publishing


def theme_of(folder: Path, texts: dict[str, str]) -> Theme:
    return Theme(folder, {name: text.encode() for name, text in texts.items()})


def test_the_built_in_pages_of_records_show_only_these(tmp_path: Path) -> None:
    """No built-in template for a single record reads a fact about the whole site."""
    assert not reads_site(theme_of(tmp_path, {}).templates)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("partials/footer.html", "{{ site.open | length }}", id="a-fact"),
        pytest.param("partials/footer.html", "{{ site['incidents'] }}", id="by-index"),
        pytest.param("month.html", "{% set all = site %}{{ all.now }}", id="another-name"),
        pytest.param("year.html", "{{ page.banners }}", id="of-the-page"),
        pytest.param("base.html", "{% include 'partials/banner.html' %}", id="an-include"),
        pytest.param("base.html", "{% include './partials//banner.html' %}", id="written-longer"),
        pytest.param("base.html", "{% include page.url %}", id="an-unknown-include"),
        pytest.param("style.css", "/* {{ site.severity }} */", id="the-style"),
    ],
)
def test_a_template_of_the_site_may_show_more(tmp_path: Path, name: str, text: str) -> None:
    """A template that reads more of the site is recognized, however it does so."""
    assert reads_site(theme_of(tmp_path, {name: text}).templates)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param(
            "partials/footer.html", "{{ site.title }} {{ site.absolute('') }}", id="frame"
        ),
        pytest.param("incident.html", "{{ incident.title }} {{ page.url }}", id="own-record"),
        pytest.param("incident.html", "{% extends 'default/incident.html' %}", id="the-original"),
        pytest.param(
            "month.html",
            "{% extends 'default/month.html' %}{% from 'partials/labels.html' import glyph %}",
            id="another-macro",
        ),
        pytest.param("index.html", "{{ site.open | length }}", id="page-of-the-site"),
        pytest.param("partials/banner.html", "{{ site.severity }}", id="part-of-one"),
    ],
)
def test_other_templates_of_the_site_cost_nothing(tmp_path: Path, name: str, text: str) -> None:
    """A template that shows no more than its page does not tie other pages to the whole site."""
    assert not reads_site(theme_of(tmp_path, {name: text}).templates)


def test_pages_of_records_do_not_depend_on_the_day(tmp_path: Path) -> None:
    """No built-in page of a record leaves out a year because the date is recent."""
    theme = theme_of(tmp_path, {})
    found = publishing.read(ROOT, now=examples.NOW)
    assert found.config is not None
    site = assemble.assemble_views(found.config, found.incidents, now=found.now)
    outputs = pages.outputs(site, theme)
    theme.tell({"brief": None})  # Calling it would fail.
    of_site = [path for path, make in outputs.items() if _frame_of(make) is not Frame]
    of_records = [outputs[path]() for path in outputs.keys() - {*of_site}]

    shown = ["embed.js", "history.html", "index.html", "search.html", "subscribe.html"]
    assert shown == sorted(of_site)
    assert len(outputs) == len(of_site) + len(of_records)


def _frame_of(make: Callable[[], bytes]) -> type:
    """Return the type of what the renderer that *make* calls knows of the site."""
    method = make.func if isinstance(make, partial) else make
    assert isinstance(method, MethodType)
    return type(getattr(method.__self__, "frame", None))
