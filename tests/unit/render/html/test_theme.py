"""Templates: how functions are called, and how templates are named."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from statusgen.render.html.theme import Theme


def rendered(folder: Path, template: str, context: Mapping[str, object]) -> str:
    """Render *template*, a template of the site, with *context*."""
    return Theme(folder, {"page.html": template.encode()}).make("page.html", context).decode()


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        pytest.param(
            "{% macro wrap() %}[{{ caller('x') }}]{% endmacro %}"
            "{% for n in [1, 2] %}{% call(it) wrap() %}{{ n }}{{ it }}{% endcall %}{% endfor %}",
            "[1x][2x]",
            id="caller-in-a-loop",
        ),
        pytest.param(
            "{% for n in [[1, [2]]] recursive %}{{ n[0] }}{{ loop([[n[1][0], []]]) if n[1] }}"
            "{% endfor %}",
            "12",
            id="recursive-loop",
        ),
        pytest.param(
            "{% set comma = joiner(', ') %}{% for n in [1, 2] %}{{ comma() }}{{ n }}{% endfor %}",
            "1, 2",
            id="joiner",
        ),
        pytest.param(
            "{% block a scoped %}{{ twice(3) }}{{ twice(value=4) }}{% endblock %}{{ self.a() }}",
            "6868",
            id="block",
        ),
        pytest.param(
            "{% for n in [1] %}{{ twice(*[n]) }}{{ twice(**{'value': n}) }}{% endfor %}",
            "22",
            id="unpacked",
        ),
    ],
)
def test_functions_get_only_their_arguments(tmp_path: Path, template: str, expected: str) -> None:
    """Functions and macros are called with the arguments that the template names."""

    def twice(value: int) -> int:
        return 2 * value

    assert expected == rendered(tmp_path, template, {"twice": twice})


def test_a_name_may_be_written_longer(tmp_path: Path) -> None:
    """A template is used even if the name that includes it has needless parts."""
    texts = {"404.html": b"{% include './more//notes.html' %}", "more/notes.html": b""}

    assert () == Theme(tmp_path, texts).problems
