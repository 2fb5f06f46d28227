"""Write the files of a site for each generator, and name the command that builds it.

All get the same Markdown. statusgen has keys for updates; for the others the body of a file
contains them below headings, as their users write them.
"""

import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

from statusgen.content import formatter
from statusgen.model import Incident, Update

from .content import Site, last_state

OUT = "_site"
HERE = Path(__file__).parent
BIN = Path(sysconfig.get_path("scripts"))

_AGE = 3600  # seconds


@dataclass(frozen=True, kw_only=True)
class Generator:
    """A static site generator; *command* builds the site in its folder into `OUT`.

    *settings* writes the files that a site has once; *text* formats the file of an incident, which
    is written to the folder *incidents*.
    """

    name: str
    package: str
    incidents: str
    settings: Callable[[Site, Path], None]
    text: Callable[[Incident], str]
    command: Callable[[datetime], list[str | Path]]

    @property
    def version(self) -> str:
        """Return the name and the installed version."""
        return f"{self.name} {metadata.version(self.package)}"

    def write(self, site: Site, folder: Path) -> None:
        """Write *site* into *folder*; its files get a modification time of an hour ago."""
        folder.mkdir(parents=True)
        self.settings(site, folder)
        (folder / self.incidents).mkdir(parents=True, exist_ok=True)
        for incident in site.incidents:
            self.write_incident(incident, folder)
        for file in folder.rglob("*"):
            then = file.stat().st_mtime - _AGE
            os.utime(file, (then, then))

    def write_incident(self, incident: Incident, folder: Path) -> None:
        """Write the file of *incident*, new or existing."""
        path = folder / self.incidents / f"{incident.slug}.md"
        path.write_text(self.text(incident), encoding="utf-8")


def _statusgen_settings(site: Site, folder: Path) -> None:
    lines = ["title: Bench", "url: https://status.acme.example", "services:"]
    for service, name in site.services.items():
        lines += [f"  - id: {service}", f"    name: {json.dumps(name, ensure_ascii=False)}"]
    (folder / "statusgen.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")


STATUSGEN = Generator(
    name="statusgen",
    package="statusgen",
    incidents="incidents",
    settings=_statusgen_settings,
    text=formatter.format_incident,
    command=lambda now: [
        BIN / "statusgen",
        "build",
        "--out",
        OUT,
        "--now",
        now.isoformat(),
    ],
)


def _hugo_settings(site: Site, folder: Path) -> None:
    shutil.copytree(HERE / "hugo", folder, dirs_exist_ok=True)
    for service, name in site.services.items():
        page = folder / "content" / "services" / service / "_index.md"
        page.parent.mkdir(parents=True)
        title = json.dumps(name, ensure_ascii=False)
        page.write_text(f"---\ntitle: {title}\n---\n", encoding="utf-8")


def _hugo_text(incident: Incident) -> str:
    head = {
        "title": incident.title,
        "date": incident.dated.isoformat(),
        "severity": str(incident.severity),
        "state": _state(incident),
        "services": [one.id for one in incident.services],
        "months": [f"{incident.dated:%Y-%m}"],
    }
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items())
    return "\n".join(["---", *lines, "---", "", _body(incident)])


def _hugo_binary() -> Path:
    """Return the path of the binary, because the command of the package starts Python first."""
    name = "hugo.exe" if sys.platform == "win32" else "hugo"
    return Path(str(metadata.distribution("hugo").locate_file("hugo"))) / "binaries" / name


HUGO = Generator(
    name="Hugo",
    package="hugo",
    incidents="content/incidents",
    settings=_hugo_settings,
    text=_hugo_text,
    command=lambda now: [
        _hugo_binary(),
        "--quiet",
        "--destination",
        OUT,
        "--clock",
        now.isoformat(),
    ],
)


def _pelican_settings(_site: Site, folder: Path) -> None:
    shutil.copytree(HERE / "pelican", folder, dirs_exist_ok=True)


def _pelican_text(incident: Incident) -> str:
    head = {
        "Title": incident.title,
        "Date": f"{incident.dated:%Y-%m-%d %H:%M}",
        "Slug": incident.slug,
        "Category": str(incident.severity),
        "State": _state(incident),
    }
    if incident.services:
        head["Tags"] = ", ".join(one.id for one in incident.services)
    lines = (f"{key}: {value}" for key, value in head.items())
    return "\n".join([*lines, "", _body(incident)])


PELICAN = Generator(
    name="Pelican",
    package="pelican",
    incidents="content/incidents",
    settings=_pelican_settings,
    text=_pelican_text,
    command=lambda _: [BIN / "pelican", "--quiet", "--output", OUT, "content"],
)


ALL = (STATUSGEN, HUGO, PELICAN)


def _state(incident: Incident) -> str:
    """Return the last state, or the final one if there is none."""
    return str(last_state(incident) or incident.kind.states[-1])


def _body(incident: Incident) -> str:
    """Format the body of a file without keys for updates, with the newest update first."""
    return "\n\n".join(_pieces(incident)) + "\n"


def _pieces(incident: Incident) -> Iterator[str]:
    if incident.body:
        yield incident.body
    for update in reversed(incident.updates):
        yield f"### {_heading(update)}"
        yield update.text


def _heading(update: Update) -> str:
    when = f"{update.at:%Y-%m-%d %H:%M} UTC"
    return f"{update.state.capitalize()}, {when}" if update.state else when
