"""Branches for pull requests, which are continued in a temporary work tree."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from statusgen.characters import printable
from statusgen.problems import OutsideError
from statusgen.system import files, git
from statusgen.system.git import Merge
from statusgen.system.git_command import FAR, GitError, run_git, run_git_bytes
from statusgen.system.git_push import HEADS, PushTarget, UnreachableRemoteError, push_commit

PREFIX = "statusgen/"  # of the names of all branches
_TRIES = 6  # to push, if somebody else pushes to the same branch


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """The *target* of a push, what the remote printed, and its default branch.

    *is_new* is False if the branch already had everything.
    """

    target: PushTarget
    lines: tuple[str, ...] = ()
    is_new: bool = True


class Proposal:
    """A branch for a pull request in a temporary work tree; the folder of the user stays as it is.

    *site* is the folder of the site in that work tree. At first it has what HEAD and the default
    branch of the remote have.
    """

    def __init__(self, folder: Path, place: Path, remote: str, merge: Merge) -> None:
        self.remote = remote
        self.site = place / folder.resolve().relative_to(git.top(folder))
        self._folder = folder
        self._place = place
        self._merge = merge
        self._name = ""
        self._head = self._start = self._tip("HEAD")
        self._carried: dict[str, bytes] = {}
        self._owners: dict[str, str] = {}
        self._read_remote()
        self._join(self.default)

    def show_everything(self) -> None:
        """Add to *site* what is neither in HEAD nor in the default branch.

        That is, incident files in open branches of other pull requests, and uncommitted files.
        """
        self._fetch(*self._branches)
        for name in sorted(self._branches):
            for path in self._added(self._branches[name]):
                if not (self._place / path).exists():
                    self._owners[Path(path).stem] = name
                    blob = run_git_bytes(self._place, "show", f"{self._branches[name]}:{path}")
                    self._write(path, blob)
        for path, data in self._uncommitted():
            self._write(path, data)

    def open(self, slug: str) -> None:
        """Continue the branch of the incident *slug*, with uncommitted changes to its file."""
        run_git(self._place, "reset", "--hard", "--quiet")
        run_git(self._place, "clean", "-d", "--force", "--quiet")
        self.open_branch(self._owners.get(slug, f"{PREFIX}{slug}"))
        for path, data in self._uncommitted():
            if Path(path).stem == slug:
                self._carry(path, data)

    def open_branch(self, name: str) -> None:
        """Continue the branch *name* of the remote, or begin it."""
        self._name = name
        self._join(name)
        self._start = self._tip("HEAD")

    def push(self, options: Sequence[str] = ()) -> Pushed | None:
        """Push the branch; *options* are push options for a branch that does not exist yet.

        Returns None if there is nothing that the default branch does not have. Raises OutsideError
        with a command that pushes the commit.
        """
        target = PushTarget(remote=self.remote, ref=f"{HEADS}{self._name}")
        if self._tip("HEAD") == self._start and self._is_on_remote():
            self._drop_carried()
            return Pushed(target=target, is_new=False) if self._is_open() else None
        for tries_left in reversed(range(_TRIES)):
            is_known = self._name in self._branches
            try:
                commit = self._tip("HEAD")
                lines = push_commit(
                    self._folder, target, commit, options=() if is_known else options
                )
                self._drop_carried()
                return Pushed(target=target, lines=tuple(lines))
            except OutsideError as error:
                is_final = isinstance(error, UnreachableRemoteError) or not tries_left
                if is_final or not self._has_moved():
                    raise OutsideError(self._remedy(error, commit)) from None
                self._join(self._name)
        raise AssertionError  # The last attempt raises.

    def _has_moved(self) -> bool:
        """Return whether somebody else pushed to the branch since it was read."""
        before = self._commit_of(self._name)
        with suppress(OutsideError):  # The caller reports why the push failed.
            self._read_remote()
        return self._commit_of(self._name) not in (None, before)

    def _remedy(self, error: OutsideError, commit: str) -> str:
        place = printable(f"{self.remote} {commit[:12]}:{HEADS}{self._name}")
        return f"{error}; to push the commit later, run: git push {place}"

    def _read_remote(self) -> None:
        """Read the default branch and our branches from the remote."""
        words = ("ls-remote", "--symref", "--", self.remote, "HEAD", f"{HEADS}{PREFIX}*")
        output = run_git(self._folder, *words, timeout=FAR)
        self.default, self._default_tip = "", ""
        self._branches: dict[str, str] = {}
        for line in output.splitlines():
            target, _, name = line.partition("\t")
            if name.startswith(HEADS):
                self._branches[name.removeprefix(HEADS)] = target
            elif target.startswith(f"ref: {HEADS}"):
                self.default = target.removeprefix(f"ref: {HEADS}")
            elif name == "HEAD" and self.default:
                self._default_tip = target

    def _commit_of(self, name: str) -> str | None:
        """Return the commit of the branch *name* on the remote, or None if it is not there."""
        if name and name == self.default:
            return self._default_tip
        return self._branches.get(name)

    def _fetch(self, *names: str) -> None:
        """Fetch the branches *names*, unless their commits are here already."""
        wanted = [name for name in names if not self._is_here(self._commit_of(name))]
        if wanted:
            words = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--")
            refs = [f"{HEADS}{name}" for name in wanted]
            run_git(self._folder, *words, self.remote, *refs, timeout=FAR)

    def _is_here(self, commit: str | None) -> bool:
        try:
            return commit is None or bool(
                run_git(self._folder, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
            )
        except GitError:
            return False

    def _join(self, name: str) -> None:
        """Merge the branch *name* of the remote, if it is there."""
        commit = self._commit_of(name)
        if commit is None:
            return
        self._fetch(name)
        if self._contains("HEAD", commit):
            return
        if run_git(self._place, "rev-parse", "--is-shallow-repository") == "true":
            # The merge base may be missing.
            run_git(self._folder, "fetch", "--quiet", "--unshallow", "--", self.remote, timeout=FAR)
        message = f"--message=Merge {name}"
        try:
            words = ("merge", "--quiet", "--ff", "--no-edit", message, commit)
            run_git(self._place, *words, hooks=False)
        except GitError:
            try:
                git.resolve_conflicts(self._place, self._merge)
            except OutsideError:
                raise OutsideError(self._conflict(name)) from None
            run_git(self._place, "commit", "--quiet", "--no-edit", hooks=False)

    def _conflict(self, name: str) -> str:
        shown = printable(name)
        if name == self.default:
            return f"conflict: your commits and {shown} changed the same; run: git pull --rebase"
        what = f"conflict: the branch {shown} and {printable(self.default)} changed the same lines"
        return f"{what}; merge or delete that branch, then run the same command again"

    def _added(self, commit: str) -> list[str]:
        """Return the incident files that *commit* adds since it left HEAD."""
        words = ("diff", "--name-only", "--no-renames", "--diff-filter=A", "-z")
        folder = (self.site / "incidents").relative_to(self._place).as_posix()
        try:
            output = run_git(self._place, *words, f"HEAD...{commit}", "--", folder)
        except GitError:  # Unrelated histories
            return []
        found = [path for path in output.split("\0")[:-1] if path.endswith(".md")]
        return [path for path in found if ".." not in Path(path).parts]  # A tree may be forged.

    def _uncommitted(self) -> Iterator[tuple[str, bytes]]:
        """Yield the path and content of each uncommitted incident file of the user."""
        top, incidents = git.top(self._folder), self._folder / "incidents"
        if not incidents.is_dir():
            return
        for path, mark in sorted(git.marks(incidents).items()):
            kind = files.kind_of(top / path)
            if mark != "!!" and path.endswith(".md") and kind is files.EntryKind.FILE:
                with suppress(files.UnreadableError):  # It is too large for an incident.
                    yield path, files.read_bytes(top / path, limit=files.MAX_TEXT)

    def _write(self, path: str, data: bytes) -> None:
        files.make_folder((self._place / path).parent)
        files.write_atomically(self._place / path, data)

    def _carry(self, path: str, data: bytes) -> None:
        """Add the uncommitted content *data* of the user's file *path*."""
        self._carried[path] = data
        base = self._content(self._head, path)
        theirs = self._content("HEAD", path)
        if theirs not in (None, base, data):
            data = self._merge(path, base or b"", theirs or b"", data)
        self._write(path, data)

    def _content(self, commit: str, path: str) -> bytes | None:
        try:
            return run_git_bytes(self._place, "cat-file", "blob", f"{commit}:{path}")
        except GitError:
            return None

    def _drop_carried(self) -> None:
        """Undo the uncommitted changes of the user that are in the branch now.

        Otherwise they would block `git pull` after the merge.
        """
        top = git.top(self._folder)
        for path, data in self._carried.items():
            if files.read_bytes(top / path, limit=files.MAX_TEXT) != data:
                continue  # They were edited again meanwhile.
            if self._content(self._head, path) is None:
                run_git(top, "rm", "--cached", "--quiet", "--ignore-unmatch", "--", path)
                files.delete(top / path)
            else:
                run_git(top, "checkout", "--quiet", self._head, "--", path)

    def _is_on_remote(self) -> bool:
        """Return whether the remote has all commits of the user's HEAD."""
        tips = [self._commit_of(name) for name in (self.default, self._name)]
        return any(tip is not None and self._contains(tip, self._head) for tip in tips)

    def _is_open(self) -> bool:
        """Return whether the branch is on the remote and not merged."""
        tip, default = self._commit_of(self._name), self._commit_of(self.default)
        return tip is not None and (default is None or not self._contains(default, tip))

    def _contains(self, commit: str, other: str) -> bool:
        return not run_git(self._place, "rev-list", "-n1", f"{commit}..{other}")

    def _tip(self, name: str) -> str:
        return run_git(self._place, "rev-parse", "--verify", name)


def has_proposals(folder: Path) -> bool:
    """Return whether the repository of *folder* knows branches for pull requests on a remote.

    This asks no remote. It is false outside a repository, or if Git fails.
    """
    try:
        return bool(run_git(folder, "for-each-ref", "--count=1", f"refs/remotes/*/{PREFIX}*"))
    except OutsideError:
        return False


@contextmanager
def proposal(folder: Path, merge: Merge) -> Iterator[Proposal]:
    """Open a temporary work tree for a pull request of the site in *folder*.

    *merge* is used as in `git.push`. Raises OutsideError if the remote cannot be reached.
    """
    head = run_git(folder, "rev-parse", "--verify", "HEAD")
    remote = git.push_remote(folder)
    if remote is None:
        raise OutsideError("no remote to push to; add one with: git remote add origin URL")
    with git.work_tree(folder, head) as place:
        yield Proposal(folder, place.resolve(), remote, merge)
