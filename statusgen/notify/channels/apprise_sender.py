"""Sender for chat, mail and push through Apprise, with safe defaults."""

from contextlib import suppress
from typing import Any

from statusgen.notify.channels import address_rules, apprise_text, plain_text
from statusgen.notify.channels.address_rules import ServiceFacts
from statusgen.notify.channels.apprise_text import AppriseService
from statusgen.notify.channels.delivery import DeliveryError
from statusgen.notify.channels.message import Message
from statusgen.notify.channels.silence import silence
from statusgen.problems import OutsideError
from statusgen.system.network import TIMEOUT
from statusgen.system.time_limit import guarded

# Address parameters that are ignored, because statusgen controls them. `optional` counts a
# failure as a success, `verify` turns off certificate checks, `emojis` changes the text; Discord
# pings mentions if `format` is Markdown.
_IGNORED = (
    "cto",
    "emojis",
    "format",
    "optional",
    "overflow",
    "redirect",
    "retry",
    "rto",
    "store",
    "tag",
    "verify",
    "wait",
)

_MESSAGE_TIMEOUT = 60.0  # seconds for a whole message

_UNKNOWN = "the address is not a valid Apprise URL; compare it with Apprise's page on the service"
_NOT_ONE = "the address is not a single URL without spaces; add a channel for each URL"
_DISABLED = (
    "the service needs another package, which is not installed; see Apprise's page on the service"
)


class AddressError(Exception):
    """Error for an unusable address; the message contains no part of the address."""


class AppriseSender:
    """Sender for one Apprise *address*, on behalf of the site *site_title* at *site_url*.

    *timeout* is the number of seconds that a service has to respond. Raises AddressError, and
    OutsideError if Apprise is not installed.
    """

    def __init__(
        self, address: str, *, site_title: str, site_url: str, timeout: float = TIMEOUT
    ) -> None:
        service = None
        try:
            with silence():
                _require_apprise()
                service = _service(address.strip(), site_title, site_url)
        except (AddressError, OutsideError):
            raise
        except Exception:  # noqa: S110, plugins may raise anything, and quote the address
            pass
        if service is None:  # Raised here, so that no traceback shows a plugin's exception.
            raise AddressError(_UNKNOWN)
        service.plugin.socket_connect_timeout = service.plugin.socket_read_timeout = timeout
        self._service = service
        self._timeout = timeout

    def send(self, message: Message) -> None:
        """Send *message* once. Raises DeliveryError, whose reason contains no address."""
        from apprise import Apprise  # noqa: PLC0415, only a channel that needs Apprise loads it

        from statusgen.notify.channels.guarded_requests import guard  # noqa: PLC0415, as above

        is_delivered = False
        limit = guarded(seconds=_MESSAGE_TIMEOUT)  # a service may answer byte by byte
        with silence(), guard(self._timeout) as exchange, suppress(Exception), limit:
            title, body, form = apprise_text.formatted(self._service, message)
            apprise = Apprise(asset=self._service.plugin.asset)
            apprise.add(self._service.plugin)
            urgency = message.urgency.value
            is_delivered = bool(
                apprise.notify(body, title=title, notify_type=urgency, body_format=form)
            )
        if not is_delivered:
            reason = exchange.reason("the service rejected the message")
            raise DeliveryError(reason, retry_after=exchange.retry_after)


def _require_apprise() -> None:
    try:
        import apprise  # noqa: F401, PLC0415, as above
    except ModuleNotFoundError as error:
        if error.name != "apprise":
            raise
        what = "a channel needs the package apprise"
        raise OutsideError(f"{what}; run: pip install 'statusgen[notify]'") from None


def _service(address: str, site_title: str, site_url: str) -> AppriseService | None:
    """Return the service for *address*, or None if Apprise has none. Raises AddressError."""
    from apprise import Apprise  # noqa: PLC0415, as above
    from apprise.manager_plugins import NotificationManager  # noqa: PLC0415, as above
    from apprise.plugins import url_to_dict  # noqa: PLC0415, as above
    from apprise.utils.parse import parse_urls  # noqa: PLC0415, as above

    if len(parse_urls(address)) > 1 or any(character.isspace() for character in address):
        raise AddressError(_NOT_ONE)
    parts = url_to_dict(address)
    if not parts:
        return None
    scheme = parts["schema"]
    _refuse(address_rules.scheme_refusal(scheme))
    if not NotificationManager()[scheme].enabled:
        raise AddressError(_DISABLED)
    name = plain_text.one_line(apprise_text.safe(site_title, scheme))
    settings = {key: value for key, value in parts.items() if key not in _IGNORED}
    plugin = Apprise.instantiate(settings, asset=_asset(name, site_url))
    if plugin is None:
        return None
    _refuse(address_rules.refusal(_facts(plugin, scheme)))
    if _is_smtp(plugin) and not plugin.from_addr[0]:
        plugin.from_addr = [name, plugin.from_addr[1]]
    return AppriseService(plugin=plugin, scheme=scheme)


def _refuse(reason: str | None) -> None:
    if reason is not None:
        raise AddressError(reason)


def _asset(name: str, site_url: str) -> Any:
    """Return Apprise's settings for a site called *name* at *site_url*."""
    from apprise import AppriseAsset  # noqa: PLC0415, as above

    return AppriseAsset(
        app_id=name,
        app_desc=name,
        app_url=site_url,
        async_mode=False,
        http_redirects=False,
        image_path_mask=False,
        image_url_logo="",
        image_url_mask="",
        pem_autogen=False,
        pgp_autogen=False,
        plugin_paths=(),
        secure_logging=True,
        service_timeout=0,  # A timeout would send from a thread that outlives it.
        storage_mode="memory",
    )


def _is_smtp(plugin: Any) -> bool:
    return hasattr(plugin, "smtp_host")


def _facts(plugin: Any, scheme: str) -> ServiceFacts:
    is_smtp = _is_smtp(plugin)
    plain = plugin.protocol or ()
    return ServiceFacts(
        scheme=scheme,
        plain=frozenset((plain,) if isinstance(plain, str) else plain),
        host=(plugin.smtp_host if is_smtp else plugin.host) or "",
        mail_mode=plugin.secure_mode if is_smtp else None,
        recipients=len(plugin),
    )
