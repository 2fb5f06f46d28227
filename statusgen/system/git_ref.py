"""A text file in a ref on the remote that is not a branch, changed by compare-and-swap.

The ref points to a chain of commits with one file each. `git clone` does not fetch it, hosts do not
list it among branches or pull requests, and `git log` shows the history of the text. Neither the
work tree nor the index is used. The clone's hooks do not run, because they check people's commits.
"""

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from statusgen.problems import OutsideError
from statusgen.system.git import OvertakenError, push_remote
from statusgen.system.git_command import FAR, QUICK, GitError, run_git_bytes

_READS = 5  # attempts, as the ref may move while it is fetched
_PAUSES = (0.1, 0.3, 0.9)  # seconds before a retry, while another process holds the lock

# The same author everywhere: a machine that publishes may not have a user.name, and the user's name
# is not useful in a record that programs write.
_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "statusgen",
    "GIT_AUTHOR_EMAIL": "statusgen@localhost",
    "GIT_COMMITTER_NAME": "statusgen",
    "GIT_COMMITTER_EMAIL": "statusgen@localhost",
    "GIT_TERMINAL_PROMPT": "0",
    "STATUSGEN_NO": "false",  # for --config-env
}

# These override the user's settings for fetches and pushes.
_FETCH = ("--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--refmap=")
_PUSH = ("--no-signed", "--recurse-submodules=no")


@dataclass(frozen=True, kw_only=True)
class RefValue:
    """The content of a ref: the *text* in its file, and its *commit*, None if there is no ref."""

    commit: str | None
    text: str


class TextRef:
    """A text stored in one file in the ref *name*, such as ``refs/statusgen/notified``.

    The ref is on the remote that the current branch of *folder* is pushed to, or in the local
    repository if there is no remote. Raises OutsideError if *folder* is not in a repository.
    """

    def __init__(self, folder: Path, name: str, *, file: str = "state.json") -> None:
        self._folder = folder
        self._name = name
        self._file = file
        self._git("rev-parse", "--git-dir")
        self._remote = push_remote(folder)

    def read(self) -> RefValue:
        """Return the current content of the ref.

        Raises OutsideError if the remote cannot be reached, or if the ref has no such file.
        """
        for _ in range(_READS):
            commit = self._tip()
            if commit is None:
                return RefValue(commit=None, text="")
            text = self._text(commit)
            if text is None and self._remote is not None:
                self._fetch(self._remote)
                text = self._text(commit)
            if text is not None:
                return RefValue(commit=commit, text=text)
            if self._type(commit) is not None:
                raise OutsideError(self._no_text())
        raise OutsideError(f"{self._where} keeps changing while it is read; try again")

    def write(self, text: str, *, before: RefValue, message: str) -> RefValue:
        """Replace the text with *text*, in a commit with *message* on top of the one in *before*.

        *before* is the result of `read` or `write`. Raises OvertakenError if the ref has changed
        since, OutsideError if it cannot be changed.
        """
        data = text.encode("utf-8", "replace")
        commit = self._commit(data, before.commit, message)
        for pause in (*_PAUSES, None):
            try:
                self._move(commit, before.commit)
                break
            except OutsideError as error:
                found = self._tip_after(error)
                if found == commit:  # The write succeeded, and only its response was lost.
                    break
                if found != before.commit:
                    what = f"{self._where} was changed by another process; try again"
                    raise OvertakenError(what) from None
                # The message for a lock that is held depends on the host and its language, so any
                # rejection is retried.
                if pause is None or not isinstance(error, GitError):
                    raise
                time.sleep(pause)
        return RefValue(commit=commit, text=data.decode())

    @property
    def _where(self) -> str:
        return f"{self._name} in {self._shown or 'this repository'}"

    @property
    def _shown(self) -> str | None:
        """The name of the remote for messages; a URL may contain a password."""
        return "REMOTE" if self._remote is not None and ":" in self._remote else self._remote

    def _no_text(self) -> str:
        """Return the error message for a ref that does not contain our file."""
        deleting = "update-ref -d" if self._shown is None else f"push {self._shown} --delete"
        what = f"{self._where} does not contain {self._file}, so statusgen did not write it"
        return f"{what}; to delete it, run: git {deleting} {self._name}"

    def _tip(self) -> str | None:
        """Return the object that the ref points to, or None if there is no such ref."""
        if self._remote is None:
            form = "--format=%(objectname)%09%(refname)"
            lines = self._git("for-each-ref", form, "--", self._name)
        else:
            lines = self._git("ls-remote", "--", self._remote, self._name, timeout=FAR)
        # Both commands also match parts of names.
        found = (line.split("\t") for line in lines.splitlines())
        return next((target for target, name in found if name == self._name), None)

    def _tip_after(self, error: OutsideError) -> str | None:
        """Return the object that the ref points to; raises *error* if the ref cannot be read."""
        try:
            return self._tip()
        except OutsideError:
            raise error from None

    def _type(self, target: str) -> str | None:
        """Return the type of the object *target*, or None if it is not in the clone."""
        try:
            return self._git("cat-file", "-t", target)
        except GitError:
            return None

    def _text(self, commit: str) -> str | None:
        """Return the text in *commit*, or None if it has none or is not in the clone."""
        if self._type(commit) != "commit":
            return None
        try:
            data = self._git_bytes("cat-file", "blob", f"{commit}:{self._file}")
            return data.decode("utf-8")
        except (GitError, UnicodeDecodeError):
            return None

    def _fetch(self, remote: str) -> None:
        """Fetch the ref's objects from *remote* without writing a ref or FETCH_HEAD."""
        # As a pack, which appears in one step. With loose objects, a killed process could leave a
        # commit without its tree.
        words = ["-c", "fetch.unpackLimit=1", "fetch", "--quiet", "--no-write-fetch-head", *_FETCH]
        source = ("--", remote, self._name)
        if self._git("rev-parse", "--is-shallow-repository") == "true":
            try:
                self._git(*words, "--depth=1", *source, timeout=FAR)
                return
            except GitError:
                pass  # Another process may hold the lock on the list of shallow commits.
        self._git(*words, *source, timeout=FAR)

    def _commit(self, data: bytes, parent: str | None, message: str) -> str:
        """Write a commit with *data* on top of *parent*, and return its id."""
        blob = self._git("hash-object", "-w", "--stdin", stdin=data)
        tree = self._git("mktree", stdin=f"100644 blob {blob}\t{self._file}\n".encode())
        parents = () if parent is None else ("-p", parent)
        # Without a random id, two processes that make the same change in the same second would
        # create the same commit, and each would take it for its own.
        body = f"{message}\n\nWrite-Id: {secrets.token_hex(8)}\n"
        words = ("-c", "i18n.commitEncoding=UTF-8", "commit-tree", "--no-gpg-sign", *parents, tree)
        return self._git(*words, stdin=body.encode("utf-8", "replace"))

    def _move(self, commit: str, before: str | None) -> None:
        """Update the ref to *commit* if it still points to *before*."""
        old = before or ""  # Git takes an empty value to mean that the ref must not exist.
        if self._remote is None:
            self._git("update-ref", "--no-deref", "--", self._name, commit, old)
            return
        # The lease does not force anything, since *commit* is on top of *before*. A plain push
        # would also restore a ref that was deleted or reset.
        lease = f"--force-with-lease={self._name}:{old}"
        target = f"{commit}:{self._name}"
        # A single ref cannot be pushed to a mirror. With `-c` the name could not contain "=".
        single = f"--config-env=remote.{self._remote}.mirror=STATUSGEN_NO"
        words = (single, "push", "--quiet", *_PUSH, lease, "--", self._remote, target)
        self._git(*words, timeout=FAR)

    def _git(self, *words: str, timeout: float = QUICK, stdin: bytes | None = None) -> str:
        printed = self._git_bytes(*words, timeout=timeout, stdin=stdin)
        return printed.decode("utf-8", "surrogateescape").rstrip("\n")

    def _git_bytes(self, *words: str, timeout: float = QUICK, stdin: bytes | None = None) -> bytes:
        return run_git_bytes(
            self._folder,
            *words,
            timeout=timeout,
            hooks=False,
            stdin=stdin,
            environment=_ENVIRONMENT,
        )
