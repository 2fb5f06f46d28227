"""The Content-Security-Policy of each page."""

import re
from html import unescape
from typing import Any

import pytest

from statusgen.model import Directive
from statusgen.render.html import policy
from tests.support.examples import Site, made

SETTINGS = "title: Acme\nurl: https://status.acme.example\nservices: [{id: api, name: API}]\n"
CSP = """csp:
  script-src: [https://a.example, self]
  frame-src: [https://b.example]
  form-action: [https://c.example]
"""
INCIDENT = (
    "---\ntitle: Errors\nseverity: major\nservices: [api]\nstarted: 2026-11-20 09:00\n"
    "redirect_from: old.html\n---\n"
)


def policies(site: Site) -> dict[str, list[str]]:
    """Return the policies in each page of *site*."""
    pattern = re.compile('<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
    return {
        path: [unescape(one) for one in pattern.findall(site.text(path))]
        for path in site.paths(".html")
    }


@pytest.mark.parametrize(
    ("added", "options", "expected"),
    [
        pytest.param(
            {},
            {"inline": {}, "has_script": True},
            "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self';"
            " connect-src 'self'; base-uri 'none'; form-action 'none'",
            id="nothing-added",
        ),
        pytest.param(
            {},
            {"inline": {Directive.STYLE: b""}, "has_script": False},
            "default-src 'none'; style-src 'self'"
            " 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' data:;"
            " base-uri 'none'; form-action 'none'",
            id="inline-style-and-no-script",
        ),
        pytest.param(
            {
                Directive.FORM: ("https://c.example",),
                Directive.FONT: ("'self'", "data:"),
                Directive.IMAGE: ("data:", "https://b.example"),
                Directive.SCRIPT: ("https://a.example",),
            },
            {"inline": {}, "has_script": False},
            "default-src 'none'; style-src 'self'; img-src 'self' data: https://b.example;"
            " script-src 'self' https://a.example; font-src 'self' data:; base-uri 'none';"
            " form-action https://c.example",
            id="sources-are-added-once",
        ),
    ],
)
def test_a_policy_has_what_the_page_needs_and_the_site_adds(
    added: policy.Sources, options: dict[str, Any], expected: str
) -> None:
    """The sources of the site follow ours; a directive without any of ours appears if used."""
    sources = policy.allowed(added, has_script=options["has_script"])

    assert expected == policy.policy(sources, inline=options["inline"])


def test_every_page_has_the_added_sources() -> None:
    """`csp` applies to every page, 404.html and redirects included."""
    site = made({"statusgen.yml": f"{SETTINGS}{CSP}", "incidents/a.md": INCIDENT})
    found = policies(site)

    assert {"index.html", "404.html", "old.html", "incidents/a.html"} <= set(found)
    assert [] == [
        (path, one)
        for path, listed in found.items()
        for one in listed
        if not re.search("script-src 'self' https://a.example( 'sha256-[^;]*')?;", one)
        or " frame-src https://b.example;" not in one
        or not one.endswith("; form-action https://c.example")
    ]


def test_the_block_replaces_the_policy() -> None:
    """A site changes the policy of every page but redirects with the block `csp`."""
    block = '{% extends "default/base.html" %}{% block csp %}<!-- none -->{% endblock %}'
    site = made({"templates/base.html": block, "incidents/a.md": INCIDENT})
    pages = {path for path, listed in policies(site).items() if not listed}

    assert {"index.html", "404.html", "incidents/a.html"} <= pages
    assert "old.html" not in pages


def test_every_page_allows_files_that_templates_add() -> None:
    """A script in `static/` that a site adds to every page also runs on 404.html."""
    site = made({"incidents/a.md": INCIDENT})

    assert [] == [
        path
        for path, listed in policies(site).items()
        if path != "old.html" and 'http-equiv="refresh"' not in site.text(path)
        for one in listed
        if not re.search("script-src 'self'( 'sha256-.*')?; connect-src 'self'", one)
    ]
