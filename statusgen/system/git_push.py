"""A single `git push`, its possible outcomes, and what the host says about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from statusgen.characters import printable
from statusgen.problems import OutsideError
from statusgen.system.git_command import FAR, GitError, GitResult, git_result, run_git

_FATAL = 128  # exit status of Git if it could not talk to the remote
_MAX_REASON = 300  # characters
HEADS = "refs/heads/"

# The lines of hosts about a protected branch, which only a pull request can change.
_PROTECTED = re.compile(r"\bprotected (branch|ref)|\b(pull|merge) request|\bstatus check", re.I)
# Prefixes of hosts that say nothing to the reader, and lines that only point to a page.
_PREFIX = re.compile(r"((error|fatal|GitLab|GH\d+):\s*)+", re.I)
_POINTER = re.compile(r"https?://", re.I)


class UnreachableRemoteError(GitError):
    """The remote could not be reached, or does not let us in."""


class RefusedError(OutsideError):
    """The remote was reached and refused the push.

    *is_protected* is True if the branch is protected, so that a pull request may be accepted.
    """

    def __init__(self, message: str, *, is_protected: bool) -> None:
        super().__init__(message)
        self.is_protected = is_protected


@dataclass(frozen=True, kw_only=True)
class PushTarget:
    """The ref on a remote that a push goes to; shown as ``origin main``."""

    remote: str
    ref: str

    @property
    def branch(self) -> str:
        """The name of the branch: ``main`` for ``refs/heads/main``."""
        return self.ref.removeprefix(HEADS)

    def __str__(self) -> str:
        """Return the remote and the branch, safe to print."""
        return printable(f"{self.remote} {self.branch}")


def push_commit(
    folder: Path, target: PushTarget, commit: str, *, options: Sequence[str] = ()
) -> list[str]:
    """Push *commit* to the branch *target*, and return the lines that the remote prints.

    *options* are push options; if the remote accepts none, they are left out. Raises RefusedError,
    UnreachableRemoteError, or GitError, for example if the branch has new commits.
    """
    words = ["push", "--porcelain", *(f"--push-option={one}" for one in options)]
    refspec = f"{commit}:{target.ref}"
    done = git_result(folder, *words, "--", target.remote, refspec, timeout=FAR)
    if done.status == _FATAL and options:  # The message for unsupported options is translated.
        return push_commit(folder, target, commit)
    lines = _remote_lines(done)
    if not done.status:
        return lines
    refusal = _refusal(done)
    if refusal is not None:
        reason = _reason(lines) or refusal
        is_protected = any(map(_PROTECTED.search, [refusal, *lines]))
        where = f"{printable(target.remote)} refused the push to {printable(target.branch)}"
        raise RefusedError(f"{where} ({reason})", is_protected=is_protected)
    if done.status == _FATAL:
        raise UnreachableRemoteError(f"{printable(target.remote)} cannot be reached ({done.error})")
    raise GitError(f"git push: {done.error}")


def default_branch(folder: Path, remote: str) -> str | None:
    """Return the default branch of *remote*, or None if it has none or does not answer."""
    try:
        output = run_git(folder, "ls-remote", "--symref", "--", remote, "HEAD", timeout=FAR)
    except OutsideError:
        return None  # This is only for a hint.
    found = re.match(rf"ref: {HEADS}(\S+)\tHEAD$", output, re.MULTILINE)
    return found[1] if found else None


def unpublished(folder: Path, target: PushTarget) -> str | None:
    """Return a warning if *target* is not the default branch of its remote, or None."""
    default = default_branch(folder, target.remote)
    if default in (None, target.branch):
        return None
    pushed, published = printable(target.branch), printable(str(default))
    what = f"pushed to {pushed}, but the page is published from {published}"
    return f"warning: {what}; merge it to publish"


def _refusal(done: GitResult) -> str | None:
    """Return the reason in Git's report that the remote rejected the push, or None."""
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        _, is_refused, reason = line.partition("\t[remote rejected] (")
        if is_refused:
            return printable(reason.removesuffix(")"))
    return None


def _remote_lines(done: GitResult) -> list[str]:
    """Return the lines that the remote printed, safe to print."""
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    found = (line.removeprefix("remote:") for line in lines if line.startswith("remote:"))
    return [line for line in (printable(line.strip()) for line in found) if line]


def _reason(lines: Sequence[str]) -> str:
    """Return the reason for a refusal in the remote's *lines*, empty if it gives none.

    Hosts that list the violated rules start each with a dash.
    """
    texts = [_PREFIX.sub("", line) for line in lines]
    rules = [text[1:] for text in texts if text.startswith("- ")]
    found = rules or [text for text in texts if not _POINTER.search(text)]
    reason = " / ".join(text.strip().rstrip(".") for text in found[:4] if text.strip("=- "))
    return reason if len(reason) <= _MAX_REASON else f"{reason[: _MAX_REASON - 1]}…"


def remote_url(folder: Path, remote: str) -> str:
    """Return the address of *remote*, which is one itself if no remote has this name."""
    try:
        return run_git(folder, "remote", "get-url", "--", remote)
    except GitError:
        return remote
