"""Webhook: a signed POST request per body (https://www.standardwebhooks.com/, version 1.0).

The address and the keys are secrets: no error quotes them, or any part of a response.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from statusgen.notify.channels.delivery import DeliveryError
from statusgen.notify.channels.webhook_body import WebhookRequest
from statusgen.system import network

TIMEOUT = 20.0  # seconds for a whole response

_KEY_PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)
_OWN_MACHINE = ("127.0.0.1", "::1")
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")  # a name or IPv4, or IPv6 without brackets
_PRINTABLE = re.compile(r"[!-~]+")
_MIN_LEAK = 8  # consecutive characters of the address that may reveal a secret
_MAKE_KEY = "use whsec_ followed by 24 to 64 bytes in base64"


class WebhookSender:
    """Sender for one *address*, which signs requests with each of *keys*.

    An item in *keys* may contain several keys, separated by spaces. Raises ValueError if the
    address or a key is invalid; the message contains the remedy, but not the address or the key.
    """

    def __init__(self, address: str, keys: Sequence[str] = (), *, timeout: float = TIMEOUT) -> None:
        self._address = _checked(address.strip())
        self._keys = [_key_bytes(key) for text in keys for key in text.split()]
        self._timeout = timeout

    def send(self, request: WebhookRequest, *, now: float) -> None:
        """Send *request* once, signed for *now*, in seconds since 1970.

        Raises DeliveryError unless the response is 2xx and arrives in time.
        """
        timestamp = int(now)
        headers = {
            "Content-Type": "application/json",
            "Webhook-Id": request.id,
            "Webhook-Timestamp": str(timestamp),
        }
        if self._keys:
            signature = sign(request.id, timestamp, request.body, self._keys)
            headers["Webhook-Signature"] = signature
        try:
            answer = network.send(
                self._address, data=request.body, headers=headers, timeout=self._timeout
            )
        except network.UnreachableError as error:
            raise DeliveryError(self._redacted(error.reason)) from None
        if not 200 <= answer.status < 300:
            moved = "; if it has moved, use its new address" if 300 <= answer.status < 400 else ""
            raise DeliveryError(
                f"the receiver answered with status {answer.status}{moved}",
                retry_after=_retry_after(answer.headers.get("retry-after", ""), now),
            )

    def _redacted(self, reason: str) -> str:
        """Return *reason*, or a generic message if it would reveal part of the address."""
        secret = self._address.partition("://")[2]
        size = min(_MIN_LEAK, len(secret))
        pieces = (secret[at : at + size] for at in range(len(secret) - size + 1))
        if any(piece in reason for piece in pieces):
            return "the receiver cannot be reached, or does not speak HTTP"
        return f"the receiver cannot be reached: {reason}"


def sign(
    id: str,  # noqa: A002  the name that Standard Webhooks uses
    timestamp: int,
    body: bytes,
    keys: Sequence[bytes],
) -> str:
    """Return the signatures of a request, one for each of *keys*, separated by spaces."""
    content = f"{id}.{timestamp}.".encode() + body
    digests = (hmac.digest(key, content, "sha256") for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)


def _checked(address: str) -> str:
    """Return *address* if requests to it are safe, else raise ValueError."""
    if not _PRINTABLE.fullmatch(address):
        raise ValueError(
            "the address is empty or contains a space, a control character or a non-ASCII"
            " character; percent-encode them"
        )
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # The message of the exception contains the address.
        raise ValueError("the address is not a URL; use an https:// address") from None
    if parts.scheme != "https" and (parts.scheme, host in _OWN_MACHINE) != ("http", True):
        raise ValueError(
            "the address does not use https; use an https:// address"
            " (http:// is allowed only for 127.0.0.1 and ::1)"
        )
    if "@" in parts.netloc:
        raise ValueError("the address contains a user name; remove it, including the '@'")
    if not _HOST.fullmatch(host) or port == 0:
        raise ValueError("the address has no valid host name and port; use https://HOST/PATH")
    if "#" in address:
        raise ValueError("the address contains a '#'; remove the '#' and everything after it")
    return address


def _key_bytes(key: str) -> bytes:
    """Decode *key*, which is in the format of Standard Webhooks. Raises ValueError."""
    if not key.startswith(_KEY_PREFIX):
        raise ValueError(f"the key does not begin with 'whsec_'; {_MAKE_KEY}")
    digits = key.removeprefix(_KEY_PREFIX).rstrip("=")
    try:
        data = base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except ValueError:
        raise ValueError(f"the key is not base64 after 'whsec_'; {_MAKE_KEY}") from None
    if len(data) not in _KEY_BYTES:
        raise ValueError(f"the key has {len(data)} bytes; {_MAKE_KEY}")
    return data


def _retry_after(header: str, now: float) -> float | None:
    """Return how many seconds from *now* a Retry-After *header* asks to wait, or None."""
    if re.fullmatch("[0-9]{1,9}", header.strip()):
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(aware.timestamp() - now, 0.0)
    except (TypeError, ValueError, OverflowError):
        return None
