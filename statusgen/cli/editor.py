"""The editor in which people write the text of an update."""

from datetime import datetime

import click

from statusgen.characters import printable
from statusgen.cli.console import duration
from statusgen.problems import UsageError
from statusgen.timeline.timeline import Timeline

# The line of `git commit --cleanup=scissors`, which editors know.
_SCISSORS = f"# {'-' * 24} >8 {'-' * 24}"
_KEEP = "Do not modify or remove the line above. Everything below it is ignored."
_HELP = "Write the text of the update above it, in Markdown. An empty text aborts."


def edited(draft: str, heading: str) -> str:
    """Open an editor with *draft*, and *heading* below a scissors line; return the text above it.

    Raises UsageError if the line was changed, because the notes below it must not be published.
    """
    saved = click.edit(f"{draft}\n\n{_SCISSORS}\n{_KEEP}\n{_HELP}\n\n{heading}\n", extension=".md")
    lines = [line.rstrip() for line in (saved or "").split("\n")]
    if _SCISSORS in lines:
        lines = lines[: lines.index(_SCISSORS)]
    elif _KEEP in lines or _HELP in lines:
        raise UsageError("aborted: the line with >8 was changed or removed; keep it as it is")
    return "\n".join(lines)


def heading_of(whole: Timeline, moment: datetime) -> str:
    """Return the title, the state and the last update of an incident at *moment*, as lines."""
    course = whole.until(moment)
    lines = [f"Title: {printable(course.incident.title)}", f"State: {course.state}"]
    last = next((step for step in reversed(course.steps) if step.update and step.update.text), None)
    if last is not None and last.update is not None:
        ago = duration(int((moment - last.at).total_seconds()))
        text = "\n".join(map(printable, last.update.text.split("\n")))
        lines += [f"Last update, {ago} ago:", "", text]
    return "\n".join(lines)
