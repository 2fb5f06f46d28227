"""The few things we ask of Git."""

import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from statusgen.problems import OutsideError
from statusgen.system.git_command import FAR, GitError, run_git, run_git_bytes

_HOOKED = 600.0  # seconds that the hooks of a commit may take, or very many files
_KINDS = ("push", "upstream")  # where a branch goes to, else where it comes from
_REBASES = 5  # after a push that came too late: monitors may all speak at once


@dataclass(frozen=True, kw_only=True)
class _Upstream:
    """Where the current branch goes: the remote, the branch there, and the branch here.

    *known* is the commit that we know to be there, empty if we know none.
    """

    remote: str
    ref: str
    branch: str
    known: str


def root(folder: Path) -> Path | None:
    """The top of the work tree that *folder* is in, or None outside of one or without Git."""
    try:
        return top(folder)
    except OutsideError:
        return None


def top(folder: Path) -> Path:
    """The top of the work tree that *folder* is in; raises OutsideError where there is none."""
    return Path(run_git(folder, "rev-parse", "--show-toplevel"))


def head(folder: Path) -> str | None:
    """Return the commit that is checked out in *folder*, or None if it is no top of a work tree."""
    try:
        # Named, so that no repository around the folder and no variable stands in for it.
        return run_git(folder, f"--git-dir={folder / '.git'}", "rev-parse", "--verify", "HEAD")
    except OutsideError:
        return None


def _names(base: Path, paths: Iterable[Path]) -> list[str]:
    """The files *paths* as seen from *base*, the top, as Git does."""
    return [path.resolve().relative_to(base).as_posix() for path in paths]


def commit(paths: Sequence[Path], subject: str, body: str = "") -> bool:
    """Commit the files *paths* as they stand and nothing else; whether there was anything to do.

    Whatever else is changed or staged stays as it is.
    """
    folder = Path(os.path.commonpath([path.parent.resolve() for path in paths]))
    base = top(folder)
    marks = _marks(folder)
    names = [name for name in _names(base, paths) if name in marks]
    if not names:
        return False
    new = [name for name in names if marks[name] in ("??", "!!")]
    if new:
        _of_many(base, new, "add")
    try:
        message = [f"--message={text}" for text in (subject, body) if text]
        _of_many(base, names, "commit", "--quiet", *message, "--only")
    except OutsideError:
        if new:
            _of_many(base, new, "rm", "--cached", "--quiet")
        raise
    return True


def _marks(folder: Path) -> dict[str, str]:
    """The files of *folder* that are not as they were committed: by path how Git marks them."""
    everything = ["--ignored", "--untracked-files=all", "--no-renames"]
    told = run_git(folder, "status", "--porcelain", "-z", *everything, "--", ".")
    # Two letters and a space stand before each path.
    return {line[3:]: line[:2] for line in told.split("\0") if line}


def mark_of(path: Path) -> str:
    """Return how Git marks the file *path*: `??` is untracked; empty if it is as committed."""
    told = run_git(path.parent, "status", "--porcelain", "-z", "--ignored", "--", path.name)
    return told[:2]


def _of_many(base: Path, names: Sequence[str], *words: str) -> None:
    """Do *words* to the files *names*, as seen from *base*; they may be too many for a command."""
    given = "\0".join(names).encode("utf-8", "surrogateescape")
    reading = ["--pathspec-from-file=-", "--pathspec-file-nul"]
    # Only at the top: below it `git rm` takes no names from there.
    run_git_bytes(base, *words, *reading, given=given, patience=_HOOKED)


Merge = Callable[[str, bytes, bytes, bytes], bytes]


class OvertakenError(OutsideError):
    """Others pushed first, and what was committed for it has to be made anew on top of that."""


def branch(folder: Path) -> str:
    """The branch that is checked out, as ``refs/heads/main``; raises OutsideError without one."""
    what = "no branch is checked out; check one out, as by: git switch main"
    return run_git(folder, "symbolic-ref", "--quiet", "HEAD", failing=what)


def push(folder: Path, *, merge: Merge, own: Collection[Path] | None = None) -> str | None:
    """Bring the commits of the current branch to where it is pushed to.

    Returns what that is, as ``origin main``, or None if there was nothing to push.

    Where others were faster the commits are put on top of theirs, a few times at most, in a work
    tree of its own: neither the files here nor what is staged is touched, but for what the others
    changed.
    Where both changed the same lines *merge* is asked for the content, given the path in the
    repository and the file as it was, as it is theirs, and as it is ours; it raises OutsideError
    where it knows none.

    *own* are files that can be made again. With them, where others were faster, the last of our
    commits that have no others are given up, and OvertakenError asks to make them anew.
    """
    upstream = _upstream(folder)
    if run_git(folder, "rev-parse", "HEAD") == upstream.known:
        return None
    for rebases_left in reversed(range(_REBASES + 1)):
        head = run_git(folder, "rev-parse", "HEAD")
        try:
            target = f"{head}:{upstream.ref}"
            run_git(folder, "push", "--quiet", "--", upstream.remote, target, patience=FAR)
            break
        except OutsideError:
            theirs = _ahead(folder, upstream, head)
            if theirs is None or not rebases_left:
                raise
            _rebase(folder, upstream, theirs, merge, own or ())
            if own is not None:
                raise OvertakenError("others push faster than this; try again") from None
    return f"{upstream.remote} {upstream.ref.removeprefix('refs/heads/')}"


def push_remote(folder: Path) -> str | None:
    """Return the remote that the current branch is pushed to, or None if there is no remote.

    A branch that names none, and a commit that is checked out without a branch, have `origin`, or
    the first of the remotes.
    """
    try:
        remote, _ = _destination(folder, branch(folder))
    except GitError:
        remote = ""
    # A dot says that the upstream is another branch here, which is not where the site goes.
    return remote if remote not in ("", ".") else _default_remote(folder)


def _destination(folder: Path, current: str) -> tuple[str, str]:
    """Return the remote and the ref that the branch *current* is pushed to, empty if not set."""
    names = [f"%({kind}:{name})" for name in ("remotename", "remoteref") for kind in _KINDS]
    told = run_git(folder, "for-each-ref", f"--format={'%00'.join(names)}", "--", current)
    # A branch without a commit is listed nowhere.
    remote, fallback, ref, other_ref = told.split("\0") if told else [""] * 4
    return (remote or fallback, ref or other_ref)


def _default_remote(folder: Path) -> str | None:
    remotes = run_git(folder, "remote").split()
    return "origin" if "origin" in remotes else next(iter(remotes), None)


def _upstream(folder: Path) -> _Upstream:
    current = branch(folder)
    remote, ref = _destination(folder, current)
    default = _default_remote(folder)
    if default is None:
        raise OutsideError("there is nowhere to push to; add a remote: git remote add origin URL")
    remote = remote or default
    ref = ref or current
    tracking = f"refs/remotes/{remote}/{ref.removeprefix('refs/heads/')}"
    known = run_git(folder, "for-each-ref", "--format=%(objectname)", "--", tracking)
    return _Upstream(remote=remote, ref=ref, branch=current, known=known)


def _ahead(folder: Path, upstream: _Upstream, head: str) -> str | None:
    """The commit to which others have moved the branch, or None if *head* is on top of it."""
    try:
        run_git(folder, "fetch", "--quiet", "--", upstream.remote, upstream.ref, patience=FAR)
        theirs = run_git(folder, "rev-parse", "FETCH_HEAD")
        return theirs if run_git(folder, "rev-list", "-n1", f"{head}..{theirs}") else None
    except OutsideError:
        return None  # Why the push failed says more.


def _without(folder: Path, head: str, theirs: str, own: Collection[Path]) -> str:
    """The commit below those on top of *head* that change no other files than *own*."""
    names = set(_names(top(folder), own))
    for line in run_git(folder, "rev-list", "--parents", f"{theirs}..{head}").splitlines():
        commit, *parents = line.split()
        told = run_git(folder, "diff-tree", "-r", "-z", "--no-commit-id", "--name-only", commit)
        changed = set(told.split("\0")[:-1])
        if len(parents) != 1 or not changed or changed - names:
            return commit
        head = parents[0]
    return head


def _rebase(
    folder: Path, upstream: _Upstream, theirs: str, merge: Merge, own: Collection[Path]
) -> None:
    """Put our commits, but the last ones of *own* alone, on top of *theirs*, here, too."""
    head = run_git(folder, "rev-parse", "HEAD")
    with _work_tree(folder, _without(folder, head, theirs, own)) as place:
        step = ["rebase", "--quiet", theirs]
        while True:
            try:
                run_git(place, *step, hooks=False)
                break
            except OutsideError:
                _settle(place, merge)
                step = ["-c", "core.editor=true", "rebase", "--continue"]
        new = run_git(place, "rev-parse", "HEAD")
    # As a checkout does: what is changed or staged here stays, or nothing happens.
    what = "files that others changed have changes here, too; commit them, then: git pull --rebase"
    run_git(folder, "update-index", "-q", "--refresh")  # A file that was only touched is no change.
    run_git(folder, "read-tree", "-m", "-u", head, new, failing=what)
    run_git(folder, "update-ref", "-m", "statusgen: rebase", upstream.branch, new, head)


def _settle(place: Path, merge: Merge) -> None:
    """Merge the files in which the rebase in *place* stopped; OutsideError if it cannot go on."""
    names = run_git(place, "diff", "--name-only", "--diff-filter=U", "-z").split("\0")[:-1]
    what = "others changed the same lines meanwhile; run: git pull --rebase"
    if not names:
        raise OutsideError(what)
    for name in names:
        # The stages are numbered: as it was, as it is there, as it is in the commit being moved.
        versions = [
            run_git_bytes(place, "show", f":{number}:{name}", failing=what) for number in (1, 2, 3)
        ]
        blob = run_git_bytes(place, "hash-object", "-w", "--stdin", given=merge(name, *versions))
        mode = run_git(place, "ls-files", "--stage", "--", name).split(" ", 1)[0]
        run_git(place, "update-index", "--cacheinfo", f"{mode},{blob.decode().strip()},{name}")
        run_git(place, "checkout-index", "--force", "--", name)


@contextmanager
def _work_tree(folder: Path, head: str) -> Iterator[Path]:
    """A second work tree of the repository, at *head*, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="statusgen-") as name:
        place = Path(name) / "work"
        run_git(folder, "worktree", "add", "--quiet", "--detach", str(place), head, hooks=False)
        try:
            yield place
        finally:
            run_git(folder, "worktree", "remove", "--force", str(place))
