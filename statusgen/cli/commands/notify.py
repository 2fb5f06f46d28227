"""The command `notify`, which sends pending notifications to the channels of a site."""

import os
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from statusgen.authoring import github_files
from statusgen.build.site_reader import assembled_site
from statusgen.cli.console import count, note, printer, problems_to
from statusgen.cli.options import Word, address_of, base_url_option, common, moment_of
from statusgen.config.loader import settings_of
from statusgen.config.settings import Config
from statusgen.ids import digest
from statusgen.notify import addresses, occasions, pending, record, summary, wording
from statusgen.notify.occasions import SiteUpdate
from statusgen.notify.pending import Delivery, NotifyPlan
from statusgen.notify.protocol import NotifyReport, NotifyRun
from statusgen.notify.record import Record
from statusgen.notify.senders import sender
from statusgen.problems import OutsideError, UsageError, as_command
from statusgen.publishing import built_site
from statusgen.publishing.diff import PageState
from statusgen.site.view_models import Site
from statusgen.system.git_ref import TextRef
from statusgen.system.network import Waiting

EXIT_UNSENT = 3
_REF = "refs/statusgen/notified"
_TIME_LIMIT = 8 * 60.0  # seconds; the workflow cancels the job after ten minutes


@click.command("notify", epilog="Example: statusgen notify --dry-run")
@click.option("--dry-run", is_flag=True, help="Show the notifications; send and record nothing.")
@click.option(
    "--compare",
    metavar="OLD",
    help="With --dry-run: show the notifications since the site OLD, a built folder or an address.",
)
@click.option(
    "--format",
    "style",
    type=Word("format", ["text", "markdown"]),
    default="text",
    help="Output format of --dry-run; markdown is for job summaries. Default: text.",
)
@base_url_option
@common
def notify_command(
    dry_run: bool,
    compare: str | None,
    style: str,
    base_url: str | None,
    folder: Path,
    now: str | None,
) -> None:
    """Send pending notifications to subscribers.

    The channels are set in statusgen.yml, and their addresses in the environment variables
    STATUSGEN_NOTIFY_<ID>. Run it when the page is live: only updates that the page shows are sent.
    Sent notifications are recorded in the Git ref refs/statusgen/notified. Exit status: 0
    everything was sent, 1 problems in the content, 3 something could not be sent; the next run
    retries it.
    """
    if compare is not None and not dry_run:
        raise UsageError("--compare requires --dry-run")
    if style != "text" and not dry_run:
        raise UsageError(f"--format {style} requires --dry-run")
    show = _show if style == "text" else _show_markdown
    with problems_to(printer(None, to_stderr=True)):
        config = settings_of(folder)
        if not config.channels:
            note("no channels in statusgen.yml; nothing to send")
            return
        moment = _clock(now, config)
        if compare is not None:
            with assembled_site(folder, now=moment(), base_url=base_url) as site:
                show(_compared(site, config, compare), site)
            return
        known = addresses.addresses_in(os.environ, config.channels)
        if not dry_run:  # A dry run uses no address, and its output may become a job summary.
            _mask(known)
        for line in known.warnings:
            _warn(line)
        if not known.by_id and not dry_run:
            note("no channel has an address in the environment; nothing was sent")
            return
        live = _live(address_of(base_url) if base_url is not None else config.url)
        with assembled_site(folder, now=live.now, base_url=base_url) as site:
            updates = occasions.updates_since(site, moment() - record.RETENTION)
            run = NotifyRun(
                store=TextRef(folder, _ref(folder)),
                updates=updates,
                shown=_shown(updates, live),
                channels=[one for one in config.channels if dry_run or one.id in known.by_id],
                run=secrets.token_hex(6),
                clock=moment,
                is_late=_deadline(),
            )
            if dry_run:
                show(run.planned(), site)
                return
            waiting = Waiting(tell=note)
            send = sender(
                site,
                run.channels,
                known.by_id,
                waiting=waiting,
                clock=time.time,
                is_late=run.is_late,
            )
            report = run.send(send)
    _print_outcome(report)
    if report.failed or report.unrecorded:
        raise click.exceptions.Exit(EXIT_UNSENT)


def _ref(folder: Path) -> str:
    """Return the ref of the record; each site in a repository has its own."""
    _, inside = github_files.place(folder)
    if not inside:
        return _REF
    name = re.sub("[^A-Za-z0-9]+", "-", inside).strip("-")
    return f"{_REF}-{name}" if name == inside else f"{_REF}-{name}-{digest(inside)[:8]}"


def _mask(known: addresses.Addresses) -> None:
    """Mask the addresses in the log if this runs in a GitHub workflow."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for word in addresses.secrets_in(known):
            click.echo(as_command("add-mask", word))


def _warn(line: str) -> None:
    is_workflow = os.environ.get("GITHUB_ACTIONS") == "true"
    click.echo(as_command("warning", line) if is_workflow else f"warning: {line}", err=True)


def _clock(now: str | None, config: Config) -> Callable[[], datetime]:
    """Return a function that returns the current time, or always the time that the user set."""
    if now is None and "SOURCE_DATE_EPOCH" not in os.environ:
        return lambda: datetime.now(UTC).replace(microsecond=0)
    fixed = moment_of(now, config.zone)
    return lambda: fixed


def _deadline() -> Callable[[], bool]:
    end = time.monotonic() + _TIME_LIMIT
    return lambda: time.monotonic() > end


def _live(address: str) -> PageState:
    """Return the state of the live page at *address*; raise OutsideError if there is none."""
    try:
        found = built_site.page(address)
    except UsageError as error:
        raise OutsideError(str(error)) from None
    if found is None:
        raise OutsideError(f"no page at {address} yet; publish it first")
    return found


def _shown(updates: Iterable[SiteUpdate], live: PageState) -> set[str]:
    """Return the ids of the *updates* that the live page shows unchanged."""
    texts = {key: text for file in live.files.values() for key, text in file.updates.items()}
    return {one.update.id for one in updates if texts.get(one.update.id) == one.update.text}


def _show(plan: NotifyPlan, site: Site) -> None:
    """Print the messages that *plan* would send."""
    for name in plan.new_channels:
        click.echo(f"channel '{name}' is new: earlier updates are not sent")
    for delivery in plan.deliveries:
        message = wording.message(delivery, site)
        click.echo(f"{delivery.channel.id}: {message.title}")
        for line in (*message.body.split("\n"), message.link):
            # GitHub runs lines that begin with "::" or contain "##[" as workflow commands.
            click.echo(f"  | {line}".rstrip().replace("##[", "##\u200b["))
    _show_unsent(plan, dry_run=True)
    if not plan.deliveries:
        note("nothing to send")


def _show_markdown(plan: NotifyPlan, site: Site) -> None:
    click.echo(summary.as_markdown(plan, site))


def _show_unsent(plan: NotifyPlan, *, dry_run: bool) -> None:
    """Print how many updates are too old, and how many another run is sending."""
    if plan.too_old:
        hours = pending.MAX_AGE // timedelta(hours=1)
        are, were = ("is", "was") if plan.too_old == 1 else ("are", "were")
        what = f"{count(plan.too_old, 'update')} {are} older than {hours} hours"
        note(f"{what} and {'would not be' if dry_run else f'{were} not'} sent")
    if plan.claimed:
        are = "is" if plan.claimed == 1 else "are"
        note(f"{count(plan.claimed, 'update')} {are} being sent by another run")


def _compared(site: Site, config: Config, old: str) -> NotifyPlan:
    """Return the plan for the updates that people have written since the built site *old*.

    If *old* does not exist yet, every channel is new, as for a first publication.
    """
    before = built_site.page(old)
    files = before.files if before else {}
    published = {key for file in files.values() for key in file.updates}
    found = [
        one
        for one in occasions.updates_since(site, site.now - pending.MAX_AGE)
        if one.update.id not in published and one.update.is_written
    ]
    # If the incident had an update with this text before, only its time has changed.
    texts = {slug: {*file.updates.values()} for slug, file in files.items()}
    new = [one for one in found if one.update.text not in texts.get(one.incident.slug, ())]
    known = dict.fromkeys((one.id for one in config.channels), site.now) if before else {}
    return pending.plan(Record(channels=known), new, config.channels, now=site.now, run="")


def _print_outcome(report: NotifyReport) -> None:
    """Print the outcome of a run, with the ids of channels but not their addresses."""
    for name in report.plan.new_channels:
        click.echo(f"channel '{name}' is new: earlier updates are not sent")
    for name, deliveries in _by_channel(report.sent):
        click.echo(f"sent {count(len(deliveries), 'notification')} to {name}")
    _show_unsent(report.plan, dry_run=False)
    for name, reasons in _reasons(report):
        several = f" ({count(len(reasons), 'message')})" if len(reasons) > 1 else ""
        it = "they" if several else "it"
        _error(f"cannot notify '{name}'{several}: {reasons[0]}; {it} will be retried")
    for name in report.unrecorded:
        _error(f"notified '{name}', but could not record it; it may be sent again")
    if not (report.plan.new_channels or report.sent or report.failed or report.plan.claimed):
        note("nothing to send")


def _error(line: str) -> None:
    is_workflow = os.environ.get("GITHUB_ACTIONS") == "true"
    click.echo(as_command("error", line) if is_workflow else line, err=not is_workflow)


def _by_channel(deliveries: list[Delivery]) -> Iterator[tuple[str, list[Delivery]]]:
    found: dict[str, list[Delivery]] = {}
    for one in deliveries:
        found.setdefault(one.channel.id, []).append(one)
    yield from found.items()


def _reasons(report: NotifyReport) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for delivery, reason in report.failed:
        found.setdefault(delivery.channel.id, []).append(reason)
    yield from found.items()
