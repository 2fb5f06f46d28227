"""Fuzz targets: one function per module that reads untrusted bytes.

A target raises AssertionError for a bug and returns for every other input.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from statusgen.authoring import webhooks
from statusgen.characters import forbidden, invisible
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.content import parser
from statusgen.importers import sync
from statusgen.importers.github import convert as issues
from statusgen.importers.github.issue_records import Actor, Comment, Issue, IssueAction, IssueEvent
from statusgen.markup import converter, html, limits
from statusgen.problems import Level, Problem, UsageError, errors
from statusgen.schema import yaml_loader, yaml_nodes
from statusgen.system import files
from tests.conftest import SETTINGS

CORPUS = Path(__file__).parent / "corpus"
_PATH = Path("a.md")
_LIMIT = 4096  # longer texts find no more bugs
_TAG = re.compile("<[^>]*>?")
_SOUND = re.compile(
    r"</?(?:br|blockquote|code|del|em|h[1-6]|hr|li|ol|p|pre|strong|t[dhr]|table|tbody|thead|ul|a)>"
    r'|<a href="(?:https?://|mailto:)[^"<>]*" rel="[a-z ]*">|<ol start="[0-9]+">',
    re.IGNORECASE,
)


def _settings() -> Config:
    found, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
    if found is None:
        raise AssertionError("the settings of the tests have an error")
    return found


CONFIG = _settings()


def _text(data: bytes) -> str | None:
    try:
        return files.decode(data[:_LIMIT])
    except files.UnreadableError:
        return None


def _check_problems(problems: list[Problem] | tuple[Problem, ...], text: str) -> None:
    rows = len(re.split("\r\n|\r|\n", text)) + 1
    for problem in problems:
        if not (1 <= problem.line <= rows and problem.column >= 1 and problem.message):
            raise AssertionError(f"{problem} has no place in {text!r}")


def read_incident(data: bytes) -> None:
    """Check that a file is an incident or has an error, and that formatting it is lossless."""
    text = _text(data)
    if text is None:
        return
    parsed = parser.parse(text, path=_PATH, slug="a", config=CONFIG)
    _check_problems(parsed.problems, text)
    if (parsed.incident is None) != bool(errors(parsed.problems)):
        raise AssertionError(f"{text!r} has neither an incident nor an error")
    if parsed.incident is not None:
        again = parser.parse(parser.format(parsed.incident), path=_PATH, slug="a", config=CONFIG)
        if again.incident != parsed.incident:
            raise AssertionError(f"{text!r} changes when it is formatted and parsed")
        for one in (parsed.incident.body, *(update.text for update in parsed.incident.updates)):
            _convert(one)


def read_yaml(data: bytes) -> None:
    """Check that a text has a tree of valid strings or a problem with its position."""
    text = _text(data)
    if text is None:
        return
    root, problems = yaml_loader.load(text, path=_PATH)
    _check_problems(problems, text)
    if root is not None:
        yaml_nodes.plain(root)
        unclean = [one for _, one in yaml_nodes.scalars(root) if forbidden(one.text)]
        if unclean:
            raise AssertionError(f"{unclean} came out of {text!r}")


def convert(data: bytes) -> None:
    """Check that a text has an error or becomes HTML without active content."""
    text = _text(data)
    if text is not None:
        _convert(text)


def _convert(text: str) -> None:
    found = list(limits.find_flaws(text))
    if [flaw for flaw in found if not 0 <= flaw.offset <= len(text)]:
        raise AssertionError(f"{found} have no place in {text!r}")
    if [flaw for flaw in found if flaw.level is Level.ERROR]:
        return
    made = html.to_html(text)
    odd = [tag for tag in _TAG.findall(made) if _SOUND.fullmatch(tag) is None]
    if odd:
        raise AssertionError(f"{odd} came out of {text!r}")
    html.to_text(made)
    decoded = converter.converted(text, heading=3)  # not sanitized, in contrast to `made`
    if forbidden(decoded) or (invisible(decoded) and not found):
        raise AssertionError(f"{decoded!r} came out of {text!r}")


def read_payload(data: bytes) -> None:
    """Check that a payload yields valid events of existing services, or an error on one line."""
    text = _text(data)
    if text is None:
        return
    try:
        payload = webhooks.parse_payload(text, CONFIG)
    except UsageError as error:
        if "\n" in str(error):
            raise AssertionError(f"{error} has several lines") from error
        return
    for event in payload.events:
        if event.service not in CONFIG.service_ids:
            raise AssertionError(f"{event} has an unknown service")
        _convert(event.text)


def read_issue(data: bytes) -> None:
    """Check that an issue is skipped with a reason or becomes a valid file.

    The text after three line ends is its comment.
    """
    text = _text(data)
    if text is None:
        return
    body, _, comment = text.partition("\n\n\n")
    when, ann = datetime(2024, 5, 6, tzinfo=UTC), Actor(login="ann")
    names = ("incident", "service: api", "severity: major")
    issue = Issue(
        key="I_1",
        number=1,
        title=body[:80] or "Errors",
        body=body,
        created=when,
        author=ann,
        labels=names,
        events=tuple(
            IssueEvent(id=one, deed=IssueAction.LABELED, at=when, actor=ann, label=one)
            for one in names
        ),
        comments=(Comment(id="IC_1", at=when + timedelta(hours=1), body=comment, author=ann),),
    )
    late = when + timedelta(days=1)
    item = issues.item(issue, CONFIG, lambda _: True, repository="acme/status", now=late)
    plan = sync.plan(
        [item], {}, CONFIG, source=issues.GITHUB, scope="acme/status", folder=Path("incidents")
    )
    (step,) = plan.steps
    if step.text is None and not step.reason:
        raise AssertionError(f"{text!r} is skipped without a reason")
    if step.text is not None:
        read_incident(step.text.encode())


TARGETS: dict[str, Callable[[bytes], None]] = {
    "parser": read_incident,
    "yamltext": read_yaml,
    "markup": convert,
    "payloads": read_payload,
    "issues": read_issue,
}
