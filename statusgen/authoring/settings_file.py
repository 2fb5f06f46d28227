"""Write a new `statusgen.yml`, or add services to an existing one.

An addition is verified by parsing the changed text: it must yield the old settings plus the new
services. Otherwise the text is not changed, and the error contains the lines to add by hand.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

from statusgen.authoring.edit import Splice, spliced
from statusgen.authoring.yaml_insertion import YamlText
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.model import Collapse, Group, Service
from statusgen.problems import ContentError, UsageError
from statusgen.schema import yaml_loader, yaml_writer
from statusgen.schema.yaml_nodes import ListNode, MapNode
from statusgen.schema.yaml_writer import LineText, ProseText, RawYaml, scalar

SCHEMAS = ".schema"  # folder with the JSON Schemas for editors

_BYTE_ORDER_MARK = "\ufeff"

_SCHEMA_LINE = f"# yaml-language-server: $schema={SCHEMAS}/config.json\n"
_HEAD = (
    "# All settings: https://github.com/statusgen/statusgen/blob/main/docs/reference/settings.md\n"
)
_ZONE = "    # time zone of your days and of times without an offset, such as Europe/Rome"
_HISTORY = "    # incidents link to their edit history there"
_SERVICES = """\
# Services, in page order. Incident files refer to the id, so never change it.
services:"""
_GROUPS = """\
# Groups, in page order. A service belongs to the group whose id is its `group`.
groups:
"""
_SAMPLE_GROUPS = """
# Groups of services; add `group: core` to each service in it.
# groups:
#   - id: core
#     name: Core platform
"""
_SAMPLE_TEXTS = """
# Canned texts: statusgen update --template monitoring
# texts:
#   monitoring: A fix is in place and we are monitoring it.
"""


def format_settings(  # noqa: PLR0913  one keyword argument per setting
    *,
    title: str,
    url: str,
    language: str = "en",
    timezone: str = "UTC",
    repository: str | None = None,
    groups: Sequence[Group] = (),
    services: Sequence[Service],
    schema: bool = False,
) -> str:
    """Return the text of a new `statusgen.yml`, with comments for its owner.

    Parsing it yields the same values, if they are valid and there is at least one service. With
    *schema*, the first line points editors to the site's schema.
    """
    top = [f"title: {scalar(title)}\n", f"url: {scalar(url)}\n"]
    if language != "en":
        top.append(f"language: {scalar(language)}\n")
    top.append(f"timezone: {scalar(timezone)}{_ZONE}\n")
    if repository:
        top.append(f"repository: {scalar(repository)}{_HISTORY}\n")
    top.append("\n")
    if groups:
        top.append(f"{_GROUPS}{group_entries(groups)}\n")
    entries = f"\n{service_entries(services)}" if services else " []\n"
    sample = "" if groups else _SAMPLE_GROUPS
    head = f"{_SCHEMA_LINE if schema else ''}{_HEAD}\n"
    return f"{head}{''.join(top)}{_SERVICES}{entries}{sample}{_SAMPLE_TEXTS}"


def service_entries(services: Sequence[Service]) -> str:
    """Return *services* as YAML lines for the list `services`."""
    return "".join(f"{row}\n" for row in yaml_writer.block(map(_service, services)))


def group_entries(groups: Sequence[Group]) -> str:
    """Return *groups* as YAML lines for the list `groups`."""
    return "".join(f"{row}\n" for row in yaml_writer.block(map(_group, groups)))


def with_services(
    text: str, services: Sequence[Service], *, path: Path, groups: Sequence[Group] = ()
) -> str:
    """Add *services* at the end of `services` in *text*, the content of the file *path*.

    Each of *groups* that a new service refers to is added to `groups` if it is missing. The rest of
    *text*, including a byte order mark, is not changed. Raises ContentError if *text* has errors,
    and UsageError with the lines to add by hand if they cannot be added safely.
    """
    content = text.removeprefix(_BYTE_ORDER_MARK)
    root, _ = yaml_loader.load(content, path=path)
    old, problems = parse_config(content, path=path)
    if old is None or not isinstance(root, MapNode):
        raise ContentError(problems)
    if not services:
        return text
    missing = {one.group for one in services} - {one.id for one in old.groups}
    added = [one for one in groups if one.id in missing]
    expected = replace(
        old, groups=(*old.groups, *added), services=(*old.services, *services), assets=()
    )
    for splices in _layouts(content, root, services, added):
        changed = spliced(content, splices)
        new, _ = parse_config(changed, path=path)
        if new and replace(new, assets=()) == expected and _assets(new) == _assets(old):
            return text[: len(text) - len(content)] + changed
    what = f"{path}: this layout of the file cannot be edited automatically"
    paste = f"{what}; add by hand to 'services':\n{service_entries(services)}"
    if added:
        paste += f"and to 'groups':\n{group_entries(added)}"
    raise UsageError(paste.rstrip("\n"))


def _service(one: Service) -> list[tuple[str, object]]:
    return [
        ("id", RawYaml(scalar(one.id))),
        ("name", LineText(one.name)),
        ("group", RawYaml(scalar(one.group)) if one.group else None),
        ("description", ProseText(one.description) if one.description else None),
        ("link", LineText(one.link) if one.link else None),
        ("since", RawYaml(one.since) if one.since else None),
        ("retired", RawYaml(one.retired) if one.retired else None),
        ("aliases", [LineText(alias) for alias in one.aliases] or None),
        *one.extra.items(),
    ]


def _group(one: Group) -> list[tuple[str, object]]:
    return [
        ("id", RawYaml(scalar(one.id))),
        ("name", LineText(one.name)),
        ("description", ProseText(one.description) if one.description else None),
        ("collapse", None if one.collapse is Collapse.NEVER else one.collapse),
        *one.extra.items(),
    ]


def _assets(config: Config) -> list[str]:
    return [asset.path for asset in config.assets]  # Their line numbers change with the text.


def _layouts(
    text: str, root: MapNode, services: Sequence[Service], groups: Sequence[Group]
) -> Iterator[list[Splice]]:
    """Yield splices that add *services* and *groups* to *text*, the best layout first."""
    source, node = YamlText(text), root.value("services")
    if not isinstance(node, ListNode):
        return
    entries = [_service(one) for one in services]
    headings = [_group(one) for one in groups]
    for tidy, tidy_groups in product((True, False), (True, False) if headings else (True,)):
        splices = source.append(node, entries, tidy=tidy)
        if headings:
            splices += source.append_to_key(
                root, "groups", headings, above="services", tidy=tidy_groups
            )
        yield splices
