"""Messages about updates: title, text and link, in the site's language."""

from collections.abc import Mapping

from statusgen.markup.html import to_text
from statusgen.model import Kind, Occasion, Severity
from statusgen.notify.channels.message import Message, Urgency
from statusgen.notify.channels.plain_text import cut
from statusgen.notify.occasions import SiteUpdate
from statusgen.notify.pending import Delivery
from statusgen.site.view_models import IncidentView, Site

_DOT, _DASH = " \u00b7 ", " \u2013 "

MAX_TEXT = 1500  # characters of update texts; the link leads to the full text

_URGENCIES = {
    Occasion.RESOLVED: Urgency.SUCCESS,
    Occasion.COMPLETED: Urgency.SUCCESS,
    Occasion.OPENED: Urgency.WARNING,
    Occasion.REOPENED: Urgency.WARNING,
    Occasion.WORSE: Urgency.WARNING,
}
_STAGES = (Occasion.BEGAN, Occasion.COMPLETED, Occasion.CANCELLED)
_BY_SEVERITY = (Occasion.OPENED, Occasion.REOPENED, Occasion.WORSE, Occasion.BETTER)


def message(delivery: Delivery, site: Site) -> Message:
    """Return the message for *delivery*: about one incident, or a list of many."""
    slugs = {one.incident.slug for one in delivery.updates}
    return _of_one(delivery, site) if len(slugs) == 1 else _of_many(delivery, site)


def _of_one(delivery: Delivery, site: Site) -> Message:
    newest = delivery.updates[-1]
    occasion, shown = main_occasion(delivery)
    severity = newest.update.severity
    texts = [_text(one, site, with_state=one is not newest) for one in delivery.updates[::-1]]
    text = cut("\n".join(filter(None, texts)), MAX_TEXT)
    if occasion in _BY_SEVERITY:
        label = _labelled(f"severity.{severity}", site)
    else:
        label = _state(shown, site, is_cancelled=occasion is Occasion.CANCELLED)
    parts = [_services(newest, site), _window(newest.incident, site), text]
    return Message(
        key=newest.update.id,
        title=f"{label} {newest.incident.title}",
        body="\n".join(filter(None, parts)),
        link=f"{site.absolute(newest.incident.url)}#{newest.update.anchor}",
        urgency=_urgency(occasion, severity),
    )


def _of_many(delivery: Delivery, site: Site) -> Message:
    """Return one message about many incidents: a list, newest first."""
    newest: dict[str, SiteUpdate] = {}
    for one in delivery.updates[::-1]:
        newest.setdefault(one.incident.slug, one)
    lines = [f"{_state(one, site)} {one.incident.title}" for one in newest.values()]
    entries = site.language.say("history.count", n=len(lines))
    return Message(
        key=delivery.updates[-1].update.id,
        title=site.language.say("page.title", page=entries, site=site.title),
        body="\n".join(lines),
        link=site.absolute(""),
        urgency=Urgency.INFO,
    )


def main_occasion(delivery: Delivery) -> tuple[Occasion, SiteUpdate]:
    """Return the event that gives a message its title, and the update for that event.

    Events take precedence in the order of `Occasion`. Between a resolution and a reopening, and
    between stages of maintenance, the later one takes precedence.
    """
    order = {occasion: rank for rank, occasion in enumerate(Occasion)}
    order[Occasion.REOPENED] = order[Occasion.RESOLVED]
    order |= dict.fromkeys(_STAGES, order[Occasion.ANNOUNCED])
    found = [
        (occasion, one)
        for one in delivery.updates[::-1]
        for occasion in sorted(one.occasions_for(delivery.channel), key=order.__getitem__)
        if occasion in delivery.channel.on
    ]
    return min(found, key=lambda pair: order[pair[0]])


def _state(one: SiteUpdate, site: Site, *, is_cancelled: bool = False) -> str:
    """Return the label for the incident's state after the update."""
    if one.incident.is_notice:
        return _labelled("kind.notice", site)
    if is_cancelled or Occasion.CANCELLED in one.occasions:
        return _labelled("cancelled", site)
    return _labelled(f"state.{one.update.state}", site)


def _labelled(name: str, site: Site) -> str:
    return site.language.say("label", label=site.language.say(name))


def _urgency(occasion: Occasion, severity: Severity) -> Urgency:
    urgency = _URGENCIES.get(occasion, Urgency.INFO)
    return Urgency.FAILURE if urgency is Urgency.WARNING and severity is Severity.MAJOR else urgency


def _services(one: SiteUpdate, site: Site) -> str:
    """Return the services of the incident with the severities that the page shows now."""
    services = one.incident.services
    now: Mapping[str, Severity] = {service.id: service.severity for service in site.services}
    say = site.language.say
    pairs = ((service.name, now.get(service.id, service.severity)) for service in services)
    return _DOT.join(f"{say('label', label=name)} {say(f'severity.{one}')}" for name, one in pairs)


def _window(view: IncidentView, site: Site) -> str:
    """Return the maintenance window in the site's time zone, or an empty string."""
    if view.kind is not Kind.MAINTENANCE or view.starts is None or view.ends is None:
        return ""
    times = [site.language.moment(at, site.config.zone) for at in (view.starts, view.ends)]
    return f"{_labelled('window', site)} {_DASH.join(times)}"


def _text(one: SiteUpdate, site: Site, *, with_state: bool) -> str:
    text = to_text(one.update.html)
    return f"{_state(one, site)} {text}" if with_state else text
