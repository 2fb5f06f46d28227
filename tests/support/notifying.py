"""Sites and updates for the tests of notifications."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from statusgen import times
from statusgen.config.parser import parse_config
from statusgen.config.settings import Channel, Config
from statusgen.content import parser
from statusgen.notify import occasions
from statusgen.notify.occasions import SiteUpdate
from statusgen.site import assemble
from statusgen.site.view_models import Site
from tests.conftest import SETTINGS

DAY = "2026-11-20"
CHAT = Channel(id="chat")


def moment(text: str) -> datetime:
    """Return the time of day *text* on the day of the tests, or a full time, in UTC."""
    return times.parse(text if "-" in text else f"{DAY} {text}", UTC)


def config(more: str = "") -> Config:
    """Return the settings of a site with three services, plus the lines *more*."""
    found, problems = parse_config(SETTINGS + more, path=Path("statusgen.yml"))
    assert found is not None, problems
    return found


def site(files: Mapping[str, str], *, now: str = "12:00", more: str = "") -> Site:
    """Return the site with *files* at *now*: front matter by slug, times in UTC by default."""
    known = config(more.replace("timezone", "x-timezone"))
    incidents = []
    for slug, text in files.items():
        body = f"---\ntitle: Title of {slug}\n{text}\n---\n"
        parsed = parser.parse(body, path=Path(f"{slug}.md"), slug=slug, config=known)
        assert parsed.incident is not None, parsed.problems
        incidents.append(parsed.incident)
    return assemble.assemble(known, incidents, now=moment(now))


def incident(
    *updates: str, severity: str = "major", services: str = "[api]", more: str = ""
) -> str:
    """Return front matter for an incident; each of *updates* is like `09:05 state: … text: …`."""
    lines = [
        f"severity: {severity}",
        f"services: {services}",
        *([more] if more else []),
        "updates:",
    ]
    for update in updates:
        clock, _, rest = update.partition(" ")
        at = clock if "T" in clock else f"{DAY}T{clock}Z"
        keys = (
            rest
            if "text:" in rest
            else f"{rest}, text: Text of {clock}."
            if rest
            else f"text: Text of {clock}."
        )
        lines.append(f"  - {{at: {at}, {keys}}}")
    return "\n".join(lines)


def updates(built: Site) -> list[SiteUpdate]:
    """Return the updates from the last 30 days on a site."""
    return occasions.updates_since(built, built.now - timedelta(days=30))
