"""The page that the preview shows while the site cannot be built.

Each problem has the lines of its file around it, with its column marked.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from pathlib import Path

from statusgen.characters import printable
from statusgen.problems import ContentError, Problem, StatusgenError, as_text, errors
from statusgen.system import files

_AROUND = 1  # lines shown before and after the one with the problem
_MAX_LINE = 160  # characters of a line that are shown
_MAX_EXCERPTS = 100  # problems that are shown with lines

_BREAK = re.compile("\r\n|\r|\n")

_STYLE = """\
:root{color-scheme:light dark;--back:#fff;--soft:#f6f7f9;--text:#1b1f24;--dim:#57606a;
--line:#d8dee4;--tone:#cf222e}
@media (prefers-color-scheme:dark){:root{--back:#0f1318;--soft:#171c23;--text:#e6edf3;--dim:#9aa4af;
--line:#303841;--tone:#ff7b72}}
body{margin:0;background:var(--back);color:var(--text);font:1rem/1.5 system-ui,sans-serif;
border-block-start:.25rem solid var(--tone);overflow-wrap:anywhere}
main{max-inline-size:60rem;margin:auto;padding:1.5rem 1rem}
h1{margin:0;font-size:1.6rem;line-height:1.25}
p{margin:.75rem 0 1.5rem;color:var(--dim)}
ul{margin:0;padding:0;list-style:none;border:1px solid var(--line);border-radius:.5rem;
background:var(--soft)}
li{padding:.75rem 1rem}
li+li{border-block-start:1px solid var(--line)}
b,pre{font:600 .875rem/1.5 ui-monospace,monospace}
pre{margin:.5rem 0 0;font-weight:400;color:var(--dim);white-space:pre-wrap}
mark{background:none;color:var(--text);font-weight:600;text-decoration:underline wavy var(--tone);
text-underline-offset:.25em}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_PAGE = f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
style-src 'sha256-{_STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%(title)s</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>%(title)s</h1>
<p>%(advice)s</p>
<ul>
%(items)s
</ul>
</main>
</body>
</html>
"""


def format_error(error: Exception, *, format_path: Callable[[Path], str]) -> str:
    """Return the page that describes *error*; *format_path* formats the path of a file."""
    if isinstance(error, ContentError):
        number = len(errors(error.problems))
        title = f"{number:,} problem{'' if number == 1 else 's'} in this site"
        advice = "Fix these and save; the page reloads by itself."
        rows = list(_problem_rows(error, format_path))
    else:
        title = "The site cannot be built"
        advice = "The page reloads when a change fixes this."
        text = str(error)
        if not isinstance(error, StatusgenError):
            advice = f"This is a bug in statusgen; see the terminal for details. {advice}"
            text = f"{type(error).__name__}: {error}"
        rows = [f"<li><b></b>{escape(printable(text))}</li>"]
    return _PAGE % {"title": title, "advice": advice, "items": "\n".join(rows)}


def _problem_rows(error: ContentError, format_path: Callable[[Path], str]) -> Iterator[str]:
    """Yield the HTML of each problem, errors first."""
    lines_of = cache(_lines_of)
    for index, problem in enumerate(sorted(error.problems, key=lambda one: one.level)):
        message = printable(problem.message)
        place = as_text(problem, format_path(problem.path)).removesuffix(message)
        lines = lines_of(problem.path) if index < _MAX_EXCERPTS else ()
        yield f"<li><b>{escape(place)}</b>{escape(message)}{_excerpt(problem, lines)}</li>"


def _lines_of(path: Path) -> tuple[str, ...]:
    """Return the lines of *path*, or none if it cannot be read as text."""
    try:
        return tuple(_BREAK.split(files.read_text(path, limit=files.MAX_TEXT)))
    except StatusgenError:
        return ()


def _excerpt(problem: Problem, lines: tuple[str, ...]) -> str:
    """Return the HTML of the lines around *problem*; empty if the file has no such line."""
    if not 1 <= problem.line <= len(lines) or not any(lines):
        return ""
    first = max(1, problem.line - _AROUND)
    last = min(len(lines), problem.line + _AROUND)
    rows = []
    for number in range(first, last + 1):
        text = lines[number - 1]
        row = _marked(text, problem.column - 1) if number == problem.line else _shown(text)
        sign = ">" if number == problem.line else " "
        rows.append(f"{sign} {number:>{len(str(last))}} | {row}".rstrip())
    return f"\n<pre>{chr(10).join(rows)}</pre>"


def _shown(text: str) -> str:
    """Return the HTML of the beginning of the line *text*."""
    return escape(printable(text[:_MAX_LINE])) + ("…" if len(text) > _MAX_LINE else "")


def _marked(text: str, column: int) -> str:
    """Return the HTML of the line *text* around *column*, whose character is marked."""
    column = min(column, len(text))
    start = max(0, column - _MAX_LINE // 2)
    before = ("…" if start else "") + printable(text[start:column])
    after = text[column + 1 : start + _MAX_LINE]
    end = "…" if len(text) > start + _MAX_LINE else ""
    character = printable(text[column : column + 1]) or " "
    return f"{escape(before)}<mark>{escape(character)}</mark>{escape(printable(after))}{end}"
