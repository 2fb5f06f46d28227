"""Show what a plan would send, as Markdown for the summary of a run on GitHub."""

from collections.abc import Iterator

from statusgen.characters import printable
from statusgen.markup.escape import inert
from statusgen.notify import pending, wording
from statusgen.notify.channels.message import Message
from statusgen.notify.channels.plain_text import cut
from statusgen.notify.pending import NotifyPlan
from statusgen.site.view_models import Site

_SHOWN = 20  # messages; a summary may have 1 MiB
_SHOWN_TEXT = 500  # characters of a message
_SHOWN_TITLE = 200


def as_markdown(plan: NotifyPlan, site: Site) -> str:
    """Return the messages of *plan*, each once with its channels, without any markup of theirs.

    Links are left out: the page of what is only proposed does not exist yet.
    """
    found: dict[Message, list[str]] = {}
    for delivery in plan.deliveries:
        channels = found.setdefault(wording.message(delivery, site), [])
        if delivery.channel.id not in channels:
            channels.append(delivery.channel.id)
    names = {name for channels in found.values() for name in channels}
    lines = [f"### {_counted(len(names), 'channel') if names else 'Nobody'} would be notified", ""]
    for told in list(found)[:_SHOWN]:
        lines += _of_message(told, found[told])
    if len(found) > _SHOWN:
        lines += [f"- and {len(found) - _SHOWN} more", ""]
    if plan.begun:
        begun = ", ".join(map(inert, plan.begun))
        lines += [f"New channels start silently: {begun}", ""]
    if plan.too_old:
        hours = int(pending.YOUNG.total_seconds() // 3600)
        lines += [f"Too old to be sent (over {hours} hours): {_counted(plan.too_old, 'update')}"]
    return "\n".join(lines).rstrip()


def _of_message(told: Message, channels: list[str]) -> Iterator[str]:
    title = inert(printable(cut(told.title, _SHOWN_TITLE)))
    yield f"- **{', '.join(map(inert, channels))}** {title}"
    body = [inert(printable(line.strip())) for line in cut(told.body, _SHOWN_TEXT).split("\n")]
    if text := [line for line in body if line]:
        yield ""
        yield "  > " + "\\\n  > ".join(text)
    yield ""


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
