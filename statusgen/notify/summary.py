"""Markdown preview of a plan, for the job summary of a GitHub workflow."""

from collections.abc import Iterator
from datetime import timedelta

from statusgen.characters import printable
from statusgen.markup.escape import inert
from statusgen.notify import pending, wording
from statusgen.notify.channels.message import Message
from statusgen.notify.channels.plain_text import cut
from statusgen.notify.pending import NotifyPlan
from statusgen.site.view_models import Site

_SHOWN = 20  # messages; GitHub limits a summary to 1 MiB
_SHOWN_TEXT = 500  # characters of a message
_SHOWN_TITLE = 200


def as_markdown(plan: NotifyPlan, site: Site) -> str:
    """Return the messages in *plan* with their channels as Markdown; all text is escaped.

    Links are omitted, because the pages of a proposed change do not exist yet.
    """
    found: dict[Message, list[str]] = {}
    for delivery in plan.deliveries:
        channels = found.setdefault(wording.message(delivery, site), [])
        if delivery.channel.id not in channels:
            channels.append(delivery.channel.id)
    names = {name for channels in found.values() for name in channels}
    who = _counted(len(names), "channel") if names else "No channel"
    lines = [f"### {who} would be notified", ""]
    for message in list(found)[:_SHOWN]:
        lines += _of_message(message, found[message])
    if len(found) > _SHOWN:
        lines += [f"- and {len(found) - _SHOWN} more", ""]
    if plan.new_channels:
        new = ", ".join(map(inert, plan.new_channels))
        lines += [f"Earlier updates are not sent to new channels: {new}", ""]
    if plan.too_old:
        hours = pending.MAX_AGE // timedelta(hours=1)
        what = f"{_counted(plan.too_old, 'update')} {'is' if plan.too_old == 1 else 'are'}"
        lines += [f"{what} older than {hours} hours and would not be sent"]
    return "\n".join(lines).rstrip()


def _of_message(message: Message, channels: list[str]) -> Iterator[str]:
    title = inert(printable(cut(message.title, _SHOWN_TITLE)))
    yield f"- **{', '.join(map(inert, channels))}** {title}"
    body = [inert(printable(line.strip())) for line in cut(message.body, _SHOWN_TEXT).split("\n")]
    if text := [line for line in body if line]:
        yield ""
        yield "  > " + "\\\n  > ".join(text)
    yield ""


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
