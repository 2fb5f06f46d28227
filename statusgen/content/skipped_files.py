"""Files in `incidents/` that are documentation or templates, and not incidents."""

from collections.abc import Callable

from statusgen.content.front_matter import begins_with_fence

# Files that repositories have in many folders, in lower case.
_DOCUMENTS = frozenset(
    {
        "readme",
        "index",
        "contributing",
        "license",
        "licence",
        "changelog",
        "code_of_conduct",
        "security",
        "template",
        "howto",
        "todo",
    }
)


def skip_reason(name: str, read: Callable[[], bytes]) -> str | None:
    """Return why the file *name* is not read as an incident, with a remedy, or None if it is.

    *read* returns the content, or nothing if it cannot be read; only some names need it.
    """
    if name.startswith("_"):
        what = "files whose names begin with '_' are not read"
        return f"{what}; rename it if it is an incident, or move it out of incidents/"
    if name.partition(".")[0].casefold() in _DOCUMENTS and not begins_with_fence(read()):
        what = "this file has no front matter and is not read"
        return f"{what}; move it out of incidents/, or begin it with '---' if it is an incident"
    return None
