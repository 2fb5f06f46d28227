"""Tests of builds into an output folder, with real kills and a failing disk."""

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen.output import staging
from statusgen.output.folder import OutputPlan, open_output
from statusgen.output.paths import RECORD, STAGING
from statusgen.problems import OutsideError, StatusgenError, UsageError
from statusgen.system import files
from statusgen.system.files import FileState
from tests.conftest import ROOT
from tests.support.publishing import publish

OLD = {
    "index.html": b"old front page",
    "build.json": b"1",
    "style.1.css": b"old style",
    "a": b"a file that becomes a folder",
    "b/c/page.html": b"in a folder that becomes a file",
    "b/d": b"obsolete too",
    "kept/page.html": b"unchanged",
    "gone/deep/page.html": b"in folders that go",
}
NEW = {
    "index.html": b"new front page",
    "build.json": b"2",
    "style.2.css": b"new style",
    "a/page.html": b"in the folder that was a file",
    "b": b"the file that was a folder",
    "kept/page.html": b"unchanged",
    "feed.atom": b"new feed",
}

# Publishes NEW over OLD once for every operation that changes the disk, each time in a new folder
# and process. Just before that operation the process is killed, or the operation fails.
BREAKER = """
import errno, json, os, signal, sys
from itertools import count
from pathlib import Path
from tests.support.publishing import publish
from statusgen.problems import OutsideError

DEEDS = {"open", "os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.scandir"}
DONE, BROKEN = 0, 1

def publish_broken(folder, moment):
    deeds = count()
    reached = []
    def hook(event, _):
        if event == "os.link" and how.endswith("without links"):
            raise OSError(errno.EPERM, "Operation not permitted")
        if event in DEEDS and next(deeds) == moment:
            reached.append(event)
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.EIO, "Input/output error")
    sys.addaudithook(hook)
    said = "nothing"
    try:
        publish(new, folder)
    except OutsideError as error:
        said = str(error)
    if reached:
        os.write(1, f"{said}\\n".encode())
    os._exit(BROKEN if reached else DONE)

root, how = Path(sys.argv[1]), sys.argv[2]
sites = json.load(sys.stdin)
old, new = ({path: text.encode() for path, text in site.items()} for site in sites)
for moment in range(300):
    folder = root / f"{moment:03}"
    if old:
        publish(old, folder)
    child = os.fork()
    if child == 0:
        publish_broken(folder, moment)
    if os.waitpid(child, 0)[1] == DONE:
        sys.exit()
sys.exit("no publishing has come to its end")
"""


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of *folder* except the record; empty folders end in a slash."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[f"{name}/"] = b""
    found.pop(RECORD, None)
    return found


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the stamps of everything in *folder*, which any write changes."""
    paths = (folder, *folder.rglob("*"))
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}


def texts(outputs: Mapping[str, bytes]) -> dict[str, str]:
    """Return *outputs* in a form that JSON supports."""
    return {path: data.decode() for path, data in outputs.items()}


def broken(root: Path, old: Mapping[str, bytes], *, how: str) -> tuple[list[Path], list[str]]:
    """Return folders in which publishing NEW over *old* was interrupted, with the messages."""
    ran = subprocess.run(
        [sys.executable, "-c", BREAKER, str(root), how],
        cwd=ROOT,
        input=json.dumps([texts(old), texts(NEW)]),
        capture_output=True,
        text=True,
        check=True,
    )
    last = max(root.iterdir())  # Nothing was interrupted there. A failed first build has no folder.
    folders = [root / f"{number:03}" for number in range(int(last.name))]
    assert len(folders) > 25
    return folders, ran.stdout.splitlines()


def refusal(outputs: Mapping[str, bytes], folder: Path) -> str:
    """Return the message with which *outputs* are refused in *folder*."""
    with pytest.raises(StatusgenError) as caught:
        publish(outputs, folder)
    return str(caught.value)


def test_first_build_makes_the_folder(tmp_path: Path) -> None:
    """A missing folder is created with the published files."""
    publish(NEW, tmp_path / "deep/site")

    assert content(tmp_path / "deep/site") == NEW


def test_plan_tells_what_happens(tmp_path: Path) -> None:
    """A plan lists created, updated, deleted and unchanged paths, sorted."""
    publish(OLD, tmp_path)
    plan = publish(NEW, tmp_path)

    assert plan == OutputPlan(
        created=("a/page.html", "b", "feed.atom", "style.2.css"),
        updated=("build.json", "index.html"),
        deleted=("a", "b/c/page.html", "b/d", "gone/deep/page.html", "style.1.css"),
        unchanged=("kept/page.html",),
        recorded=tuple(sorted(OLD)),
        is_recorded=False,
    )


def test_what_is_not_committed_leaves_the_site(tmp_path: Path) -> None:
    """Before the commit nothing of the site changes, and a failure removes the staged files."""
    publish(OLD, tmp_path)
    before = stamps(tmp_path / "kept"), content(tmp_path)
    with suppress(KeyError), open_output(tmp_path, NEW) as target:
        target.put("index.html", NEW["index.html"], files.digest(NEW["index.html"]))
        raise KeyError

    assert before == (stamps(tmp_path / "kept"), content(tmp_path))
    assert not (tmp_path / STAGING).exists()


@pytest.mark.parametrize("name", ["first", "0", "record"])
def test_any_name_can_be_published(tmp_path: Path, name: str) -> None:
    """No output file has a reserved name, on the first and second build."""
    for expected in ({name: b"old"}, {name: b"new", "index.html": b"page"}):
        publish(expected, tmp_path)

        assert expected == content(tmp_path)


def test_a_failure_leaves_no_folder(tmp_path: Path) -> None:
    """A folder that was created for a failing build is removed again."""
    with pytest.raises(KeyError), open_output(tmp_path / "site", NEW):
        raise KeyError

    assert not (tmp_path / "site").exists()


def test_known_files_are_not_read_again(tmp_path: Path) -> None:
    """The known digest of a file is used exactly as long as its stamp is the same."""
    publish(OLD, tmp_path)
    known = {
        path: FileState(digest=files.digest(b"known"), stamp=files.stamp_of(tmp_path / path))
        for path in ("index.html", "a")
    }
    (tmp_path / "a").write_bytes(b"touched")
    with open_output(tmp_path, OLD, known) as target:
        found = [target.holds(path, files.digest(b"known")) for path in ("index.html", "a")]
        placed = target.placed["a"].digest

    assert [True, False] == found
    assert files.digest(b"touched") == placed


def test_second_build_writes_nothing(tmp_path: Path) -> None:
    """Publishing the same files again changes no file and no folder."""
    publish(OLD, tmp_path)
    before = stamps(tmp_path)
    plan = publish(OLD, tmp_path)

    assert (True, before) == (plan.is_done, stamps(tmp_path))


def test_only_changed_files_are_written(tmp_path: Path) -> None:
    """A file with equal bytes is not replaced when others change."""
    publish(OLD, tmp_path)
    before = stamps(tmp_path)[str(tmp_path / "kept/page.html")]
    publish(NEW, tmp_path)

    assert before == stamps(tmp_path)[str(tmp_path / "kept/page.html")]


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        pytest.param(
            {},
            [RECORD, "script.js", "x.css", "page.html", "feed.atom", "incidents", "index.html"],
            id="first-build",
        ),
        pytest.param(
            {"old.txt": b""},
            [
                RECORD,
                "script.js",
                "x.css",
                "a.html",
                "page.html",
                "feed.atom",
                "b.json",
                "index.html",
            ],
            id="update",
        ),
    ],
)
def test_front_page_comes_after_what_it_leads_to(
    tmp_path: Path, old: dict[str, bytes], expected: list[str]
) -> None:
    """Assets are placed before pages, pages before the front page, and build.json last.

    A first build places each folder by one rename.
    """
    script = (
        "import json, sys\nfrom pathlib import Path\nfrom tests.support.publishing import publish\n"
        "outputs = {path: b'' for path in json.load(sys.stdin)}\n"
        "def hook(event, arguments):\n"
        "    if event == 'os.rename':\n        print(Path(arguments[1]).name)\n"
        "sys.addaudithook(hook)\npublish(outputs, Path(sys.argv[1]))\n"
    )
    paths = ["build.json", "feed.atom", "incidents/a.html", "incidents/b.json", "index.html"]
    paths += ["page.html", "script.js", "x.css"]
    if old:
        publish(old, tmp_path)
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        input=json.dumps(paths),
        capture_output=True,
        text=True,
        check=True,
    )
    last = ["build.json", RECORD] if old else ["build.json"]

    assert [*expected, *last] == ran.stdout.split()


def test_files_and_folders_change_places(tmp_path: Path) -> None:
    """A file may become a folder and a folder a file, and empty folders are deleted."""
    publish(OLD, tmp_path)
    publish(NEW, tmp_path)

    assert content(tmp_path) == NEW


def test_empty_folder_gives_way_to_a_file(tmp_path: Path) -> None:
    """Empty folders are not in conflict with anything."""
    (tmp_path / "a/b/c").mkdir(parents=True)
    publish({"a": b"file"}, tmp_path)
    expected = {"a": b"file"}

    assert expected == content(tmp_path)


def test_record_is_the_same_everywhere(tmp_path: Path) -> None:
    """The record depends only on the set of paths."""
    publish({"b": b"1", "a": b"2"}, tmp_path / "one")
    publish({"c": b""}, tmp_path / "two")
    publish({"a": b"3", "b": b"4"}, tmp_path / "two")
    expected = '{"version": 1, "files": ["a", "b"]}'

    assert [json.loads(expected)] * 2 == [
        json.loads((tmp_path / name / RECORD).read_bytes()) for name in ("one", "two")
    ]
    assert (tmp_path / "one" / RECORD).read_bytes() == (tmp_path / "two" / RECORD).read_bytes()


def test_folder_without_record_is_refused(tmp_path: Path) -> None:
    """A folder of other files is refused with a remedy, and not changed."""
    for name in ("letter.txt", "photo.jpg", "index.html", "z"):
        (tmp_path / name).write_bytes(b"mine")
    before = stamps(tmp_path)
    expected = (
        f"{tmp_path} contains files that statusgen did not write ('index.html', 'letter.txt', "
        "'photo.jpg' and 1 more); move them (your own files belong in static/), or choose "
        "another folder with --out"
    )

    assert expected == refusal(NEW, tmp_path)
    assert before == stamps(tmp_path)


def test_file_beyond_the_record_is_refused(tmp_path: Path) -> None:
    """A file that was added to the output stays, and so do all others."""
    publish(OLD, tmp_path)
    (tmp_path / "gone/mine.txt").write_bytes(b"mine")
    (tmp_path / "feed.atom").write_bytes(b"mine as well")
    expected = content(tmp_path)

    assert "('feed.atom' and 'gone/mine.txt')" in refusal(NEW, tmp_path)
    assert expected == content(tmp_path)


def test_pipe_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    """Anything but a regular file is foreign, also under a recorded name."""
    publish(OLD, tmp_path)
    (tmp_path / "a").unlink()
    subprocess.run(["mkfifo", tmp_path / "a"], check=True)

    assert "did not write ('a')" in refusal(OLD, tmp_path)


def test_litter_stays(tmp_path: Path) -> None:
    """Files of Git and desktops are no conflict and stay, even in an obsolete folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_bytes(b"ref")
    publish(OLD, tmp_path)
    (tmp_path / "gone/.DS_Store").write_bytes(b"icons")
    (tmp_path / "Thumbs.db").symlink_to("nowhere")
    publish(NEW, tmp_path)
    (tmp_path / "Thumbs.db").unlink()
    expected = NEW | {".git/HEAD": b"ref", "gone/.DS_Store": b"icons"}

    assert expected == content(tmp_path)


def test_litter_where_a_file_has_to_be_is_refused(tmp_path: Path) -> None:
    """A folder that has to become a file is refused if it contains other files."""
    publish(OLD, tmp_path)
    (tmp_path / "b/.DS_Store").write_bytes(b"icons")
    before = stamps(tmp_path)
    expected = (
        f"{tmp_path} needs a file in place of the folder that contains 'b/.DS_Store'; "
        "move that folder"
    )

    assert expected == refusal(NEW, tmp_path)
    assert before == stamps(tmp_path)


@pytest.mark.parametrize("name", ["index.html", "gone", "a", "new.html", RECORD, STAGING])
@pytest.mark.parametrize("target", ["file", "folder", "nowhere"])
def test_link_is_refused(tmp_path: Path, name: str, target: str) -> None:
    """Nothing is written or deleted through a link of any kind."""
    site, outside = tmp_path / "site", tmp_path / "outside"
    publish(OLD, site)
    publish(OLD, outside / "folder")
    (outside / "file").write_bytes(b"precious")
    before = stamps(outside)
    if (site / name).exists():
        (site / name).rename(tmp_path / "moved")
    (site / name).symlink_to(outside / target)
    expected = f"{site} contains symbolic links ('{name}'), which are not followed; remove them"

    assert expected == refusal(NEW, site)
    assert before == stamps(outside)


def test_linked_output_folder_is_refused(tmp_path: Path) -> None:
    """The content of a site cannot choose its output folder by a link."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site").symlink_to("elsewhere")
    expected = f"{tmp_path}/site is a symbolic link; use the folder itself with --out"

    assert expected == refusal(NEW, tmp_path / "site")
    assert content(tmp_path / "elsewhere") == {}


def test_file_as_output_folder_is_refused(tmp_path: Path) -> None:
    """A file in place of the output folder is refused."""
    (tmp_path / "site").write_bytes(b"mine")
    expected = f"{tmp_path}/site is not a folder; choose another with --out"

    assert expected == refusal(NEW, tmp_path / "site")


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"version": 1, "files": ["ind', id="cut-short"),
        pytest.param(b"\xff\xfe", id="not-text"),
        pytest.param(b"[" * 100_000, id="nested"),
        pytest.param(b'{"version": 2, "files": []}', id="other-version"),
        pytest.param(b'{"version": 1, "files": "index.html"}', id="text-for-a-list"),
        pytest.param(b'{"version": 1, "files": [1]}', id="number-for-a-path"),
        pytest.param(b'["index.html"]', id="list"),
        pytest.param(b'{"version": 1, "files": ["/etc/passwd"]}', id="absolute"),
        pytest.param(b'{"version": 1, "files": ["../mine"]}', id="above"),
        pytest.param(b'{"version": 1, "files": [".git/config"]}', id="git"),
        pytest.param(b'{"version": 1, "files": [".statusgen.json"]}', id="itself"),
    ],
)
def test_damaged_record_is_not_believed(tmp_path: Path, record: bytes) -> None:
    """A damaged record is refused with a remedy, and nothing is deleted."""
    site = tmp_path / "site"
    publish(OLD, site)
    (tmp_path / "mine").write_bytes(b"mine")
    (site / RECORD).write_bytes(record)
    before = stamps(tmp_path)
    expected = (
        f"{site}/.statusgen.json is damaged, so statusgen cannot tell which files are its own; "
        f"delete {site}, or choose another with --out"
    )

    assert expected == refusal(NEW, site)
    assert before == stamps(tmp_path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/etc/passwd", "'/etc/passwd' is not a relative path", id="absolute"),
        pytest.param("../a", "'../a' is not a relative path", id="above"),
        pytest.param("a/../../b", "'a/../../b' is not a relative path", id="above-inside"),
        pytest.param("a//b", "'a//b' is not a relative path", id="empty-part"),
        pytest.param("./a", "'./a' is not a relative path", id="dot"),
        pytest.param("", "'' is not a relative path", id="empty"),
        pytest.param("a\\b", "'a\\b' is not a relative path", id="backslash"),
        pytest.param("C:a", "'C:a' is not a relative path", id="drive"),
        pytest.param("a\0", "'a\\u0000' contains U+0000", id="nul"),
        pytest.param("\udcff", "'\\udcff' contains U+DCFF", id="name-in-no-encoding"),
        pytest.param(
            "ü" * 128,
            f"'{'ü' * 59}…' has more than 255 bytes",
            id="long-name",
        ),
        pytest.param("a/.GIT/config", "'a/.GIT/config' is ignored by statusgen", id="git"),
        pytest.param(
            ".Statusgen.json",
            "'.Statusgen.json' is reserved for statusgen",
            id="record",
        ),
        pytest.param(f"{STAGING}/0", f"'{STAGING}/0' is reserved for statusgen", id="staging"),
        pytest.param("B.html", "'B.html' conflicts with 'b.html'", id="other-case"),
        pytest.param("C/x", "'C/x' conflicts with 'c'", id="folder-of-other-case"),
        pytest.param("b.html/x", "'b.html/x' conflicts with 'b.html'", id="below"),
        pytest.param("c", "'c' conflicts with 'c'", id="file-and-folder"),
    ],
)
def test_unsafe_path_is_refused(tmp_path: Path, path: str, expected: str) -> None:
    """An unsafe or conflicting path stops the build before anything is written."""
    outputs = {"b.html": b"", "c/y": b"", path: b""}

    assert f"cannot write these paths: {expected}" == refusal(outputs, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_all_unsafe_paths_are_reported(tmp_path: Path) -> None:
    """One message lists every path that cannot be written."""
    expected = (
        "cannot write these paths: '../a' is not a relative path; '/b' is not a relative path"
    )

    assert expected == refusal({"../a": b"", "/b": b""}, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "old", [pytest.param({}, id="first-build"), pytest.param(OLD, id="update")]
)
def test_killed_build_is_repaired_by_the_next(tmp_path: Path, old: dict[str, bytes]) -> None:
    """After a kill at any time, the next build gives exactly its own files."""
    folders, _ = broken(tmp_path, old, how="kill")
    for folder in folders:
        publish(NEW, folder)

    assert [NEW] * len(folders) == [content(folder) for folder in folders]


@pytest.mark.slow
def test_killed_build_is_undone_by_the_next(tmp_path: Path) -> None:
    """After a kill at any time, the previous site can be published again."""
    folders, _ = broken(tmp_path, OLD, how="kill")
    for folder in folders:
        publish(OLD, folder)

    assert [OLD] * len(folders) == [content(folder) for folder in folders]


@pytest.mark.slow
def test_repaired_folder_is_not_written_again(tmp_path: Path) -> None:
    """After the repair of a killed build, nothing is left to do."""
    folders, _ = broken(tmp_path, OLD, how="kill")
    for folder in folders:
        publish(NEW, folder)

    assert [True] * len(folders) == [publish(NEW, folder).is_done for folder in folders]


@pytest.mark.slow
@pytest.mark.parametrize(
    "old", [pytest.param({}, id="first-build"), pytest.param(OLD, id="update")]
)
def test_every_file_of_a_killed_build_is_old_or_new(tmp_path: Path, old: dict[str, bytes]) -> None:
    """A kill at any time leaves no partial file of the site."""
    folders, _ = broken(tmp_path, old, how="kill")
    torn = [
        (folder.name, path)
        for folder in folders
        for path, data in content(folder).items()
        if not path.startswith(STAGING) and not path.endswith("/")
        if data not in (old.get(path), NEW.get(path))
    ]

    assert not torn


@pytest.mark.slow
def test_failing_disk_is_reported(tmp_path: Path) -> None:
    """Every failure that matters gives a message with a path in the folder and the reason."""
    folders, messages = broken(tmp_path, OLD, how="fail")
    unclear = [
        (folder.name, message)
        for folder, message in zip(folders, messages, strict=True)
        if not (message.startswith("cannot ") and message.endswith(": Input/output error"))
        or f" {folder}" not in message
        if (message, content(folder)) != ("nothing", NEW)
    ]

    assert not unclear


def halves(folders: list[Path], messages: list[str]) -> list[tuple[str, str]]:
    """Return the *folders* with neither the old site after a failure, nor the new one.

    If only the clean-up of the staging folder failed, either is valid.
    """
    found = []
    for folder, message in zip(folders, messages, strict=True):
        site = {path: data for path, data in content(folder).items() if STAGING not in path}
        is_beside = STAGING in message
        wanted = [NEW] if message == "nothing" else [OLD, NEW] if is_beside else [OLD]
        if site not in wanted or (len(site) < len(content(folder)) and not is_beside):
            found.append((folder.name, message))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("how", ["fail", "fail without links"])
def test_failing_disk_leaves_the_old_site(tmp_path: Path, how: str) -> None:
    """A failure at any time leaves the old site and no staged files.

    Without hard links, the old files are copied and restored.
    """
    folders, messages = broken(tmp_path, OLD, how=how)

    assert [] == halves(folders, messages)


@pytest.mark.slow
def test_failing_disk_leaves_nothing_of_a_first_build(tmp_path: Path) -> None:
    """A failure at any time of a first build leaves no file of the site."""
    folders, messages = broken(tmp_path, {}, how="fail")
    left = [
        (folder.name, message)
        for folder, message in zip(folders, messages, strict=True)
        if content(folder) and STAGING not in message and message != "nothing"
    ]

    assert not left


@pytest.mark.slow
def test_failing_disk_leaves_the_old_record(tmp_path: Path) -> None:
    """A site that a failure left unchanged is recorded, so building it again writes nothing."""
    folders, messages = broken(tmp_path, OLD, how="fail")
    stayed = [
        folder
        for folder, message in zip(folders, messages, strict=True)
        if message != "nothing" and STAGING not in message
    ]

    assert len(stayed) > 2 * len(NEW)
    assert [True] * len(stayed) == [publish(OLD, folder).is_done for folder in stayed]


@pytest.mark.slow
def test_failed_build_is_repaired_by_the_next(tmp_path: Path) -> None:
    """After any failure, the next build gives exactly its own files."""
    folders, _ = broken(tmp_path, OLD, how="fail")
    for folder in folders:
        publish(NEW, folder)

    assert [NEW] * len(folders) == [content(folder) for folder in folders]


def test_full_disk_leaves_the_old_site(tmp_path: Path) -> None:
    """A file that cannot be written completely leaves the old site unchanged."""
    publish(OLD, tmp_path)
    before = stamps(tmp_path / "kept"), content(tmp_path)
    script = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from tests.support.publishing import publish\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "publish({'index.html': b'small', 'large.html': b'x' * 5000}, Path(sys.argv[1]))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    reason = ran.stderr.splitlines()[-1]

    assert reason.startswith(f"{OutsideError.__module__}.OutsideError: cannot write {tmp_path}/")
    assert reason.endswith(": File too large")
    assert before == (stamps(tmp_path / "kept"), content(tmp_path))


def test_foreign_file_in_the_staging_folder_is_refused(tmp_path: Path) -> None:
    """Only files that a killed build can have staged are cleared."""
    (tmp_path / STAGING).mkdir()
    (tmp_path / STAGING / "0").write_bytes(b"left")
    (tmp_path / STAGING / "mine.txt").write_bytes(b"mine")

    with pytest.raises(UsageError, match=r"did not write \('\.statusgen-staging/mine\.txt'\)"):
        publish(NEW, tmp_path)


def test_foreign_file_in_a_staged_site_is_refused(tmp_path: Path) -> None:
    """Of a staged site, only the files in its list are cleared."""
    staging.begin_site(tmp_path, ["a.html"])
    (tmp_path / staging.SITE / "a.html").write_bytes(b"left")
    (tmp_path / staging.SITE / "mine.txt").write_bytes(b"mine")

    with pytest.raises(UsageError, match=r"did not write \('\.statusgen-staging/site/mine\.txt'"):
        publish(NEW, tmp_path)


@pytest.mark.slow
def test_builds_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """Two processes that publish into one folder repeatedly leave the site of one of them."""
    script = (
        "import json, sys\nfrom pathlib import Path\nfrom tests.support.publishing import publish\n"
        "sites = json.loads(sys.argv[2])\nfor turn in range(40):\n    for site in sites:\n"
        "        publish({p: t.encode() for p, t in site.items()}, Path(sys.argv[1]))\n"
    )
    sites = [texts(OLD), texts(NEW)]
    command = [sys.executable, "-c", script, str(tmp_path / "site")]
    running = [
        subprocess.Popen([*command, json.dumps(order)], cwd=ROOT)
        for order in (sites, list(reversed(sites)))
    ]
    expected = [0, 0]

    assert expected == [process.wait() for process in running]
    assert content(tmp_path / "site") in (OLD, NEW)


names = st.sampled_from(["a", "b", "A", "index.html", "build.json"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


def without_clashes(outputs: dict[str, bytes]) -> dict[str, bytes]:
    """Return *outputs* without the paths that conflict with an earlier one."""
    kept: dict[str, bytes] = {}
    spelled: dict[str, tuple[str, bool]] = {}
    for path, data in outputs.items():
        parts = path.split("/")
        places = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        claims = {place.casefold(): (place, place == path) for place in places}
        if all(spelled.get(key, claim) == claim for key, claim in claims.items()):
            spelled |= claims
            kept[path] = data
    return kept


sites = st.dictionaries(paths, st.binary(max_size=2), max_size=8).map(without_clashes)


@given(st.lists(sites, min_size=2, max_size=4))
def test_folder_holds_exactly_the_last_site(versions: list[dict[str, bytes]]) -> None:
    """The folder has exactly the last site, after any previous ones."""
    with TemporaryDirectory() as folder:
        for version in versions:
            publish(version, Path(folder))

        assert versions[-1] == content(Path(folder))


@given(st.lists(sites, min_size=2, max_size=4))
def test_plan_and_site_agree(versions: list[dict[str, bytes]]) -> None:
    """A plan has every path of both sites once; created, updated and unchanged are the new site."""
    with TemporaryDirectory() as folder:
        publish(versions[0], Path(folder))
        for old, new in pairwise(versions):
            plan = publish(new, Path(folder))

            assert sorted(new) == sorted(plan.created + plan.updated + plan.unchanged)
            assert tuple(sorted(old.keys() - new.keys())) == plan.deleted
