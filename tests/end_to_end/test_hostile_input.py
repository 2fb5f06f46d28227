"""Hostile and careless input: each row is rejected with its position, or is harmless.

The sections are 1 limits, 2 front matter, 3 YAML, 4 Markdown and 6 characters. Other tests cover
the security of the page (5: test_html, test_injection), names and paths (7: test_reader,
test_output, test_files), and logs (9: test_injection, test_cli). All rows are files of one site,
which is read once: a row that kills, fills or stops the process does so here.
"""

import json
import resource
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import html5lib
import pytest
from lxml import etree

from statusgen.system import time_limit
from tests.conftest import Run, write_site
from tests.support.faults import broken_off, command

NOW = "2026-11-20T12:00Z"
MIB = 1 << 20

HEAD = """title: T
severity: degraded
services: [api]
started: 2026-11-18 09:00
resolved: 2026-11-18 10:00
"""


def front(lines: str, body: str = "Body.") -> str:
    """Return a valid incident except for *lines* of its front matter, with *body*."""
    keys = {line.partition(":")[0] for line in lines.splitlines()}
    kept = "".join(f"{line}\n" for line in HEAD.splitlines() if line.partition(":")[0] not in keys)
    return f"---\n{kept}{lines}\n---\n{body}\n"


def text(body: str) -> str:
    """Return a valid incident with *body*."""
    return front("x-nothing: here", body)


def nested(opening: str, closing: str, times: int) -> str:
    """Return an incident whose extra key has a value that is nested *times* deep."""
    return front(f"x-a: {opening * times}{closing * times}")


_BOMB = "x-a: &a [x, x]\n" + "\n".join(
    f"x-{name}: &{name} [*{before}, *{before}]" for before, name in pairwise("abcdefghi")
)
_MERGE = "x-a: &a {k: v}\nx-b:\n" + "  <<: [" + ", ".join(["*a"] * 100) + "]"

# Refused: the row, the file, and a part of the message.
REFUSED: dict[str, tuple[str | bytes, str]] = {
    # 1. Limits
    "limit-of-a-file": (text("x" * 262_200), "more than the limit of 256 KiB"),
    "limit-of-nesting": (nested("[", "]", 60), "nested more than 50"),
    "limit-of-values": (front(f"x-a: [{'a, ' * 20_100}]"), "more than 20,000 values"),
    "limit-of-updates": (
        front("updates:\n" + "  - at: 2026-11-18 09:30\n    text: x\n" * 201),
        "more than 200",
    ),
    "limit-of-a-title": (front(f"title: {'x' * 201}"), "more than the limit of 200"),
    "limit-of-open-brackets": (text("[" * 600), "open '['"),
    "limit-of-open-parentheses": (text("[a](" * 600), "open '('"),
    "limit-of-a-block": (text("*a* " * 5000), "characters without a blank line"),
    "limit-of-headings": (text("# a\n" * 600), "headings without a blank line"),
    "limit-of-lists": (text("\n".join("  " * depth + "- a" for depth in range(60))), "deep"),
    "limit-of-nul": (text("a\0b"), "U+0000"),
    # 2. Front matter
    "not-closed": ("---\ntitle: T\n", "not closed"),
    "closed-by-dots": (f"---\n{HEAD}...\nBody\n", "does not close"),
    "no-fence": (HEAD, "no front matter"),
    "space-before-the-fence": (f" ---\n{HEAD}---\n", "does not begin"),
    "words-after-the-fence": (f"--- a\n{HEAD}---\n", "does not begin"),
    "a-list": ("---\n- a\n---\n", "map"),
    "a-scalar": ("---\nword\n---\n", "map"),
    "empty": ("---\n---\n", "title"),
    "fence-in-a-block": (
        "---\ntitle: T\nseverity: degraded\nupdates:\n  - at: 2026-11-18 09:00\n    text: |\n"
        "      a\n---\n      b\nservices: [api]\n---\n",
        "services",
    ),
    "key-content": (front("content: x"), "unknown key 'content'"),
    "key-handler": (front("handler: x"), "unknown key 'handler'"),
    "key-self": (front("self: x"), "unknown key 'self'"),
    "key-that-is-no-text": (front("[a]: x"), "a key is a word"),
    "json": ('{"title": "T"}\n', "JSON"),
    "toml": ("+++\ntitle = 'T'\n+++\n", "TOML"),
    "latin-1": ("---\ntitle: Caf\xe9\n---\n".encode("latin-1"), "not UTF-8"),
    "utf-16": (text("x").encode("utf-16"), "UTF-16"),
    "utf-16-without-mark": (text("x").encode("utf-16-le"), "U+0000"),
    "number-of-many-digits": (front(f"pin: {'9' * 5000}"), "neither true nor false"),
    # 3. YAML
    "nested-lists": (nested("[", "]", 24_000), "nested more than 50"),
    "nested-open-lists": (nested("[", "", 24_000), "nested more than 50"),
    "nested-dashes": (front("x-a:\n  " + "- " * 12_000 + "a"), "nested more than 50"),
    "nested-maps": (nested("{a: ", "}", 20_000), "nested more than 50"),
    "nested-questions": (front("? " * 12_000 + "a"), "nested more than 50"),
    "billion-laughs": (front(_BOMB), "anchor"),
    "alias-alone": (front("x-a: *b"), "alias"),
    "merge-keys": (front(_MERGE), "anchor"),
    "merge-without-alias": (front("<<: {a: b}"), "merge key"),
    "tag-of-bytes": (front("x-a: !!binary aGVsbG8="), "tag"),
    "tag-of-a-set": (front("x-a: !!set {a, b}"), "tag"),
    "tag-of-python": (front("x-a: !!python/object/apply:os.system [id]"), "tag"),
    "two-hundred-thousand-items": (front(f"x-a: [{'1,' * 100_000}]"), "more than 20,000"),
    "duplicate-key": (front("title: A\ntitle: B"), "first used on line"),
    "colon-in-a-value": (front("title: colon: in"), "put the whole value in quotes"),
    "at-sign": (front("title: @here"), "in quotes"),
    "per-cent": (front("title: %50"), "in quotes"),
    "tab": (front("x-a:\n\tb: c"), "tab"),
    "quote-not-closed": (front('title: "T'), "quote is never closed"),
    "control-character": (front("title: a\x0bb"), "U+000B"),
    "escaped-control-character": (front('title: "a\\u000bb"'), "U+000B"),
    "escaped-surrogate": (front('title: "a\\ud800b"'), "character"),
    "second-document": (front("x-a: b\n--- c\nx-d: e"), "second YAML document"),
    **{
        f"time-{name}": (front(f"started: {written}"), f"'{written}'")
        for name, written in {
            "of-single-digits": "2026-1-2",
            "with-an-offset-of-three-digits": "2026-11-18 09:00 -053",
            "of-a-named-zone": "2026-11-18 09:00 CET",
            "with-a-small-z": "2026-11-18T09:00z",
            "that-is-no-day": "2026-02-30 09:00",
            "of-24-hours": "2026-11-18 24:00:00",
            "of-second-60": "2026-11-18 09:00:60",
            "of-year-0": "0000-11-18 09:00",
            "that-is-a-day": "2026-11-18",
            "in-octal": "014",
            "sexagesimal": "12:30:45",
        }.items()
    },
    # 4. Markdown
    "brackets": (text("[" * 8000), "open '['"),
    "images": (text("![" * 8000), "open '['"),
    "links": (text("[a](" * 4000), "open"),
    "references": (text("[a][" * 4000), "open '['"),
    "nested-brackets": (text("[" * 4000 + "]" * 4000), "open '['"),
    "headings": (text("# a\n" * 4000), "headings"),
    "list-of-250": (text("\n".join("    " * depth + "- a" for depth in range(250))), "deep"),
    # 6. Characters
    "escape-sequence": (text("a \x1b[31m b"), "U+001B"),
    "c1-control": (text("a \x9b31m b"), "U+009B"),
    "lone-surrogate": (b"---\n" + HEAD.encode() + b"---\na\xed\xa0\x80b\n", "not UTF-8"),
    "no-character": (text("a \uffff b"), "U+FFFF"),
    "bidi-in-a-title": (front("title: a\u202eb"), "U+202E"),
    "mark-in-a-title": (front("title: a\u200fb"), "U+200F"),
    "zero-width-in-a-title": (front("title: a\u200bb"), "U+200B"),
    "tag-characters-in-a-title": (front("title: a\U000e0041b"), "U+E0041"),
    "line-separator": (text("a\u2028b"), "U+2028"),
    "next-line": (text("a\x85b"), "U+0085"),
    "next-line-in-a-title": (front('title: "a\\x85b"'), "U+0085"),
    # References that Markdown decodes to characters that are refused when typed
    **{
        f"reference-{name}": (text(f"a {reference} b"), f"9:3: '{reference}' stands for {code}")
        for name, reference, code in (
            ("decimal", "&#1;", "U+0001"),
            ("hex", "&#x1b;", "U+001B"),
            ("capital", "&#X8;", "U+0008"),
            ("vertical-tab", "&#x0B;", "U+000B"),
            ("no-character", "&#xFFFE;", "U+FFFE"),
            ("surrogate", "&#xD800;", "U+D800"),
            ("nul", "&#0;", "U+0000"),
            ("delete", "&#x7f;", "U+007F"),
            ("c1", "&#x85;", "U+0085"),
            ("line-separator", "&#x2028;", "U+2028"),
            ("zeros", "&#0000000000000000000001;", "U+0001"),
        )
    },
    "reference-in-a-link": (text("[a](https://b.example/&#1;)"), "'&#1;' stands for U+0001"),
    "reference-in-a-cell": (text("| a |\n|---|\n| &#1; |"), "'&#1;' stands for U+0001"),
    "reference-behind-a-lone-backtick": (text("- `a\n- &#1;"), "'&#1;' stands for U+0001"),
    "reference-in-an-update": (
        front("updates:\n  - at: 2026-11-18 09:30\n    text: a &#1;"),
        "'&#1;' stands for U+0001",
    ),
}

# Accepted with a warning: the row, the file, and a part of the warning.
WARNED: dict[str, tuple[str | bytes, str]] = {
    "typed": (text("a \u202e b"), "9:3: U+202E"),
    **{
        f"reference-{name}": (text(f"a {reference} b"), f"9:3: '{reference}' stands for {code} ")
        for name, reference, code in (
            ("decimal", "&#8238;", "U+202E"),
            ("hex", "&#x200b;", "U+200B"),
            ("of-a-mark", "&rlm;", "U+200F"),
            ("of-a-space", "&ZeroWidthSpace;", "U+200B"),
            ("of-a-hyphen", "&shy;", "U+00AD"),
            ("without-its-semicolon", "&shyly;", "U+00AD"),
        )
    },
}

# Harmless: the row, the file, and a text that the page of the incident shows.
HARMLESS: dict[str, tuple[str | bytes, str]] = {
    "mark-before-the-fence": ("\ufeff" + text("Marked."), "Marked."),
    "blank-lines-before-the-fence": ("\n\n" + text("Led."), "Led."),
    "four-dashes": (text("a\n\n----\n\nb"), "b"),
    "blanks-on-a-fence": (f"---  \n{HEAD}---\t\nBlank.\n", "Blank."),
    "line-ends-of-windows": (text("Windows.").replace("\n", "\r\n"), "Windows."),
    "rule-in-the-body": (text("a\n\n---\n\nRuled."), "Ruled."),
    "word-no": (front("title: no"), "no"),
    "word-on": (front("title: on"), "on"),
    "number-014": (front("title: 014"), "014"),
    "number-1_000": (front("title: 1_000"), "1_000"),
    "number-3.10": (front("title: 3.10"), "3.10"),
    "number-inf": (front("title: .inf"), ".inf"),
    "day-2026-01-02": (front("title: 2026-01-02"), "2026-01-02"),
    "time-12-30": (front("title: 12:30"), "12:30"),
    "number-of-digits": (front(f"title: {'9' * 200}"), "9" * 200),
    "balanced-links": (text("[a](https://b.example) " * 200), "a"),
    "log-lines": (text("[a] [b] (c)\n" * 200), "[a] [b] (c)"),
    "angle-brackets": (text("<a " * 4000), "<a <a"),
    "definition-lists": (text("a\n: b\n" * 2000), ": b"),
    "raw-html": (text("<b onclick=alert(1)>Bold</b>"), "<b onclick=alert(1)>Bold</b>"),
    "attribute-list": (text("# H {: onclick=x #id .c}"), "{: onclick=x #id .c}"),
    "attributes-of-a-fence": (text("```{ onclick=x }\ncode\n```"), "code"),
    "script-link": (text("[go](javascript:alert(1))"), "go"),
    "script-link-by-entity": (text("[go](java&Tab;script&colon;alert(1))"), "go"),
    "data-link": (text("[go](data:text/html,x)"), "go"),
    "tracking-image": (text("![pixel](https://evil.example/p.gif)"), "pixel"),
    "protocol-relative": (text("[go](//evil.example)"), "go"),
    "backslash-host": (text(r"[go](/\evil.example)"), "go"),
    "user-in-a-link": (text("[go](https://a:b@evil.example)"), "go"),
    "nested-divs": (text("<div>" * 3000), "<div>"),
    "snippets": (text('--8<-- "/etc/passwd"'), '--8<-- "/etc/passwd"'),
    "template-syntax": (front("title: '{{ 7*7 }} {% raw %}'"), "{{ 7*7 }} {% raw %}"),
    "format-syntax": (front("title: '{0.__class__} %s %(a)s'"), "{0.__class__} %s %(a)s"),
    "clobbering": (text("<form id=status name=body><input name=action>"), "<form id=status"),
    "banner": (text('<p class="banner" id=status>All fine</p>'), 'class="banner"'),
    "newline-in-a-title": (front('title: "one\\ntwo"'), "one two"),
    "emoji-joined": (front("title: 👩\u200d💻 works"), "👩\u200d💻 works"),
    "bidi-in-a-text": (text("a \u202e b"), "a \u202e b"),
    "name-like-an-id-0a1b2c3d4e5f": (text("Named."), "Named."),
    "command-of-a-runner": (front("title: '::add-mask::x'"), "::add-mask::x"),
    "cdata": (text("<![CDATA[ ]]> ]]>"), "]]>"),
    "reference-in-a-code-span": (text("a `x\n&#1; &rlm;`"), "&#1; &rlm;"),
    "reference-in-a-fence": (text("```\n&#1; &rlm;\n```"), "&#1; &rlm;"),
    "reference-in-a-title": (front("title: 'a &#1; b'"), "a &#1; b"),
    "reference-that-is-none": (text("&#; &#x; &#1 &other;"), "&#; &#x; &#1 &other;"),
    "reference-out-of-range": (text("a &#x110000; b"), "a \ufffd b"),
    "reference-to-a-letter": (text("&#65;&eacute;&amp;#1;"), "A\u00e9&#1;"),
}
HARMLESS = {name.replace(".", "-").replace("_", "-"): row for name, row in HARMLESS.items()}


def written(folder: Path, rows: dict[str, tuple[str | bytes, str]]) -> Path:
    """Write a site to *folder* with a file for each of *rows*."""
    site = write_site(folder / "site", {})
    (site / "incidents").mkdir()
    for name, (data, _) in rows.items():
        raw = data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass")
        (site / f"incidents/{name}.md").write_bytes(raw)
    return site


def limited(*arguments: str) -> None:
    """Run `statusgen`, and print on the last line of stderr how much memory it added."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        command(*arguments)()
    finally:
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sys.stderr.write(f"\n{(after - before) * 1024}")


@pytest.fixture(scope="module")
def checked() -> Iterator[tuple[dict[str, list[str]], int, int]]:
    """Run `check` on the refused rows; yield problems by row, exit status, and memory."""
    with TemporaryDirectory() as name:
        site = written(Path(name), REFUSED)
        arguments = ("check", "--site", str(site), "--now", NOW, "--format", "json")
        done = broken_off(lambda: limited(*arguments), Path(name), at=-1, reason=0, always=True)
        assert done is not None
        problems: dict[str, list[str]] = {}
        for problem in json.loads(done.out):
            place = f"{problem['line']}:{problem['column']}: {problem['message']}"
            problems.setdefault(Path(problem["path"]).stem, []).append(place)
        yield problems, done.status, int(done.err.splitlines()[-1])


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[dict[str, bytes], int]]:
    """Build the site of the harmless rows; yield its files and the memory that the build took."""
    with TemporaryDirectory() as name:
        site = written(Path(name), HARMLESS)
        out = site / "_site"
        arguments = ("build", "--site", str(site), "--out", str(out), "--now", NOW)
        done = broken_off(lambda: limited(*arguments), Path(name), at=-1, reason=0, always=True)
        assert done is not None
        assert done.status == 0, done.err
        files = {
            path.relative_to(out).as_posix(): path.read_bytes()
            for path in out.rglob("*")
            if path.is_file()
        }
        yield files, int(done.err.splitlines()[-1])


@pytest.mark.parametrize("name", REFUSED)
def test_refused_input_is_an_error_with_its_position(
    checked: tuple[dict[str, list[str]], int, int], name: str
) -> None:
    """Every refused row is an error in its own file, with line, column and remedy."""
    problems, status, _ = checked
    _, message = REFUSED[name]

    assert 1 == status
    assert [] != [line for line in problems.get(name, []) if message in line], problems.get(name)


def test_an_invisible_character_is_a_warning(run: Run, tmp_path: Path) -> None:
    """An invisible character, typed or as a reference, is a warning, and is published."""
    site = written(tmp_path, WARNED)

    done = run("check", "--site", site, "--now", NOW, "--format", "json")
    warnings = {
        Path(one["path"]).stem: f"{one['line']}:{one['column']}: {one['message']}"
        for one in json.loads(done.out)
        if one["level"] == "warning"
    }

    assert 0 == done.status
    assert {} == {
        name: warnings for name, (_, part) in WARNED.items() if part not in warnings[name]
    }


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_input_is_shown_as_text(built: tuple[dict[str, bytes], int], name: str) -> None:
    """The page of every harmless row shows its text as plain text."""
    files, _ = built
    page = html5lib.parse(files[f"incidents/{name}.html"], namespaceHTMLElements=False)
    shown = " ".join("".join(page.itertext()).split())
    links = [element.get("href") or "" for element in page.iter("a")]

    assert HARMLESS[name][1] in shown
    assert [] == [link for link in links if "evil" in link and not link.endswith("/p.gif")]
    assert [] == [link for link in links if link.split(":")[0].lower() in ("javascript", "data")]


def test_no_input_uses_much_memory(
    checked: tuple[dict[str, list[str]], int, int], built: tuple[dict[str, bytes], int]
) -> None:
    """All rows together, including bombs, use less than 200 MB of memory."""
    taken = [checked[2], built[1]]

    assert [] == [size for size in taken if size > 200 * MIB]


def test_no_input_reaches_the_time_limit(
    checked: tuple[dict[str, list[str]], int, int],
) -> None:
    """No row needs the time limit for documents, which is the last resort."""
    messages = [line for lines in checked[0].values() for line in lines]

    assert [] == [line for line in messages if time_limit.TooSlowError().message in line]


def test_every_xml_and_json_file_is_valid(built: tuple[dict[str, bytes], int]) -> None:
    """Strict parsers accept every XML and JSON file, for any content of the rows."""
    files, _ = built
    for path, data in files.items():
        if path.endswith((".atom", ".rss", ".xml", ".svg")):
            etree.fromstring(data)
        elif path.endswith(".json"):
            json.loads(data)

    assert {"feed.atom", "history.rss", "feed.json"} <= files.keys()


SETTINGS = {
    "binary": (b"\x89PNG\r\n\x1a\n\0\0", "not UTF-8"),
    "nothing": (b"", "title"),
    "nested": (b"[" * 24_000, "nested more than 50"),
    "bomb": (_BOMB.encode(), "anchor"),
    "huge": (b"a" * 300_000, "256 KiB"),
    "tag": (b"title: !!python/name:os.system x\n", "tag"),
    "control": (b'title: "a\\u001b[31m"\n', "U+001B"),
    "reference": (
        b"title: T\nurl: https://a.example\nservices: [{id: a, name: b}]\nannouncement: a &#1;\n",
        "'&#1;' stands for U+0001",
    ),
    "many-services": (
        b"title: T\nurl: https://a.example\nservices:\n" + b"  - {id: a, name: b}\n" * 7000,
        "20,000",
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_invalid_settings_are_an_error_with_a_position(run: Run, tmp_path: Path, name: str) -> None:
    """Invalid settings are an error with a position in statusgen.yml."""
    data, message = SETTINGS[name]
    (tmp_path / "statusgen.yml").write_bytes(data)

    done = run("check", "--now", NOW)
    lines = [line for line in done.out.splitlines() if message in line]

    assert 1 == done.status
    assert [] != [line for line in lines if line.startswith("statusgen.yml:")], done.out
