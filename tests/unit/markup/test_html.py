"""Tests of the conversion of Markdown to safe HTML, and of its limits."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statusgen import characters
from statusgen.markup import limits
from statusgen.markup.html import to_html
from statusgen.markup.limits import Flaw
from statusgen.problems import Level

REL = 'rel="nofollow noopener noreferrer"'
BARE_TAGS = """
p br hr h3 h4 h5 h6 pre blockquote ul li table thead tbody tr th td code del em strong
"""
ALLOWED: dict[str, set[str]] = {tag: set() for tag in BARE_TAGS.split()} | {
    "a": {"href", "rel"},
    "ol": {"start"},
}


def link(url: str, text: str) -> str:
    """Return the HTML of a link."""
    return f'<a href="{url}" {REL}>{text}</a>'


def url_link(url: str) -> str:
    """Return the HTML of a link whose text is its URL."""
    return link(url, url)


def errors(text: str) -> list[Flaw]:
    """Return the flaws of *text* that are errors."""
    return [flaw for flaw in limits.find_flaws(text) if flaw.level is Level.ERROR]


class Elements(HTMLParser):
    """Parser that collects the start tags of a document with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def forbidden_parts(html: str) -> list[str]:
    """Return everything in *html* that is not allowed: tags, attributes and URL schemes."""
    found = []
    for tag, attributes in Elements(html).found:
        if tag not in ALLOWED:
            found.append(f"<{tag}>")
            continue
        found += [f"{tag}.{name}" for name in attributes.keys() - ALLOWED[tag]]
        url = attributes.get("href") or "https://"
        if not url.lower().startswith(("http://", "https://", "mailto:")):
            found.append(url)
    return found


CONSTRUCTS = [
    pytest.param("a\n\nb", "<p>a</p>\n<p>b</p>", id="paragraphs"),
    pytest.param("a\nb", "<p>a<br>\nb</p>", id="a-line-break-stays"),
    pytest.param("a\r\nb\rc", "<p>a<br>\nb<br>\nc</p>", id="line-endings-of-all-systems"),
    pytest.param("", "", id="nothing"),
    pytest.param(" \n\t\n", "", id="blank"),
    pytest.param(
        "*a* _b_ **c** __d__ ***e***",
        "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> "
        "<em><strong>e</strong></em></p>",
        id="emphasis",
    ),
    pytest.param(
        "snake_case_name 2 * 3", "<p>snake_case_name 2 * 3</p>", id="no-emphasis-in-words"
    ),
    pytest.param("~~old **x**~~", "<p><del>old <strong>x</strong></del></p>", id="strike"),
    pytest.param("about ~5 or ~6", "<p>about ~5 or ~6</p>", id="one-tilde-is-no-strike"),
    pytest.param("`a < *b*`", "<p><code>a &lt; *b*</code></p>", id="code-span"),
    pytest.param(r"\*a\* \~", r"<p>*a* \~</p>", id="escapes"),
    pytest.param("a & b &amp; &copy; <", "<p>a &amp; b &amp; © &lt;</p>", id="entities"),
    pytest.param(
        "> a\nb\n\nc", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n<p>c</p>", id="quote"
    ),
    pytest.param(
        "> a\n- b",
        "<blockquote>\n<p>a</p>\n</blockquote>\n<ul>\n<li>b</li>\n</ul>",
        id="list-ends-quote",
    ),
    pytest.param("a\n***\nb", "<p>a</p>\n<hr>\n<p>b</p>", id="rule"),
    pytest.param("- - -", "<hr>", id="rule-of-dashes-with-spaces"),
    pytest.param("    a *b*", "<p>a <em>b</em></p>", id="indented-text-is-no-code"),
    pytest.param("[worker]: started", "<p>[worker]: started</p>", id="log-line-is-no-reference"),
    pytest.param(
        "[a][b]\n\n[b]: https://b.example",
        f"<p>[a][b]</p>\n<p>[b]: {url_link('https://b.example')}</p>",
        id="references-stay-text",
    ),
    # Lists
    pytest.param("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>", id="list"),
    pytest.param(
        "Now:\n- a", "<p>Now:</p>\n<ul>\n<li>a</li>\n</ul>", id="list-after-a-line-of-text"
    ),
    pytest.param(
        "3) a\n4) b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>', id="numbers-with-start"
    ),
    pytest.param(
        "Since\n2026. Not a list", "<p>Since<br>\n2026. Not a list</p>", id="a-year-is-no-list"
    ),
    pytest.param(
        "- a\n1. b",
        "<ul>\n<li>a</li>\n</ul>\n<ol>\n<li>b</li>\n</ol>",
        id="another-kind-is-another-list",
    ),
    *(
        pytest.param(
            f"- a\n{indent}- b\n- c",
            "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>",
            id=f"nested-by-{len(indent)}-spaces",
        )
        for indent in ("  ", "   ", "    ")
    ),
    pytest.param(
        "- a\n\t- b", "<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>", id="nested-by-tab"
    ),
    pytest.param(
        "1. a\n   - b", "<ol>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ol>", id="bullets-in-numbers"
    ),
    pytest.param(
        "- a\n\n  b\n  - c\n- d",
        "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n<ul>\n<li>c</li>\n</ul>\n</li>\n<li>\n<p>d</p>\n</li>\n</ul>",
        id="paragraph-in-an-item",
    ),
    pytest.param("- a\nb", "<ul>\n<li>a<br>\nb</li>\n</ul>", id="lazy-line-in-an-item"),
    pytest.param(
        "- > a\n  > b",
        "<ul>\n<li>\n<blockquote>\n<p>a<br>\nb</p>\n</blockquote>\n</li>\n</ul>",
        id="quote-in-an-item",
    ),
    pytest.param(
        "> - a\n>   - b",
        "<blockquote>\n<ul>\n<li>a<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n</blockquote>",
        id="list-in-a-quote",
    ),
    # Fenced code
    pytest.param(
        "a\n```py\n<b> *c*\n\n  d\n```\ne",
        "<p>a</p>\n<pre><code>&lt;b&gt; *c*\n\n  d\n</code></pre>\n<p>e</p>",
        id="fence",
    ),
    pytest.param("~~~\n```\n~~~~", "<pre><code>```\n</code></pre>", id="fence-of-tildes"),
    pytest.param("```\na", "<pre><code>a\n</code></pre>", id="fence-without-end"),
    pytest.param("```\n\ta\n```", "<pre><code>\ta\n</code></pre>", id="tab-in-a-fence"),
    pytest.param(
        "1. a\n   ```\n   b\n     c\n   ```\n2. d",
        "<ol>\n<li>\n<p>a</p>\n<pre><code>b\n  c\n</code></pre>\n</li>\n"
        "<li>\n<p>d</p>\n</li>\n</ol>",
        id="fence-in-an-item",
    ),
    pytest.param(
        "- ```\n  a\n  ```",
        "<ul>\n<li><pre><code>a\n</code></pre></li>\n</ul>",
        id="fence-begins-an-item",
    ),
    pytest.param(
        "> ```\n> a\n>\n> b\n> ```",
        "<blockquote>\n<pre><code>a\n\nb\n</code></pre>\n</blockquote>",
        id="fence-in-a-quote",
    ),
    pytest.param(
        "> ```\n> a\n\nb",
        "<blockquote>\n<pre><code>a\n</code></pre>\n</blockquote>\n<p>b</p>",
        id="fence-ends-with-its-quote",
    ),
    pytest.param(
        "- ```\n  a\nb",
        "<ul>\n<li><pre><code>a\n</code></pre></li>\n</ul>\n<p>b</p>",
        id="fence-ends-with-its-item",
    ),
    # Tables
    pytest.param(
        "a | b\n--|-:\n`c|d` | *e*\nf",
        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
        "<td><code>c|d</code></td>\n<td><em>e</em></td>\n</tr>\n<tr>\n<td>f</td>\n<td></td>\n</tr>\n"
        "</tbody>\n</table>",
        id="table",
    ),
    pytest.param(
        "Now:\n| a |\n|---|",
        "<p>Now:</p>\n<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td></td>\n</tr>\n</tbody>\n</table>",
        id="table-after-a-line-of-text",
    ),
    # Headings
    pytest.param("# a\nb\n## c ##", "<h3>a</h3>\n<p>b</p>\n<h4>c</h4>", id="headings"),
    pytest.param("a\n---\nb", "<h3>a</h3>\n<p>b</p>", id="underlined-heading"),
    pytest.param("#123 is fixed", "<p>#123 is fixed</p>", id="issue-number-is-no-heading"),
    pytest.param("#\n\n##", "<p>#</p>\n<p>##</p>", id="no-empty-heading"),
    pytest.param("- a\n# b", "<ul>\n<li>a</li>\n</ul>\n<h3>b</h3>", id="heading-ends-a-list"),
    # Links
    pytest.param(
        "[*a*](https://b.example 'c')",
        f"<p>{link('https://b.example', '<em>a</em>')}</p>",
        id="link",
    ),
    pytest.param(
        "[a](<https://b.example/>)",
        f"<p>{link('https://b.example/', 'a')}</p>",
        id="link-in-angle-brackets",
    ),
    pytest.param(
        "[a [b] c](https://d.example/(e))",
        f"<p>{link('https://d.example/(e)', 'a [b] c')}</p>",
        id="brackets-in-a-link",
    ),
    pytest.param(
        "[](https://b.example)", f"<p>{url_link('https://b.example')}</p>", id="link-without-text"
    ),
    pytest.param(
        "<https://b.example> <c@d.example>",
        f"<p>{url_link('https://b.example')} {link('mailto:c@d.example', 'c@d.example')}</p>",
        id="angle-links",
    ),
    pytest.param(
        "![a](https://b.example/c.png)",
        f"<p>{link('https://b.example/c.png', 'a')}</p>",
        id="image-becomes-a-link",
    ),
    pytest.param("![a](c.png)", "<p>a</p>", id="relative-image-becomes-text"),
    pytest.param(
        "[![a](https://i.example)](https://b.example)",
        f"<p>{link('https://b.example', 'a')}</p>",
        id="image-in-a-link",
    ),
    pytest.param(
        "[https://a.example](https://b.example)",
        f"<p>{link('https://b.example', 'https://a.example')}</p>",
        id="url-in-a-link",
    ),
    pytest.param(
        "[a](https://b.example?c=1&copy=2&amp;d=3)",
        f"<p>{link('https://b.example?c=1&amp;copy=2&amp;d=3', 'a')}</p>",
        id="ampersands-in-a-url",
    ),
    pytest.param(
        r"[a](https://b.example/c\_d%zz[1])",
        f"<p>{link('https://b.example/c_d%25zz%5B1%5D', 'a')}</p>",
        id="url-is-made-valid",
    ),
]


@pytest.mark.parametrize(("text", "expected"), CONSTRUCTS)
def test_markdown_reads_as_on_github(text: str, expected: str) -> None:
    """Each supported construct gives exactly this HTML."""
    actual = to_html(text)

    assert expected == actual


BARE = [
    pytest.param("https://a.example/b_c_d.", "https://a.example/b_c_d", id="full-stop"),
    pytest.param("https://a.example?!,:;*_'", "https://a.example", id="all-punctuation"),
    pytest.param("(https://a.example/b)", "https://a.example/b", id="parentheses-around"),
    pytest.param("https://a.example/b_(c)", "https://a.example/b_(c)", id="parentheses-inside"),
    pytest.param("(https://a.example/b_(c)).", "https://a.example/b_(c)", id="both"),
    pytest.param("**https://a.example**", "https://a.example", id="in-emphasis"),
    pytest.param("https://a.example<b", "https://a.example", id="angle-bracket"),
    pytest.param("https://a.example/`b`", "https://a.example/", id="code"),
    pytest.param("http://a.example:80/?b=c#d", "http://a.example:80/?b=c#d", id="all-parts"),
    pytest.param("xhttps://a.example", None, id="inside-a-word"),
    pytest.param("`https://a.example`", None, id="in-code"),
    pytest.param("```\nhttps://a.example\n```", None, id="in-a-fence"),
    pytest.param("www.a.example ftp://a.example", None, id="not-http"),
    pytest.param("https:// https://. https://!", None, id="no-host"),
    pytest.param("https://user:pass@a.example", None, id="password"),
]


@pytest.mark.parametrize(("text", "expected"), BARE)
def test_bare_url_becomes_a_link_without_the_punctuation_behind_it(
    text: str, expected: str | None
) -> None:
    """A URL with http or https becomes a link, except in code and within a word."""
    actual = [attributes["href"] for tag, attributes in Elements(to_html(text)).found if tag == "a"]

    assert ([expected] if expected else []) == actual


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("javascript:alert(1)", id="javascript"),
        pytest.param("JaVaScRiPt:alert(1)", id="capitals"),
        pytest.param("java&#115;cript:alert(1)", id="decimal-entity"),
        pytest.param("java&#x73;cript&colon;alert(1)", id="hexadecimal-entity"),
        pytest.param("java&amp;#115;cript:alert(1)", id="entity-twice"),
        pytest.param("java&Tab;script:alert(1)", id="tab-entity"),
        pytest.param("&#1;javascript:alert(1)", id="control-entity"),
        pytest.param("java\tscript:alert(1)", id="tab"),
        pytest.param("\x01javascript:alert(1)", id="control"),
        pytest.param(r"java\script:alert(1)", id="backslash-in-scheme"),
        pytest.param(r"javascript\:alert(1)", id="escaped-colon"),
        pytest.param("vbscript:msgbox(1)", id="vbscript"),
        pytest.param("data:text/html,<script>alert(1)</script>", id="data"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("//evil.example", id="two-slashes"),
        pytest.param(r"/\evil.example", id="slash-backslash"),
        pytest.param(r"\\evil.example", id="two-backslashes"),
        pytest.param("&#47;/evil.example", id="slash-entity"),
        pytest.param("/&Tab;/evil.example", id="tab-between-slashes"),
        pytest.param("https:evil.example", id="no-slashes"),
        pytest.param("https:/evil.example", id="one-slash"),
        pytest.param("https:///evil.example", id="three-slashes"),
        pytest.param(r"https:\\evil.example", id="backslashes-after-scheme"),
        pytest.param("https://user:pass@evil.example", id="password"),
        pytest.param("https://good.example@evil.example", id="user"),
        pytest.param("https://good.example&#64;evil.example", id="user-by-entity"),
        pytest.param(r"https://good.example\@evil.example", id="user-by-backslash"),
        pytest.param("https://good.example%40evil.example", id="percent-in-the-host"),
        pytest.param("https://.", id="no-host"),
        pytest.param("../services/api.html", id="relative"),
        pytest.param("#top", id="fragment"),
        pytest.param("", id="empty"),
    ],
)
@pytest.mark.parametrize("form", ["[a]({})", "![a]({})", "[a](<{}>)", "[a]({} 't')", "<{}>"])
def test_link_that_leads_anywhere_but_to_the_web_or_to_mail_is_no_link(url: str, form: str) -> None:
    """Only absolute http, https and mailto URLs without user name and password become links."""
    actual = to_html(form.format(url))

    assert "<a" not in actual


HOSTILE = [
    pytest.param(
        "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", id="script"
    ),
    pytest.param(
        "<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>", id="handler"
    ),
    pytest.param(
        "<div id=status class=banner>\n\nx\n</div>",
        "<p>&lt;div id=status class=banner&gt;</p>\n<p>x<br>\n&lt;/div&gt;</p>",
        id="clobbering",
    ),
    pytest.param(
        "<![CDATA[x]]> <?php ?>", "<p>&lt;![CDATA[x]]&gt; &lt;?php ?&gt;</p>", id="instructions"
    ),
    pytest.param("&lt;script&gt;", "<p>&lt;script&gt;</p>", id="entities"),
    pytest.param(
        "# a {#id .class onclick=x}", "<h3>a {#id .class onclick=x}</h3>", id="attribute-list"
    ),
    pytest.param(
        '```{.x onclick="y"}\na\n```', "<pre><code>a\n</code></pre>", id="attributes-of-a-fence"
    ),
    pytest.param('``` "><script>\na\n```', "<pre><code>a\n</code></pre>", id="language-of-a-fence"),
    pytest.param(
        '[a](https://b.example/"onclick="x)',
        f"<p>{link('https://b.example/%22onclick=%22x', 'a')}</p>",
        id="quote-in-a-url",
    ),
    pytest.param(
        '[a](https://b.example "c\\" onclick=x")',
        "<p>[a](" + url_link("https://b.example") + r' "c\" onclick=x")</p>',
        id="quote-in-a-title",
    ),
    pytest.param(
        "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 \x0260\x03b",
        "<p>wzxhzdk:0 klzzwxh:0000 60b</p>",
        id="marks-of-the-library",
    ),
    pytest.param("٣. a", "<ol>\n<li>a</li>\n</ol>", id="start-in-other-digits"),
    pytest.param(
        "[a [b](https://c.example)](https://d.example)",
        f"<p>{link('https://d.example', 'a [b](https://c.example)')}</p>",
        id="link-in-a-link",
    ),
]


@pytest.mark.parametrize(("text", "expected"), HOSTILE)
def test_html_in_a_text_is_shown_and_never_obeyed(text: str, expected: str) -> None:
    """Tags, comments, attributes and internal marks are shown as text or dropped."""
    actual = to_html(text)

    assert expected == actual


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        pytest.param("# a\n## b", 3, ["h3", "h4"], id="from-the-top"),
        pytest.param("## a\n### b\n## c", 3, ["h3", "h4", "h3"], id="highest-gets-the-level"),
        pytest.param("# a\n## b", 2, ["h2", "h3"], id="another-level"),
        pytest.param("# a\n###### b", 3, ["h3", "h4"], id="no-level-skipped"),
        pytest.param(
            "# a\n## b\n### c\n#### d\n##### e",
            3,
            ["h3", "h4", "h5", "h6", "h6"],
            id="no-deeper-than-6",
        ),
        pytest.param("### a\n# b\n## c", 3, ["h3", "h3", "h4"], id="climbing"),
        pytest.param("> # a\n\n- ## b", 4, ["h4", "h5"], id="in-quotes-and-lists"),
    ],
)
def test_highest_heading_gets_the_asked_level(text: str, heading: int, expected: list[str]) -> None:
    """Headings continue the page's outline, whichever level the author begins with."""
    actual = [tag for tag, _ in Elements(to_html(text, heading=heading)).found if tag[0] == "h"]

    assert expected == actual


def test_endless_entity_in_a_url_is_no_entity() -> None:
    """A character reference with thousands of digits is kept as written."""
    digits = "9" * 5000
    actual = to_html(f"[a](https://b.example/&#{digits};)")
    url = f"https://b.example/&amp;#{digits};"

    assert f"<p>{link(url, 'a')}</p>" == actual


def test_one_text_leaves_nothing_to_the_next() -> None:
    """A conversion does not depend on the previous one."""
    alone = to_html("# a\n\n```\nb\n```")
    to_html("## c\n\n```\nd\n```\n\n7. e", heading=5)
    actual = to_html("# a\n\n```\nb\n```")

    assert alone == actual


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- item\n" * 900, id="list"),
        pytest.param("| a | b |\n|---|---|\n" + "| c | d |\n" * 900, id="table"),
        pytest.param("line\n" * 900, id="lines"),
    ],
)
def test_honest_length_is_no_flaw(text: str) -> None:
    """A long list, table or log of plain lines is accepted, since its cost is linear."""
    assert [] == list(limits.find_flaws(text))


def test_an_escape_in_code_in_a_link_leaks_nothing() -> None:
    """Internal marks of the converter never reach a page or a feed."""
    actual = to_html("[~~`\\``~~](http://a.example)")

    assert None is characters.forbidden(actual)


@given(
    st.lists(
        st.sampled_from(
            ["*", "**", "***", "_", "__", "a", "b", " ", "c d", "\n", "(", ")", "1*2*3"]
        )
    ).map("".join)
)
def test_emphasis_loses_no_character(text: str) -> None:
    """Every letter in a text is on the page, whether its marks are balanced or not."""
    letters = [character for character in text if character.isalnum()]
    shown = re.sub(r"<[^>]*>", "", to_html(text))

    assert letters == [character for character in shown if character.isalnum()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("see [a](/b) now", [(8, "/b")], id="relative"),
        pytest.param("[a](javascript:alert(1))", [(4, "javascript:alert")], id="script"),
        pytest.param("![a](b.png)", [(5, "b.png")], id="image"),
        pytest.param("[a](<\t//b>)", [(5, "\\t//b")], id="tab-in-angle-brackets"),
        pytest.param("[a](https://b.example) [c](mailto:d@e.example)", [], id="sound"),
        pytest.param("`[a](b)`", [], id="code-span"),
        pytest.param("```\n[a](b)\n```", [], id="fence"),
    ],
)
def test_a_link_that_is_left_out_is_named(text: str, expected: list[tuple[int, str]]) -> None:
    """A link that cannot be followed is a warning at its position."""
    found = [
        (flaw.offset, flaw.message.split("'")[1], flaw.level) for flaw in limits.find_flaws(text)
    ]

    assert [(offset, url, Level.WARNING) for offset, url in expected] == found


@pytest.mark.parametrize("text", ["a &#1; b", "[a](https://b.example/&#xb;)", "&#xffff;", "\x1b"])
def test_nothing_that_xml_forbids_comes_out(text: str) -> None:
    """Text with flaws still converts, with U+FFFD or nothing in their place."""
    assert characters.forbidden(to_html(text)) is None


LIMITS = [
    pytest.param(lambda n: "[" * n, 500, "open '['", id="brackets"),
    pytest.param(lambda n: "[a](" * n, 500, "open '('", id="parentheses"),
    pytest.param(lambda n: "[" * n + "]" * n, 500, "open '['", id="nested-brackets"),
    pytest.param(lambda n: "# a\n" * n, 500, "headings without a blank line", id="headings"),
    pytest.param(lambda n: "***\n" * n, 500, "headings without a blank line", id="rules"),
    pytest.param(lambda n: "a" * n, 16384, "characters without a blank line", id="block"),
    pytest.param(lambda n: "| " * n, 100, "more than 100 '|'", id="cells"),
    pytest.param(lambda n: "> " * n + "a", 50, "deep", id="quotes-in-a-line"),
    pytest.param(lambda n: ">" * n, 50, "deep", id="empty-quotes"),
    pytest.param(lambda n: "- " * n + "a", 50, "deep", id="lists-in-a-line"),
    pytest.param(lambda n: "1. " * n + "a", 50, "deep", id="numbers-in-a-line"),
    pytest.param(
        lambda n: "\n".join("  " * depth + "- a" for depth in range(n)),
        50,
        "deep",
        id="lists-over-lines",
    ),
    pytest.param(
        lambda n: "\n\n".join("  " * depth + "- a" for depth in range(n)),
        50,
        "deep",
        id="lists-over-blocks",
    ),
    pytest.param(lambda n: "- " + "> " * (n - 1) + "a", 50, "deep", id="quotes-in-a-list"),
    pytest.param(lambda n: "> " * 25 + "- " * (n - 25) + "a", 50, "deep", id="lists-in-a-quote"),
    pytest.param(lambda n: "a\n\n" * n, 10_000, "Markdown elements", id="paragraphs"),
    pytest.param(lambda n: "```\n```\n" * n, 5_000, "Markdown elements", id="fences"),
]


@pytest.mark.parametrize(("text", "limit", "message"), LIMITS)
def test_text_at_the_limit_passes(text: Callable[[int], str], limit: int, message: str) -> None:
    """Text at the limit for size, depth or density has no error, and converts."""
    actual = errors(text(limit))
    to_html(text(limit))

    assert [] == actual


@pytest.mark.parametrize(("text", "limit", "message"), LIMITS)
def test_text_over_the_limit_is_refused(
    text: Callable[[int], str], limit: int, message: str
) -> None:
    """Text above a limit gives an error that names the limit."""
    actual = [message in flaw.message for flaw in errors(text(limit + 1))]

    assert [True] == actual


def test_flaw_points_at_its_place_and_says_what_to_write() -> None:
    """The offset for open brackets is that of the deepest one in the source."""
    text = "é\r\n\r\n> (see\r\n> " + "[" * 600
    actual = errors(text)
    message = "a block of text has 600 open '[' at this point; put it into a fenced code block"

    assert [Flaw(offset=len(text) - 1, message=message)] == actual


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "a\u200bb",
            Flaw(
                offset=1,
                message="U+200B ZERO WIDTH SPACE is invisible to readers; remove it",
                level=Level.WARNING,
            ),
            id="zero-width",
        ),
        pytest.param(
            "ab\u202e",
            Flaw(
                offset=2,
                message="U+202E RIGHT-TO-LEFT OVERRIDE is invisible to readers; remove it",
                level=Level.WARNING,
            ),
            id="direction",
        ),
        pytest.param(
            "\ud800",
            Flaw(offset=0, message="U+D800 cannot be published; remove it"),
            id="surrogate",
        ),
        pytest.param(
            "a\x00", Flaw(offset=1, message="U+0000 cannot be published; remove it"), id="nul"
        ),
    ],
)
def test_unfit_character_is_reported(text: str, expected: Flaw) -> None:
    """Invisible characters are warnings, and forbidden ones are errors."""
    actual = list(limits.find_flaws(text))

    assert [expected] == actual


LOG = "2026-01-02 03:04:05 [worker-1] [INFO] (pool) request_id=4711 GET /a?b=c 200\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"```\n{LOG * 3000}```", id="long-log-in-a-fence"),
        pytest.param("```\n" + "[(|*>- `~" * 25_000 + "\n```", id="anything-in-a-fence"),
        pytest.param(f"- a\n  ```\n{('  ' + LOG) * 2500}  ```", id="long-log-in-an-item"),
        pytest.param(f"{LOG * 150}\n" * 20, id="log-as-paragraphs"),
        pytest.param("`" + "[" * 600 + "`", id="brackets-in-a-code-span"),
        pytest.param("[a] (b) " * 1500, id="balanced-brackets"),
        pytest.param("a | b\n--|--\n" + "1 | 2\n" * 400, id="long-table"),
        pytest.param("- a\n  - b\n    - c\n" * 150, id="long-list"),
        pytest.param("# A\n\nb *c* `d` https://e.example/f.\n\n" * 2000, id="long-report"),
        pytest.param("-" * 200 + "\n" + "=" * 200, id="lines-of-dashes"),
    ],
)
def test_honest_text_has_no_flaw(text: str) -> None:
    """Logs, tables and reports are within the limits."""
    actual = list(limits.find_flaws(text))

    assert [] == actual


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        *("*a* ", "*a ", "_a ", "`a` ", "\\", "\\* ", "[", "[a](", "![", "[a](b) ", "~~a~~ "),
        *("<a ", "<http://", "<a@b.c>", "http://a ", "a|", "|\n", "a|b\n-|-\n", "~~~\n"),
        *("- ", "- a\n", "- a\n\n", "- a\n1. b\n", "1. a\n", "> ", "> a\n", ">\n"),
        *("# a\n", "a\n---\n", "***\n", "a\n\n"),
    ],
)
def test_heavy_text_is_refused(unit: str) -> None:
    """256 KiB of nothing but markup are rejected, for every kind of markup."""
    actual = errors(unit * (256 * 1024 // len(unit)))

    assert actual


PIECES = st.sampled_from(
    [
        *("*", "**", "_", "~~", "`", "```", "~~~", "[", "]", "(", ")", "](", "![", "<", ">", "\\"),
        *("|", "-|-", "\n", "\n\n", "\r", " ", "    ", "\t", "- ", "1. ", "2) ", "> ", "# ", "---"),
        *("a", "é", "0", ":", "'", '"', "&", "&#115;", "<script>", "<!--", "-->", "\x02", "\x03"),
        *(
            "http://a.example",
            "javascript:",
            "<b@c.example>",
            "[d](https://e.example)",
            "![f](//g)",
        ),
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text()))
def test_any_text_becomes_safe_and_sound_html(text: str) -> None:
    """Text without errors converts to well-formed, safe HTML, and the same HTML each time."""
    if errors(text):
        return
    actual = to_html(text)
    html5lib.HTMLParser(strict=True).parseFragment(actual)

    assert ([], to_html(text)) == (forbidden_parts(actual), actual)


SENTENCES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "- "]),
    st.sampled_from("aBéжß東"),
    st.text(st.sampled_from("aB1é.,:;-=+#!?()'\"/%@$^{} \u2003\u00ad"), max_size=30),
)


@given(
    st.lists(
        st.tuples(SENTENCES, st.sampled_from(["\n", "\n\n", "\n\n\n"])), min_size=1, max_size=5
    )
)
def test_sentences_read_the_same_beside_markup(rows: list[tuple[str, str]]) -> None:
    """Plain sentences and lists give the same HTML with and without the converter."""
    text = "".join(row + ending for row, ending in rows).strip("\n").rstrip()
    marked = "<p><em>x</em></p>"

    assert f"{marked}\n{to_html(text)}\n{marked}" == to_html(f"*x*\n\n{text}\n\n*x*")


@given(st.lists(st.one_of(PIECES, SENTENCES), max_size=20).map("\n\n".join), SENTENCES, SENTENCES)
def test_markup_reads_the_same_between_sentences(text: str, first: str, last: str) -> None:
    """Sentences before and after markup do not affect its conversion, or vice versa."""
    # Fenced code may continue, and a comment may hide the rest.
    if errors(text) or "```" in text or "~~~" in text or "<!--" in text:
        return
    whole = f"{first}\n\n{text}\n\n{last}"

    assert (
        to_html(f"*x*\n\n{whole}\n\n*x*")
        == f"<p><em>x</em></p>\n{to_html(whole)}\n<p><em>x</em></p>"
    )
