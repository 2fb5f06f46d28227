"""Front matter in YAML, TOML and JSON, also with usual mistakes."""

import pytest

from statusgen.importers.folders import front_matter


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: API is slow\naffected: [API]\nresolved: true\n---\nText.",
        "\n---yaml\ntitle: 'API is slow'\naffected: API\nresolved: True\n---\nText.",
        '+++\ntitle = "API is slow"\naffected = ["API"]\nresolved = true\n+++\nText.',
        '---toml\ntitle = "API is slow"\naffected = ["API"]\nresolved = true\n---\nText.',
        '---json\n{"title": "API is slow", "affected": ["API"], "resolved": true}\n---\nText.',
        "---\nTitle: API is slow\nAffected:\n  - API\n<!-- x: y -->\nRESOLVED: true\n---\nText.",
    ],
)
def test_all_formats_have_the_same_values(text: str) -> None:
    """YAML, TOML and JSON give the same values, and names ignore case."""
    values, body = front_matter.split(text)

    assert ("API is slow", ["API"], True, "Text.") == (
        values.text("title"),
        values.names("affected"),
        values.flag("resolved"),
        body,
    )


def test_a_value_with_a_colon_is_text() -> None:
    """A value that needs quotes and has none is read as text, without its comment."""
    values, _ = front_matter.split("---\ntitle: API: it's down # really\ndate: 2024-01-02\n---\n")

    assert ("API: it's down", "2024-01-02") == (values.text("title"), values.text("date"))


def test_missing_values_are_empty() -> None:
    """A value that is missing, null, empty or of another type is like none."""
    values, _ = front_matter.split("---\na:\nb: null\nc: ''\nd: {x: y}\n---\n")

    assert ["", "", "", "", ""] == [values.text(name) for name in "abcde"]
    assert [[], [], [], [], []] == [values.names(name) for name in "abcde"]
    assert [False] * 3 == [values.has(name) for name in "abc"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Just text.", "it has no front matter"),
        ("---\ntitle: x\n", "it has no front matter"),
        ("---\n{[\n---\n", "its front matter is not YAML: "),
        ("---\n- a\n---\n", "its front matter is not a map"),
        ("+++\ntitle = \n+++\n", "its front matter is not TOML: "),
        (f"+++\na = {'9' * 5000}\n+++\n", "its front matter is not TOML: "),
        ("---json\n[1]\n---\n", "its front matter is not an object"),
        ("---json\n{\n---\n", "its front matter: it is not JSON"),
        ("---json\n" + "[" * 5000 + "\n---\n", "its front matter: "),
    ],
)
def test_invalid_front_matter_is_refused(text: str, reason: str) -> None:
    """Front matter that cannot be read is refused with the reason."""
    with pytest.raises(ValueError, match=reason):
        front_matter.split(text)


def test_a_long_first_line_takes_linear_time() -> None:
    """A file of the greatest size with nothing but spaces in its first line is read at once."""
    with pytest.raises(ValueError, match="it has no front matter"):
        front_matter.split(f"---{' ' * 250_000}x")
