"""Folders of other status pages, with texts of our own."""

from pathlib import Path

CSTATE = """\
title: Acme
languageCode: en-us
baseURL: https://old.acme.example
timeZone: Europe/Rome
params:
  categories:
    - {name: Core, description: All.}
    - {name: Other, untitled: true}
  systems:
    - {name: Shop, category: Other, description: The shop.}
    - {name: API, displayName: Public API, category: Core}
"""


def issue(body: str = "It is slow.", **values: str) -> str:
    """Return a file of cState; *values* add to its front matter, or replace it."""
    matter = {
        "title": "API is slow",
        "date": "2024-05-06 11:00:00",
        "resolved": "true",
        "resolvedWhen": "2024-05-06 12:00:00",
        "severity": "down",
        "affected": "[API]",
        "section": "issue",
        **values,
    }
    lines = "".join(f"{key}: {value}\n" for key, value in matter.items() if value)
    return f"---\n{lines}---\n\n{body}\n"


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write *files* into *folder*, and return it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return folder


def cstate(folder: Path, issues: dict[str, str], config: str = CSTATE) -> Path:
    """Write a page of cState with *issues*, and return *folder*."""
    files = {f"content/issues/{name}.md": text for name, text in issues.items()}
    (folder / "content/issues").mkdir(parents=True, exist_ok=True)
    return write_files(folder, {"config.yml": config, **files})
