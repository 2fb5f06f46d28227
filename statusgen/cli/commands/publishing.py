"""The commands live, changes and ping-hub, which read a published site."""

import re
import time
from collections.abc import Iterable
from pathlib import Path

import click

from statusgen.cli.console import EXIT_PROBLEMS, printer, problems_to
from statusgen.cli.options import Word, address_of, base_url_option, site_option
from statusgen.config.loader import settings_of
from statusgen.problems import OutsideError, UsageError, quoted
from statusgen.publishing import built_site, diff, websub
from statusgen.publishing.websub import feed_addresses

_LIVE = "live"
_EXIT_NOTHING = 3  # also used if the server does not answer: both mean nothing to compare
_Answer = str | OutsideError | None  # a digest, no answer, or no statusgen site
_PAUSES = (0.5, 1.0, 2.0, 3.0)  # seconds between requests; the last pause repeats


@click.command("live", epilog="Example: statusgen live --wait 300")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="_site",
    help="Folder of the build. Default: _site.",
)
@click.option(
    "--digest", metavar="HEX", help="Expected digest, if the build is not in a folder here."
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.IntRange(0, 3600),
    default=0,
    help="Poll until the build is live, for at most this long. Default: 0.",
)
@click.option(
    "--base-url",
    "base_urls",
    metavar="URL",
    multiple=True,
    help="Address to check instead of 'url'. Repeat it to compare the hosts of a page.",
)
@site_option
def live_command(
    out: Path, digest: str | None, wait: int, base_urls: tuple[str, ...], folder: Path
) -> None:
    """Check that the live site matches the build.

    Fetches build.json from 'url' in statusgen.yml, bypassing caches, and compares digests. With
    several addresses, a line for each shows which of them is behind. Exit status: 0 match, 1
    different or not published yet, 3 no answer.
    """
    wanted = _digest(digest) if digest is not None else built_site.digest(str(out))
    if wanted is None:
        raise UsageError(f"no build in {quoted(str(out))}; run: statusgen build")
    addresses = [address_of(one) for one in base_urls] or [_address(None, folder)]
    found = _poll(addresses, wanted, wait)
    for address, answer in found.items():
        if not isinstance(answer, OutsideError):
            click.echo(f"{address} {_result(answer, wanted)}")
    failures = [answer for answer in found.values() if isinstance(answer, OutsideError)]
    for failure in failures[:-1]:
        click.echo(f"statusgen: {failure}", err=True)
    if failures:
        raise failures[-1]
    if any(answer != wanted for answer in found.values()):
        raise click.exceptions.Exit(EXIT_PROBLEMS)


@click.command("changes", epilog="Example: statusgen changes live _site")
@click.argument("old", default=_LIVE)
@click.argument("new", default="_site")
@click.option(
    "--format",
    "style",
    type=Word("format", ["text", "markdown"]),
    default="text",
    help="Output format; markdown is for job summaries. Default: text.",
)
@click.option(
    "--exit-code",
    is_flag=True,
    help="Exit with 1 if anything differs, 3 if nothing was published before.",
)
@base_url_option
@site_option
def changes_command(
    old: str, new: str, style: str, exit_code: bool, base_url: str | None, folder: Path
) -> None:
    """Show what visitors will see change.

    Compares two builds. OLD and NEW (default: live _site) are each a built folder, an address, or
    "live", the site at 'url' in statusgen.yml. An empty OLD means that nothing has been published
    yet.
    """
    old, new = (_address(base_url, folder) if one == _LIVE else one for one in (old, new))
    after = built_site.page(new)
    if after is None:
        raise UsageError(f"no build in {quoted(new)}; run: statusgen build")
    found = diff.compare(built_site.page(old), after)
    if style == "text":
        click.echo(diff.as_text(found))
    else:
        # The links in two local folders may point to pages that are not published.
        linked = any(map(built_site.is_address, (old, new)))
        click.echo(diff.as_markdown(found, linked=linked))
    if exit_code and not found.is_same:
        raise click.exceptions.Exit(_EXIT_NOTHING if found.is_first else EXIT_PROBLEMS)


@click.command("ping-hub", epilog="Example: statusgen ping-hub --site status")
@click.option("--if-any", is_flag=True, help="Do nothing if no hub is set.")
@base_url_option
@site_option
def ping_hub_command(if_any: bool, base_url: str | None, folder: Path) -> None:
    """Tell the WebSub hub that the feeds have changed.

    The hub is set in statusgen.yml. Run it when the new site is live: the hub fetches the feeds
    immediately. Stops at the first feed that the hub rejects.
    """
    root = address_of(base_url) if base_url is not None else None
    with problems_to(printer(None, to_stderr=True)):
        settings, addresses = feed_addresses(folder, base_url=root)
    if settings.hub is None:
        if if_any:
            return
        what = "missing 'hub' in statusgen.yml"
        raise UsageError(f"{what}; add one such as hub: https://pubsubhubbub.appspot.com")
    for address in addresses:
        websub.publish(settings.hub, address)
        click.echo(f"notified {settings.hub}: {address}")


def _digest(text: str) -> str:
    if re.fullmatch("[0-9a-f]{64}", text) is None:
        raise UsageError(
            f"--digest {quoted(text)} is not 64 hexadecimal digits; copy it from build.json"
        )
    return text


def _address(base_url: str | None, folder: Path) -> str:
    """Return the root address of the live site."""
    if base_url is not None:
        return address_of(base_url)
    with problems_to(printer(None, to_stderr=True)):
        return settings_of(folder).url


def _result(found: str | None, wanted: str) -> str:
    if found is None:
        return f"does not serve a statusgen site (expected {wanted[:12]})"
    if found != wanted:
        return f"serves build {found[:12]}, not {wanted[:12]}"
    return f"serves build {wanted[:12]}: up to date"


def _poll(addresses: Iterable[str], wanted: str, wait: int) -> dict[str, _Answer]:
    """Poll the digests at *addresses* until all equal *wanted*, for *wait* seconds at most."""
    end = time.monotonic() + wait
    found: dict[str, _Answer] = dict.fromkeys(addresses)
    requests = 0
    while True:
        pause = _PAUSES[min(requests, len(_PAUSES) - 1)]
        is_last = time.monotonic() + pause > end
        for address, answer in found.items():
            if answer != wanted:
                found[address] = _ask(address)
        if is_last or all(answer == wanted for answer in found.values()):
            return found
        time.sleep(pause)
        requests += 1


def _ask(address: str) -> _Answer:
    try:
        return built_site.digest(address)
    except OutsideError as error:
        return error
