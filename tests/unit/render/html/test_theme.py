"""Templates: how often a macro is called."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from statusgen.model import Severity
from statusgen.render.html.theme import Theme

PAGE = '{% from "own.html" import show %}{{ show("a") }}{{ show("a") }}'
AT = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
SHOW = '{% macro show(value, other="") -%}{{ seen(value) }}{{ other }}{%- endmacro %}'


def calls_of(folder: Path, page: str, own: Path | None = None) -> list[object]:
    """Render *page*, which imports the macro `show`, and return the arguments of its calls.

    The templates in *folder* replace the built-in ones.
    """
    found: list[object] = []
    (folder / "own.html").write_text(SHOW, encoding="utf-8")
    (folder / "page.html").write_text(page, encoding="utf-8")
    texts = {path.name: path.read_bytes() for path in own.iterdir()} if own else {}
    theme = Theme(own or folder, texts)
    theme.tell({"seen": found.append})
    theme.make("page.html", {"at": AT, "major": Severity.MAJOR, "list": ["api"]})
    return found


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param('{{ show("a") }}{{ show("b") }}{{ show("a") }}', ["a", "b"], id="words"),
        pytest.param("{{ show(at) }}{{ show(at) }}", [AT], id="times"),
        pytest.param("{{ show(major) }}{{ show(major) }}", [Severity.MAJOR], id="severities"),
        pytest.param('{{ show("a") }}{{ show("a", "b") }}', ["a", "a"], id="more-arguments"),
        pytest.param("{{ show(list) }}{{ show(list) }}", [["api"], ["api"]], id="lists"),
        pytest.param('{{ show("a") }}{{ show("a", other="b") }}', ["a", "a"], id="by-name"),
    ],
)
def test_an_imported_macro_is_called_once_for_equal_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: str, expected: list[object]
) -> None:
    """The result of a macro is cached for words and times, and for nothing else."""
    monkeypatch.setattr("statusgen.render.html.theme._folder", lambda: tmp_path)
    actual = calls_of(tmp_path, f'{{% from "own.html" import show %}}{calls}')

    assert expected == actual


def test_a_macro_of_the_site_is_called_each_time(tmp_path: Path) -> None:
    """A site's own macro is not cached, because it may depend on more than its arguments."""
    assert ["a", "a"] == calls_of(tmp_path, PAGE, own=tmp_path)


def test_a_macro_that_sees_its_page_is_called_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A macro imported with the context is not cached, because its result may depend on it."""
    monkeypatch.setattr("statusgen.render.html.theme._folder", lambda: tmp_path)
    calls = '{{ show("a") }}{{ show("a") }}'
    actual = calls_of(tmp_path, f'{{% from "own.html" import show with context %}}{calls}')

    assert ["a", "a"] == actual
