"""Reading a folder with everything that a disk can hold: the content, and the problems."""

import os
import socket
from pathlib import Path

import pytest
from msgspec import structs

from statusgen.build.read_site import Content
from statusgen.problems import OutsideError, UsageError
from statusgen.system.files import MAX_TEXT
from tests.conftest import SETTINGS, Run, write_site
from tests.support import publishing

GOOD = """\
---
title: API down
severity: major
services: [api]
started: 2026-11-20 09:00
---

We are looking into it.
"""
NOW = "2026-11-20T12:00Z"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a valid site with one incident."""
    return write_site(tmp_path / "site", {"incidents/a.md": GOOD})


def problems_of(content: Content, folder: Path) -> list[str]:
    """Return the problems of *content*, each as one line, with paths relative to *folder*."""
    ordered = sorted(content.problems, key=lambda problem: problem.order)
    return [
        f"{one.path.relative_to(folder).as_posix()}:{one.line}:{one.column}: {one.message}"
        for one in ordered
    ]


def read(folder: Path) -> list[str]:
    """Return the problems of the site in *folder*."""
    return problems_of(publishing.read(folder), folder)


def shown(folder: Path) -> list[tuple[object, ...]]:
    """Return what is shown of each incident in *folder*."""
    views = publishing.read(folder).incidents
    return [(*structs.astuple(structs.replace(view, tell=None)), view.details) for view in views]


def test_a_sound_site_has_no_problem(site: Path) -> None:
    """A valid site has no problems."""
    content = publishing.read(site)

    assert [] == problems_of(content, site)
    assert ["a"] == [incident.slug for incident in content.incidents]


def test_a_site_without_incidents_is_sound(tmp_path: Path) -> None:
    """All folders of a site are optional."""
    content = publishing.read(write_site(tmp_path, {}))

    assert ((), {}, {}, ()) == (
        content.incidents,
        content.static,
        content.templates,
        content.problems,
    )


def test_sub_folders_are_read_and_hidden_files_are_not(site: Path) -> None:
    """Folders in incidents/ are read; files that begin with a dot are not."""
    files = {"incidents/2026/11/b.md": GOOD, "incidents/.c.md": "x", "incidents/.d/e.md": "x"}
    content = publishing.read(write_site(site, files))

    assert [] == problems_of(content, site)
    assert ["a", "b"] == sorted(incident.slug for incident in content.incidents)


def test_drafts_are_checked_and_left_out(site: Path) -> None:
    """A draft is checked, but not published."""
    draft = GOOD.replace("---\n\n", "draft: true\n---\n\n")
    bad = draft.replace("[api]", "[mail]")
    content = publishing.read(write_site(site, {"incidents/b.md": draft, "incidents/c.md": bad}))

    assert [
        "incidents/c.md:4:12: 'mail' is not a service of this site; use one of: api, web, db"
    ] == (problems_of(content, site))
    assert ["a"] == [incident.slug for incident in content.incidents]


def test_a_folder_without_settings_is_no_site(tmp_path: Path) -> None:
    """A wrong folder is a mistake in the call, not in the content."""
    with pytest.raises(UsageError, match=r"no statusgen\.yml in "):
        publishing.read(tmp_path)


# Names.


@pytest.mark.parametrize(
    "slug", ["a", "2026-11-20-api-down", "0123456789ab", "con-tent", "com", "x" * 100, "index-2"]
)
def test_a_name_of_small_letters_digits_and_hyphens_is_an_address(
    tmp_path: Path, slug: str
) -> None:
    """The stem of the file is the slug, up to 100 characters."""
    site = write_site(tmp_path, {f"incidents/{slug}.md": GOOD})

    assert [slug] == [incident.slug for incident in publishing.read(site).incidents]


@pytest.mark.parametrize(
    "slug",
    [
        "A",
        "a b",
        "a--b",
        "-a",
        "a-",
        "a_b",
        "a.b",
        "störung",
        "\u0430\u043f\u0438",
        "\u0663",
        "🔥",
        "a\n",
        "a:b",
    ],
)
def test_any_other_name_is_a_problem(tmp_path: Path, slug: str) -> None:
    """A name that does not work as an address on every host is reported with a suggestion."""
    site = write_site(tmp_path, {f"incidents/{slug}.md": GOOD})
    (problem,) = publishing.read(site).problems

    assert (1, 1) == (problem.line, problem.column)
    assert problem.message.endswith(
        "; rename the file with lower-case letters a-z, digits and single hyphens"
    )


@pytest.mark.parametrize("slug", ["index", "current", "con", "prn", "aux", "nul", "com1", "lpt9"])
def test_a_reserved_name_is_a_problem(tmp_path: Path, slug: str) -> None:
    """Names of devices, and those that would hide a page, are reserved."""
    site = write_site(tmp_path, {f"incidents/{slug}.md": GOOD})

    assert [f"incidents/{slug}.md:1:1: '{slug}' is a reserved name; rename the file"] == read(site)


def test_names_that_differ_in_case_only_are_refused(tmp_path: Path) -> None:
    """Names that differ only in case, and clash on some disks, are rejected."""
    site = write_site(tmp_path, {"incidents/b/a.md": GOOD, "incidents/c/A.md": GOOD})

    assert ["incidents/c/A.md"] == [problem.partition(":")[0] for problem in read(site)]


# Encodings.


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xef\xbb\xbf" + GOOD.encode(), id="byte-order-mark"),
        pytest.param(GOOD.replace("\n", "\r\n").encode(), id="crlf"),
        pytest.param(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode(), id="both"),
        pytest.param(GOOD.replace("\n", "\r").encode(), id="cr"),
    ],
)
def test_files_of_other_editors_are_read(site: Path, data: bytes) -> None:
    """A byte order mark and other line ends change nothing."""
    expected = shown(site)
    (site / "incidents/a.md").write_bytes(data)

    assert expected == shown(site)


BLOCK = "data:\n  text: |\n    one\n\n    two\n"


@pytest.mark.parametrize(
    ("start", "ends"),
    [(b"\xef\xbb\xbf", "\n"), (b"", "\r\n"), (b"", "\r")],
    ids=["bom", "crlf", "cr"],
)
def test_settings_of_other_editors_are_read(site: Path, start: bytes, ends: str) -> None:
    """statusgen.yml may have a byte order mark and other line ends, too."""
    path = site / "statusgen.yml"
    path.write_text(SETTINGS + BLOCK, encoding="utf-8")
    expected = publishing.read(site).config
    path.write_bytes(start + (SETTINGS + BLOCK).replace("\n", ends).encode())

    assert expected == publishing.read(site).config


UNREADABLE = [
    pytest.param(
        GOOD.replace("We", "Wé").encode("latin-1"),
        "8:2: not UTF-8: byte 0xE9 at offset 84; save the file as UTF-8",
        id="latin-1",
    ),
    pytest.param(
        b"\xef\xbb\xbf---\r\ntitle: \xe4\xf6\r\n",
        "2:8: not UTF-8: byte 0xE4 at offset 15; save the file as UTF-8",
        id="latin-1-with-a-byte-order-mark",
    ),
    pytest.param(
        "---\ntitle: é🔥".encode() + b"\xed\xa0\x80",
        "2:10: not UTF-8: byte 0xED at offset 17; save the file as UTF-8",
        id="half-a-character",
    ),
    pytest.param(
        "---\ntitle: 🔥".encode()[:-1],
        "2:8: not UTF-8: byte 0xF0 at offset 11; save the file as UTF-8",
        id="cut-character",
    ),
    pytest.param(
        b"\xc0\xaf", "1:1: not UTF-8: byte 0xC0 at offset 0; save the file as UTF-8", id="overlong"
    ),
    pytest.param(
        GOOD.encode("utf-16"), "1:1: not UTF-8 but UTF-16; save the file as UTF-8", id="utf-16"
    ),
    pytest.param(
        GOOD.encode("utf-32"), "1:1: not UTF-8 but UTF-32; save the file as UTF-8", id="utf-32"
    ),
    pytest.param(
        GOOD.encode("utf-16-le"),
        "1:2: U+0000 is not allowed here; save the file as UTF-8 text",
        id="utf-16-without-a-mark",
    ),
    pytest.param(
        GOOD.replace("API", "A\0PI").encode(),
        "2:9: U+0000 is not allowed here; save the file as UTF-8 text",
        id="nul",
    ),
    pytest.param(
        GOOD.replace("looking", "\x1b[31mlooking").encode(),
        "8:8: U+001B is not allowed here; remove it",
        id="escape",
    ),
    pytest.param(
        GOOD.replace("looking", "\u2028looking").encode(),
        "8:8: U+2028 LINE SEPARATOR is not allowed here; remove it",
        id="line-separator",
    ),
    pytest.param(
        GOOD.replace("looking", "\x85looking").encode(),
        "8:8: U+0085 is not allowed here; remove it",
        id="next-line",
    ),
]


@pytest.mark.parametrize(("data", "expected"), UNREADABLE)
def test_what_is_not_clean_utf8_is_a_problem_where_it_begins(
    site: Path, data: bytes, expected: str
) -> None:
    """A file with another encoding or forbidden characters is reported at the first of them."""
    (site / "incidents/a.md").write_bytes(data)

    assert [f"incidents/a.md:{expected}"] == read(site)


@pytest.mark.parametrize(("data", "expected"), UNREADABLE)
def test_settings_that_are_not_clean_utf8_are_a_problem(
    site: Path, data: bytes, expected: str
) -> None:
    """The settings are checked in the same way, and the incidents are still read."""
    (site / "statusgen.yml").write_bytes(data)

    assert [f"statusgen.yml:{expected}"] == read(site)


def test_wide_text_is_refused_in_titles_and_allowed_in_texts(site: Path) -> None:
    """Characters that change the reading direction are rejected in titles, allowed in texts."""
    path = site / "incidents/a.md"
    path.write_text(GOOD.replace("API", "A\u202ePI"), encoding="utf-8")
    title = read(site)
    path.write_text(GOOD.replace("looking", "\u202elooking"), encoding="utf-8")
    text = [problem.level.value for problem in publishing.read(site).problems]

    assert [
        "incidents/a.md:2:8: 'A\\u202ePI down' contains U+202E RIGHT-TO-LEFT OVERRIDE; remove it"
    ] == title
    assert "error" not in text


# Sizes.


def test_a_file_of_256_kib_is_read(site: Path) -> None:
    """A file of exactly 256 KiB is allowed."""
    rows = "é" * 100 + "\n\n"
    room = MAX_TEXT - len(GOOD.encode())
    text = GOOD + rows * (room // len(rows.encode()))
    text += "\n" * (MAX_TEXT - len(text.encode()))
    (site / "incidents/a.md").write_text(text, encoding="utf-8")

    assert MAX_TEXT == (site / "incidents/a.md").stat().st_size
    assert [] == read(site)


@pytest.mark.parametrize("name", ["incidents/a.md", "statusgen.yml"])
@pytest.mark.parametrize(("more", "kib"), [(1, 257), (10**6, 1233)])
def test_a_larger_file_is_not_read(site: Path, name: str, more: int, kib: int) -> None:
    """A file that is a byte larger than 256 KiB is reported with both sizes."""
    (site / name).write_bytes(b"#" * (MAX_TEXT + more))

    assert [
        f"{name}:1:1: the file has {kib} KiB, more than the limit of 256 KiB; shorten it"
    ] == read(site)


def test_a_huge_sparse_file_costs_nothing(site: Path) -> None:
    """The size is checked before the content is read."""
    with (site / "incidents/a.md").open("r+b") as stream:
        stream.truncate(1 << 40)

    assert [
        "incidents/a.md:1:1: the file has 1073741824 KiB, more than the limit of 256 KiB; "
        "shorten it"
    ] == read(site)


@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? "])
@pytest.mark.parametrize("name", ["incidents/a.md", "statusgen.yml"])
def test_deep_nesting_is_a_problem_and_not_a_crash(site: Path, opening: str, name: str) -> None:
    """Deep nesting that would crash a YAML loader is reported with its line."""
    is_file = name != "statusgen.yml"
    text = opening * 24_000
    (site / name).write_text(f"---\nx-a:\n  {text}\n---\n" if is_file else text, encoding="utf-8")
    (problem,) = read(site)

    assert problem.startswith(f"{name}:{3 if is_file else 1}:")
    assert problem.endswith(": values are nested more than 50 levels deep; flatten them")


def test_too_many_values_are_a_problem(site: Path) -> None:
    """The first value over the limit of 20,000 is reported; two are the keys around the list."""
    text = GOOD.replace("---\n\n", f"x-a: [{'a, ' * 20_000}]\n---\n\n")
    (site / "incidents/a.md").write_text(text, encoding="utf-8")
    (problem,) = read(site)

    assert problem.startswith("incidents/a.md:6:")
    assert problem.endswith(": more than 20,000 values in one file; split it")


# Links and devices.

LINK = "1:1: symbolic links are not followed; replace it with the file itself"
OTHER = "1:1: this is neither a file nor a folder; remove it"


@pytest.mark.parametrize(
    "place",
    [
        "incidents/b.md",
        "incidents/b.txt",
        "incidents/2026",
        "incidents/2026/b.md",
        "incidents",
        "static/key",
        "static/css",
        "static",
        "templates/index.html",
        "templates/partials",
        "templates",
    ],
)
@pytest.mark.parametrize("target", ["a file", "a folder", "nothing", "itself"])
def test_a_link_in_an_input_folder_is_a_problem(tmp_path: Path, place: str, target: str) -> None:
    """Links are not followed anywhere in the input, wherever they lead."""
    site = write_site(tmp_path / "site", {})
    secret = tmp_path / "secret"
    if target == "a file":
        secret.write_text("password", encoding="utf-8")
    elif target == "a folder":
        write_site(secret, {"index.html": "password", "b.md": "password"})
    (site / place).parent.mkdir(parents=True, exist_ok=True)
    (site / place).symlink_to(place.rpartition("/")[2] if target == "itself" else secret)
    content = publishing.read(site)

    assert [f"{place}:{LINK}"] == problems_of(content, site)
    assert ({}, ()) == (content.static, content.incidents)


@pytest.mark.parametrize("target", ["other.yml", "nowhere.yml", "statusgen.yml"])
def test_settings_that_are_a_link_are_a_problem(site: Path, target: str) -> None:
    """A statusgen.yml that is a link is rejected; the incidents are still read."""
    (site / "statusgen.yml").rename(site / "other.yml")
    (site / "statusgen.yml").symlink_to(target)

    assert [
        "statusgen.yml:1:1: symbolic links are not followed; replace it with the file itself"
    ] == read(site)


def test_a_site_may_be_reached_by_a_link(site: Path, tmp_path: Path) -> None:
    """The site's folder itself may be a link."""
    (tmp_path / "link").symlink_to(site)

    assert ["a"] == [one.slug for one in publishing.read(tmp_path / "link").incidents]


@pytest.mark.parametrize("place", ["incidents/b.md", "static/b", "templates/b", "incidents/c/b"])
@pytest.mark.parametrize("kind", ["fifo", "socket"])
def test_what_is_no_file_is_a_problem(site: Path, place: str, kind: str) -> None:
    """A FIFO or socket is reported and never opened, so that nothing hangs."""
    path = site / place
    path.parent.mkdir(exist_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(os.path.relpath(path))  # The path of a socket has a low length limit.

    assert [f"{place}:{OTHER}"] == read(site)


def test_settings_that_are_a_fifo_are_a_problem(site: Path) -> None:
    """A FIFO as statusgen.yml does not block."""
    (site / "statusgen.yml").unlink()
    os.mkfifo(site / "statusgen.yml")

    assert ["statusgen.yml:1:1: not a regular file; replace it with a file"] == read(site)


def test_settings_that_are_a_folder_are_a_problem(site: Path) -> None:
    """A folder called statusgen.yml is reported."""
    (site / "statusgen.yml").unlink()
    (site / "statusgen.yml").mkdir()

    assert ["statusgen.yml:1:1: not a regular file; replace it with a file"] == read(site)


def test_a_folder_that_is_named_like_an_incident_is_a_folder(site: Path) -> None:
    """A folder called `b.md` may hold files like any other folder."""
    content = publishing.read(write_site(site, {"incidents/b.md/c.md": GOOD}))

    assert ["a", "c"] == [incident.slug for incident in content.incidents]


@pytest.mark.parametrize("name", ["incidents", "static", "templates"])
def test_a_file_in_the_place_of_a_folder_is_a_problem(tmp_path: Path, name: str) -> None:
    """A file called `incidents` is a problem of the content, not a failure of the disk."""
    site = write_site(tmp_path, {name: "text"})
    try:
        found = read(site)
    except OutsideError as error:
        pytest.fail(f"reported as a failure of the world outside: {error}")

    assert [f"{name}:1:1:"] == [problem.partition(" ")[0] for problem in found]


# The whole command.


@pytest.mark.parametrize("folder", ["incidents", "static"])
@pytest.mark.parametrize("style", ["text", "json", "github"])
def test_a_name_that_is_not_utf8_is_a_problem(
    site: Path, run: Run, folder: str, style: str
) -> None:
    """A name that is not UTF-8 is reported in printable form."""
    (site / folder).mkdir(exist_ok=True)
    try:
        (site / folder / os.fsdecode(b"b\xff.md")).write_text(GOOD, encoding="utf-8")
    except OSError:
        pytest.skip("this disk takes only UTF-8")
    done = run("check", "--format", style, "--now", NOW, cwd=site)

    assert 1 == done.status
    assert "udcff" in done.out
    assert done.out == done.out.encode(errors="replace").decode()


def test_every_problem_of_the_folder_comes_in_one_run(site: Path, run: Run) -> None:
    """Problems of encodings, links, names and contents come in one run, by path and line."""
    write_site(site, {"incidents/Bad Name.md": GOOD, "incidents/c.md": "", "static/ok": "ok"})
    (site / "incidents/b.md").write_bytes(b"\xff")
    (site / "static/key").symlink_to("/etc/hostname")
    (site / "statusgen.yml").write_text(SETTINGS + "colour: red\n", encoding="utf-8")
    done = run("check", "--now", NOW, cwd=site)
    places = [line.partition(" ")[0] for line in done.out.splitlines()]

    assert 1 == done.status
    assert [
        "incidents/Bad",
        "incidents/b.md:1:1:",
        "incidents/c.md:1:1:",
        "static/key:1:1:",
        "statusgen.yml:11:1:",
    ] == places


def test_warnings_are_shown_beside_errors_of_other_files(site: Path, run: Run) -> None:
    """A warning is shown together with errors of other files."""
    late = GOOD.replace("2026-11-20", "2026-11-21")
    write_site(site, {"incidents/b.md": late, "incidents/c.md": ""})
    done = run("check", "--now", NOW, cwd=site)

    assert ["incidents/b.md:5:10:", "incidents/c.md:1:1:"] == [
        line.partition(" ")[0] for line in done.out.splitlines()
    ]


def test_paths_are_relative_to_the_current_folder(site: Path, run: Run) -> None:
    """Paths in problems, and inside messages, are relative to the current folder."""
    write_site(site, {"incidents/2026/a.md": GOOD})
    done = run("check", "--site", "site", "--now", NOW, cwd=site.parent)
    expected = (
        "site/incidents/a.md:1:1: 'a' is also the name of site/incidents/2026/a.md;"
        " rename one of them (the newer one, so that links stay valid)\n"
    )

    assert expected == done.out


def test_the_order_on_disk_does_not_matter(tmp_path: Path) -> None:
    """The order of creation affects neither the content nor the problems."""
    files = {f"incidents/{name}.md": GOOD for name in ("c", "a", "b")}
    files |= {"incidents/2026/a.md": GOOD, "incidents/2025/c.md": GOOD, "incidents/z.md": ""}
    one = write_site(tmp_path / "one", files)
    other = write_site(tmp_path / "other", dict(reversed(files.items())))

    assert read(one) == [line.replace("/other/", "/one/") for line in read(other)]
    assert shown(one) == shown(other)


NO_MATTER = "this file has no front matter and is not read; "
NO_MATTER += "move it out of incidents/, or begin it with '---' if it is an incident"
UNDERSCORE = "files whose names begin with '_' are not read; "
UNDERSCORE += "rename it if it is an incident, or move it out of incidents/"


def test_documents_and_templates_do_not_stop_a_build(run: Run, site: Path) -> None:
    """A README and a template are warnings in each build, also in one that uses the cache."""
    write_site(site, {"incidents/README.md": "# Incidents\n", "incidents/_new.md": "x"})

    runs = [run("build", "--now", NOW, cwd=site) for _ in range(2)]

    assert [0, 0] == [ran.status for ran in runs]
    assert [True, True] == [f"warning: {NO_MATTER}" in ran.err for ran in runs]
    assert [True, True] == [f"warning: {UNDERSCORE}" in ran.err for ran in runs]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="not-utf-8"),
        pytest.param(b"x" * (MAX_TEXT + 1), id="too-large"),
        pytest.param(b"+++\ntitle = 1\n+++\n", id="toml"),
    ],
)
def test_a_document_is_skipped_with_any_content(content: bytes, site: Path) -> None:
    """Only front matter makes an incident of a file such as README.md."""
    (site / "incidents" / "License.md").write_bytes(content)

    assert [f"incidents/License.md:1:1: {NO_MATTER}"] == read(site)


def test_links_to_documents_and_templates_are_skipped(site: Path) -> None:
    """A symbolic link with such a name is not followed, and is only a warning."""
    (site / "incidents" / "README.md").symlink_to("a.md")
    (site / "incidents" / "_new.md").symlink_to("a.md")

    assert [
        f"incidents/README.md:1:1: {NO_MATTER}",
        f"incidents/_new.md:1:1: {UNDERSCORE}",
    ] == read(site)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param(b"", ["a", "changelog"], id="front-matter"),
        pytest.param(b"\xef\xbb\xbf\r\n\r\n", ["a", "changelog"], id="mark-and-blank-lines"),
        pytest.param(b"Text.\n", ["a"], id="text-above-it"),
    ],
)
def test_an_incident_may_have_the_name_of_a_document(
    start: bytes, expected: list[str], site: Path
) -> None:
    """A file `changelog.md` that begins with front matter is an incident."""
    (site / "incidents" / "changelog.md").write_bytes(start + GOOD.encode())

    content = publishing.read(site)

    assert expected == sorted(incident.slug for incident in content.incidents)


def test_commands_skip_documents_and_templates(run: Run, site: Path) -> None:
    """`list`, `update` and `check --fix` do not read these files, and `new` keeps them."""
    write_site(site, {"incidents/readme.md": "Text.\n", "incidents/_new.md": GOOD})

    listed = run("list", "--format", "json", cwd=site)
    updated = run("update", "-m", "Half is back.", "--now", NOW, cwd=site)
    fixed = run("check", "--fix", "--now", NOW, cwd=site)
    new = run("new", "A", "--severity=none", "--slug=readme", "-m", "B.", "--now", NOW, cwd=site)

    assert (0, 1) == (listed.status, listed.out.count('"slug"'))
    assert (0, "incidents/a.md\n") == (updated.status, updated.out)
    assert (0, 2) == (fixed.status, fixed.out.count("warning: "))
    assert (2, "Text.\n") == (new.status, (site / "incidents" / "readme.md").read_text("utf-8"))


@pytest.mark.parametrize(
    ("file", "setting", "expected"),
    [
        pytest.param(
            "gro\u0308\u00dfe.svg",
            "gr\u00f6\u00dfe.svg",
            "rename the file to 'gr\u00f6\u00dfe.svg', without U+0308 COMBINING DIAERESIS",
            id="file",
        ),
        pytest.param(
            "gr\u00f6\u00dfe.svg",
            "gro\u0308\u00dfe.svg",
            "did you mean 'gr\u00f6\u00dfe.svg', without U+0308 COMBINING DIAERESIS?",
            id="setting",
        ),
    ],
)
def test_decomposed_file_name_is_named(
    run: Run, tmp_path: Path, file: str, setting: str, expected: str
) -> None:
    """A file name that looks like the one in the settings is reported with the accent at fault."""
    write_site(tmp_path, {f"static/{file}": "<svg/>"})
    settings = tmp_path / "statusgen.yml"
    settings.write_text(f"{settings.read_text('utf-8')}favicon: {setting}\n", encoding="utf-8")

    done = run("check", "--now", "2026-11-20T12:00Z", cwd=tmp_path)

    assert f"'static/{setting}' does not exist; {expected}\n" == done.out.partition(": ")[2]
