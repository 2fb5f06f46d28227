"""What a build does to its folder, with real folders, real kills and a disk that fails."""

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

# Publishes NEW over OLD, once for every deed that reaches the disk, each time in its own folder
# and process: just before that deed the process is killed, or the deed fails, as told.
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
    publish(old, folder)
    child = os.fork()
    if child == 0:
        publish_broken(folder, moment)
    if os.waitpid(child, 0)[1] == DONE:
        sys.exit()
sys.exit("no publishing has come to its end")
"""


def content(folder: Path) -> dict[str, bytes]:
    """Every file of *folder* but the record; an empty folder counts as a name with a slash."""
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
    """What changes when anything in *folder* is written."""
    paths = (folder, *folder.rglob("*"))
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in paths}


def texts(outputs: Mapping[str, bytes]) -> dict[str, str]:
    """*outputs* as JSON can carry them."""
    return {path: data.decode() for path, data in outputs.items()}


def broken(root: Path, old: Mapping[str, bytes], *, how: str) -> tuple[list[Path], list[str]]:
    """Folders in which NEW was published over *old* and broken off, and what was said to it."""
    ran = subprocess.run(
        [sys.executable, "-c", BREAKER, str(root), how],
        cwd=ROOT,
        input=json.dumps([texts(old), texts(NEW)]),
        capture_output=True,
        text=True,
        check=True,
    )
    folders = sorted(root.iterdir())[:-1]
    assert len(folders) > 25
    return folders, ran.stdout.splitlines()


def refusal(outputs: Mapping[str, bytes], folder: Path) -> str:
    """Why *outputs* cannot be published into *folder*."""
    with pytest.raises(StatusgenError) as caught:
        publish(outputs, folder)
    return str(caught.value)


def test_first_build_makes_the_folder(tmp_path: Path) -> None:
    """A folder that does not exist is made and holds what was published."""
    publish(NEW, tmp_path / "deep/site")

    assert content(tmp_path / "deep/site") == NEW


def test_plan_tells_what_happens(tmp_path: Path) -> None:
    """A plan names what is created, updated, deleted and left alone, sorted."""
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
    """Until the site may change nothing of it does, and what was put beside it goes on failure."""
    publish(OLD, tmp_path)
    before = stamps(tmp_path / "kept"), content(tmp_path)
    with suppress(KeyError), open_output(tmp_path, NEW) as target:
        target.put("index.html", NEW["index.html"], files.digest(NEW["index.html"]))
        raise KeyError

    assert before == (stamps(tmp_path / "kept"), content(tmp_path))
    assert not (tmp_path / STAGING).exists()


@pytest.mark.parametrize("name", ["first", "0", "record"])
def test_any_name_can_be_published(tmp_path: Path, name: str) -> None:
    """No name of a file is one that the publishing keeps for itself, first and second time."""
    for expected in ({name: b"old"}, {name: b"new", "index.html": b"page"}):
        publish(expected, tmp_path)

        assert expected == content(tmp_path)


def test_a_failure_leaves_no_folder(tmp_path: Path) -> None:
    """A folder that was made for a site which then fails is gone again."""
    with pytest.raises(KeyError), open_output(tmp_path / "site", NEW):
        raise KeyError

    assert not (tmp_path / "site").exists()


def test_known_files_are_not_read_again(tmp_path: Path) -> None:
    """What is known of a file counts as long as its stamp does, and never longer."""
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
    """Publishing the same again touches no file and no folder."""
    publish(OLD, tmp_path)
    before = stamps(tmp_path)
    plan = publish(OLD, tmp_path)

    assert (True, before) == (plan.is_done, stamps(tmp_path))


def test_only_changed_files_are_written(tmp_path: Path) -> None:
    """A file with equal bytes stays the same file when others change."""
    publish(OLD, tmp_path)
    before = stamps(tmp_path)[str(tmp_path / "kept/page.html")]
    publish(NEW, tmp_path)

    assert before == stamps(tmp_path)[str(tmp_path / "kept/page.html")]


def test_front_page_comes_after_what_it_leads_to(tmp_path: Path) -> None:
    """Assets are in place before pages, pages before the front page, and build.json is last."""
    script = (
        "import json, sys\nfrom pathlib import Path\nfrom tests.support.publishing import publish\n"
        "outputs = {path: b'' for path in json.load(sys.stdin)}\n"
        "def hook(event, arguments):\n"
        "    if event == 'os.rename':\n        print(Path(arguments[1]).name)\n"
        "sys.addaudithook(hook)\npublish(outputs, Path(sys.argv[1]))\n"
    )
    paths = ["build.json", "feed.atom", "incidents/index.html", "index.html", "script.js", "x.css"]
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        input=json.dumps(paths),
        capture_output=True,
        text=True,
        check=True,
    )
    order = ["script.js", "x.css", "index.html", "feed.atom", "index.html", "build.json"]
    expected = [RECORD, *order, RECORD]

    assert expected == ran.stdout.split()


def test_files_and_folders_change_places(tmp_path: Path) -> None:
    """A file may become a folder and a folder a file; emptied folders go."""
    publish(OLD, tmp_path)
    publish(NEW, tmp_path)

    assert content(tmp_path) == NEW


def test_empty_folder_gives_way_to_a_file(tmp_path: Path) -> None:
    """Folders that hold nothing stand in nobody's way."""
    (tmp_path / "a/b/c").mkdir(parents=True)
    publish({"a": b"file"}, tmp_path)
    expected = {"a": b"file"}

    assert expected == content(tmp_path)


def test_record_is_the_same_everywhere(tmp_path: Path) -> None:
    """The record depends on the paths alone, whatever their order."""
    publish({"b": b"1", "a": b"2"}, tmp_path / "one")
    publish({"c": b""}, tmp_path / "two")
    publish({"a": b"3", "b": b"4"}, tmp_path / "two")
    expected = '{"version": 1, "files": ["a", "b"]}'

    assert [json.loads(expected)] * 2 == [
        json.loads((tmp_path / name / RECORD).read_bytes()) for name in ("one", "two")
    ]
    assert (tmp_path / "one" / RECORD).read_bytes() == (tmp_path / "two" / RECORD).read_bytes()


def test_folder_without_record_is_refused(tmp_path: Path) -> None:
    """A folder full of somebody's files is left alone, and the message says what to do."""
    for name in ("letter.txt", "photo.jpg", "index.html", "z"):
        (tmp_path / name).write_bytes(b"mine")
    before = stamps(tmp_path)
    expected = (
        f"{tmp_path} holds files that statusgen did not write ('index.html', 'letter.txt', "
        "'photo.jpg' and 1 more); choose an empty folder with --out, or move these away "
        "(own files belong into static/)"
    )

    assert expected == refusal(NEW, tmp_path)
    assert before == stamps(tmp_path)


def test_file_beyond_the_record_is_refused(tmp_path: Path) -> None:
    """A file added to the output is neither deleted nor overwritten, nor its neighbours."""
    publish(OLD, tmp_path)
    (tmp_path / "gone/mine.txt").write_bytes(b"mine")
    (tmp_path / "feed.atom").write_bytes(b"mine as well")
    expected = content(tmp_path)

    assert "('feed.atom' and 'gone/mine.txt')" in refusal(NEW, tmp_path)
    assert expected == content(tmp_path)


def test_pipe_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    """What is no regular file is not ours, even under a name of ours."""
    publish(OLD, tmp_path)
    (tmp_path / "a").unlink()
    subprocess.run(["mkfifo", tmp_path / "a"], check=True)

    assert "did not write ('a')" in refusal(OLD, tmp_path)


def test_litter_is_left_alone(tmp_path: Path) -> None:
    """Files of Git and of desktops are no obstacle and survive, even in a folder that goes."""
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
    """A folder that has to become a file is not cleared of what is not ours."""
    publish(OLD, tmp_path)
    (tmp_path / "b/.DS_Store").write_bytes(b"icons")
    before = stamps(tmp_path)
    expected = f"{tmp_path} needs a file in place of the folder of 'b/.DS_Store'; move that away"

    assert expected == refusal(NEW, tmp_path)
    assert before == stamps(tmp_path)


@pytest.mark.parametrize("name", ["index.html", "gone", "a", "new.html", RECORD, STAGING])
@pytest.mark.parametrize("target", ["file", "folder", "nowhere"])
def test_link_is_refused(tmp_path: Path, name: str, target: str) -> None:
    """Nothing is written or deleted through a link, wherever it stands and leads."""
    site, outside = tmp_path / "site", tmp_path / "outside"
    publish(OLD, site)
    publish(OLD, outside / "folder")
    (outside / "file").write_bytes(b"precious")
    before = stamps(outside)
    if (site / name).exists():
        (site / name).rename(tmp_path / "moved")
    (site / name).symlink_to(outside / target)
    expected = (
        f"{site} holds symbolic links ('{name}'), and nothing is written or deleted "
        "through a link; remove them"
    )

    assert expected == refusal(NEW, site)
    assert before == stamps(outside)


def test_linked_output_folder_is_refused(tmp_path: Path) -> None:
    """The content of a site cannot choose by a link where its build is written."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site").symlink_to("elsewhere")
    expected = f"{tmp_path}/site is a symbolic link; give the folder itself with --out"

    assert expected == refusal(NEW, tmp_path / "site")
    assert content(tmp_path / "elsewhere") == {}


def test_file_as_output_folder_is_refused(tmp_path: Path) -> None:
    """A file is not replaced by a site."""
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
    """A record that statusgen cannot have written deletes nothing, and the way out is told."""
    site = tmp_path / "site"
    publish(OLD, site)
    (tmp_path / "mine").write_bytes(b"mine")
    (site / RECORD).write_bytes(record)
    before = stamps(tmp_path)
    expected = (
        f"{site}/.statusgen.json is damaged, so nobody knows which files statusgen wrote; "
        f"delete the folder {site} or choose another with --out"
    )

    assert expected == refusal(NEW, site)
    assert before == stamps(tmp_path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/etc/passwd", "'/etc/passwd' is not a plain relative path", id="absolute"),
        pytest.param("../a", "'../a' is not a plain relative path", id="above"),
        pytest.param("a/../../b", "'a/../../b' is not a plain relative path", id="above-inside"),
        pytest.param("a//b", "'a//b' is not a plain relative path", id="empty-part"),
        pytest.param("./a", "'./a' is not a plain relative path", id="dot"),
        pytest.param("", "'' is not a plain relative path", id="empty"),
        pytest.param("a\\b", "'a\\b' is not a plain relative path", id="backslash"),
        pytest.param("C:a", "'C:a' is not a plain relative path", id="drive"),
        pytest.param("a\0", "'a\\u0000' holds U+0000", id="nul"),
        pytest.param("\udcff", "'\\udcff' holds U+DCFF", id="name-in-no-encoding"),
        pytest.param(
            "ü" * 128,
            f"'{'ü' * 59}…' has a name of more than 255 bytes",
            id="long-name",
        ),
        pytest.param(
            "a/.GIT/config", "'a/.GIT/config' is a name that statusgen leaves alone", id="git"
        ),
        pytest.param(
            ".Statusgen.json",
            "'.Statusgen.json' is a name that statusgen keeps for itself",
            id="record",
        ),
        pytest.param(
            f"{STAGING}/0", f"'{STAGING}/0' is a name that statusgen keeps for itself", id="staging"
        ),
        pytest.param("B.html", "'B.html' is in the way of 'b.html'", id="other-case"),
        pytest.param("C/x", "'C/x' is in the way of 'c'", id="folder-of-other-case"),
        pytest.param("b.html/x", "'b.html/x' is in the way of 'b.html'", id="below"),
        pytest.param("c", "'c' is in the way of 'c'", id="file-and-folder"),
    ],
)
def test_unsafe_path_is_refused(tmp_path: Path, path: str, expected: str) -> None:
    """A path that leads astray or stands in the way of another stops everything, at once."""
    outputs = {"b.html": b"", "c/y": b"", path: b""}

    assert f"cannot write these paths: {expected}" == refusal(outputs, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_all_unsafe_paths_are_told(tmp_path: Path) -> None:
    """One message names every path that cannot be written."""
    expected = (
        "cannot write these paths: '../a' is not a plain relative path; "
        "'/b' is not a plain relative path"
    )

    assert expected == refusal({"../a": b"", "/b": b""}, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "old", [pytest.param({}, id="first-build"), pytest.param(OLD, id="update")]
)
def test_killed_build_is_repaired_by_the_next(tmp_path: Path, old: dict[str, bytes]) -> None:
    """Whenever a build is killed, the next one leaves exactly what it was given."""
    folders, _ = broken(tmp_path, old, how="kill")
    for folder in folders:
        publish(NEW, folder)

    assert [NEW] * len(folders) == [content(folder) for folder in folders]


@pytest.mark.slow
def test_killed_build_is_undone_by_the_next(tmp_path: Path) -> None:
    """Whenever a build is killed, the one before can still be published again."""
    folders, _ = broken(tmp_path, OLD, how="kill")
    for folder in folders:
        publish(OLD, folder)

    assert [OLD] * len(folders) == [content(folder) for folder in folders]


@pytest.mark.slow
def test_repaired_folder_is_not_written_again(tmp_path: Path) -> None:
    """After the repair of a killed build nothing is left to do."""
    folders, _ = broken(tmp_path, OLD, how="kill")
    for folder in folders:
        publish(NEW, folder)

    assert [True] * len(folders) == [publish(NEW, folder).is_done for folder in folders]


@pytest.mark.slow
def test_every_file_of_a_killed_build_is_old_or_new(tmp_path: Path) -> None:
    """Whenever a build is killed, no file of the site is torn."""
    folders, _ = broken(tmp_path, OLD, how="kill")
    torn = [
        (folder.name, path)
        for folder in folders
        for path, data in content(folder).items()
        if not path.startswith(STAGING) and not path.endswith("/")
        if data not in (OLD.get(path), NEW.get(path))
    ]

    assert not torn


@pytest.mark.slow
def test_failing_disk_is_told(tmp_path: Path) -> None:
    """Whatever fails and matters, the message names a path in the folder and the reason."""
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
    """Those of *folders* with something else than the old site after a failure, or the new one.

    Where only tidying up beside the site failed it may be either.
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
    """Whatever fails, also between two files of the site, the old one stays, and nothing beside it.

    On a disk that knows no hard links the old files are copied aside, and put back.
    """
    folders, messages = broken(tmp_path, OLD, how=how)

    assert [] == halves(folders, messages)


@pytest.mark.slow
def test_failing_disk_leaves_the_old_record(tmp_path: Path) -> None:
    """A site that stays as it was is known to be ours, so that building it anew writes nothing."""
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
    """Whatever fails, the next build leaves exactly what it was given."""
    folders, _ = broken(tmp_path, OLD, how="fail")
    for folder in folders:
        publish(NEW, folder)

    assert [NEW] * len(folders) == [content(folder) for folder in folders]


def test_full_disk_leaves_the_old_site(tmp_path: Path) -> None:
    """A file that the system refuses to write whole leaves the old site byte for byte."""
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
    """Only what a killed build can have left is cleared away."""
    (tmp_path / STAGING).mkdir()
    (tmp_path / STAGING / "0").write_bytes(b"left")
    (tmp_path / STAGING / "mine.txt").write_bytes(b"mine")

    with pytest.raises(UsageError, match=r"did not write \('\.statusgen-staging/mine\.txt'\)"):
        publish(NEW, tmp_path)


@pytest.mark.slow
def test_builds_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """Two processes that publish into one folder again and again leave the site of one of them."""
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
    """*outputs* less every path that stands in the way of one before it."""
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
    """Whatever was published before, the folder holds the last site and nothing else."""
    with TemporaryDirectory() as folder:
        for version in versions:
            publish(version, Path(folder))

        assert versions[-1] == content(Path(folder))


@given(st.lists(sites, min_size=2, max_size=4))
def test_plan_and_site_agree(versions: list[dict[str, bytes]]) -> None:
    """A plan divides the paths of both sites: created, updated and unchanged are the new site."""
    with TemporaryDirectory() as folder:
        publish(versions[0], Path(folder))
        for old, new in pairwise(versions):
            plan = publish(new, Path(folder))

            assert sorted(new) == sorted(plan.created + plan.updated + plan.unchanged)
            assert tuple(sorted(old.keys() - new.keys())) == plan.deleted
