"""Checks for statusgen.yml that involve several values, such as duplicate names."""

from statusgen.config.fields import ConfigShape, GitHubShape
from statusgen.config.settings import EXAMPLE_URL
from statusgen.i18n import catalogue, messages
from statusgen.problems import Level, instead, listed, quoted
from statusgen.schema.yaml_document import Source
from statusgen.schema.yaml_nodes import ListNode, Scalar


def check_config(source: Source) -> None:
    """Report duplicate names, and references to unknown groups, languages and messages.

    Works on the YAML nodes, so that errors elsewhere in the file do not hide these.
    """
    services = source.node("services")
    if source.has("services") and isinstance(services, ListNode) and not services.items:
        source.wrong("missing service; add at least one", "services")
    groups: dict[str, int] = {}
    for index in range(source.count("groups")):
        _check_once(source, groups, "group id", "groups", index, "id")
    names: dict[str, int] = {}
    for index in range(source.count("services")):
        route = ("services", index)
        _check_once(source, names, "service id", *route, "id")
        for place in range(source.count(*route, "aliases")):
            _check_once(source, names, "service alias", *route, "aliases", place)
        group = source.text(*route, "group") if source.has(*route, "group") else ""
        if group and group not in groups:
            what = f"{quoted(group)} is not a group; {instead(group, groups)}"
            source.wrong(what, *route, "group")
    if source.has("url"):
        _check_url(source)
    if source.has("language"):
        _check_language(source)
    code = source.text("language") if source.has("language") else catalogue.ORIGINAL
    code = code if messages.catalogue_of(code) else catalogue.ORIGINAL
    for name in source.names("messages"):
        if not isinstance(source.node("messages", name), Scalar):
            continue
        fault = messages.message_problem(name, source.text("messages", name), code)
        if fault is not None and fault.is_of_name:
            source.wrong_key(fault.message, "messages", name)
        elif fault is not None:
            source.wrong(fault.message, "messages", name)


def _check_once(source: Source, lines: dict[str, int], what: str, *route: str | int) -> None:
    if not source.has(*route):
        return
    name, line = source.text(*route), source.line(*route)
    if not name:
        return
    if name in lines:
        owner, word = what.split()
        remedy = f"give each {owner} its own {word}"
        problem = f"duplicate {what} {quoted(name)}, first used on line {lines[name]}"
        source.wrong(f"{problem}; {remedy}", *route)
    lines.setdefault(name, line)


def _check_url(source: Source) -> None:
    """Warn about the address that a new site has until its owner chooses one."""
    text = source.text("url")
    if text.rstrip("/").casefold() == EXAMPLE_URL:
        source.wrong(example_problem(text), "url", level=Level.WARNING)


def example_problem(url: str) -> str:
    """Return the message for *url*, which is the address of an example."""
    return f"{quoted(url)} is an example; write the address of your page"


def _check_language(source: Source) -> None:
    code = source.text("language")
    try:
        if code:
            messages.parse_language(code)
    except ValueError as error:
        source.wrong(str(error), "language")


def check_days(shape: ConfigShape, source: Source) -> None:
    """Check that no service is retired before its first day."""
    for index, service in enumerate(shape.services):
        if service.since and service.retired and service.retired < service.since:
            line = source.line("services", index, "since")
            what = f"retired '{service.retired}' is before since (line {line})"
            source.wrong(f"{what}; use a later day", "services", index, "retired")


def check_channels(shape: ConfigShape, source: Source) -> None:
    """Check that channel ids are unique, and that their services and groups exist."""
    services = [name for one in shape.services for name in (one.id, *one.aliases)]
    groups = [one.id for one in shape.groups]
    lines: dict[str, int] = {}
    variables: dict[str, str] = {}
    for index, channel in enumerate(shape.channels):
        route = ("channels", index)
        _check_once(source, lines, "channel id", *route, "id")
        name = channel.id.replace("-", "_")
        for variable in (name, f"{name}_secret"):
            other = variables.setdefault(variable, channel.id)
            if other != channel.id:
                what = f"channels {quoted(channel.id)} and {quoted(other)} would share"
                source.wrong(f"{what} an environment variable; use another id", *route, "id")
        grouped = [one for one in shape.services if one.group in channel.groups]
        if channel.groups and not channel.services and not grouped:
            what = f"no service is in {listed(map(quoted, channel.groups))}"
            source.wrong(f"{what}, so nothing is ever sent; use another group", *route, "groups")
        for key, noun, named, known in (
            ("services", "service", channel.services, services),
            ("groups", "group", channel.groups, groups),
        ):
            for place, word in enumerate(named):
                if word not in known:
                    is_list = source.count(*route, key) > 0
                    where = (*route, key, place) if is_list else (*route, key)
                    what = f"{quoted(word)} is not a {noun} of this site"
                    source.wrong(f"{what}; {instead(word, known)}", *where)


def check_labels(shape: GitHubShape, source: Source) -> None:
    """Check that the import's labels differ, and that aliases stand for known labels."""
    kinds = (shape.incident, shape.maintenance)
    if shape.incident.casefold() == shape.maintenance.casefold():
        what = f"{quoted(shape.maintenance)} is already the label for incidents"
        source.wrong(f"{what}; use another one", "github", "maintenance")
    prefixes = (shape.severity_prefix, shape.service_prefix, shape.state_prefix)
    for name, label in shape.aliases.items():
        folded = label.casefold()
        is_kind = folded in (kind.casefold() for kind in kinds)
        if not is_kind and not any(folded.startswith(one.casefold()) for one in prefixes):
            begins = listed(quoted(prefix) for prefix in prefixes)
            what = f"{quoted(label)} is not a label that the import knows"
            remedy = f"use {listed(map(quoted, kinds))}, or one that begins with {begins}"
            source.wrong(f"{what}; {remedy}", "github", "aliases", name)
