"""Run a Git command."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from statusgen.characters import printable
from statusgen.problems import OutsideError

QUICK = 30.0  # seconds for a local command
FAR = 180.0  # seconds for a command that contacts a remote


class GitError(OutsideError):
    """Git ran and reported a failure."""


@dataclass(frozen=True, kw_only=True)
class GitResult:
    """The exit status of a Git command, and what it printed."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def error(self) -> str:
        """Git's own description of a failure, on one line."""
        return _error_lines(self.stderr or self.stdout)


def run_git(
    folder: Path, *words: str, timeout: float = QUICK, message: str = "", hooks: bool = True
) -> str:
    """Run Git with *words* in *folder* and return its output as text; see `run_git_bytes`."""
    printed = run_git_bytes(folder, *words, timeout=timeout, message=message, hooks=hooks)
    return printed.decode("utf-8", "surrogateescape").rstrip("\n")


def run_git_bytes(  # noqa: PLR0913, each stands for an argument of subprocess.run
    folder: Path,
    *words: str,
    timeout: float = QUICK,
    message: str = "",
    hooks: bool = True,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run Git with *words* in *folder* and return its output; *stdin* is its standard input.

    *environment* is added to that of the process. Raises GitError with *message* or else Git's own
    message, and OutsideError if Git is missing or takes more than *timeout* seconds.
    """
    done = git_result(
        folder, *words, timeout=timeout, hooks=hooks, stdin=stdin, environment=environment
    )
    if done.status:
        raise GitError(f"git {_name(words)}: {message or done.error}")
    return done.stdout


def git_result(
    folder: Path,
    *words: str,
    timeout: float = QUICK,
    hooks: bool = True,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
) -> GitResult:
    """Run Git as `run_git_bytes` does, and return the result of a failure, too."""
    settings = [] if hooks else ["-c", f"core.hooksPath={os.devnull}"]
    command = ["git", "-C", str(folder), *settings, "--literal-pathspecs", *words]
    try:
        done = subprocess.run(  # noqa: S603  untrusted names follow --
            command,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=timeout,
            env={**os.environ, **environment} if environment else None,
        )
    except FileNotFoundError:
        raise OutsideError("git was not found; install it") from None
    except subprocess.TimeoutExpired:
        raise OutsideError(f"git {_name(words)} timed out after {timeout:.0f} seconds") from None
    return GitResult(status=done.returncode, stdout=done.stdout, stderr=done.stderr)


def _name(words: tuple[str, ...]) -> str:
    """Return the name of the Git command in *words*."""
    return next(word for word in words if not word.startswith("-") and "=" not in word)


def _error_lines(output: bytes) -> str:
    """Return the error lines in Git's *output*, or its last lines if it has none."""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    kept = [line for line in lines if line and not line.startswith("hint:")]
    faults = [line for line in kept if line.startswith(("fatal:", "error:", "remote:", " !"))]
    return printable(" / ".join(faults[:4] or kept[-4:])) or "failed without a message"
