"""Publish changes to incident files through a pull request instead of a push."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import click

from statusgen.authoring import compose
from statusgen.cli.console import shown_as
from statusgen.config.loader import settings_of
from statusgen.ids import id12
from statusgen.system.git_proposal import PREFIX, Proposal, Pushed, proposal
from statusgen.system.git_push import remote_url
from statusgen.system.remote_address import github_repository, host_and_path

IMPORT_BRANCH = f"{PREFIX}import"

_URL = re.compile(r"https?://[^\s'\"<>]+")
# Addresses at which hosts open, compare or show a pull request.
_REQUEST = re.compile(r"/(pulls?|pull-requests|pullrequests?|merge_requests|compare)([/?]|$)")
_OPENED = re.compile(r"/(pulls?|pull-requests|merge_requests)/\d+$")
# A key that can be a part of the name of a branch as it is.
_KEY = re.compile(r"(?!.*\.lock$)[A-Za-z0-9_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")

pull_request_option = click.option(
    "--pull-request",
    is_flag=True,
    help="Push to a branch of its own, and print where to open the pull request.",
)


@contextmanager
def branch_of(folder: Path, *, wanted: bool) -> Iterator[Proposal | None]:
    """Open a branch for a pull request of the site in *folder* if *wanted*, else yield None."""
    if not wanted:
        yield None
        return
    with (
        proposal(folder, compose.merger(settings_of(folder))) as branch,
        shown_as(branch.site, folder),
    ):
        yield branch


def site_for(branch: Proposal | None, folder: Path) -> Path:
    """Return the site in *folder*; with *branch*, with all files that the user may mean."""
    if branch is None:
        return folder
    branch.show_everything()
    return branch.site


def event_branch(service: str, key: str) -> str:
    """Return the branch for events with *key*, or for those of *service* if there is no key."""
    name = key or service
    return f"{PREFIX}event-{name if _KEY.fullmatch(name) else id12('event', name)}"


def publish(branch: Proposal) -> None:
    """Push *branch*, and print where its pull request is opened."""
    url = remote_url(branch.site, branch.remote)
    pushed = branch.push(_options(url, branch.default))
    if pushed is None:
        click.echo("nothing to push", err=True)
        return
    what = f"pushed to {pushed.target}"
    if not pushed.is_new:
        what = f"nothing to push: {pushed.target} is up to date"
    click.echo(f"{what}; {_remedy(pushed, url)}", err=True)


def _remedy(pushed: Pushed, url: str) -> str:
    address = request_address(pushed.lines, url, pushed.target.branch)
    if address is None:
        return "to publish it, open a pull request for this branch, and merge it"
    if _OPENED.search(address):
        return f"to publish it, merge {address}"
    return f"to publish it, open the pull request and merge it: {address}"


def request_address(lines: Sequence[str], url: str, branch: str) -> str | None:
    """Return the address where the pull request for *branch* is opened, or None if unknown.

    *lines* are those that the remote at *url* printed.
    """
    found = [match.group().rstrip(".,;:)") for line in lines for match in _URL.finditer(line)]
    first = next((one for one in found if _REQUEST.search(one)), None)
    return first or _github_address(url, branch) or next(iter(found), None)


def _github_address(url: str, branch: str) -> str | None:
    found = github_repository(url)
    if found is None:
        return None
    return f"https://{found.host}/{quote(f'{found.owner}/{found.name}')}/pull/new/{quote(branch)}"


def _options(url: str, target: str) -> tuple[str, ...]:
    """Return the push options with which the host at *url* opens a pull request into *target*."""
    if "gitlab" not in host_and_path(url)[0].split("."):
        return ()
    into = [f"merge_request.target={target}"] if target else []
    return ("merge_request.create", *into)
