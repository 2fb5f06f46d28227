"""The English of docstrings, comments, messages, help, page texts and workflow files."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

CODE = [*sorted((ROOT / "statusgen").rglob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]
TEXTS = [
    ROOT / "statusgen/i18n/languages/en.json",
    ROOT / "README.md",
    *sorted((ROOT / ".github").glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "CHANGELOG.md",
    ROOT / "Makefile",
    ROOT / "pyproject.toml",
    *(path for path in sorted((ROOT / "statusgen/authoring/starter").rglob("*")) if path.is_file()),
    *sorted((ROOT / "statusgen/authoring/hosts").rglob("*.yml")),
    *sorted((ROOT / ".github/workflows").glob("*.yml")),
    *sorted((ROOT / ".github/actions").rglob("*.yml")),
    *sorted((ROOT / "templates").rglob("*.html")),
]

# A docstring that begins with one of these describes its subject instead of naming it.
FIRST_WORDS = re.compile(r"(What|Whether|Who|Whose|Whom|Which|Those|Where|When|Why|How|Let)\b")
AVOIDED = re.compile(
    r"\b(anew|told|tells? of|felt|worked|is known|find out|of which|whoever|whatever|nobody"
    r"|mend(s|ed|ing)?|judges?|judged|keepers?|doors?|takes? (it |them )?away|taken away"
    r"|leave it out|left alone|planned works?|put off|call off|(?<!there )is no (?!longer\b)\w+)\b",
    re.IGNORECASE,
)


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax of *path*."""
    return ast.parse(path.read_bytes())


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each docstring in *path*."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            yield getattr(node, "lineno", 1), text


def comments(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each comment in *path*."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and text of each string literal in *path* that has more than one word."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield node.lineno, node.value


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the text in *path* that people read; in tests, only docstrings and comments."""
    if path.suffix != ".py":
        yield from enumerate(path.read_text("utf-8").splitlines(), start=1)
        return
    yield from comments(path)
    yield from literals(path) if path.is_relative_to(ROOT / "statusgen") else docstrings(path)


def place(path: Path, line: int, text: str) -> str:
    """Return *text* with its location, as a failing test shows it."""
    return f"{path.relative_to(ROOT)}:{line}: {text.splitlines()[0]}"


def test_docstrings_name_their_subject() -> None:
    """No docstring begins with a question word or with Let."""
    assert [] == [
        place(path, line, text)
        for path in CODE
        for line, text in docstrings(path)
        if FIRST_WORDS.match(text)
    ]


def test_words_are_those_that_engineers_search_for() -> None:
    """Prose uses the words of Git, pip and Statuspage, not the ones this project once had."""
    assert [] == [
        place(path, line, f"{found.group()!r} in {text.strip()}")
        for path in [*CODE, *TEXTS]
        for line, text in prose(path)
        if (found := AVOIDED.search(text))
    ]
