"""Git operations: status, commit, push and rebase."""

import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from statusgen.problems import OutsideError
from statusgen.system.git_command import FAR, GitError, run_git, run_git_bytes
from statusgen.system.git_push import PushTarget, RefusedError, UnreachableRemoteError, push_commit

_HOOK_TIMEOUT = 600.0  # seconds for a commit, whose hooks may be slow, or for very many files
_KINDS = ("push", "upstream")  # Fields of a branch; the first one that is set is used.
_REBASES = 5  # after rejected pushes: many monitors may push at the same time


@dataclass(frozen=True, kw_only=True)
class _Upstream:
    """The *remote*, and the *ref* on it, that the current *branch* is pushed to.

    *known* is the commit of the remote-tracking branch, empty if there is none.
    """

    remote: str
    ref: str
    branch: str
    known: str


def root(folder: Path) -> Path | None:
    """Return the top of the work tree that contains *folder*, or None if Git finds none."""
    try:
        return top(folder)
    except OutsideError:
        return None


def top(folder: Path) -> Path:
    """Return the top of the work tree that contains *folder*; raises OutsideError if not found."""
    return Path(run_git(folder, "rev-parse", "--show-toplevel"))


def head(folder: Path) -> str | None:
    """Return the commit checked out in *folder*, or None if it is not the top of a work tree."""
    try:
        # --git-dir keeps Git from using an enclosing repository, or GIT_DIR.
        return run_git(folder, f"--git-dir={folder / '.git'}", "rev-parse", "--verify", "HEAD")
    except OutsideError:
        return None


def known_default_branch(folder: Path) -> str | None:
    """Return the default branch of `origin` as far as *folder* knows it, else the current branch.

    This asks no remote. Returns None outside a repository.
    """
    for name in ("refs/remotes/origin/HEAD", "HEAD"):
        with suppress(OutsideError):
            found = run_git(folder, "symbolic-ref", "--quiet", name)
            return re.sub("^refs/(remotes/origin|heads)/", "", found)
    return None


def _names(base: Path, paths: Iterable[Path]) -> list[str]:
    """Return the names of *paths* relative to *base*, the top of the work tree."""
    return [path.resolve().relative_to(base).as_posix() for path in paths]


def commit(paths: Sequence[Path], subject: str, body: str = "") -> bool:
    """Commit the files *paths*; return whether there was anything to commit.

    Other changes, staged or not, are not touched.
    """
    folder = Path(os.path.commonpath([path.parent.resolve() for path in paths]))
    while not folder.is_dir():  # All of its files were deleted.
        folder = folder.parent
    base = top(folder)
    found = marks(folder)
    names = [name for name in _names(base, paths) if name in found]
    if not names:
        return False
    new = [name for name in names if found[name] in ("??", "!!")]
    if new:
        _run_on_files(base, new, "add")
    try:
        message = [f"--message={text}" for text in (subject, body) if text]
        _run_on_files(base, names, "commit", "--quiet", *message, "--only")
    except OutsideError:
        if new:
            _run_on_files(base, new, "rm", "--cached", "--quiet")
        raise
    with suppress(OutsideError):  # The commit succeeded.
        # A hook that changed and added a file changed it only in the index of this commit. Without
        # this, the next commit by hand would undo the change.
        _run_on_files(base, names, "reset", "--quiet")
    return True


def marks(folder: Path) -> dict[str, str]:
    """Return Git's status code for each file in *folder* that differs from HEAD.

    The paths are relative to the top of the work tree; ignored files have the code `!!`.
    """
    options = ["--ignored", "--untracked-files=all", "--no-renames"]
    output = run_git(folder, "status", "--porcelain", "-z", *options, "--", ".")
    # Each path follows a two-letter code and a space.
    return {line[3:]: line[:2] for line in output.split("\0") if line}


def mark_of(path: Path) -> str:
    """Return Git's status code for the file *path*: `??` if untracked, empty if unchanged."""
    output = run_git(path.parent, "status", "--porcelain", "-z", "--ignored", "--", path.name)
    return output[:2]


def unpublished(folder: Path) -> dict[str, str]:
    """Return the files below *folder* with changes that are not committed or not pushed.

    Maps paths relative to *folder*, which may be missing, to Git's status code, or to "" for a file
    whose changes are committed. Ignored files are omitted. Raises OutsideError.
    """
    base = top(folder if folder.is_dir() else folder.parent)
    place = _names(base, [folder])[0]
    options = ["--untracked-files=all", "--no-renames"]
    output = run_git(base, "status", "--porcelain", "-z", *options, "--", place)
    marks = {line[3:]: line[:2] for line in output.split("\0") if line}
    found = {**dict.fromkeys(_unpushed(base, place), ""), **marks}
    return {name.removeprefix(f"{place}/"): found[name] for name in sorted(found)}


def _unpushed(base: Path, place: str) -> list[str]:
    """Return the files below *place* that commits change which are not on the remote."""
    upstream = _upstream(base)
    if not run_git(base, "for-each-ref", "--", upstream.branch):
        return []  # The branch has no commit yet.
    # A branch that was never pushed begins at one that was.
    pushed = upstream.known or f"--remotes={upstream.remote}"
    commits = run_git_bytes(base, "rev-list", "HEAD", "--not", pushed, "--", place)
    options = ["-r", "-z", "-c", "--root", "--no-commit-id", "--name-only"]
    output = run_git_bytes(base, "diff-tree", "--stdin", *options, "--", place, stdin=commits)
    return output.decode("utf-8", "surrogateescape").split("\0")[:-1]


def _run_on_files(base: Path, names: Sequence[str], *words: str) -> None:
    """Run Git with *words* on the files *names* in *base*, passed on standard input.

    There may be too many names for the command line.
    """
    stdin = "\0".join(names).encode("utf-8", "surrogateescape")
    reading = ["--pathspec-from-file=-", "--pathspec-file-nul"]
    # In a subfolder, `git rm` would not accept names relative to the top.
    run_git_bytes(base, *words, *reading, stdin=stdin, timeout=_HOOK_TIMEOUT)


Merge = Callable[[str, bytes, bytes, bytes], bytes]


class OvertakenError(OutsideError):
    """Another push came first, so the content of the rejected commits must be generated again."""


def branch(folder: Path) -> str:
    """Return the current branch as ``refs/heads/main``; raises OutsideError if there is none."""
    top(folder)  # Outside a repository, fail with Git's own message.
    what = "no branch is checked out; run, for example: git switch main"
    return run_git(folder, "symbolic-ref", "--quiet", "HEAD", message=what)


def push(folder: Path, *, merge: Merge, own: Collection[Path] | None = None) -> PushTarget | None:
    """Push the current branch, after rebasing it if the remote has new commits.

    Returns the target, or None if there was nothing to push. Raises RefusedError if the remote
    refuses the push.

    The rebase is retried a few times. It uses a temporary work tree, so that only the files changed
    by the remote's commits change in *folder* and the index. On a conflict, *merge* is called with
    the path in the repository and three versions of the file: the common base, theirs and ours. It
    returns the merged content, or raises OutsideError if it cannot merge.

    *own* are generated files. If they are given and the remote has new commits, our last commits
    that change only these files are dropped, and OvertakenError asks the caller to generate them
    again.
    """
    upstream = _upstream(folder)
    if run_git(folder, "rev-parse", "HEAD") == upstream.known:
        return None
    target = PushTarget(remote=upstream.remote, ref=upstream.ref)
    for rebases_left in reversed(range(_REBASES + 1)):
        head = run_git(folder, "rev-parse", "HEAD")
        try:
            push_commit(folder, target, head)
            break
        except UnreachableRemoteError:
            raise
        except OutsideError as error:
            if isinstance(error, RefusedError) and error.is_protected:
                raise
            theirs = _ahead(folder, upstream, head)
            if theirs is None or not rebases_left:
                raise
            _rebase(folder, upstream, theirs, merge, own or ())
            if own is not None:
                raise OvertakenError("others keep pushing to this branch; try again") from None
    return target


def push_remote(folder: Path) -> str | None:
    """Return the remote that the current branch is pushed to, or None if there is no remote.

    For a branch without a remote, and for a detached HEAD, it is `origin` or the first remote.
    """
    try:
        remote, _ = _destination(folder, branch(folder))
    except GitError:
        remote = ""
    # A dot means that the upstream is a local branch.
    return remote if remote not in ("", ".") else _default_remote(folder)


def _destination(folder: Path, current: str) -> tuple[str, str]:
    """Return the remote and the ref that the branch *current* is pushed to, or "" if not set."""
    names = [f"%({kind}:{name})" for name in ("remotename", "remoteref") for kind in _KINDS]
    output = run_git(folder, "for-each-ref", f"--format={'%00'.join(names)}", "--", current)
    # for-each-ref does not list a branch without a commit.
    remote, fallback, ref, other_ref = output.split("\0") if output else [""] * 4
    return (remote or fallback, ref or other_ref)


def _default_remote(folder: Path) -> str | None:
    remotes = run_git(folder, "remote").split()
    return "origin" if "origin" in remotes else next(iter(remotes), None)


def _upstream(folder: Path) -> _Upstream:
    current = branch(folder)
    remote, ref = _destination(folder, current)
    default = _default_remote(folder)
    if default is None:
        raise OutsideError("no remote to push to; add one with: git remote add origin URL")
    remote = remote or default
    ref = ref or current
    tracking = f"refs/remotes/{remote}/{ref.removeprefix('refs/heads/')}"
    known = run_git(folder, "for-each-ref", "--format=%(objectname)", "--", tracking)
    return _Upstream(remote=remote, ref=ref, branch=current, known=known)


def _ahead(folder: Path, upstream: _Upstream, head: str) -> str | None:
    """Return the upstream commit, or None if *head* already contains it."""
    try:
        run_git(folder, "fetch", "--quiet", "--", upstream.remote, upstream.ref, timeout=FAR)
        theirs = run_git(folder, "rev-parse", "FETCH_HEAD")
        return theirs if run_git(folder, "rev-list", "-n1", f"{head}..{theirs}") else None
    except OutsideError:
        return None  # The caller reports why the push failed, which explains more.


def _without(folder: Path, head: str, theirs: str, own: Collection[Path]) -> str:
    """Return *head* without its last commits that change only the files *own*."""
    names = set(_names(top(folder), own))
    for line in run_git(folder, "rev-list", "--parents", f"{theirs}..{head}").splitlines():
        commit, *parents = line.split()
        output = run_git(folder, "diff-tree", "-r", "-z", "--no-commit-id", "--name-only", commit)
        changed = set(output.split("\0")[:-1])
        if len(parents) != 1 or not changed or changed - names:
            return commit
        head = parents[0]
    return head


def _rebase(
    folder: Path, upstream: _Upstream, theirs: str, merge: Merge, own: Collection[Path]
) -> None:
    """Rebase the current branch onto *theirs*, dropping its last commits that change only *own*."""
    head = run_git(folder, "rev-parse", "HEAD")
    with work_tree(folder, _without(folder, head, theirs, own)) as place:
        step = ["rebase", "--quiet", theirs]
        while True:
            try:
                run_git(place, *step, hooks=False)
                break
            except OutsideError:
                resolve_conflicts(place, merge)
                step = ["-c", "core.editor=true", "rebase", "--continue"]
        new = run_git(place, "rev-parse", "HEAD")
    # Like a checkout, this keeps local changes, or fails without changing anything.
    what = (
        "files changed by others have uncommitted changes here; "
        "commit them, then run: git pull --rebase"
    )
    run_git(folder, "update-index", "-q", "--refresh")  # A new mtime alone is not a change.
    run_git(folder, "read-tree", "-m", "-u", head, new, message=what)
    run_git(folder, "update-ref", "-m", "statusgen: rebase", upstream.branch, new, head)


def resolve_conflicts(place: Path, merge: Merge) -> None:
    """Merge the files with conflicts in the rebase in *place*.

    Raises OutsideError if the rebase cannot continue.
    """
    what = "conflict: others changed the same lines; run: git pull --rebase"
    conflicts: dict[str, dict[str, list[str]]] = {}
    for entry in run_git(place, "ls-files", "--unmerged", "-z").split("\0")[:-1]:
        head, _, name = entry.partition("\t")
        conflicts.setdefault(name, {})[head[-1]] = head.split(" ")
    if not conflicts:
        raise OutsideError(what)
    for name, stages in conflicts.items():
        # Stage 1 is the base, which a file that both sides added lacks; 2 is theirs, 3 is ours.
        if not {"2", "3"} <= stages.keys():
            raise OutsideError(what)
        versions = [
            run_git_bytes(place, "cat-file", "blob", stages[one][1]) if one in stages else b""
            for one in "123"
        ]
        blob = run_git_bytes(place, "hash-object", "-w", "--stdin", stdin=merge(name, *versions))
        mode = stages["2"][0]
        run_git(place, "update-index", "--cacheinfo", f"{mode},{blob.decode().strip()},{name}")
        run_git(place, "checkout-index", "--force", "--", name)


@contextmanager
def work_tree(folder: Path, head: str) -> Iterator[Path]:
    """Create a temporary work tree of the repository at *head*."""
    with tempfile.TemporaryDirectory(prefix="statusgen-") as name:
        place = Path(name) / "work"
        run_git(folder, "worktree", "add", "--quiet", "--detach", str(place), head, hooks=False)
        try:
            yield place
        finally:
            run_git(folder, "worktree", "remove", "--force", str(place))
