"""Read the meaning of issue labels, and list the labels that a site needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from statusgen import colours
from statusgen.config.settings import Config
from statusgen.i18n import catalogue
from statusgen.model import Kind, Severity, State
from statusgen.problems import instead, quoted


class About(StrEnum):
    """The topic of a label."""

    KIND = "kind"
    SEVERITY = "severity"
    SERVICE = "service"
    STATE = "state"


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """The meaning of a label: *word* is a kind, a severity, the id of a service, or a state.

    If *word* is empty, *fault* says why.
    """

    about: About
    word: str
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label in a repository; *colour* is `#rrggbb`."""

    name: str
    colour: str
    description: str


def publishing(config: Config) -> tuple[str, ...]:
    """Return the names of all labels that publish an issue as an incident or as maintenance."""
    found = (meaning(name, config) for name in config.github.aliases)
    pairs = zip(config.github.aliases, found, strict=True)
    others = [name for name, means in pairs if means and means.about is About.KIND]
    return tuple(dict.fromkeys([config.github.incident, config.github.maintenance, *others]))


def meaning(name: str, config: Config) -> Meaning | None:
    """Return the meaning of the label *name*, ignoring case; None for unrelated labels."""
    settings = config.github
    aliases = {alias.casefold(): label for alias, label in settings.aliases.items()}
    label = " ".join(aliases.get(name.casefold(), name).casefold().split())
    kinds = {settings.incident: Kind.INCIDENT, settings.maintenance: Kind.MAINTENANCE}
    for own, kind in kinds.items():
        if label == own.casefold():
            return Meaning(about=About.KIND, word=kind)
    prefixes = {
        settings.severity_prefix: About.SEVERITY,
        settings.service_prefix: About.SERVICE,
        settings.state_prefix: About.STATE,
    }
    for prefix, about in prefixes.items():
        if label.startswith(prefix.casefold()):
            return _of_word(about, label.removeprefix(prefix.casefold()).strip(), config)
    return None


def _of_word(about: About, word: str, config: Config) -> Meaning:
    if about is About.SERVICE:
        names = config.service_ids
        known = [service.id for service in config.services]
    else:
        words = Kind.INCIDENT.severities if about is About.SEVERITY else State
        names = {str(one): str(one) for one in words}
        known = [*names]
        word = word.replace(" ", "_")
    if word in names:
        return Meaning(about=about, word=names[word])
    noun = "service of this site" if about is About.SERVICE else about
    return Meaning(
        about=about, word="", fault=f"{quoted(word)} is not a {noun}; {instead(word, known)}"
    )


def wanted(config: Config) -> Iterator[Label]:
    """Yield the labels that issues for this site need, with a colour for each severity."""
    settings, words = config.github, catalogue.messages(catalogue.ORIGINAL)
    of = colours.OF_SEVERITY
    yield Label(
        name=settings.incident,
        colour=of[Severity.MAJOR],
        description="Publish this issue on the status page",
    )
    yield Label(
        name=settings.maintenance,
        colour=of[Severity.MAINTENANCE],
        description="Publish this issue as maintenance",
    )
    for severity in Kind.INCIDENT.severities:
        yield Label(
            name=_named(settings.severity_prefix, severity),
            colour=of[severity],
            description=f"Status page: {words[f'severity.{severity}'].lower()}",
        )
    for service in config.services:
        if service.retired is None:
            yield Label(
                name=_named(settings.service_prefix, service.id),
                colour=_SERVICE,
                description=f"Status page: affects {service.name}"[:_MAX_DESCRIPTION],
            )
    for state in State:
        yield Label(
            name=_named(settings.state_prefix, state),
            colour=_STATE,
            description=f"Status page: {words[f'state.{state}'].lower()}",
        )


def _named(prefix: str, word: str) -> str:
    """Return the label for *word*, with a space after a colon."""
    return f"{prefix}{' ' if prefix.endswith(':') else ''}{word}"


_SERVICE, _STATE = "#57606a", "#8250df"
_MAX_DESCRIPTION = 100
