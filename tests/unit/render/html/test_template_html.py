"""HTML elements in the source of a template, with the lines where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError

from statusgen.render.html.template_html import Element, elements

ENVIRONMENT = Environment(
    autoescape=True, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
)
PIECES = ["<script>", "</script>", "<style", "</style>", '"', "'", ">", "<!--", "-->", "<![x[", "<"]
PIECES += ["{% raw %}", "{% endraw %}", "{{ root }}", "{% if a %}", "{% endif %}", "{#", "#}", "\n"]
PIECES += ["a", "=", "&#0;", "\ue000", "\f", "\r\n", "</", "<a b", "<?", "<!", "\N{NUMBER SIGN}"]


def found(source: str) -> list[Element]:
    """Return the elements in *source*."""
    return elements(source, ENVIRONMENT)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("<p>\n\n<br>", [1, 3], id="lines-of-text"),
        pytest.param("{% if a %}\n<p>\n{% endif %}\n<br>", [2, 4], id="after-statements"),
        pytest.param("{#\n<p>\n#}\n<br>", [4], id="after-a-comment"),
        pytest.param("{{ [1,\n2] }}<p>", [2], id="after-a-value-of-two-lines"),
        pytest.param("{% raw %}\n<p>\n{% endraw %}\n<br>", [2, 4], id="after-raw-text"),
        pytest.param("a\r\n<p>\r\n<br>", [2, 3], id="line-ends-of-windows"),
        pytest.param("   {% set x = '<p>' %}\n   <br>", [2], id="text-in-a-statement"),
        pytest.param('<p {{ a }}\n class="{% if b %}x{% endif %}">\n<br>', [1, 3], id="in-a-tag"),
        pytest.param("<!-- <p> -->\n<br>", [2], id="comment-of-html"),
    ],
)
def test_an_element_has_the_line_of_its_tag(source: str, expected: list[int]) -> None:
    """The line is that of the tag in the template, also after Jinja syntax."""
    assert expected == [one.line for one in found(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("<script>a < b\n</script>", "a < b\n", id="as-written"),
        pytest.param("<style>a{}</style>", "a{}", id="style"),
        pytest.param("<script>&amp;</script>", "&amp;", id="no-character-references"),
        pytest.param(
            "<script>{% raw %}{{ a }}{% endraw %}</script>", "{{ a }}", id="raw-text-of-jinja"
        ),
        pytest.param("<script>a{# b #}c</script>", "ac", id="comment"),
        pytest.param("<script>\n  {% set a = 1 %}\nb</script>", "\n\fb", id="statement"),
        pytest.param("<script>{{ a }}</script>", "\ue000", id="value"),
        pytest.param("<script>{{ root }}</script>", "\ue001", id="root"),
        pytest.param('<style>{% include "style.css" %}</style>', "\ue002", id="stylesheet"),
        pytest.param('<style>{% include "mine.css" %}</style>', "\f", id="another-stylesheet"),
        pytest.param("<script>a", None, id="without-an-end"),
    ],
)
def test_the_content_is_what_rendering_prints(source: str, expected: str | None) -> None:
    """The content of a script or style is what the page has, with a placeholder for each value."""
    assert expected == found(source)[0].content


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_template_can_be_read(source: str) -> None:
    """Every template that Jinja accepts can be searched for elements."""
    try:
        ENVIRONMENT.parse(source)
    except TemplateSyntaxError:
        return
    lines = len(source.splitlines()) + 1

    assert [] == [one for one in found(source) if not 1 <= one.line <= lines]
