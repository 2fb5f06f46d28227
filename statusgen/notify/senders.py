"""Senders for channels: webhooks, and everything else through Apprise."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from statusgen.config.settings import Channel
from statusgen.model import ChannelKind
from statusgen.notify import wording
from statusgen.notify.addresses import ChannelAddress
from statusgen.notify.channels import webhook_body
from statusgen.notify.channels.apprise_sender import AddressError, AppriseSender
from statusgen.notify.channels.delivery import DeliveryError, deliver
from statusgen.notify.channels.webhook import WebhookSender
from statusgen.notify.pending import Delivery
from statusgen.site.view_models import Site
from statusgen.system.network import Waiting

Send = Callable[[Delivery], None]
Attempt = Callable[[Callable[[], None]], None]


def sender(  # noqa: PLR0913, everything that sending depends on
    site: Site,
    channels: Sequence[Channel],
    addresses: Mapping[str, ChannelAddress],
    *,
    waiting: Waiting,
    clock: Callable[[], float],
    is_late: Callable[[], bool],
) -> Send:
    """Return a function that sends deliveries for *site* to *channels* at their *addresses*.

    *clock* returns seconds since 1970, for signatures. Nothing is sent once *is_late* returns true.
    Sending to a channel with an unusable address raises DeliveryError. Raises OutsideError if a
    package is missing.
    """
    found = {
        channel.id: _channel_sender(
            channel,
            addresses[channel.id],
            site,
            partial(deliver, waiting=waiting, is_late=is_late),
            clock,
        )
        for channel in channels
    }
    return lambda delivery: found[delivery.channel.id](delivery)


def _channel_sender(
    channel: Channel,
    address: ChannelAddress,
    site: Site,
    attempt: Attempt,
    clock: Callable[[], float],
) -> Send:
    try:
        if channel.kind is ChannelKind.WEBHOOK:
            hook = WebhookSender(address.address, address.keys)
            return partial(_send_webhook, hook, site, attempt, clock)
        apprise = AppriseSender(address.address, site_title=site.title, site_url=site.base_url)
        return partial(_send_message, apprise, site, attempt)
    except (AddressError, ValueError) as fault:
        return partial(_refuse, str(fault))


def _send_webhook(
    hook: WebhookSender,
    site: Site,
    attempt: Attempt,
    clock: Callable[[], float],
    delivery: Delivery,
) -> None:
    """Send the requests for *delivery*; ids never change, so receivers can drop duplicates."""
    services = delivery.channel.services
    for one in delivery.updates:
        followed = [name for name in one.after if services is None or name in services]
        requests = webhook_body.requests(
            site,
            one.incident,
            one.update,
            events=one.occasions_for(delivery.channel),
            before={name: one.before[name] for name in followed},
            after={name: one.after[name] for name in followed},
            key=delivery.names.get(one.update.id),
        )
        for request in requests:
            attempt(lambda request=request: hook.send(request, now=clock()))  # type: ignore[misc]


def _send_message(apprise: AppriseSender, site: Site, attempt: Attempt, delivery: Delivery) -> None:
    message = wording.message(delivery, site)
    attempt(lambda: apprise.send(message))


def _refuse(reason: str, _: Delivery) -> None:
    raise DeliveryError(reason)
