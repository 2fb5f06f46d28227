"""The services of a site to forms for GitHub issues, which ask for what an import reads.

Their syntax: https://docs.github.com/en/communities (issue forms). Every text of the site stands in
a JSON string, which is YAML and cannot end early.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from statusgen.config.settings import Config
from statusgen.i18n import catalogue
from statusgen.model import Kind, Service, Severity

FOLDER = ".github/ISSUE_TEMPLATE"
CHOOSER = f"{FOLDER}/config.yml"
MARK = "# Made by `statusgen forms`"

# The lines of a form that hold its label, a choice, the title of the site or its address.
_ANSWERS = re.compile('^(?:labels: .*| +(?:- |- name: |url: )".*")$', re.MULTILINE)
_HEAD = f"{MARK} from statusgen.yml: change that, and run it again.\n"


def outputs(config: Config) -> dict[str, str]:
    """The forms for the services of *config*, by their paths in the repository."""
    return {
        f"{FOLDER}/incident.yml": "".join(_incident(config)),
        f"{FOLDER}/maintenance.yml": "".join(_maintenance(config)),
        CHOOSER: "".join(_chooser(config)),
    }


def is_current(form: str, made: str, config: Config) -> bool:
    """Whether *form* asks for the same as *made*, its form for *config* of today.

    How it words a question is not compared: that may differ between versions of statusgen.
    """
    zone = str(config.zone)
    return _ANSWERS.findall(form) == _ANSWERS.findall(made) and (zone not in made or zone in form)


def service_option(service: Service) -> str:
    """How a form offers *service*: its name, and the id that an import reads."""
    return f"{service.name} ({service.id})"


def _incident(config: Config) -> Iterator[str]:
    harms = [one for one in Kind.INCIDENT.severities if one is not Severity.NONE]
    yield from _top(
        "Incident", "Something is broken: tell it on the status page.", config.github.incident
    )
    yield from _dropdown("services", "Services", _services(config), several=True)
    yield from _dropdown("severity", "Severity", harms, _meanings(harms))
    yield from _dropdown("state", "State", Kind.INCIDENT.states, default=0)
    yield from _input("started", "Started", _when(config, "Empty: now."))
    yield from _text("text", "Text", "What visitors read, in Markdown. Say what they notice.")


def _maintenance(config: Config) -> Iterator[str]:
    yield from _top(
        "Maintenance", "Planned work: announce it on the status page.", config.github.maintenance
    )
    yield from _dropdown("services", "Services", _services(config), several=True, required=False)
    yield from _input("starts", "Starts", _when(config), required=True)
    yield from _input("ends", "Ends", _when(config), required=True)
    yield from _text("text", "Text", "What visitors read, in Markdown. Say what they will notice.")


def _chooser(config: Config) -> Iterator[str]:
    about = "See how things stand, and whether it is known already."
    yield f"{_HEAD}blank_issues_enabled: true\ncontact_links:\n"
    yield f"  - name: {_quoted(config.title)}\n    url: {_quoted(config.url + '/')}\n"
    yield f"    about: {_quoted(about)}\n"


def _top(name: str, description: str, label: str) -> Iterator[str]:
    yield f"{_HEAD}name: {_quoted(name)}\ndescription: {_quoted(description)}\n"
    yield f"labels: {_quoted([label])}\nbody:\n"


def _dropdown(  # noqa: PLR0913, a form has that many sides
    id_: str,
    label: str,
    options: Sequence[str],
    description: str = "",
    *,
    several: bool = False,
    required: bool = True,
    default: int | None = None,
) -> Iterator[str]:
    if not options:
        return  # All services are retired; GitHub refuses a list of nothing.
    keys: dict[str, object] = {"label": label}
    if description:
        keys["description"] = description
    keys |= {"multiple": several, "options": [*map(str, options)]}
    if default is not None:
        keys["default"] = default
    yield from _part("dropdown", id_, keys, required=required)


def _input(id_: str, label: str, description: str, *, required: bool = False) -> Iterator[str]:
    yield from _part("input", id_, {"label": label, "description": description}, required=required)


def _text(id_: str, label: str, description: str) -> Iterator[str]:
    yield from _part("textarea", id_, {"label": label, "description": description}, required=True)


def _part(kind: str, id_: str, keys: Mapping[str, object], *, required: bool) -> Iterator[str]:
    yield f"  - type: {kind}\n    id: {id_}\n    attributes:\n"
    for key, value in keys.items():
        if isinstance(value, list):
            yield f"      {key}:\n"
            yield from (f"        - {_quoted(one)}\n" for one in value)
        else:
            yield f"      {key}: {_quoted(value)}\n"
    yield f"    validations:\n      required: {_quoted(required)}\n"


def _services(config: Config) -> list[str]:
    # One with a last day is left out at once: a form that changes by the clock would be stale.
    return [service_option(one) for one in config.services if one.retired is None]


def _meanings(severities: Iterable[Severity]) -> str:
    """What *severities* are called on an English page."""
    names = catalogue.messages(catalogue.ORIGINAL)
    return ", ".join(f"{one}: {names[f'severity.{one}'].lower()}" for one in severities) + "."


def _when(config: Config, more: str = "") -> str:
    return f"Such as 2026-11-20 09:05, in {config.zone} unless it has an offset. {more}".rstrip()


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
