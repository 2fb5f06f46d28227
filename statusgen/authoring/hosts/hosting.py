"""Generate the files with which a host builds and publishes a new site."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from statusgen import __version__
from statusgen.authoring import new_site
from statusgen.characters import escaped
from statusgen.problems import quoted
from statusgen.schema import scalars
from statusgen.system import files

_TEMPLATES = Path(__file__).parent
_CHECKOUT = Path(__file__).parents[3] / ".github" / "actions" / "setup"  # has the files below
_REQUIREMENTS = ("requirements.txt", "build-requirements.txt")
_MAX = 1024 * 1024
_REF = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9][\w./-]*(?<![./])", re.ASCII)
_MAX_REF = 100
_HEADER = re.compile(r"(?:#.*\n)+")


class Host(StrEnum):
    """The host that a new site gets files for."""

    GITHUB = "github"
    STANDALONE = "standalone"
    GITLAB = "gitlab"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class CodeSource:
    """The repository OWNER/NAME from which a host takes statusgen, at the commit or tag *ref*."""

    repository: str
    ref: str


def parse_source(text: str) -> CodeSource:
    """Parse ``OWNER/REPO@REF``; raise ValueError with a message for the user."""
    repository, mark, ref = text.partition("@")
    if not mark or not ref:
        what = f"{quoted(text)} names no commit or tag"
        raise ValueError(f"{what}; write OWNER/REPO@REF, such as acme/statusgen@v{__version__}")
    if len(ref) > _MAX_REF or _REF.fullmatch(ref) is None:
        what = f"{quoted(ref)} is not the name of a commit or tag"
        raise ValueError(f"{what}; write one such as v{__version__} or a commit of 40 digits")
    return CodeSource(repository=scalars.repository_name(repository), ref=ref)


# The release of this version, which the files in `starter/` and `hosts/` name.
OWN_RELEASE = CodeSource(repository=new_site.OWN_REPOSITORY, ref=f"v{__version__}")


def own_source() -> CodeSource:
    """Return the source of this code: its commit if known, else its release."""
    commit = new_site.commit()
    return replace(OWN_RELEASE, ref=commit) if commit else OWN_RELEASE


def host_files(
    host: Host,
    folder: str,
    source: CodeSource,
    *,
    board: str | None = None,
    branch: str | None = None,
) -> dict[str, str]:
    """Return the files for *host*, by path from the top of the repository, except issue forms.

    The site is in *folder* of the repository, "" for the top, whose default branch is *branch* if
    known. Only GITHUB imports a Trello *board*.
    """
    match host:
        case Host.GITHUB:
            ref = None if source == OWN_RELEASE else source.ref
            return new_site.repository(
                folder, code=source.repository, commit=ref, board=board, branch=branch
            )
        case Host.STANDALONE:
            return _standalone(folder, source, branch)
        case Host.GITLAB:
            return _gitlab(folder, source)
        case Host.NONE:
            return {}


def _standalone(folder: str, source: CodeSource, branch: str | None) -> dict[str, str]:
    path = ".github/workflows/publish.yml"
    workflow = _filled(
        _read(_TEMPLATES / "standalone" / path),
        {
            f"repository: {new_site.OWN_REPOSITORY}": f"repository: {source.repository}",
            f"ref: v{__version__}": f'ref: "{source.ref}"',
            "SITE: .": f"SITE: {_quoted(folder)}",
        },
    )
    found = new_site.in_folder({path: new_site.with_branch(workflow, branch)}, folder)
    for name in _REQUIREMENTS:
        packed = _TEMPLATES / name
        text = _read(packed if files.kind_of(packed) else _CHECKOUT / name)
        head = f"# Dependencies of statusgen {__version__}, pinned by hash.\n"
        found[f".github/statusgen-{name}"] = _HEADER.sub(head, text, count=1)
    return found


def _gitlab(folder: str, source: CodeSource) -> dict[str, str]:
    path = ".gitlab-ci.yml"
    old = f"{new_site.OWN_REPOSITORY}/archive/v{__version__}.tar.gz"
    text = _filled(
        _read(_TEMPLATES / "gitlab" / path),
        {
            old: f"{source.repository}/archive/{source.ref}.tar.gz",
            "SITE: .": f"SITE: {_quoted(folder)}",
        },
    )
    return {path: text}


def _quoted(folder: str) -> str:
    """Return *folder* in quotes, because YAML reads 1.10 as a number."""
    return escaped(json.dumps(folder, ensure_ascii=False)) if folder else "."


def _filled(text: str, values: Mapping[str, str]) -> str:
    for old, new in values.items():
        text = text.replace(old, new)
    return text


def _read(path: Path) -> str:
    return files.read_text(path, limit=_MAX)
