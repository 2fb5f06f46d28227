"""Check for a text below the front matter that says "Resolved" while the incident stays open.

People append such a line as they would to an issue. Only a state resolves an incident.
"""

import re
from collections.abc import Iterator

from statusgen.model import Incident, Kind, is_imported
from statusgen.problems import Level, quoted
from statusgen.schema.yaml_document import Source
from statusgen.timeline import timeline

_FENCE = re.compile(r" {0,3}(?:`{3}|~{3})")
# A line that begins with the word, as a label: "**Resolved**", "## Resolved", "Resolved: text",
# "10:40 UTC - Resolved". Possessive quantifiers keep it linear.
_LABEL = re.compile(
    r"""
    (?:[ \t]|[-+>*](?=[ \t])|\#{1,6}(?=[ \t]))*+
    [*_]{0,3}+
    (?:update\b)?[0-9T:.,/ -]*+(?:(?:UTC|GMT|Z)\b)?[:*_ \u2013\u2014-]*+
    (?:resolved|fixed|closed)
    (?:[*_:.!]|\ *(?:[\u2705\u2013\u2014]|-\s|$)|\ (?:at|on|since)\ [0-9])
    """,
    re.VERBOSE | re.IGNORECASE,
)


def check_body(incident: Incident, body: str, line: int, source: Source) -> None:
    """Warn if *body*, which starts on *line*, has a line that says that *incident* is over.

    Imported incidents are skipped: they are resolved where they come from.
    """
    is_open = incident.resolved is None and timeline.last_state(incident) not in timeline.SETTLED
    if incident.kind is not Kind.INCIDENT or not is_open:
        return
    if incident.draft or is_imported(incident.source):
        return
    for number, text in _lines(body):
        if _LABEL.match(text):
            what = f"{quoted(text.strip())} does not resolve this incident"
            remedy = f"remove it, and run: statusgen resolve {incident.slug}"
            source.wrong_at(f"{what}; {remedy}", line + number, 1, level=Level.WARNING)
            return


def _lines(body: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of *body* that are not in a fenced code block, and their numbers from 0."""
    is_code = False
    for number, text in enumerate(body.split("\n")):
        if _FENCE.match(text):
            is_code = not is_code
        elif not is_code:
            yield (number, text)
