"""The original addresses of Stashboard and django-statusboard, on static hosts."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import Run, write_site
from tests.support.examples import Site, made

SETTINGS = """\
title: Acme
url: https://status.acme.example{path}
api: [stashboard, statusboard]
groups:
  - {{id: core, name: Core}}
services:
  - {{id: api, name: API, group: core, since: 2026-01-01}}
"""
OUTAGE = (
    "---\ntitle: A\nseverity: major\nservices: [api]\nstarted: 2026-11-20 09:05\n---\n<b>Down.\n"
)

# What the original clients ask for, and the file that answers.
STASHBOARD = {
    "services": "services.json",
    "services/api": "services/api.json",
    "services/api/events": "services/api/events.json",
    "services/api/events/current": "services/api/events/current.json",
    "statuses": "statuses.json",
    "statuses/up": "statuses/up.json",
    "service-lists": "service-lists.json",
    "service-lists/core": "service-lists/core.json",
    "levels": "levels.json",
    "status-images": "status-images.json",
}


@cache
def built(path: str = "") -> Site:
    """Return the site at *path* of its host, with both APIs."""
    return made({"statusgen.yml": SETTINGS.format(path=path), "incidents/a.md": OUTAGE})


def number_of(name: str) -> str:
    """Return the number of the only object in a collection of django-statusboard."""
    (found,) = [one for one in built().files if re.fullmatch(rf"api/v0.1/{name}/\d+\.json", one)]
    return found.removeprefix("api/v0.1/").removesuffix(".json")


def original_addresses() -> dict[str, str]:
    """Return the addresses that the original clients ask for, with the files that answer."""
    found = {
        f"/{base}/{address}": f"{base}/{path}"
        for base in ("api/v1", "admin/api/v1")
        for address, path in STASHBOARD.items()
    }
    found["/api/v0.1/"] = "api/v0.1/index.json"
    for name in ("service", "servicegroup", "incident", "incidentupdate", "maintenance"):
        found[f"/api/v0.1/{name}/"] = f"api/v0.1/{name}.json"
    for name in ("service", "servicegroup"):
        found[f"/api/v0.1/{number_of(name)}/"] = f"api/v0.1/{number_of(name)}.json"
    return found


def on_pages(files: Mapping[str, bytes], address: str) -> bytes | None:
    """Return what GitHub Pages answers: a file, or the index of a folder after a redirect."""
    path = address.strip("/")
    return files.get(path, files.get(f"{path}/index.json"))


def with_rules(files: Mapping[str, bytes], address: str) -> bytes | None:
    """Return what Cloudflare answers: a file, or one of an exact rule; never an index of JSON."""
    rules = dict(line.split()[:2] for line in files["_redirects"].decode().splitlines())
    return files.get(address.strip("/") if not address.endswith("/") else "") or files.get(
        rules.get(address, "").removeprefix("/")
    )


@pytest.mark.parametrize("host", [on_pages, with_rules])
def test_every_original_address_is_answered(host: object) -> None:
    """Each address has the bytes of its file on hosts with and without rules."""
    assert callable(host)
    files = built().files

    assert {} == {
        address: path
        for address, path in original_addresses().items()
        if host(files, address) != files[path]
    }


def test_objects_of_the_history_have_folders_on_pages() -> None:
    """Incidents, updates and maintenance have no rules, as hosts accept about a thousand."""
    files = built().files
    address = f"api/v0.1/{number_of('incident')}"

    assert files[f"{address}.json"] == files[f"{address}/index.json"]
    assert f"/{address} " not in files["_redirects"].decode()


def test_rules_are_exact_and_lead_to_files() -> None:
    """No rule has a placeholder, each is there once, and each leads to a JSON file."""
    files = built("/status").files
    lines = files["_redirects"].decode().splitlines()
    rules = [line.split() for line in lines]

    assert [] == [line for line in lines if re.search("[*:!?]", line)]
    assert len({old for old, _, _ in rules}) == len(rules)
    assert {"200"} == {status for _, _, status in rules}
    assert [] == [
        path
        for old, path, _ in rules
        if not path.startswith("/status/") or path.removeprefix("/status/") not in files
    ]


def test_json_is_never_served_as_html() -> None:
    """Files of the APIs have no HTML name, and `_headers` names the type of those without one."""
    files = built().files
    api = [path for path in files if path.startswith(("api/v", "admin/"))]

    assert [] == [
        path for path in api if not re.fullmatch(r".*\.json|[^.]+", path[path.rfind("/") :])
    ]
    assert (
        "/api/v1/*\n  Content-Type: application/json\n"
        "/admin/api/v1/*\n  Content-Type: application/json\n"
    ) == files["_headers"].decode()


def test_no_address_is_both_a_file_and_a_folder() -> None:
    """The tree can be written to a disk."""
    folders = {path[: end.start()] for path in built().files for end in re.finditer("/", path)}

    assert set() == folders & built().files.keys()


def test_a_site_without_these_apis_has_no_rules() -> None:
    """Only the settings `api: [stashboard]` and `[statusboard]` write files for hosts."""
    assert set() == {"_redirects", "_headers"} & made().files.keys()


def test_the_rules_of_the_site_itself_come_first(run: Run, tmp_path: Path) -> None:
    """`static/_redirects` and `static/_headers` are kept, and ours follow."""
    files = {
        "statusgen.yml": SETTINGS.format(path=""),
        "incidents/a.md": OUTAGE,
        "static/_redirects": "/old /new 301",
        "static/_headers": "/*\n  X-Own: 1\n",
    }
    ran = run("build", cwd=write_site(tmp_path, files))
    again = run("build", cwd=tmp_path)
    found = {name: (tmp_path / "_site" / name).read_text() for name in ("_redirects", "_headers")}

    assert (0, 0) == (ran.status, again.status)
    assert found["_redirects"].startswith("/old /new 301\n/api/v1/")
    assert found["_headers"].startswith("/*\n  X-Own: 1\n/api/v1/*\n")
    assert built().text("_redirects") == found["_redirects"].partition("\n")[2]
