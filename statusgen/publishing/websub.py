"""Notify a WebSub hub that a feed has changed (https://www.w3.org/TR/websub/)."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.problems import OutsideError, UsageError, quoted
from statusgen.render.feeds import statuspage_feeds, update_feeds
from statusgen.site import assemble
from statusgen.system import network

TIMEOUT = 20.0  # seconds without data from the hub

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_OWN_MACHINE = "127.0.0.1"


def publish(hub: str, topic: str) -> None:
    """Notify *hub* that the feed at *topic* has changed.

    Raises UsageError if *hub* is not https, OutsideError if it is unreachable or rejects it.
    """
    parts = urlsplit(hub)
    if parts.scheme != "https" and (parts.scheme, parts.hostname) != ("http", _OWN_MACHINE):
        raise UsageError(f"hub {quoted(hub)} does not use https; use an https:// address")
    # The standard does not define this request: most hubs read hub.url, some hub.topic.
    form = {"hub.mode": "publish", "hub.url": topic, "hub.topic": topic}
    try:
        data = urlencode(form).encode()
        status = network.send(hub, data=data, headers=_FORM, timeout=TIMEOUT).status
    except network.UnreachableError as error:
        raise OutsideError(f"cannot notify the hub {hub} of {topic}: {error.reason}") from None
    if not 200 <= status < 300:
        moved = "; it redirects, so use its new address" if 300 <= status < 400 else ""
        raise OutsideError(f"hub {hub} answered {status} for {topic}{moved}")


def feed_addresses(folder: Path, *, base_url: str | None = None) -> tuple[Config, list[str]]:
    """Return the settings of the site in *folder* and the address of each of its feeds.

    Raises ContentError if the settings have an error, UsageError if there is no site.
    """
    config = settings_of(folder)
    # The list of feeds depends neither on incidents nor on the time.
    bare = assemble.assemble(config, (), now=datetime.fromtimestamp(0, UTC), base_url=base_url)
    paths = [*statuspage_feeds.outputs(bare), *update_feeds.outputs(bare)]
    return (config, [bare.absolute(path) for path in paths])
