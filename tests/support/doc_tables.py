"""Tables of the documentation that come from the code: keys, commands, outputs, limits."""

import ast
import dataclasses
import inspect
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import yaml
from msgspec import Struct

from statusgen.authoring import recurrence, webhooks
from statusgen.cli import main
from statusgen.config import fields as config_fields
from statusgen.content.fields import MAX_UPDATES, IncidentShape, UpdateShape
from statusgen.i18n import catalogue
from statusgen.ids import MAX_ID
from statusgen.importers.texts import MAX_TEXT as MAX_IMPORTED
from statusgen.markup.scanner import MAX_DEPTH as MAX_NESTING
from statusgen.model import Directive
from statusgen.render import incidents_json
from statusgen.render.feeds import statuspage_feeds, update_feeds
from statusgen.render.html import policy
from statusgen.schema import json_schema
from statusgen.schema.old_addresses import MAX_ADDRESS, MAX_ADDRESSES
from statusgen.schema.scalars import MAX_SLUG, MAX_TITLE
from statusgen.schema.shapes.shape import Shape
from statusgen.schema.yaml_loader import MAX_DEPTH, MAX_NODES
from statusgen.site import view_models
from statusgen.system.files import MAX_TEXT
from tests.conftest import ROOT
from tests.test_architecture import FOLDERS


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(one.replace("|", "\\|") for one in row) + " |" for row in lines
    )


def keys(shape: type[Shape]) -> str:
    """Return the keys of a map in a file: what each means, and its default."""
    schema = json_schema.json_schema(shape)
    rows = []
    for name, key in schema["properties"].items():
        required = name in schema.get("required", ())
        default = "required" if required else shown(key.get("default", listed_default(shape, name)))
        rows.append([f"`{name}`", key["description"], default])
    return table(["key", "meaning", "default"], rows)


def listed_default(shape: type[Shape], name: str) -> object:
    """Return the default of a key that is a list, which a JSON Schema omits; None if empty."""
    default = shape.model_fields[name].get_default()
    return default if isinstance(default, list) and default else None


def shown(default: object) -> str:
    """Return *default* as YAML would have it."""
    if default is None:
        return ""
    if isinstance(default, dict):
        values = [f"`{name}: {value}`" for name, value in default.items() if value]
        return ", ".join([*values, "others 0"])
    return f"`{json.dumps(default)}`".replace('"', "")


def all_commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its words, in the order of `--help`."""
    for name in group.list_commands(click.Context(group)):
        found = group.commands[name]
        command = found.loaded() if isinstance(found, main.LazyCommand) else found
        yield above + name, command
        if isinstance(command, click.Group):
            yield from all_commands(command, f"{above}{name} ")


COMMANDS = dict(all_commands(main.commands))


def command_reference() -> str:
    """Return a section for each command: its help, and a table of its options."""
    sections = []
    for name, command in COMMANDS.items():
        context = click.Context(command, info_name=f"statusgen {name}")
        usage = " ".join(command.get_usage(context).removeprefix("Usage: ").split())
        sections.append(f"### statusgen {name}")
        sections += ["```text", usage, "```"]
        sections.append(paragraphs(command.help or ""))
        rows = [option_row(one, context) for one in command.get_params(context) if is_option(one)]
        sections.append(table(["option", "meaning"], [row for row in rows if row]))
        if command.epilog:
            sections.append(re.sub(r"^Example: (.*)$", r"Example: `\1`", command.epilog))
    return "\n\n".join(sections).replace("```text\n\n", "```text\n").replace("\n\n```\n", "\n```\n")


def is_option(parameter: click.Parameter) -> bool:
    """Return whether *parameter* is an option that is worth a row."""
    return isinstance(parameter, click.Option) and "--help" not in parameter.opts


def option_row(option: click.Parameter, context: click.Context) -> list[str]:
    """Return an option as `--help` shows it."""
    record = option.get_help_record(context)
    if record is None:
        return []
    names, meaning = record
    return [f"`{names}`", escaped(meaning)]


def paragraphs(text: str) -> str:
    """Return help text as Markdown, a paragraph on a line of at most 140 characters each."""
    out = []
    for paragraph in inspect.cleandoc(text.replace("\b", "")).split("\n\n"):
        words = escaped(" ".join(paragraph.split())).split(" ")
        line = ""
        for word in words:
            if len(line) + len(word) > 138:
                out.append(line)
                line = ""
            line = f"{line} {word}".strip()
        out += [line, ""]
    return "\n".join(out).strip()


def escaped(text: str) -> str:
    """Return *text* so that Markdown shows each character."""
    return re.sub(r"([*_<>\[\]])", r"\\\1", " ".join(text.split()))


DIRECTIVES = {
    Directive.SCRIPT: "Scripts",
    Directive.STYLE: "Style sheets",
    Directive.IMAGE: "Images",
    Directive.FONT: "Fonts",
    Directive.CONNECTION: "Requests of scripts: `fetch`, `sendBeacon`, `EventSource`, `WebSocket`",
    Directive.FRAME: "Pages in an `<iframe>`",
    Directive.FORM: "Targets of forms",
    Directive.MEDIA: "Audio and video",
    Directive.WORKER: "Workers of scripts",
    Directive.MANIFEST: "Web app manifests",
}


def directives() -> str:
    """Return the directives of `csp`, with the sources that each page has anyway."""
    ours = policy.allowed({})
    rows = (
        [f"`{one}`", DIRECTIVES[one], ", ".join(f"`{source}`" for source in ours.get(one, ()))]
        for one in Directive
    )
    return table(["key", "allows", "always there"], rows)


TEMPLATES = {
    "404.html": "Page that a host shows for an unknown address",
    "base.html": "Frame of every page",
    "history.html": "The newest months, uptime by month, and a list of all months",
    "incident.html": "One incident, maintenance or notice",
    "index.html": "Front page",
    "month.html": "One month",
    "moved.html": "Redirect from an id or an old address",
    "search.html": "Search for incidents",
    "service.html": "One service",
    "severity.html": "Incidents of one severity",
    "subscribe.html": "Ways to subscribe, badges, banner",
    "year.html": "An earlier year of a service or a severity",
}


def blocks() -> str:
    """Return the blocks of each page template."""
    rows = []
    for path in sorted((ROOT / "templates").glob("*.html")):
        found = re.findall(r"\{% block (\w+) %\}", path.read_text("utf-8"))
        rows.append(
            [f"`{path.name}`", TEMPLATES[path.name], ", ".join(f"`{one}`" for one in found)]
        )
    return table(["template", "page", "blocks"], rows)


PARTIALS = {
    "announcement.html": "Announcement at the top of the front page",
    "banner.html": "Current status of the whole page",
    "bar.html": "90 days of a service as bars",
    "branding.html": "Title or logo in the header",
    "calendar.html": "12 months of a service",
    "day.html": "A past day with its incidents, or a run of days",
    "facts.html": "Start, window, duration and services of an incident",
    "figures.html": "Number of entries and mean time to resolve",
    "footer.html": "Footer of every page",
    "grid.html": "Table of the last days, with `history_style: grid`",
    "group.html": "A group of services",
    "incident.html": "An active incident on the front page",
    "labels.html": "Macros: word, icon and class of each severity and state; times",
    "legend.html": "Meaning of the colours of bars and calendars",
    "links.html": "Links of the header",
    "list.html": "A list of incidents",
    "severities.html": "Links to the incidents of each severity",
    "section.html": "A section of incidents with a heading, on the front page",
    "service.html": "A service with its status and bars",
    "story.html": "The updates of an incident",
    "update.html": "An update of an incident",
    "uptime_note.html": "Note on how uptime is calculated",
    "way.html": "A way to subscribe: what to do, and a text to copy",
    "window.html": "Window of maintenance",
}


def partials() -> str:
    """Return the parts of pages."""
    return table(["part", "shows"], ([f"`{name}`", what] for name, what in PARTIALS.items()))


FUNCTIONS = {
    "say": "`say(name, **values)`: a text of the page by its message name",
    "date": "`date(day)`: a date in the language of the site",
    "day_name": "`day_name(day)`: the same, short",
    "month_name": "`month_name(day)`: month and year",
    "month_short": "`month_short(day)`: month without the year, short",
    "month_alone": "`month_alone(day)`: month without the year",
    "moment": "`moment(time)`: date and time in the site's time zone",
    "brief": "`brief(time)`: the same without the year, if that is clear",
    "day_of": "`day_of(time)`: the day in the site's time zone",
    "duration": "`duration(seconds)`: a duration such as 1 hr 35 min",
    "percent": "`percent(share)`: a share as a percentage, rounded down",
    "uptime_words": "`uptime_words(share, days)`: uptime as a sentence",
    "trouble_words": "`trouble_words(day)`: a day with incidents as a sentence",
    "severity_word": "`severity_word(severity)`: heading of a list of such incidents",
    "badge_snippet": "`badge_snippet(name, badge, url)`: HTML that shows a badge",
    "bar_of": "`bar_of(service)`: the bars of the last 90 days",
    "grid_row": "`grid_row(service)`: the cells of the grid",
    "site": "The site; see `Site` below",
    "data": "`data` of the settings and of `--data`",
    "accent": "Link colours in light and dark",
}


def functions() -> str:
    """Return what every template may call or read."""
    return table(["name", "meaning"], ([f"`{name}`", what] for name, what in FUNCTIONS.items()))


def view_model_fields() -> str:
    """Return the records that templates see, with their attributes."""
    sections = []
    for name, record in vars(view_models).items():
        if not isinstance(record, type) or not (
            dataclasses.is_dataclass(record) or issubclass(record, Struct)
        ):
            continue
        if record.__module__ != view_models.__name__:
            continue
        if record is view_models.Frame:  # Templates see the same attributes in `Site`.
            continue
        if issubclass(record, Struct):
            names = [*record.__struct_fields__]
        else:
            names = [one.name for one in dataclasses.fields(record)]
        fields = [f"`{name}`" for name in names]
        answers = [
            f"`{one}`"
            for kind in reversed(record.__mro__)
            for one, value in vars(kind).items()
            if is_attribute(value) and one[0] != "_" and one != "frame"
        ]
        summary = (inspect.getdoc(record) or "").split("\n\n")[0]
        sections.append(
            f"**{name}.** {wrapped(summary)}\n\n{wrapped(', '.join([*fields, *answers]))}"
        )
    return "\n\n".join(sections)


def is_attribute(value: object) -> bool:
    """Return whether *value* computes an attribute of a record."""
    return isinstance(value, property) or hasattr(value, "attrname")


def wrapped(text: str) -> str:
    """Return *text* in lines of at most 138 characters."""
    lines, line = [], ""
    for word in " ".join(text.split()).split(" "):
        if len(line) + len(word) > 137:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


# Every path that a build writes, as a pattern, and what it is.
OUTPUTS = {
    "index.html": "Front page",
    "incidents/<file>.html": "One incident, at an address that never changes",
    "incidents/<id>.html": "Redirect from the 12-character id of the API",
    "incidents/<file>.ics": "Calendar entry of one maintenance",
    "services/<id>.html": "One service",
    "services/<id>/<year>.html": "An earlier year of a service",
    "services/<id>/feed.atom": "Updates that concern the service",
    "services/<id>/badge.svg": "Badge of the service",
    "services/<id>/badge.json": "The same for shields.io",
    "groups/<id>/feed.atom": "Updates that concern a service of the group",
    "history.html": "The newest months with their entries, uptime by month, all months",
    "history/<month>.html": "Everything in one month",
    "history/<severity>.html": "Incidents of one severity in the last 12 months",
    "history/<severity>-<year>.html": "The same in an earlier year",
    "search.html": "Search for incidents by words, severity and service",
    "subscribe.html": "Feeds, calendar, badges, and what to paste for them",
    "404.html": "Page for unknown addresses",
    "feed.atom": "Atom: the newest 50 updates, each an entry that keeps its id",
    "feed.json": "JSON Feed 1.1: the same entries",
    "history.atom": "Atom as Statuspage writes it: the newest 25 incidents, changed in place",
    "history.rss": "The same as RSS",
    "maintenance.ics": "Calendar of upcoming maintenance and that of the last 90 days",
    "badge.svg": "Badge of the whole page",
    "badge.json": "The same for shields.io",
    "embed.js": "Banner for your other sites",
    "api/v2/<name>.json": "Statuspage API v2",
    "api/v2/<name>/<name>.json": "Statuspage API v2",
    "api/v1/<path>.json": "Stashboard API, with `api: [stashboard]`",
    "admin/api/v1/<path>.json": "The same with its other addresses",
    "api/v1/<path>": "Its addresses without an extension",
    "admin/api/v1/<path>": "The same",
    "api/v0.1/<path>.json": "django-statusboard API, with `api: [statusboard]`",
    "_redirects": "Rules for the other old addresses, on hosts that read them",
    "_headers": "Type of the files without an extension, on hosts that read it",
    "api/incidents.json": "Every incident of the last 12 months in full",
    "api/incidents/<year>.json": "Every incident of a year",
    "api/uptime.json": "Uptime of each service, and its seconds in each severity by day",
    "build.json": "Version of statusgen, time, and digest of the site",
    "style.<digest>.css": "Style sheet",
    "script.<digest>.js": "Script of every page",
    "copy.<digest>.js": "Script that copies addresses, on incident pages and the Subscribe page",
    "search.<digest>.js": "Script of the search",
    "subscribe.<digest>.js": "Script of the Subscribe page",
    "favicon-<severity>.svg": "Icon for each severity",
    "favicon.ico": "Icon for browsers that do not show SVG, without `favicon` in the settings",
    "apple-touch-icon.png": "Icon for the home screens of phones, without `favicon`",
    "og-<severity>.png": "Picture in previews of shared links, for each severity",
    "og-neutral.png": "The same for pages without a severity",
    "robots.txt": "For search engines",
    "sitemap.xml": "For search engines",
    "CNAME": "Domain for GitHub Pages, if `url` is one of your own",
    ".nojekyll": "Tells GitHub Pages to serve all files as they are",
    ".statusgen.json": "List of the files that statusgen wrote; it changes and deletes no others",
}


def outputs() -> str:
    """Return every output path."""
    return table(["path", "content"], ([f"`{path}`", what] for path, what in OUTPUTS.items()))


def output_pattern(path: str) -> re.Pattern[str]:
    """Return an expression that matches the paths that *path* of `OUTPUTS` stands for."""
    words = {
        "<path>": ".+",
        "<year>": r"\d{4}",
        "<month>": r"\d{4}-\d\d",
        "<severity>": "(none|maintenance|degraded|partial|major)",
        "<digest>": "[0-9a-f]+",
    }
    parts = re.split(r"(<\w+>)", path)
    return re.compile(
        "".join(words.get(one, "[^/]+") if one[:1] == "<" else re.escape(one) for one in parts)
    )


def workflows() -> str:
    """Return the inputs, secrets and outputs of each reusable workflow and action."""
    sections = []
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        call = content.get("on", content.get(True, {}))
        if isinstance(call, dict) and "workflow_call" in call:
            sections.append(f"### {path.name}\n\n{interface(call['workflow_call'] or {})}")
    for path in sorted((ROOT / ".github/actions").glob("*/action.yml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        heading = f"### Action {path.parent.name}\n\n{wrapped(content['description'])}"
        sections.append(f"{heading}\n\n{interface(content)}")
    return "\n\n".join(sections)


def interface(content: dict[str, Any]) -> str:
    """Return the inputs, secrets and outputs of a workflow or an action as a table."""
    rows = []
    for kind in ("inputs", "secrets", "outputs"):
        for name, one in (content.get(kind) or {}).items():
            default = one.get("default", "required" if one.get("required") else "")
            rows.append(
                [f"`{name}`", kind[:-1], one.get("description", ""), shown_default(default)]
            )
    return table(["name", "kind", "meaning", "default"], rows) if rows else "It has no inputs."


def shown_default(default: object) -> str:
    """Return the default of an input; nothing for an empty one."""
    if default in ("", "required"):
        return str(default)
    return f"`{json.dumps(default) if isinstance(default, bool) else default}`"


def limits() -> str:
    """Return what is refused, and from which size on."""
    rows = [
        ["incident file, `statusgen.yml`", f"{MAX_TEXT // 1024} KiB of UTF-8"],
        ["title, name", f"{MAX_TITLE} characters, one line"],
        ["file name of an incident", f"{MAX_SLUG} characters"],
        ["id of a service, group or incident", f"{MAX_ID} characters"],
        ["updates of one incident", f"{MAX_UPDATES}"],
        ["`redirect_from` of one incident", f"{MAX_ADDRESSES} paths of {MAX_ADDRESS} characters"],
        ["files of one series, by `new --repeat`", f"{recurrence.MAX_TIMES}"],
        ["nesting of YAML", f"{MAX_DEPTH} levels"],
        ["values in one YAML document", f"{MAX_NODES:,}"],
        ["nesting of lists and quotes in a text", f"{MAX_NESTING} levels"],
        ["text that is imported", f"{MAX_IMPORTED // 1024} KiB"],
        ["payload of a monitor", f"{webhooks.MAX_SIZE // 1024} KiB, {webhooks.MAX_EVENTS} events"],
        ["text in a payload", f"{webhooks.MAX_TEXT:,} characters; a longer one is shortened"],
        [
            "entries of `feed.atom`, `history.atom`",
            f"{update_feeds.MAX_ENTRIES}, {statuspage_feeds.MAX_ENTRIES}",
        ],
    ]
    return table(["what", "limit"], rows)


def messages() -> str:
    """Return the names and English texts of the page."""
    texts = catalogue.messages("en").items()
    return table(["name", "English"], ([f"`{name}`", text] for name, text in texts))


def architecture() -> str:
    """Return the folders of the code, lowest first, with what each may import."""
    rows = []
    for folder, below in FOLDERS.items():
        if not folder or folder.startswith("cli"):
            continue
        rows.append([f"`{folder.replace('.', '/')}/`", purpose(folder), below.replace(" ", ", ")])
    rows += [
        [f"`{one.replace('.', '/')}/`", purpose(one), "all of the above"]
        for one in FOLDERS
        if one.startswith("cli")
    ]
    return table(["folder", "purpose", "may import"], rows)


def purpose(folder: str) -> str:
    """Return the first sentence of the docstring of *folder*."""
    module = ROOT / "statusgen" / folder.replace(".", "/") / "__init__.py"
    return " ".join(
        (ast.get_docstring(ast.parse(module.read_bytes())) or "").split("\n\n")[0].split()
    )


def api_keys() -> str:
    """Return the keys of `api/incidents.json`, level by level."""
    sections = []

    def visit(title: str, schema: dict[str, Any]) -> None:
        rows, inner = [], []
        for name, key in schema["properties"].items():
            rows.append([f"`{name}`", key.get("description", "")])
            below = key.get("items", key)
            if "properties" in below:
                inner.append((f"{title}.{name}" if title else name, below))
        heading = f"Keys of `{title}`" if title else "Keys of the document"
        sections.append(f"**{heading}**\n\n{table(['key', 'meaning'], rows)}")
        for below in inner:
            visit(*below)

    visit("", incidents_json.SCHEMA)
    return "\n\n".join(sections)


PARTS: dict[str, Callable[[], str]] = {
    "commands": command_reference,
    "incident keys": lambda: keys(IncidentShape),
    "update keys": lambda: keys(UpdateShape),
    "settings": lambda: keys(config_fields.ConfigShape),
    "services": lambda: keys(config_fields.ServiceShape),
    "groups": lambda: keys(config_fields.GroupShape),
    "weights": lambda: keys(config_fields.WeightsShape),
    "logo": lambda: keys(config_fields.LogoShape),
    "links": lambda: keys(config_fields.LinksShape),
    "link": lambda: keys(config_fields.LinkShape),
    "csp": directives,
    "github": lambda: keys(config_fields.GitHubShape),
    "events": lambda: keys(config_fields.EventsShape),
    "trello": lambda: keys(config_fields.TrelloShape),
    "channels": lambda: keys(config_fields.ChannelShape),
    "blocks": blocks,
    "parts": partials,
    "functions": functions,
    "view models": view_model_fields,
    "messages": messages,
    "outputs": outputs,
    "workflows": workflows,
    "limits": limits,
    "api": api_keys,
    "architecture": architecture,
}


def replaced(text: str, part: str, content: str) -> str:
    """Return *text* with *content* between the marks of *part*."""
    begin, end = f"<!-- begin {part} -->\n", f"<!-- end {part} -->"
    head, rest = text.split(begin)
    return head + begin + content + "\n" + end + rest.split(end, 1)[1]


def parts_of(page: Path) -> list[str]:
    """Return the generated parts of *page*."""
    return re.findall(r"^<!-- begin ([\w ]+) -->$", page.read_text("utf-8"), flags=re.MULTILINE)
