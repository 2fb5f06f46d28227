"""Telling a WebSub hub that a feed has changed (https://www.w3.org/TR/websub/)."""

from http.client import HTTPException
from urllib import request
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

from statusgen import __version__
from statusgen.problems import OutsideError, UsageError, quoted

TIMEOUT = 20.0  # seconds without a word from the hub

_OWN_MACHINE = "127.0.0.1"


def publish(hub: str, topic: str) -> None:
    """Tell *hub* that the feed at *topic* has changed.

    Raises UsageError if *hub* is not https, OutsideError if it cannot be reached or does not agree.
    """
    parts = urlsplit(hub)
    if parts.scheme != "https" and (parts.scheme, parts.hostname) != ("http", _OWN_MACHINE):
        raise UsageError(f"the hub {quoted(hub)} is not safe to talk to; write an https:// address")
    # How a publisher tells a hub is left open: most read hub.url, some hub.topic.
    form = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
    told = request.Request(  # noqa: S310, the scheme has been looked at
        hub,
        data=urlencode(form).encode(),
        headers={"User-Agent": f"statusgen/{__version__}"},
        method="POST",
    )
    # Without the handler that follows redirects, which would make a GET of it, and those of files.
    opener = request.OpenerDirector()
    opener.add_handler(request.ProxyHandler())
    opener.add_handler(request.HTTPHandler())
    opener.add_handler(request.HTTPSHandler())
    opener.add_handler(request.HTTPErrorProcessor())
    opener.add_handler(request.HTTPDefaultErrorHandler())
    try:
        opener.open(told, timeout=TIMEOUT).close()
    except HTTPError as error:
        with error:
            what = f"the hub {hub} answered {error.code} when told of {topic}"
        moved = "; it has moved, so write its new address" if 300 <= error.code < 400 else ""
        raise OutsideError(what + moved) from None
    except (OSError, HTTPException) as error:
        raise OutsideError(f"cannot tell the hub {hub} of {topic}: {_reason(error)}") from None


def _reason(error: Exception) -> str:
    """Why *error* happened, in a few words."""
    cause = getattr(error, "reason", error)
    if isinstance(cause, TimeoutError):
        return "it did not answer in time"
    words = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return quoted(str(words))
