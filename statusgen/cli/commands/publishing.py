"""The commands around a published site: is it live, what changed, who is told."""

import re
import time
from pathlib import Path

import click

from statusgen.cli.console import EXIT_PROBLEMS, printer, problems_to
from statusgen.cli.options import Word, address_of, base_url_option, site_option
from statusgen.config.loader import settings_of
from statusgen.problems import OutsideError, UsageError, quoted
from statusgen.publishing import built_site, diff, websub
from statusgen.publishing.websub import feed_addresses

_LIVE = "live"
_EXIT_NOTHING = 3  # as where there is no answer: either way there is nothing to compare with
_PAUSES = (0.5, 1.0, 2.0, 3.0)  # seconds between two looks; the last again and again


@click.command("live", epilog="Example: statusgen live --wait 300")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    default="_site",
    help="Where the built site lies. Default: _site.",
)
@click.option(
    "--digest", metavar="HEX", help="What build.json should say, where there is no folder."
)
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.IntRange(0, 3600),
    default=0,
    help="Look again and again until it is live, at most so long. Default: 0.",
)
@base_url_option
@site_option
def live_command(
    out: Path, digest: str | None, wait: int, base_url: str | None, folder: Path
) -> None:
    """Find out whether the live site is the one that was built.

    It asks 'url' of statusgen.yml for build.json, past all caches, and compares the digest. Exit
    status: 0 it is, 1 it is another or none yet, 3 there is no answer.
    """
    wanted = _digest(digest) if digest is not None else built_site.digest(str(out))
    if wanted is None:
        raise UsageError(f"there is no site in {quoted(str(out))}; run statusgen build first")
    address = _address(base_url, folder)
    found = _waited(address, wanted, wait)
    if found != wanted:
        there = f"shows {found[:12]}" if found else "shows no site of statusgen"
        click.echo(f"{address} {there}, not {wanted[:12]}")
        raise click.exceptions.Exit(EXIT_PROBLEMS)
    click.echo(f"{address} shows {wanted[:12]}, as built")


@click.command("changes", epilog="Example: statusgen changes live _site")
@click.argument("old", default=_LIVE)
@click.argument("new", default="_site")
@click.option(
    "--format",
    "style",
    type=Word("format", ["text", "markdown"]),
    default="text",
    help="How to tell it; markdown is for the summary of a run on GitHub. Default: text.",
)
@click.option(
    "--exit-code",
    is_flag=True,
    help="End with status 1 if anything differs, 3 if there was no site before.",
)
@base_url_option
@site_option
def changes_command(
    old: str, new: str, style: str, exit_code: bool, base_url: str | None, folder: Path
) -> None:
    """Tell what a visitor sees changed from the site OLD to the site NEW (default: live _site).

    Each is a built folder, an address, or live: the site at 'url' of statusgen.yml. An OLD with
    nothing in it is the state before the first publication.
    """
    old, new = (_address(base_url, folder) if one == _LIVE else one for one in (old, new))
    after = built_site.page(new)
    if after is None:
        raise UsageError(f"there is no site in {quoted(new)}; run statusgen build first")
    found = diff.compare(built_site.page(old), after)
    if style == "text":
        click.echo(diff.as_text(found))
    else:
        # Of two folders neither need be where its links lead.
        linked = any(map(built_site.is_address, (old, new)))
        click.echo(diff.as_markdown(found, linked=linked))
    if exit_code and not found.is_same:
        raise click.exceptions.Exit(_EXIT_NOTHING if found.is_first else EXIT_PROBLEMS)


@click.command("ping-hub", epilog="Example: statusgen ping-hub --site status")
@click.option("--if-any", is_flag=True, help="Where there is no hub, do nothing.")
@base_url_option
@site_option
def ping_hub_command(if_any: bool, base_url: str | None, folder: Path) -> None:
    """Tell the WebSub hub of the settings that the feeds have changed.

    Run it when the new site is live, since the hub reads the feeds at once. It stops at the first
    feed that the hub does not take.
    """
    root = address_of(base_url) if base_url is not None else None
    with problems_to(printer(None, to_stderr=True)):
        settings, addresses = feed_addresses(folder, base_url=root)
    if settings.hub is None:
        if if_any:
            return
        what = "there is no hub in statusgen.yml"
        raise UsageError(f"{what}; write one such as hub: https://pubsubhubbub.appspot.com")
    for address in addresses:
        websub.publish(settings.hub, address)
        click.echo(f"told {settings.hub} of {address}")


def _digest(text: str) -> str:
    if re.fullmatch("[0-9a-f]{64}", text) is None:
        raise UsageError(f"--digest {quoted(text)} is not 64 hexadecimal digits; copy build.json's")
    return text


def _address(base_url: str | None, folder: Path) -> str:
    """The root of the live site."""
    if base_url is not None:
        return address_of(base_url)
    with problems_to(printer(None, to_stderr=True)):
        return settings_of(folder).url


def _waited(address: str, wanted: str, wait: int) -> str | None:
    """The digest at *address*, once it is *wanted* or *wait* seconds are over."""
    end = time.monotonic() + wait
    looks = 0
    while True:
        pause = _PAUSES[min(looks, len(_PAUSES) - 1)]
        is_last = time.monotonic() + pause > end
        try:
            found = built_site.digest(address)
        except OutsideError:
            if is_last:
                raise
        else:
            if found == wanted or is_last:
                return found
        time.sleep(pause)
        looks += 1
