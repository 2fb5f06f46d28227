"""Check that 'url' is the address of a page and not one from an example."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from statusgen.config import settings
from statusgen.config.checks import example_problem
from statusgen.config.loader import read_settings
from statusgen.problems import Problem
from statusgen.schema import yaml_loader
from statusgen.schema.yaml_document import Source

# Names that are reserved for examples: https://www.rfc-editor.org/rfc/rfc2606
_RESERVED = re.compile(r"(.*\.)?(example(\.(com|net|org))?|invalid)")


def is_example(url: str) -> bool:
    """Return whether the host of *url* is reserved for examples."""
    return _RESERVED.fullmatch(urlsplit(url).hostname or "") is not None


def url_problems(folder: Path) -> tuple[Problem, ...]:
    """Return a problem if the site in *folder* has an example address.

    Settings with errors have no such problem, because the build reports their errors.
    """
    found = read_settings(folder)
    if found.config is None or not is_example(found.config.url):
        return ()
    path = folder / settings.FILE
    root, _ = yaml_loader.load(found.text, path=path)
    if root is None:
        return ()
    source = Source(path, root, [])
    source.wrong(example_problem(source.text("url")), "url")
    return tuple(source.problems)
