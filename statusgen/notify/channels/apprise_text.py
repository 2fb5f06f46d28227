"""Fit messages to the format and length that an Apprise service accepts."""

import json
from dataclasses import dataclass, replace
from typing import Any

from statusgen.notify.channels import address_rules, plain_text
from statusgen.notify.channels.message import Message

# ntfy turns a message of more than 4,096 bytes into an attachment. So does Apprise if the
# request exceeds 8,000 bytes, where a non-ASCII character takes 6. This leaves room for topic and
# settings.
_NTFY = ("ntfy", "ntfys")
_NTFY_MOST = 3700

# How Apprise puts a title above a body in each format; in plain text it is a line of its own.
_TITLE = {"markdown": "# {}\n", "html": "<b>{}</b><br />\r\n"}

# Cards show a bare URL as plain text, so the link has to be written in Markdown.
_CARDS = ("workflow", "workflows")


@dataclass(frozen=True, kw_only=True)
class AppriseService:
    """An Apprise *plugin* and the *scheme* of its address.

    Some plugins store the scheme of their requests instead of the one in the address.
    """

    plugin: Any
    scheme: str


def safe(text: str, scheme: str) -> str:
    """Return *text* without hidden characters and, unless *scheme* is mail, without mentions."""
    return plain_text.clean(text) if address_rules.is_mail(scheme) else plain_text.defuse(text)


def formatted(service: AppriseService, message: Message) -> tuple[str, str, str]:
    """Return *message* as a title, a body and their format, fitted to *service*."""
    title, body = (safe(text, service.scheme) for text in (message.title, message.body))
    safe_message = replace(message, title=title, body=body)
    title_most = service.plugin.title_maxlen or None
    most = room = _NTFY_MOST if service.scheme in _NTFY else service.plugin.body_maxlen
    while True:
        fitting = plain_text.fit(safe_message, title_most=title_most, body_most=room)
        found = _formatted(service, *fitting, message.link)
        size = _size(service, *found)
        if size <= most or room == 0:
            return found
        room = min(room - 1, room * most // size)


def _formatted(service: AppriseService, title: str, body: str, link: str) -> tuple[str, str, str]:
    """Return *title*, *body* and the format in which the service shows the text as written.

    The format is plain text, unless the service expects Markdown. In that case the text is escaped
    here, because Apprise would also put backslashes into the link.
    """
    from apprise.conversion import text_to_markdown  # noqa: PLC0415, only a channel loads it

    if service.plugin.resolve_format("text") != "markdown":
        return title, body, "text"
    text = text_to_markdown(body.removesuffix(link))
    text += f"[{link}]({link})" if service.scheme in _CARDS else link
    if service.plugin.title_maxlen <= 0:  # A separate title is never Markdown.
        title = text_to_markdown(title)
    return title, text, "markdown"


def _size(service: AppriseService, title: str, body: str, form: str) -> int:
    """Return the length of the text as sent: in UTF-16 code units, or in bytes for ntfy."""
    from apprise.conversion import convert_between  # noqa: PLC0415, as above

    plugin = service.plugin
    target = plugin.resolve_format(form)
    sent = convert_between(form, target, body)
    if plugin.title_maxlen <= 0 or plugin.overflow_amalgamate_title:
        sent = _TITLE.get(target, "{}\r\n").format(convert_between(form, target, title)) + sent
    sent = plugin.dialect_convert(sent, target)
    if service.scheme in _NTFY:
        return max(len(sent.encode()), len(json.dumps(sent)) // 2)
    return len(sent.encode("utf-16-le")) // 2
