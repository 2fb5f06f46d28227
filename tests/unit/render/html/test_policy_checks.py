"""Warnings about code in a site's own templates that the Content-Security-Policy blocks.

The messages are in tests/invalid/warning-templates-that-the-policy-blocks.
"""

import base64
import hashlib
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from statusgen.config.parser import parse_config
from statusgen.render.html import policy_checks
from statusgen.render.html.own_templates import OwnTemplates
from tests.conftest import ROOT, SETTINGS, Run, write_site

HASH = base64.b64encode(hashlib.sha384(b"run();").digest()).decode()
EXTENDS = '{% extends "default/base.html" %}'
ANYWHERE = '<script src="https://a.example/x.js"></script>'


def block(html: str, name: str = "extra_head") -> str:
    """Return a template that puts *html* into a block of every page."""
    return f"{EXTENDS}{{% block {name} %}}{html}{{% endblock %}}"


def warnings(templates: dict[str, str], csp: str = "") -> list[tuple[str, int]]:
    """Return the template and line of each warning, with *csp* in the settings."""
    text = f"{SETTINGS}csp: {{{csp}}}\n" if csp else SETTINGS
    config, problems = parse_config(text, path=Path("statusgen.yml"))
    assert config is not None, problems
    environment = Environment(autoescape=True, loader=DictLoader(templates))
    own = OwnTemplates(environment, Path("templates"), templates, built_in=[], pictures=[])
    faults = [one for one in own.problems() if "not used" not in one.message]
    assert [] == faults
    return [(one.path.name, one.line) for one in policy_checks.problems(own, config)]


@pytest.mark.parametrize(
    ("html", "csp"),
    [
        pytest.param('<script src="{{ root }}own.js"></script>', "", id="own-file"),
        pytest.param('<script src="https://status.acme.example/a.js"></script>', "", id="own-host"),
        pytest.param('<script src="{{ data }}"></script>', "", id="address-in-a-value"),
        pytest.param('<script src="https://{{ data }}/x.js"></script>', "", id="host-in-a-value"),
        pytest.param('<script type="application/ld+json">{}</script>', "", id="json-ld"),
        pytest.param(
            '<script type="text/template"><b></b></script>', "", id="template-of-a-script"
        ),
        pytest.param("<script></script><style> </style>", "", id="empty"),
        pytest.param("<style>{% include 'style.css' %}</style>", "", id="own-style-inline"),
        pytest.param('<img src="{{ root }}a.png" srcset="b.png 2x">', "", id="own-image"),
        pytest.param('<img src="data:image/png;base64,AA">', "", id="image-in-an-address"),
        pytest.param('<a href="https://a.example/">A</a>', "", id="link"),
        pytest.param('<link rel="canonical" href="https://a.example/">', "", id="link-not-loaded"),
        pytest.param('{# <b style="color:red"> #}<!-- <b style="x"> -->', "", id="comments"),
        pytest.param('{% set x = "<b style=" %}', "", id="text-of-a-statement"),
        pytest.param("<script>run();</script>", f"script-src: [sha384-{HASH}]", id="hash"),
        pytest.param(ANYWHERE, "script-src: [https://a.example]", id="host"),
        pytest.param(ANYWHERE, "script-src: [a.example]", id="host-without-a-scheme"),
        pytest.param(ANYWHERE, 'script-src: ["*.example"]', id="domain"),
        pytest.param(ANYWHERE, "script-src: [http://a.example]", id="less-secure-scheme"),
        pytest.param(ANYWHERE, 'script-src: ["https://a.example:*/"]', id="any-port"),
        pytest.param(ANYWHERE, "script-src: [https://A.example:443/x.js]", id="port-and-path"),
        pytest.param('<img src="http://a.example/x">', 'img-src: ["http:"]', id="scheme"),
        pytest.param(
            '<img src="https://a.example/{{ page.url }}">', "img-src: [a.example/x/]", id="cut-path"
        ),
        pytest.param('<iframe src="a.html"></iframe>', "frame-src: [self]", id="own-frame"),
        pytest.param('<form action="#"></form>', "form-action: [self]", id="own-form"),
    ],
)
def test_what_browsers_accept_is_no_warning(html: str, csp: str) -> None:
    """Data, files of the site, computed addresses and what `csp` allows are not reported."""
    assert [] == warnings({"base.html": block(html)}, csp)


@pytest.mark.parametrize(
    ("html", "csp"),
    [
        pytest.param(ANYWHERE, "script-src: [https://a.example/y.js]", id="other-path"),
        pytest.param(ANYWHERE, "script-src: [https://a.example/x]", id="beginning-of-a-path"),
        pytest.param(ANYWHERE, "script-src: [https://a.example:8443]", id="other-port"),
        pytest.param(ANYWHERE, "script-src: [https://b.example]", id="other-host"),
        pytest.param(ANYWHERE, 'script-src: ["*.a.example"]', id="subdomains-only"),
        pytest.param(ANYWHERE, "connect-src: [https://a.example]", id="other-directive"),
        pytest.param(
            '<script src="http://a.example/x.js">', "script-src: [a.example]", id="page-is-secure"
        ),
        pytest.param(
            "<script>run() ;</script>", f"script-src: [sha384-{HASH}]", id="hash-of-other-text"
        ),
        pytest.param('<script type="module">run();</script>', "img-src: [self]", id="module"),
        pytest.param(
            '<p {% if data %}style="x"{% endif %}>', "img-src: [self]", id="in-a-condition"
        ),
        pytest.param('<a href=" java&#10;script:x()">', "img-src: [self]", id="script-in-disguise"),
    ],
)
def test_what_browsers_block_is_a_warning(html: str, csp: str) -> None:
    """A source that does not match, and code that is blocked in any case, is reported once."""
    assert [("base.html", 1)] == warnings({"base.html": block(html)}, csp)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"base.html": f"<!doctype html><html>{ANYWHERE}</html>"}, id="own-base"),
        pytest.param({"404.html": f"<html><body onload='x()'>{ANYWHERE}</html>"}, id="own-page"),
        pytest.param({"trestus.html": f"<html>{ANYWHERE}</html>"}, id="trestus"),
        pytest.param(
            {"base.html": block("", "csp"), "partials/footer.html": ANYWHERE}, id="policy-removed"
        ),
        pytest.param({"style.css": "a::after{content:'<b style=x>'}"}, id="stylesheet"),
    ],
)
def test_a_template_without_our_policy_is_not_checked(files: dict[str, str]) -> None:
    """A page or `csp` block without `page.policy` has a policy of its own, or none."""
    assert [] == warnings(files)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {"base.html": block("{{ super() }}<meta>", "csp"), "partials/footer.html": ANYWHERE},
            id="policy-extended",
        ),
        pytest.param(
            {"404.html": f"<html><meta content='{{{{ page.policy }}}}'>{ANYWHERE}</html>"},
            id="own-page-with-our-policy",
        ),
    ],
)
def test_a_template_with_our_policy_is_checked(files: dict[str, str]) -> None:
    """A page of the site's own that prints `page.policy` is checked like ours."""
    assert 1 == len(warnings(files))


def test_the_built_in_templates_have_no_warning() -> None:
    """A site that copies every built-in template into `templates/` sees no warning."""
    folder = ROOT / "templates"
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*.html")]

    assert [] == warnings({name: (folder / name).read_text("utf-8") for name in names})


def test_build_prints_the_warnings_too(run: Run, tmp_path: Path) -> None:
    """`build` reports blocked code as `check` does, and builds the site."""
    write_site(tmp_path, {"templates/base.html": block(ANYWHERE)})
    done = run("build", cwd=tmp_path)

    assert (0, True) == (done.status, "templates/base.html:1:1: warning: browsers" in done.err)
    assert (tmp_path / "_site/index.html").is_file()
