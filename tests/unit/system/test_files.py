"""Tests of file access with real files and folders."""

import errno
import fcntl
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from statusgen.problems import OutsideError, Problem
from statusgen.system import files, locks
from statusgen.system.files import EntryKind, UnreadableError
from tests.conftest import ROOT

KIB = 1024


def found(folder: Path) -> list[tuple[str, str]]:
    """Return the path and kind of each entry in *folder*."""
    return [(entry.path, str(entry.kind)) for entry in files.walk(folder)]


def place(error: UnreadableError) -> tuple[int, int, str]:
    """Return the line, column and message of *error*."""
    return error.line, error.column, error.message


def test_a_lock_is_held_on_the_folder_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that waited for a deleted folder locks the new one in its place."""
    folder = tmp_path / "site"
    really = fcntl.flock
    deleted: list[Path] = []

    def lock(descriptor: int, operation: int) -> None:
        if not deleted:
            folder.rmdir()
            deleted.append(folder)
        really(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", lock)
    with locks.locked(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            really(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    really(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(descriptor)


def test_walk_names_everything_folder_by_folder(tmp_path: Path) -> None:
    """A walk is sorted, has the kind of each entry, and follows no links."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b/c").mkdir()
    (tmp_path / "b/c/deep.md").touch()
    (tmp_path / "b-a.md").touch()
    (tmp_path / ".hidden").touch()
    (tmp_path / "a.md").symlink_to("b-a.md")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    expected = [
        (".hidden", "file"),
        ("a.md", "link"),
        ("b", "folder"),
        ("b/c", "folder"),
        ("b/c/deep.md", "file"),
        ("b-a.md", "file"),
        ("loop", "link"),
        ("pipe", "other"),
    ]

    assert expected == found(tmp_path)


def test_walk_does_not_enter_litter(tmp_path: Path) -> None:
    """A folder of Git is yielded without its content."""
    (tmp_path / "a/.git/objects").mkdir(parents=True)
    expected = [("a", "folder"), ("a/.git", "folder")]

    assert expected == found(tmp_path)


def test_missing_folder_is_empty(tmp_path: Path) -> None:
    """A missing folder is empty."""
    expected: list[tuple[str, str]] = []

    assert expected == found(tmp_path / "missing")


def test_linked_folder_is_only_a_link(tmp_path: Path) -> None:
    """A walk of a folder that is a link yields only the link."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target/secret.md").touch()
    (tmp_path / "link").symlink_to("target")
    expected = [(".", "link")]

    assert expected == found(tmp_path / "link")


def test_walk_of_a_file_is_an_error(tmp_path: Path) -> None:
    """A file in place of the folder is an error that names it."""
    (tmp_path / "a").touch()
    with pytest.raises(OutsideError) as caught:
        found(tmp_path / "a")

    assert f"cannot read {tmp_path}/a: Not a directory" == str(caught.value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("file", EntryKind.FILE, id="file"),
        pytest.param("", EntryKind.FOLDER, id="folder"),
        pytest.param("dangling", EntryKind.LINK, id="dangling-link"),
        pytest.param("missing", None, id="missing"),
        pytest.param("file/below", None, id="below-a-file"),
    ],
)
def test_kind_of_a_place(tmp_path: Path, name: str, expected: EntryKind | None) -> None:
    """The kind of a path is that of the entry itself; a missing path has none."""
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to("nowhere")

    assert expected is files.kind_of(tmp_path / name)


def test_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    """A file of exactly the limit is read."""
    (tmp_path / "a").write_bytes(b"x" * KIB)
    expected = b"x" * KIB

    assert expected == files.read_bytes(tmp_path / "a", limit=KIB)


def test_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    """A file of one byte above the limit is rejected with both sizes."""
    (tmp_path / "a").write_bytes(b"x" * (2 * KIB + 1))
    with pytest.raises(UnreadableError) as caught:
        files.read_bytes(tmp_path / "a", limit=2 * KIB)
    expected = "the file has 3 KiB, more than the limit of 2 KiB; shorten it"

    assert expected == caught.value.message


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs the /proc of Linux")
def test_endless_file_is_read_up_to_the_limit() -> None:
    """A file that does not report its size is rejected once it exceeds the limit."""
    with pytest.raises(UnreadableError) as caught:
        files.read_bytes(Path("/proc/self/maps"), limit=100)
    expected = "the file has 1 KiB, more than the limit of 0 KiB; shorten it"

    assert expected == caught.value.message


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param(
            "link", "symbolic links are not followed; replace it with the file itself", id="link"
        ),
        pytest.param(
            "dangling",
            "symbolic links are not followed; replace it with the file itself",
            id="dangling",
        ),
        pytest.param("folder", "not a regular file; replace it with a file", id="folder"),
        pytest.param(
            "pipe", "not a regular file; replace it with a file", id="pipe-without-writer"
        ),
        pytest.param("/dev/zero", "not a regular file; replace it with a file", id="device"),
    ],
)
def test_only_regular_files_are_read(tmp_path: Path, name: str, expected: str) -> None:
    """Links, folders, pipes and devices are rejected without waiting."""
    (tmp_path / "target").write_text("secret", encoding="utf-8")
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableError) as caught:
        files.read_bytes(tmp_path / name, limit=KIB)

    assert expected == caught.value.message


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("missing", "cannot read {}/missing: No such file or directory", id="missing"),
        pytest.param("a" * 300, "cannot read {}/" + "a" * 300 + ": File name too long", id="long"),
        pytest.param("a\0b\x1b", "cannot read {}/a\\u0000b\\u001b: embedded null byte", id="nul"),
    ],
)
def test_failed_reading_names_path_and_reason(tmp_path: Path, name: str, expected: str) -> None:
    """An OS error has the path in printable form and the reason."""
    with pytest.raises(OutsideError) as caught:
        files.read_bytes(tmp_path / name, limit=KIB)

    assert expected.format(tmp_path) == str(caught.value)


def test_unreadable_file_is_a_problem_of_its_author() -> None:
    """An unreadable file gives a problem with line and column."""
    error = UnreadableError("not UTF-8", line=2, column=3)

    assert Problem(path=Path("a.md"), line=2, column=3, message="not UTF-8") == error.problem(
        Path("a.md")
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", "", id="empty"),
        pytest.param(b"a\r\nb\nc\rd\t", "a\r\nb\nc\rd\t", id="line-ends-stay"),
        pytest.param(b"\xef\xbb\xbf---\n", "---\n", id="mark-is-dropped"),
        pytest.param("Grün 👩‍💻".encode(), "Grün 👩‍💻", id="beyond-ascii"),
    ],
)
def test_clean_text_is_read_as_it_is(data: bytes, expected: str) -> None:
    """UTF-8 is decoded without its byte order mark and otherwise unchanged."""
    assert expected == files.decode(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            b"a\r\nb\rc\ncaf\xe9",
            (4, 4, "not UTF-8: byte 0xE9 at offset 10; save the file as UTF-8"),
            id="latin-1-after-each-line-end",
        ),
        pytest.param(
            b"\xef\xbb\xbf\xc3\xbc\xff",
            (1, 2, "not UTF-8: byte 0xFF at offset 5; save the file as UTF-8"),
            id="offset-counts-the-mark-column-characters",
        ),
        pytest.param(
            b"ab\xed\xa0\x80",
            (1, 3, "not UTF-8: byte 0xED at offset 2; save the file as UTF-8"),
            id="surrogate",
        ),
        pytest.param(
            b"\xe2\x82",
            (1, 1, "not UTF-8: byte 0xE2 at offset 0; save the file as UTF-8"),
            id="cut-short",
        ),
        pytest.param(
            "\ufefftitle".encode("utf-16-le"),
            (1, 1, "not UTF-8 but UTF-16; save the file as UTF-8"),
            id="utf-16-little",
        ),
        pytest.param(
            "\ufefftitle".encode("utf-16-be"),
            (1, 1, "not UTF-8 but UTF-16; save the file as UTF-8"),
            id="utf-16-big",
        ),
        pytest.param(
            "\ufefftitle".encode("utf-32-le"),
            (1, 1, "not UTF-8 but UTF-32; save the file as UTF-8"),
            id="utf-32-little",
        ),
        pytest.param(
            "title".encode("utf-16-le"),
            (1, 2, "U+0000 is not allowed here; save the file as UTF-8 text"),
            id="utf-16-without-mark",
        ),
        pytest.param(
            b"one\ntwo \x1b[31m",
            (2, 5, "U+001B is not allowed here; remove it"),
            id="terminal-escape",
        ),
        pytest.param(
            "a\u2028".encode(),
            (1, 2, "U+2028 LINE SEPARATOR is not allowed here; remove it"),
            id="line-separator",
        ),
    ],
)
def test_other_text_is_refused_at_its_place(data: bytes, expected: tuple[int, int, str]) -> None:
    """Invalid text is rejected with line, column in characters, and a remedy."""
    with pytest.raises(UnreadableError) as caught:
        files.decode(data)

    assert expected == place(caught.value)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"x" * 200_000, True, id="same"),
        pytest.param(b"x" * 199_999 + b"y", False, id="last-byte"),
        pytest.param(b"x" * 199_999, False, id="shorter"),
    ],
)
def test_content_is_compared(tmp_path: Path, data: bytes, expected: bool) -> None:
    """A file and data have the same digest only if every byte is equal."""
    (tmp_path / "a").write_bytes(b"x" * 200_000)

    assert expected is (files.digest_of(tmp_path / "a") == files.digest(data))


def test_written_file_replaces_the_old(tmp_path: Path) -> None:
    """A write leaves the file with the data, and nothing else in the folder."""
    (tmp_path / "a").write_bytes(b"old")
    files.write_atomically(tmp_path / "a", b"new")
    expected = {"a": b"new"}

    assert expected == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_umask_decides_the_mode(tmp_path: Path) -> None:
    """The umask decides who can read a written file."""
    before = os.umask(0o027)
    try:
        files.write_atomically(tmp_path / "a", b"")
    finally:
        os.umask(before)
    expected = 0o640

    assert expected == stat.S_IMODE((tmp_path / "a").stat().st_mode)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("link", "cannot write {}/link: it is a symbolic link", id="link"),
        pytest.param("folder", "cannot write {}/folder: it is not a regular file", id="folder"),
        pytest.param("pipe", "cannot write {}/pipe: it is not a regular file", id="pipe"),
        pytest.param(
            "missing/a", "cannot write {}/missing/a: No such file or directory", id="no-folder"
        ),
    ],
)
def test_only_files_are_replaced(tmp_path: Path, name: str, expected: str) -> None:
    """Links, folders and pipes are neither replaced nor written through."""
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    before = found(tmp_path)
    with pytest.raises(OutsideError) as caught:
        files.write_atomically(tmp_path / name, b"new")

    assert (expected.format(tmp_path), before, b"old") == (
        str(caught.value),
        found(tmp_path),
        (tmp_path / "target").read_bytes(),
    )


def test_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed write leaves the old file and no other, and names the file."""

    def fails(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OutsideError) as caught:
        files.write_atomically(tmp_path / "a", b"new")

    assert (f"cannot write {tmp_path}/a: No space left on device", {"a": b"old"}) == (
        str(caught.value),
        {path.name: path.read_bytes() for path in tmp_path.iterdir()},
    )


def test_interrupted_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C during a write leaves the old file and no other."""

    def interrupts(_: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", interrupts)
    with pytest.raises(KeyboardInterrupt):
        files.write_atomically(tmp_path / "a", b"new")
    expected = {"a": b"old"}

    assert expected == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_created_file_replaces_none(tmp_path: Path) -> None:
    """Creating an existing file fails, and the file stays."""
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(OutsideError) as caught:
        files.create(tmp_path / "a", b"new")

    assert (f"cannot write {tmp_path}/a: File exists", b"old") == (
        str(caught.value),
        (tmp_path / "a").read_bytes(),
    )


def test_folder_with_content_is_not_deleted(tmp_path: Path) -> None:
    """Only an empty folder is deleted."""
    (tmp_path / "full/empty").mkdir(parents=True)
    (tmp_path / "full/file").touch()
    for name in ("full/empty", "full/file", "full", "missing"):
        files.delete_folder(tmp_path / name)
    expected = [("full", "folder"), ("full/file", "file")]

    assert expected == found(tmp_path)


def test_module_works_without_posix(tmp_path: Path) -> None:
    """Files are read and written without O_NOFOLLOW, O_NONBLOCK and fcntl."""
    script = """
import os, secrets, subprocess, sys
from pathlib import Path
del os.O_NOFOLLOW, os.O_NONBLOCK
folder = Path(sys.argv[1])
sys.modules["fcntl"] = None
sys.platform = "win32"
from statusgen.system import files
from statusgen.system.locks import locked
with locked(folder):
    files.write_atomically(folder / "a", b"text")
    print(files.read_text(folder / "a", limit=4))
"""
    command = [sys.executable, "-c", script, str(tmp_path / "new")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    expected = ("text\n", "")

    assert expected == (ran.stdout, ran.stderr)


def test_a_file_that_is_deleted_while_a_folder_is_listed_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A temporary file of another command may vanish at any time without an error."""
    for name in ("a.md", "b.md"):
        (tmp_path / name).touch()
    scandir = os.scandir

    @contextmanager
    def deleting(folder: Path) -> Iterator[list[os.DirEntry[str]]]:
        with scandir(folder) as found:
            entries = list(found)
        (tmp_path / "a.md").unlink()
        yield entries

    monkeypatch.setattr(os, "scandir", deleting)

    assert ["b.md"] == [entry.path for entry in files.walk(tmp_path)]
