"""Run a Git command."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from statusgen.characters import printable
from statusgen.problems import OutsideError

QUICK = 30.0  # seconds for a local command
FAR = 180.0  # seconds for a command that contacts a remote


class GitError(OutsideError):
    """Git ran and reported a failure."""


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
    settings = [] if hooks else ["-c", f"core.hooksPath={os.devnull}"]
    command = ["git", "-C", str(folder), *settings, "--literal-pathspecs", *words]
    name = next(word for word in words if not word.startswith("-") and "=" not in word)
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
        raise OutsideError(f"git {name} timed out after {timeout:.0f} seconds") from None
    if done.returncode:
        raise GitError(f"git {name}: {message or _error_lines(done.stderr or done.stdout)}")
    return done.stdout


def _error_lines(output: bytes) -> str:
    """Return the error lines in Git's *output*, or its last lines if it has none."""
    lines = output.decode("utf-8", "replace").strip().splitlines()
    kept = [line for line in lines if line and not line.startswith("hint:")]
    faults = [line for line in kept if line.startswith(("fatal:", "error:", "remote:", " !"))]
    return printable(" / ".join(faults[:4] or kept[-4:])) or "failed without a message"
