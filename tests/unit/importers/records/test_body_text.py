"""Texts with HTML, comments and relative links."""

import subprocess
import sys

import pytest

from statusgen.importers.records import body_text, html_to_markdown

BASE = "https://status.acme.example"


def published(text: str) -> str:
    """Return *text* as published, without remarks."""
    remarks: list[str] = []
    found = body_text.published(text, BASE, remarks.append)
    assert [] == remarks
    return found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Call <b>us</b>.", "Call **us**."),
        ("One<br>two<br />three", "One  \ntwo  \nthree"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        ('<a href="/help">Help</a>', f"[Help]({BASE}/help)"),
        ('<a href="https://x.example/">Help</a>', "[Help](https://x.example/)"),
        ("<blink>Now</blink>", "Now"),
        ("<b>A</b> and\n\n*B* _c_\n\n- d\n- e", "**A** and\n\n*B* _c_\n\n- d\n- e"),
        ("<b>A</b> `<b>x</b>` <https://x.example/>", "**A** `<b>x</b>` <https://x.example/>"),
        ("a &lt; b<br>c", "a < b  \nc"),
        # No HTML:
        ("a < b and c > d", "a < b and c > d"),
        ("See <https://x.example/> and <name>.", "See <https://x.example/> and <name>."),
        ("Type `<b>x</b>`.", "Type `<b>x</b>`."),
        ("One &amp; two", "One &amp; two"),
        # Comments and links:
        ("Public.<!-- secret -->", "Public."),
        ("<p hidden>secret <b>x</b></p><p>Public.</p>", "Public."),
        ('<p style="DISPLAY: none">secret</p><p>Public.</p>', "Public."),
        ("<template><p hidden>secret</p></template><p>Public.</p>", "Public."),
        ("Public.<!-- secret <b>x</b> -->", "Public."),
        (
            "![Load](/img/a.png) [x](b.html) [y](#z)",
            f"![Load]({BASE}/img/a.png) [x]({BASE}/b.html) [y](#z)",
        ),
        ("[mail](mailto:a@b.example)", "[mail](mailto:a@b.example)"),
        ("\n\n    code\n\n", "    code"),
    ],
)
def test_a_text_becomes_markdown(text: str, shown: str) -> None:
    """HTML becomes Markdown, other text stays, comments go, and links get the old address."""
    assert shown == published(text)


def test_deeply_nested_html_is_its_text() -> None:
    """Thousands of nested tags do not stop an import."""
    assert "x" == html_to_markdown.to_markdown("<b>" * 5000 + "x" + "</b>" * 5000).strip("* ")


def test_without_markdownify_the_message_says_what_to_install() -> None:
    """A missing `import` extra is a failure that names what to install; plain texts need none."""
    script = (
        "import sys; sys.modules['markdownify'] = None\n"
        "from statusgen.importers.records import body_text\n"
        "from statusgen.problems import OutsideError\n"
        "print(body_text.published('a < b', '', print))\n"
        "try: body_text.published('<b>a</b>', '', print)\n"
        "except OutsideError as error: print(error)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    what = "this source has texts with HTML, which need the package markdownify"
    assert (f"a < b\n{what}; run: pip install 'statusgen[import]'\n", "") == (
        done.stdout,
        done.stderr,
    )
