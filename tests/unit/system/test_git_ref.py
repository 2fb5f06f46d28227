"""Tests of a text in a ref of the remote, with real Git."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from statusgen.problems import OutsideError
from statusgen.system.git import OvertakenError
from statusgen.system.git_ref import RefValue, TextRef
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

NAME = "refs/statusgen/notified"
ABSENT = RefValue(commit=None, text="")


@dataclass(frozen=True)
class Places:
    """Create a bare repository and two clones of it below *top*."""

    top: Path

    @property
    def remote(self) -> Path:
        return self.top / "remote.git"

    @property
    def ours(self) -> Path:
        return self.top / "ours"

    @property
    def theirs(self) -> Path:
        return self.top / "theirs"


def git(folder: Path, *words: str, given: str | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *words], input=given, capture_output=True, check=False, text=True
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout.rstrip("\n")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a remote with three commits and two clones, as a template for each test."""
    top = tmp_path_factory.mktemp("repositories")
    with pytest.MonkeyPatch.context() as patch:
        settle(patch)
        ours = top / "ours"
        git(top, "init", "-q", "-b", "main", "ours")
        person = ("-c", "user.name=Jo", "-c", "user.email=jo@acme.example")
        for number in range(3):
            git(ours, *person, "commit", "-q", "--allow-empty", "-m", str(number))
        git(ours, *person, "tag", "-m", "A tag", "v1")
        git(top, "clone", "-q", "--bare", "ours", "remote.git")
        git(ours, "remote", "add", "origin", "../remote.git")
        git(ours, "fetch", "-q")
        git(ours, "branch", "-q", "--set-upstream-to=origin/main")
        shutil.copytree(ours, top / "theirs")
    return top


def settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the machine's Git settings, including the author's name."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def places(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """Provide a new remote and two clones of it."""
    settle(monkeypatch)
    return Places(shutil.copytree(prepared, tmp_path / "git"))


def ref(folder: Path) -> TextRef:
    return TextRef(folder, NAME)


def write(folder: Path, text: str) -> RefValue:
    """Replace the text of the ref by *text* through *folder*."""
    return ref(folder).write(text, before=ref(folder).read(), message="Write")


def hook(folder: Path, name: str, *lines: str) -> None:
    """Write the hook *name* with *lines* of a shell script to the folder *hooks*."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("\n".join(["#!/bin/sh", *lines, ""]), encoding="utf-8")
    (folder / name).chmod(0o755)


def state(folder: Path) -> dict[str, str]:
    """Return all files in the clone *folder* that a fetch or push may change, except objects."""
    kept = folder / ".git"
    paths = [path for path in kept.rglob("*") if "objects" not in path.parts and path.is_file()]
    found = {path.relative_to(kept).as_posix(): path.read_bytes().hex() for path in paths}
    return {**found, "refs": git(folder, "for-each-ref"), "status": git(folder, "status", "-z")}


def test_a_ref_that_is_not_there_is_empty(places: Places) -> None:
    """Before the first write there is no commit and no text."""
    assert ABSENT == ref(places.ours).read()


def test_what_one_clone_writes_another_reads(places: Places) -> None:
    """Each write is a commit with one file on top of the last, by the same author everywhere."""
    first = ref(places.ours).write("1\n", before=ABSENT, message="Claim ünïcode")
    second = ref(places.theirs).write("2\n", before=ref(places.theirs).read(), message="Send")

    assert ("1\n", "2\n") == (first.text, second.text)
    assert second == ref(places.ours).read() == ref(places.theirs).read()
    assert [
        f"{second.commit} {first.commit} Send <statusgen@localhost>",
        f"{first.commit}  Claim ünïcode <statusgen@localhost>",
    ] == git(places.remote, "log", "--format=%H %P %s <%ce>", NAME).splitlines()
    assert "state.json" == git(places.remote, "ls-tree", "--name-only", NAME)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("no line break", id="no-line-break"),
        pytest.param("a\r\nb\rc\n\n", id="line-breaks"),
        pytest.param("Störung 障害 \U0001f525 \u202e\x00\n", id="unicode"),
        pytest.param("".join(f"{number:07}\n" for number in range(131_072)), id="1-MiB"),
    ],
)
def test_every_text_comes_back_as_it_was(places: Places, text: str) -> None:
    """Any text of any size is read back unchanged."""
    git(places.ours, "config", "core.autocrlf", "true")

    assert text == write(places.ours, text).text == ref(places.theirs).read().text


def test_what_no_file_can_hold_is_replaced(places: Places) -> None:
    """An unpaired surrogate becomes a question mark, also in the returned value."""
    assert "a?b" == write(places.ours, "a\ud800b").text == ref(places.theirs).read().text


def test_a_write_reads_again_without_a_fetch(places: Places) -> None:
    """The result of a write is the base of the next one."""
    value = ABSENT
    for number in range(3):
        value = ref(places.ours).write(str(number), before=value, message="Write")

    assert value == ref(places.ours).read()
    assert "3" == git(places.remote, "rev-list", "--count", NAME)


@pytest.mark.parametrize("start", ["", "before"])
def test_who_is_later_is_overtaken(places: Places, start: str) -> None:
    """Of two writers that have read the same value, the first wins, even without a ref."""
    before = write(places.ours, start) if start else ABSENT
    theirs = ref(places.theirs)
    seen = theirs.read()
    won = ref(places.ours).write("ours", before=before, message="Write")
    with pytest.raises(OvertakenError) as raised:
        theirs.write("theirs", before=seen, message="Write")

    what = f"{NAME} in origin was changed by another process; try again"
    assert (before, what) == (seen, str(raised.value))
    assert won == theirs.read()
    assert "both" == theirs.write("both", before=won, message="Write").text


def test_the_same_change_in_the_same_second_has_one_winner(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes that make the same change at once do not both succeed."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_DATE", "2026-11-20T10:00:00Z")
    seen = ref(places.theirs).read()
    ref(places.ours).write("claim", before=seen, message="Claim")

    with pytest.raises(OvertakenError):
        ref(places.theirs).write("claim", before=seen, message="Claim")


def test_a_ref_that_was_deleted_is_not_put_back(places: Places) -> None:
    """Deleting the ref counts as a change."""
    before = write(places.ours, "1")
    git(places.theirs, "push", "-q", "origin", "--delete", NAME)

    with pytest.raises(OvertakenError):
        ref(places.ours).write("2", before=before, message="Write")
    assert ABSENT == ref(places.ours).read()


def test_a_ref_that_was_set_back_is_left_there(places: Places) -> None:
    """Resetting the ref to the previous write counts as a change."""
    first = write(places.ours, "1")
    second = write(places.ours, "2")
    git(places.remote, "update-ref", NAME, str(first.commit))

    with pytest.raises(OvertakenError):
        ref(places.ours).write("3", before=second, message="Write")
    assert first == ref(places.ours).read()


def test_nothing_is_left_in_the_clone(places: Places) -> None:
    """Only objects change in the clone: no ref, no FETCH_HEAD, no log, no index."""
    (places.ours / "work.txt").write_text("unfinished", encoding="utf-8")
    git(places.ours, "add", "work.txt")
    before = state(places.ours)
    write(places.theirs, "1")
    write(places.ours, "2")
    write(places.theirs, "3")
    ref(places.ours).read()

    assert before == state(places.ours)


def test_a_clone_does_not_bring_the_ref(places: Places) -> None:
    """The ref is not a branch, and a clone does not fetch it or its commits."""
    value = write(places.ours, "1")
    git(places.top, "clone", "-q", f"file://{places.remote}", "new")
    git(places.top / "new", "fetch", "-q", "--all", "--tags")
    objects = git(places.top / "new", "cat-file", "--batch-all-objects", "--batch-check")

    assert NAME not in git(places.top / "new", "for-each-ref")
    assert str(value.commit) not in objects
    assert "main" == git(places.remote, "branch", "--format=%(refname:short)")


def test_a_shallow_clone_stays_shallow(places: Places) -> None:
    """A clone of depth 1 fetches only the newest commit of the ref, and can write on top of it."""
    write(places.ours, "1")
    last = write(places.ours, "2")
    git(places.top, "clone", "-q", "--depth=1", f"file://{places.remote}", "shallow")
    shallow = places.top / "shallow"
    seen = ref(shallow).read()

    assert last == seen
    assert "1" == git(shallow, "rev-list", "--count", str(seen.commit))
    assert "3" == ref(shallow).write("3", before=seen, message="Write").text
    assert ["3", "1"] == [
        git(places.remote, "rev-list", "--count", NAME),
        git(shallow, "rev-list", "--count", "HEAD"),
    ]
    write(places.ours, "4")
    assert "4" == ref(shallow).read().text


def test_a_full_clone_stays_full(places: Places) -> None:
    """Fetching the text does not make a clone shallow."""
    write(places.theirs, "1")
    value = write(places.theirs, "2")

    assert value == ref(places.ours).read()
    assert "false" == git(places.ours, "rev-parse", "--is-shallow-repository")
    assert "2" == git(places.ours, "rev-list", "--count", str(value.commit))


def test_a_lock_on_the_list_of_shallow_commits_stops_nothing(places: Places) -> None:
    """A read succeeds while another process holds, or has left, the lock of a shallow clone."""
    value = write(places.ours, "1")
    git(places.top, "clone", "-q", "--depth=1", f"file://{places.remote}", "shallow")
    (places.top / "shallow/.git/shallow.lock").touch()

    assert value == ref(places.top / "shallow").read()


def test_a_clone_without_contents_works(places: Places) -> None:
    """A partial clone gets the text with the commit."""
    write(places.ours, "1")
    git(places.remote, "config", "uploadpack.allowFilter", "true")
    git(places.top, "clone", "-q", "--filter=blob:none", f"file://{places.remote}", "partial")

    assert "1" == ref(places.top / "partial").read().text
    assert "2" == write(places.top / "partial", "2").text


def test_half_of_the_objects_are_completed(places: Places) -> None:
    """A commit without its text, as after a killed fetch, is fetched again."""
    value = write(places.ours, "1")
    body = git(places.ours, "cat-file", "commit", str(value.commit)) + "\n"
    words = ("hash-object", "-w", "-t", "commit", "--stdin")

    assert value.commit == git(places.theirs, *words, given=body)
    assert value == ref(places.theirs).read()


@pytest.mark.parametrize("address", ["../remote.git", "{remote}", "file://{remote}"])
def test_the_remote_may_be_a_path_or_an_address(places: Places, address: str) -> None:
    """The remote may be an address, an absolute path, or a path relative to the clone."""
    url = address.format(remote=places.remote)
    git(places.ours, "remote", "set-url", "origin", url)
    (places.ours / "site").mkdir()
    value = write(places.ours / "site", "1")

    assert value == ref(places.theirs).read()


def test_settings_of_the_environment_count(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """GIT_CONFIG_COUNT, with which workflows pass credentials, applies to each command."""
    git(places.ours, "remote", "set-url", "origin", "nowhere:status")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{places.remote}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "nowhere:status")
    value = write(places.ours, "1")

    assert value == ref(places.theirs).read()


# Settings that name the remote; `other.git` is a second one.
CHOICES = {
    "upstream": "branch --set-upstream-to=other/main",
    "push": "config branch.main.pushRemote other",
    "push-default": "config remote.pushDefault other",
    "by-address": "config branch.main.remote ../other.git",
    "only": "remote remove origin",
}


@pytest.mark.parametrize("choice", CHOICES)
def test_the_ref_is_where_the_branch_is_pushed_to(places: Places, choice: str) -> None:
    """The settings of the branch select the remote of the ref."""
    git(places.top, "clone", "-q", "--bare", "remote.git", "other.git")
    git(places.ours, "remote", "add", "other", "../other.git")
    git(places.ours, "fetch", "-q", "other")
    git(places.ours, *CHOICES[choice].split())
    value = write(places.ours, "1")

    assert value.commit == git(places.top / "other.git", "rev-parse", NAME)
    assert "" == git(places.remote, "for-each-ref", NAME)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param("checkout --quiet --detach", id="detached"),
        pytest.param("checkout --quiet --orphan new", id="no-commit"),
        pytest.param("checkout --quiet -b new", id="new-branch"),
        pytest.param("checkout --quiet -b new --track main", id="on-top-of-a-branch-here"),
    ],
)
def test_without_a_remote_of_its_own_it_is_origin(places: Places, command: str) -> None:
    """A detached HEAD, and a branch that was never pushed, use origin."""
    git(places.ours, "remote", "add", "another", "../nowhere.git")
    git(places.ours, *command.split())
    value = write(places.ours, "1")

    assert value.commit == git(places.remote, "rev-parse", NAME)


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_without_a_remote_the_ref_is_here(places: Places, kind: str) -> None:
    """A repository without a remote keeps the ref locally, by the same rules."""
    git(places.top, "init", "-q", f"--object-format={kind}", "alone")
    alone = places.top / "alone"
    first = ref(alone).write("1", before=ref(alone).read(), message="Write")
    for before in (ABSENT, RefValue(commit=first.commit, text="1")):
        won = ref(alone).read()
        if before.commit is not None:
            won = ref(alone).write("2", before=won, message="Write")
        with pytest.raises(OvertakenError, match="in this repository was changed"):
            ref(alone).write("3", before=before, message="Write")
        assert won == ref(alone).read()

    assert "2" == git(alone, "rev-list", "--count", NAME)
    assert "" == git(alone, "branch", "--all")


# Settings of a user that must not affect the ref.
SETTINGS = {
    "push.default": "nothing",
    "push.followTags": "true",
    "push.gpgSign": "true",
    "push.recurseSubmodules": "only",
    "push.useForceIfIncludes": "true",
    "remote.origin.mirror": "true",
    "remote.origin.tagOpt": "--tags",
    "remote.origin.prune": "true",
    "fetch.prune": "true",
    "fetch.pruneTags": "true",
    "fetch.recurseSubmodules": "true",
    "fetch.writeCommitGraph": "true",
    "commit.gpgSign": "true",
    "user.useConfigOnly": "true",
    "i18n.commitEncoding": "ISO-8859-1",
    "core.logAllRefUpdates": "always",
    "transfer.fsckObjects": "true",
    "core.hooksPath": "{top}/hooks",
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_of_a_user_change_nothing(places: Places, name: str) -> None:
    """Only the ref is pushed, and only its objects are fetched, with any settings."""
    git(places.ours, "update-ref", "refs/remotes/origin/stale", "HEAD")
    git(places.ours, "tag", "ours")
    git(places.remote, "tag", "theirs", "main")
    for event in ("pre-push", "reference-transaction", "post-commit"):
        hook(places.top / "hooks", event, "echo no hook runs >&2", "exit 1")
    git(places.ours, "config", name, SETTINGS[name].format(top=places.top))
    before, there = state(places.ours), git(places.remote, "for-each-ref")
    write(places.theirs, "1")
    value = ref(places.ours).write("2", before=ref(places.ours).read(), message="é")

    assert before == state(places.ours)
    assert value == ref(places.theirs).read()
    assert "é" == git(places.remote, "log", "-1", "--format=%s", NAME)
    assert there == git(places.remote, "for-each-ref", "refs/heads", "refs/tags")


def test_no_hook_of_the_clone_runs(places: Places) -> None:
    """A hook that rejects every ref update does not apply to a local ref."""
    git(places.ours, "remote", "remove", "origin")
    hook(places.ours / ".git/hooks", "reference-transaction", "exit 1")

    assert "1" == write(places.ours, "1").text


def test_a_read_updates_no_ref_that_follows_the_remote(places: Places) -> None:
    """A read does not change refs, even if the clone follows every ref of the remote."""
    write(places.theirs, "1")
    git(places.ours, "config", "--add", "remote.origin.fetch", "+refs/*:refs/all/*")
    before = state(places.ours)
    ref(places.ours).read()

    assert before == state(places.ours)


def test_submodules_are_not_fetched(places: Places) -> None:
    """A submodule with a missing remote does not matter, even if fetches should include it."""
    git(places.top, "clone", "-q", "--bare", "remote.git", "other.git")
    git(places.ours, "-c", "protocol.file.allow=always", "submodule", "-q", "add", "../other.git")
    shutil.rmtree(places.top / "other.git")
    git(places.ours, "config", "fetch.recurseSubmodules", "true")
    write(places.theirs, "1")

    assert "1" == ref(places.ours).read().text


def test_what_is_fetched_comes_as_one_pack(places: Places) -> None:
    """Objects are fetched as a pack, so a killed process leaves nothing partial."""
    write(places.theirs, "1")
    ref(places.ours).read()

    assert 1 == len([*(places.ours / ".git/objects/pack").glob("*.pack")])


def test_a_mirror_may_have_a_name_with_an_equals_sign(places: Places) -> None:
    """A remote's name may contain "="."""
    git(places.ours, "remote", "rename", "origin", "a=b")
    git(places.ours, "config", "remote.a=b.mirror", "true")

    assert "1" == write(places.ours, "1").text == ref(places.theirs).read().text


def test_a_clone_that_mirrors_fetches_works(places: Places) -> None:
    """A bare mirror can read and write the ref."""
    write(places.ours, "1")
    git(places.top, "clone", "-q", "--mirror", "remote.git", "mirror.git")
    value = write(places.top / "mirror.git", "2")

    assert value == ref(places.ours).read()


def other_file(places: Places) -> str:
    """Return a commit without the file."""
    return git(places.ours, "rev-parse", "HEAD")


def no_commit(places: Places) -> str:
    """Return the contents of a file."""
    return git(places.ours, "hash-object", "-w", "--stdin", given="{}")


def tag(places: Places) -> str:
    """Return a tag of a commit that has the file."""
    value = ref(places.ours).write("1", before=ABSENT, message="Write")
    text = f"object {value.commit}\ntype commit\ntag x\ntagger J <j@a.example> 0 +0000\n\nx\n"
    git(places.ours, "push", "-q", "origin", "--delete", NAME)
    return git(places.ours, "mktag", given=text)


def folder_of_that_name(places: Places) -> str:
    """Return a commit with a folder instead of the file."""
    tree = git(places.ours, "mktree", given="")
    return committed(places, f"040000 tree {tree}\tstate.json\n")


def no_text(places: Places) -> str:
    """Return a commit whose file is not UTF-8."""
    (places.top / "file").write_bytes(b"\xff\xfe")
    blob = git(places.ours, "hash-object", "-w", str(places.top / "file"))
    return committed(places, f"100644 blob {blob}\tstate.json\n")


def committed(places: Places, tree: str) -> str:
    person = ("-c", "user.name=Jo", "-c", "user.email=jo@acme.example")
    made = git(places.ours, "mktree", given=tree)
    return git(places.ours, *person, "commit-tree", "-m", "Other", made)


@pytest.mark.parametrize("make", [other_file, no_commit, tag, folder_of_that_name, no_text])
def test_a_ref_that_holds_something_else_is_no_empty_text(
    places: Places, make: Callable[[Places], str]
) -> None:
    """A ref that statusgen did not write is reported with a remedy, and not changed."""
    target = make(places)
    git(places.ours, "push", "-q", "origin", f"{target}:{NAME}")
    for folder in (places.ours, places.theirs):
        with pytest.raises(OutsideError) as raised:
            ref(folder).read()
        assert (
            f"{NAME} in origin does not contain state.json, so statusgen did not write it; "
            f"to delete it, run: git push origin --delete {NAME}"
        ) == str(raised.value)

    with pytest.raises(OvertakenError):
        ref(places.ours).write("1", before=ABSENT, message="Write")
    assert target == git(places.remote, "rev-parse", NAME)


def test_an_address_in_place_of_a_name_is_not_repeated(places: Places) -> None:
    """The address of a remote, which may contain a password, is not in messages."""
    git(places.ours, "config", "branch.main.remote", f"file://{places.remote}")
    write(places.ours, "1")
    with pytest.raises(OvertakenError) as raised:
        ref(places.ours).write("2", before=ABSENT, message="Write")

    what = f"{NAME} in REMOTE was changed by another process; try again"
    assert what == str(raised.value)


def test_a_name_that_ends_alike_is_another(places: Places) -> None:
    """A branch with a similar name is not taken for the ref."""
    git(places.remote, "update-ref", f"refs/heads/{NAME}", "main")

    assert ABSENT == ref(places.ours).read()


def test_a_remote_that_is_gone_is_a_failure_outside(places: Places) -> None:
    """With an unreachable remote, reads and writes fail without reporting a conflict."""
    before = write(places.ours, "1")
    shutil.rmtree(places.remote)
    with pytest.raises(OutsideError, match=r"^git ls-remote: fatal: '../remote.git' does not"):
        ref(places.ours).read()
    with pytest.raises(OutsideError, match=r"^git push: fatal: '../remote.git' does not") as raised:
        ref(places.ours).write("2", before=before, message="Write")

    assert not isinstance(raised.value, OvertakenError)


@pytest.mark.slow
@pytest.mark.parametrize("event", ["pre-receive", "update"])
def test_a_remote_that_takes_nothing_is_a_failure_outside(places: Places, event: str) -> None:
    """A rejection by the remote gives its message and changes nothing."""
    before = write(places.ours, "1")
    hook(places.remote / "hooks", event, "echo you may not write here >&2", "exit 1")
    with pytest.raises(OutsideError, match=r"^git push: remote: you may not write here") as raised:
        ref(places.ours).write("2", before=before, message="Write")

    assert not isinstance(raised.value, OvertakenError)
    assert before == ref(places.ours).read()


def test_a_write_whose_answer_is_lost_has_happened(places: Places) -> None:
    """A connection that breaks after the remote accepted the commit is not a failure."""
    hook(places.top, "receive", 'git-receive-pack "$@"', "exit 1")
    git(places.ours, "config", "remote.origin.receivepack", str(places.top / "receive"))
    value = write(places.ours, "1")

    assert value == ref(places.theirs).read()


@pytest.mark.parametrize("alone", [False, True])
def test_a_lock_that_goes_away_is_waited_for(places: Places, alone: bool) -> None:
    """A write waits while another process holds the lock of the ref."""
    if alone:
        git(places.ours, "remote", "remove", "origin")
    home = places.ours / ".git" if alone else places.remote
    before = write(places.ours, "1")
    lock = home / f"{NAME}.lock"
    lock.touch()
    timer = threading.Timer(0.3, lock.unlink)
    timer.start()
    value = ref(places.ours).write("2", before=before, message="Write")
    timer.join()

    assert value == ref(places.ours).read()


@pytest.mark.slow
def test_a_lock_that_stays_is_a_failure_outside(places: Places) -> None:
    """A lock that stays is reported by its name, not as a conflict."""
    before = write(places.ours, "1")
    (places.remote / f"{NAME}.lock").touch()
    with pytest.raises(OutsideError, match=r"^git push: .*notified\.lock") as raised:
        ref(places.ours).write("2", before=before, message="Write")

    assert not isinstance(raised.value, OvertakenError)


@pytest.mark.parametrize("name", [".", "gone"])
def test_outside_of_a_repository_there_is_no_ref(places: Places, name: str) -> None:
    """A missing folder or repository gives an error of one line."""
    with pytest.raises(OutsideError, match=r"^git rev-parse: fatal: "):
        ref(places.top / name)


APPEND = f"""\
import sys
from pathlib import Path
from statusgen.system.git import OvertakenError
from statusgen.system.git_ref import TextRef

ref = TextRef(Path(sys.argv[1]), {NAME!r})
for number in range(int(sys.argv[3])):
    while True:
        before = ref.read()
        try:
            text = f"{{before.text}}{{sys.argv[2]}}{{number}}\\n"
            ref.write(text, before=before, message="Append")
            break
        except OvertakenError:
            pass
"""


def appending(folder: Path, word: str, times: int) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own that appends lines to the ref of *folder*."""
    return subprocess.Popen(
        [sys.executable, "-c", APPEND, folder, word, str(times)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["two-clones", "one-clone", "shallow", "no-remote"])
def test_two_processes_at_once_lose_nothing(places: Places, kind: str) -> None:
    """Two processes that append ten lines each leave each line once, in order."""
    folders = [places.ours, places.theirs if kind == "two-clones" else places.ours]
    if kind == "no-remote":
        git(places.ours, "remote", "remove", "origin")
    if kind == "shallow":
        git(places.top, "clone", "-q", "--depth=1", f"file://{places.remote}", "shallow")
        folders = [places.top / "shallow"] * 2
    processes = [appending(folder, word, 10) for folder, word in zip(folders, "ab", strict=True)]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    lines = ref(folders[0]).read().text.split()

    assert [(b"", 0)] * 2 == ended
    assert 20 == len(lines)
    assert [f"a{number}" for number in range(10)] == [line for line in lines if line[0] == "a"]
    assert [f"b{number}" for number in range(10)] == [line for line in lines if line[0] == "b"]


def write_over(places: Places, before: str) -> str:
    """Append a line to *before*, which a killed process may have changed already."""
    for _ in range(2):
        found = ref(places.ours).read()
        assert found.text in (before, f"{before}killed0\n")
        try:
            return ref(places.ours).write(f"{found.text}ours\n", before=found, message="W").text
        except OvertakenError:  # The remote has just finished the push of a killed client.
            pass
    pytest.fail("somebody else writes")


@pytest.mark.slow
def test_a_process_that_is_killed_breaks_nothing(places: Places) -> None:
    """A killed write is either done or not, and the next one succeeds."""
    if shutil.which("setsid") is None:
        pytest.skip("setsid is not installed")
    # The remote may continue after its client is killed.
    git(places.ours, "config", "remote.origin.receivepack", "setsid git-receive-pack")
    expected = ""
    ended = set()
    for number in range(30):
        # The text of the other process has to be fetched.
        expected = write(places.theirs, f"{expected}theirs{number}\n").text
        process = appending(places.ours, "killed", 1)
        time.sleep(0.05 + number * 0.008)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        ended.add(process.returncode)
        expected = write_over(places, expected)

    assert expected == ref(places.theirs).read().text
    assert -signal.SIGKILL in ended
    assert "" == git(places.remote, "fsck", "--strict", "--no-dangling")
    assert "" == git(places.ours, "fsck", "--strict", "--no-dangling")
