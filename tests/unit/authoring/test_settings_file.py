"""Tests of new settings, and of services that are added to existing settings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from statusgen.authoring import new_site, settings_file
from statusgen.authoring.new_site import Owner
from statusgen.authoring.settings_file import format_settings, service_entries, with_services
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.model import Collapse, Group, Service
from statusgen.problems import ContentError, UsageError, errors
from tests.unit.authoring.test_edit import Writer
from tests.unit.content.test_parser import EXTRA, LINES, PROSE, settings_of, utc

PATH = Path("statusgen.yml")
NEW = Service(id="db", name="Database")
FULL = Service(
    id="search",
    name="Search: all",
    group="core",
    description="Finds things.\n\nAlways.",
    link="https://docs.acme.example",
    since=date(2024, 3, 1),
    retired=date(2026, 1, 31),
    aliases=("rest-api", "Search, old"),
    extra={"x-owner": ["ada"]},
)
CORE = Group(
    id="core", name="Core", description="What all need.", collapse=Collapse.WHEN_OPERATIONAL
)
HEAD = "title: Acme\nurl: https://a.example\n"
API = "- id: api\n  name: API\n"
ADDED = "  - id: db\n    name: Database\n"
INLINE = "{id: db, name: Database}"
MANUAL = (
    "statusgen.yml: this layout of the file cannot be edited automatically;"
    " add by hand to 'services':\n"
)


def indented(text: str, margin: str = "  ") -> str:
    """Return *text* with *margin* before each line."""
    return "".join(f"{margin}{line}" for line in text.splitlines(keepends=True))


BLOCK = f"{HEAD}services:\n{indented(API)}"


def added(text: str, *services: Service, groups: Sequence[Group] = ()) -> str:
    """Return *text* with *services* added, or with NEW by default."""
    return with_services(text, services or (NEW,), path=PATH, groups=groups)


# A new file.


def test_the_settings_of_a_new_site_explain_themselves() -> None:
    """A file from `init` and one from an import differ only in the values and the schema."""
    owner = Owner(title="Acme Status", services=[NEW])
    of_init = new_site.site(owner, now=utc("2026-11-20 12:00"))["statusgen.yml"]
    first, rest = of_init.split("\n", 1)
    since = [replace(NEW, since=date(2026, 11, 20))]
    imported = format_settings(title=owner.title, url=owner.url, services=since)

    assert "# yaml-language-server: $schema=.schema/config.json" == first
    assert rest == imported
    assert (
        """\
# All settings: https://github.com/statusgen/statusgen/blob/main/docs/reference/settings.md

title: Acme Status
url: https://status.example.com
timezone: UTC    # time zone of your days and of times without an offset, such as Europe/Rome

# Services, in page order. Incident files refer to the id, so never change it.
services:
  - id: db
    name: Database
    since: 2026-11-20

# Groups of services; add `group: core` to each service in it.
# groups:
#   - id: core
#     name: Core platform

# Canned texts: statusgen update --template monitoring
# texts:
#   monitoring: A fix is in place and we are monitoring it.
"""
        == imported
    )


def test_settings_with_everything_are_written_in_the_order_of_the_documentation() -> None:
    """Language and groups are written, and no sample of a group."""
    text = format_settings(
        title="Acme",
        url="https://a.example/status",
        language="it",
        timezone="Asia/Tokyo",
        groups=[CORE],
        services=[FULL],
    )

    assert """\
title: Acme
url: https://a.example/status
language: it
timezone: Asia/Tokyo    # time zone of your days and of times without an offset, such as Europe/Rome

# Groups, in page order. A service belongs to the group whose id is its `group`.
groups:
  - id: core
    name: Core
    description: What all need.
    collapse: when_operational

# Services, in page order. Incident files refer to the id, so never change it.
services:
  - id: search
    name: "Search: all"
    group: core
    description: |-
      Finds things.

      Always.
    link: https://docs.acme.example
    since: 2024-03-01
    retired: 2026-01-31
    aliases: [rest-api, "Search, old"]
    x-owner: ["ada"]

# Canned texts""" == text.partition("\n\n")[2].partition(": statusgen")[0]
    assert [FULL] == [*settings_of(text).services]
    assert [CORE] == [*settings_of(text).groups]


def test_settings_without_a_service_say_what_is_missing() -> None:
    """A source without services yields a file with a single problem, which names the remedy."""
    text = format_settings(title="Acme", url="https://a.example", services=[])
    _, problems = parse_config(text, path=PATH)

    assert ["missing service; add at least one"] == [one.message for one in problems]


GROUPS = ["core", "edge"]
OLD_IDS = ["api", "web", "no", "2024"]
NEW_IDS = ["db", "1e3", "a-b_c", "z" * 64]
DAYS = st.dates(date(2000, 1, 1), date(2010, 1, 1))
LINKS = st.sampled_from(["https://a.example/?a=b&c#d", "mailto:a@b.example"])


def services(ids: Sequence[str], groups: Sequence[str]) -> st.SearchStrategy[list[Service]]:
    """Generate valid services with these *ids*, in one of *groups* or in none."""
    one = st.builds(
        Service,
        id=st.sampled_from(ids),
        name=LINES,
        group=st.none() | st.sampled_from(groups) if groups else st.none(),
        description=st.just("") | PROSE,
        link=st.none() | LINKS,
        since=st.none() | DAYS,
        retired=st.none() | DAYS.map(lambda day: day.replace(year=day.year + 20, day=1)),
        extra=EXTRA,
    )
    many = st.lists(one, min_size=1, max_size=3, unique_by=lambda service: service.id)
    return st.tuples(many, st.lists(LINES, max_size=3)).map(lambda found: _with_aliases(*found))


def _with_aliases(found: list[Service], names: list[str]) -> list[Service]:
    own = [name for name in dict.fromkeys(names) if name not in {*OLD_IDS, *NEW_IDS}]
    return [replace(found[0], aliases=tuple(own)), *found[1:]]


def groups(ids: Sequence[str]) -> st.SearchStrategy[list[Group]]:
    """Generate valid groups with these *ids*, one for each."""
    parts = st.tuples(LINES, st.just("") | PROSE, st.sampled_from(Collapse), EXTRA)
    return st.tuples(*(parts for _ in ids)).map(
        lambda found: [
            Group(id=name, name=one[0], description=one[1], collapse=one[2], extra=one[3])
            for name, one in zip(ids, found, strict=True)
        ]
    )


@given(
    title=LINES,
    language=st.sampled_from(["en", "it", "zh"]),
    headings=groups(GROUPS) | st.just([]),
    data=st.data(),
)
def test_any_settings_are_parsed_to_the_same_values(
    title: str, language: str, headings: list[Group], data: st.DataObject
) -> None:
    """Settings with any texts have no error and are parsed to the same values."""
    found = data.draw(services(OLD_IDS, [one.id for one in headings]))
    text = format_settings(
        title=title,
        url="https://a.example",
        language=language,
        timezone="Asia/Kolkata",
        groups=headings,
        services=found,
    )
    config, problems = parse_config(text, path=PATH)

    assert [] == problems
    assert config is not None
    assert (title, language, "Asia/Kolkata") == (config.title, config.language, str(config.zone))
    assert (tuple(headings), tuple(found)) == (config.groups, config.services)


# A service that is added to an existing file.


def values_of(record: Service | Group) -> dict[str, object]:
    """Return *record* as a list entry."""
    values = {key: value for key, value in vars(record).items() if value and key != "extra"}
    texts = {
        key: [*value] if isinstance(value, tuple) else str(value) for key, value in values.items()
    }
    return {**texts, **record.extra}


@st.composite
def styled(draw: st.DrawFn) -> str:
    """Generate settings in any style."""
    writer = Writer(draw)
    headings = draw(groups(GROUPS[:1]) | st.just([]))
    values: dict[str, object] = {"title": draw(LINES), "url": "https://a.example"}
    found = draw(services(OLD_IDS, [one.id for one in headings]))
    values["services"] = [values_of(one) for one in found]
    if headings or writer.seldom():
        values["groups"] = [values_of(one) for one in headings]
    if writer.often():
        values["announcement"] = draw(PROSE)
    if writer.often():
        values["logo"] = {"light": "logo.svg", "dark": "dark.svg"}
    values |= draw(EXTRA)
    ordered = {key: values[key] for key in draw(st.permutations(list(values)))}
    if writer.seldom():
        event("all in braces")
        rows = f"{writer.flow(ordered, 1)}{writer.tail()}".split("\n")
    else:
        column = writer.number(0, 2) if writer.seldom() else 0
        rows = [*writer.noise(column), *writer.block(ordered, column), *writer.noise(column)]
    text = "\n".join(rows) + writer.pick("", "\n", "\n\n", "\n...\n")
    ending = writer.pick("\n", "\n", "\r\n", "\r")
    return writer.pick("", "", "\ufeff") + text.replace("\n", ending)


def shown(config: Config | None) -> tuple[Config, list[str]]:
    """Return *config* without the positions of its files."""
    assert config is not None
    return (replace(config, assets=()), [asset.path for asset in config.assets])


def is_within(old: str, new: str) -> bool:
    """Return True if *new* is *old* with characters inserted."""
    left = iter(new)
    return all(character in left for character in old)


@given(text=styled(), data=st.data())
def test_services_are_added_and_every_other_character_stays(text: str, data: st.DataObject) -> None:
    """New services and groups come last in settings of any style, and nothing else changes."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    old, problems = parse_config(text.removeprefix(mark), path=PATH)
    assume(not errors(problems))
    found, headings = data.draw(services(NEW_IDS, GROUPS)), data.draw(groups(GROUPS))
    assert old is not None
    free = tuple(name for name in found[0].aliases if name not in old.service_ids)
    found[0] = replace(found[0], aliases=free)
    known, named = {one.id for one in old.groups}, {one.group for one in found}
    lacking = [one for one in headings if one.id in named - known]
    event(f"{len(lacking)} new groups among {len(old.groups)}")
    changed = with_services(text, found, path=PATH, groups=headings)
    new, _ = parse_config(changed.removeprefix(mark), path=PATH)
    expected = replace(old, groups=(*old.groups, *lacking), services=(*old.services, *found))

    assert shown(expected) == shown(new)
    assert mark == changed[: len(mark)]
    assert True is is_within(text, changed)


# Known traps.

TRAPS = [
    pytest.param(f"{BLOCK}@", ADDED, id="at-the-end"),
    pytest.param(f"{BLOCK}@days: 3\n", ADDED, id="in-the-middle"),
    pytest.param(f"{BLOCK}@\n# Texts.\n\ndays: 3\n", ADDED, id="comment-of-the-next-key"),
    pytest.param(f"{BLOCK}@# Texts.\ndays: 3\n", ADDED, id="comment-at-once"),
    pytest.param(f"{BLOCK}@  # More to come.\n", ADDED, id="comment-in-the-column-of-the-dash"),
    pytest.param(
        f"{BLOCK}    # link: x\n    # since: y\n@\n    # z\n", ADDED, id="comment-on-the-entry"
    ),
    pytest.param(f"{BLOCK[:-1]}  # why\n@", ADDED, id="comment-at-the-end-of-the-line"),
    pytest.param(
        f"{HEAD}services:\n{API}@days: 3\n", "- id: db\n  name: Database\n", id="no-indent"
    ),
    pytest.param(
        f"{HEAD}services:\n{API}  # link: x\n@# days\ndays: 3\n",
        "- id: db\n  name: Database\n",
        id="no-indent-and-comments",
    ),
    pytest.param(
        f"{HEAD}services:\n    -   id: api\n        name: API\n@",
        "    -   id: db\n        name: Database\n",
        id="wide-indent",
    ),
    pytest.param(
        f"{BLOCK}\n  - id: web\n    name: Web\n@\n", f"\n{ADDED}", id="blank-lines-between"
    ),
    pytest.param(f"{BLOCK}    description: |\n      # a\n@\n", ADDED, id="no-comment"),
    pytest.param(f"{BLOCK}    description: >-\n      a\n    # b\n@", ADDED, id="folded"),
    pytest.param(f"{BLOCK}    aliases:\n      - a\n@", ADDED, id="nested-last"),
    pytest.param(f"{BLOCK}    description:\n@", ADDED, id="empty-last"),
    pytest.param(
        f"{HEAD}services:\n  - {{id: api, name: API}} # why\n@", f"  - {INLINE}\n", id="braces"
    ),
    pytest.param(f"{HEAD}services: [{{id: api, name: API}}@]\n", f", {INLINE}", id="brackets"),
    pytest.param(
        f"{HEAD}services: [{{id: api, name: API}}@,]\n", f", {INLINE}", id="brackets-and-comma"
    ),
    pytest.param(
        f"{HEAD}services: [{{id: api,\n  name: API}}@]\ndays: 3\n",
        f", {INLINE}",
        id="brackets-on-lines",
    ),
    pytest.param(
        f"{HEAD}services: [\n  {{id: api, name: API}}, # why\n@]\n",
        f"  {INLINE},\n",
        id="an-entry-a-line",
    ),
    pytest.param(
        f"{HEAD}services:\n  [\n   {{id: api, name: API}}, # a\n@   # b\n  ]\n",
        f"   {INLINE},\n",
        id="comment-in-brackets",
    ),
    pytest.param(
        '{"title": "A", "url": "https://a.example", "services": [{"id": "api", "name": "A"}@]}',
        f", {INLINE}",
        id="json",
    ),
    pytest.param(f'{HEAD}"services" :\n{indented(API)}@', ADDED, id="quoted-key"),
    pytest.param(f"{HEAD}? services\n: - id: api\n    name: API\n@", ADDED, id="explicit-key"),
    pytest.param(f"---\n{BLOCK}@...\n", ADDED, id="end-of-document"),
    pytest.param(f"\ufeff{BLOCK}@", ADDED, id="byte-order-mark"),
    pytest.param(f"\ufeffservices:\n{indented(API)}@{HEAD}", ADDED, id="mark-before-services"),
    pytest.param(f"{BLOCK[:-1]}@", f"\n{ADDED[:-1]}", id="no-line-end"),
    pytest.param(f"{BLOCK}    # link: x@", f"\n{ADDED[:-1]}", id="no-line-end-after-comment"),
    pytest.param(f"{HEAD}# 🔥\u00a0\nservices: # all\n{indented(API)}@", ADDED, id="comments"),
]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(("text", "expected"), TRAPS)
def test_a_service_is_inserted_at_its_place(text: str, expected: str, ending: str) -> None:
    """The new lines have the style of the existing ones and are inserted at the `@`."""
    before, after = text.replace("\n", ending).split("@")
    changed = added(before + after)

    assert before + expected.replace("\n", ending) + after == changed


def test_a_missing_comma_is_written_before_the_comment() -> None:
    """A comma is added between the last entry and its comment, the new entry on the next line."""
    text = f"{HEAD}services: [\n  {{id: api, name: API}} # why\n]\n"
    changed = added(text, NEW, Service(id="a", name="A, b"))

    assert (
        f"{HEAD}services: [\n  {{id: api, name: API}}, # why\n  {INLINE},\n"
        '  {id: a, name: "A, b"}\n]\n'
    ) == changed


GROUP = "groups:\n  - id: core\n    name: Core\n"
MEMBER = "  - id: db\n    name: Database\n    group: core\n"
FLOW_MEMBER = "{id: db, name: Database, group: core}"
GROUP_TRAPS = [
    pytest.param(f"{HEAD}%services:\n{indented(API)}@", GROUP, MEMBER, id="above-services"),
    pytest.param(
        f"{HEAD}\n%# What can fail.\n# Order!\nservices:\n{indented(API)}@\n",
        f"{GROUP}\n",
        MEMBER,
        id="above-its-comment",
    ),
    pytest.param(
        f"# The file.\n%services:\n{indented(API)}@{HEAD}", GROUP, MEMBER, id="below-a-header"
    ),
    pytest.param(
        f"{HEAD}announcement: |\n  a\n  # b\n%services:\n{indented(API)}@",
        GROUP,
        MEMBER,
        id="below-a-text",
    ),
    pytest.param(
        f"  title: A\n  url: https://a.example\n%  services:\n{indented(API, '    ')}@",
        indented(GROUP),
        indented(MEMBER),
        id="all-indented",
    ),
    pytest.param(
        f"{HEAD}groups:\n- id: edge\n  name: Edge\n%services:\n{API}@",
        "- id: core\n  name: Core\n",
        "- id: db\n  name: Database\n  group: core\n",
        id="at-the-end-of-groups",
    ),
    pytest.param(f"{BLOCK}@groups: [%]\n", "{id: core, name: Core}", MEMBER, id="no-groups-so-far"),
    pytest.param(
        "{title: A, url: https://a.example, %services: [{id: api, name: A}@]}",
        "groups: [{id: core, name: Core}], ",
        f", {FLOW_MEMBER}",
        id="all-in-braces",
    ),
]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(("text", "group", "member"), GROUP_TRAPS)
def test_a_group_comes_with_its_first_service(
    text: str, group: str, member: str, ending: str
) -> None:
    """A missing group is inserted at the `%`: last in `groups`, or in a new list above the
    services.
    """
    text, group, member = (one.replace("\n", ending) for one in (text, group, member))
    new = [Group(id="core", name="Core"), Group(id="other", name="Unused")]
    changed = added(text.replace("%", "").replace("@", ""), replace(NEW, group="core"), groups=new)

    assert text.replace("%", group).replace("@", member) == changed


def test_a_line_that_only_looks_like_a_comment_stays_in_its_text() -> None:
    """A new list does not split a scalar with a line that starts with `#`."""
    text = f"x-a: 'a\n\n# b'\nservices:\n{indented(API)}{HEAD}"
    changed = added(text, replace(NEW, group="core"), groups=[Group(id="core", name="Core")])

    assert (
        text.replace("services", f"{GROUP}services").replace("title", f"{MEMBER}title") == changed
    )


def test_a_known_group_and_no_service_add_nothing() -> None:
    """An existing group is not added again, and without a service nothing changes."""
    text = f"{HEAD}{GROUP}services:\n{indented(API)}"

    assert text + MEMBER == added(text, replace(NEW, group="core"), groups=[CORE])
    assert text == with_services(text, [], path=PATH, groups=[CORE])


def test_what_cannot_be_added_safely_can_be_pasted() -> None:
    """The error for an unusual layout contains the lines to add by hand."""
    text = f"{HEAD}? services\n: - id: api\n    name: API\n"
    with pytest.raises(UsageError) as caught:
        added(text, replace(NEW, group="core"), groups=[CORE])

    assert f"{MANUAL}{MEMBER}and to 'groups':\n{settings_file.group_entries([CORE])}".rstrip(
        "\n"
    ) == str(caught.value)


def test_a_service_whose_id_is_taken_is_not_added() -> None:
    """A service whose id is an existing id or alias is not added."""
    with pytest.raises(UsageError) as caught:
        added(BLOCK, Service(id="api", name="Other"))

    assert f"{MANUAL}{service_entries([Service(id='api', name='Other')])}".rstrip("\n") == str(
        caught.value
    )


@pytest.mark.parametrize("text", ["", "- a\n", "title: [\n", f"{HEAD}services: []\n", BLOCK * 2])
def test_settings_with_an_error_get_no_service(text: str) -> None:
    """Nothing is added to settings with errors, and their problems are raised."""
    with pytest.raises(ContentError) as caught:
        added(text)

    _, expected = parse_config(text, path=PATH)
    assert expected
    assert ContentError(expected).problems == caught.value.problems


def test_printed_entries_are_valid_settings() -> None:
    """The printed lines are valid below `services:`."""
    text = f"{HEAD}services:\n{service_entries([NEW, replace(FULL, group=None)])}"

    assert (NEW, replace(FULL, group=None)) == settings_of(text).services
