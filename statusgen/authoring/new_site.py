"""Generate the files of a new site."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib import metadata
from pathlib import Path

from statusgen import __version__, times
from statusgen.authoring import settings_file
from statusgen.config.settings import EXAMPLE_URL
from statusgen.content import formatter
from statusgen.i18n.messages import Words
from statusgen.model import Incident, Service, Severity, Update
from statusgen.schema import scalars
from statusgen.schema.yaml_writer import scalar
from statusgen.system import files, git

OWN_REPOSITORY = "statusgen/statusgen"  # has the workflows that sites call
IMPORT_TRELLO = "import-trello.yml"  # suffix of the path of the workflow that imports a board

_STARTER = Path(__file__).parent / "starter"  # files that are the same in every site
_GITHUB = ".github/"  # GitHub reads it only at the top of a repository
_WORKFLOWS = ".github/workflows/"
_PUBLISH = f"{_WORKFLOWS}publish.yml"
_IMPORT = f"{_WORKFLOWS}import.yml"
_IMPORT_TRELLO = f"{_WORKFLOWS}{IMPORT_TRELLO}"
_BOARD = '"BOARD"'  # placeholder in starter/…/import-trello.yml
_USUAL_BRANCHES = ("main", "master")  # in starter/…/publish.yml
_PLAIN_BRANCH = re.compile(r"[\w./-]+")  # others could be patterns
_CALL = re.compile("^    uses: .*\n", re.MULTILINE)
_MAX_STARTER = 64 * 1024
_BY_TAG = re.compile(  # in calls in starter/
    rf"{OWN_REPOSITORY}(/\S+)@v[\d.]+ # zizmor: ignore\[unpinned-uses\].*"
)
_COMMIT = re.compile("[0-9a-f]{40}")
_SOURCE = re.compile("Source, https://.*/tree/([0-9a-f]{40})")  # as .ci/build_hook.py writes it


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The settings of a new site that its owner should choose, with examples as defaults.

    *timezone* is an IANA name, and *repository* the address of the site's folder on GitHub.
    """

    title: str = "Acme Status"
    url: str = EXAMPLE_URL
    language: str = "en"
    timezone: str = "UTC"
    repository: str | None = None
    services: Sequence[Service] = (
        Service(id="api", name="Public API"),
        Service(id="web", name="Website"),
    )


def service(text: str) -> Service:
    """Parse a service such as ``api=Public API``; raise ValueError with a message for the user."""
    identifier, mark, name = text.partition("=")
    if not mark:
        raise ValueError("missing a name; write ID=NAME, such as api=Public API")
    return Service(id=scalars.identifier(identifier.strip()), name=scalars.line(name))


def site(owner: Owner, *, now: datetime) -> dict[str, str]:
    """Return the files of a new site by path; it has data since the day of *now*."""
    today = times.day_of(now, scalars.zone(owner.timezone))
    notice = f"incidents/{today}-hello.md"
    own = {path: text for path, text in _starter().items() if not path.startswith(_GITHUB)}
    return {"statusgen.yml": _settings(owner, today), notice: _notice(owner, now), **own}


def commit() -> str | None:
    """Return the commit that this code was built from, or None if it is unknown.

    A package has it in its metadata; for a checkout (an editable installation), ask Git.
    """
    package = Path(__file__).resolve().parents[1]
    with suppress(metadata.PackageNotFoundError):
        found = metadata.distribution(package.name)
        # The metadata may belong to another installation that this code shadows.
        if Path(str(found.locate_file(package.name))).resolve() == package:
            for address in found.metadata.get_all("Project-URL", ()):
                if match := _SOURCE.fullmatch(address):
                    return match[1]
    return git.head(package.parent)


def repository(
    folder: str = "",
    *,
    code: str = OWN_REPOSITORY,
    commit: str | None = None,
    board: str | None = None,
    branch: str | None = None,
) -> dict[str, str]:
    """Return the files in `.github`, by path, for a site in *folder* of its repository.

    The workflows call those of the repository *code* at *commit*, which may also be a tag, or at
    the tag of this version if it is None. Pushes to main, master and *branch*, the default branch,
    start the workflow that publishes. With a Trello *board* (a short link or id), the workflow that
    imports it replaces the one that imports issues.
    """
    found = {path: text for path, text in _starter().items() if path.startswith(_GITHUB)}
    if board is None:
        del found[_IMPORT_TRELLO]
    else:
        del found[_IMPORT]
        found[_IMPORT_TRELLO] = found[_IMPORT_TRELLO].replace(_BOARD, f'"{board}"')
    found[_PUBLISH] = with_branch(found[_PUBLISH], branch)
    if commit is not None:
        pinned = f"{code}\\1@{commit}{_after(commit)}"
        found = {path: _BY_TAG.sub(pinned, text) for path, text in found.items()}
    return in_folder(found, folder)


def with_branch(workflow: str, branch: str | None) -> str:
    """Return *workflow*, which pushes to main and master start, with *branch* beside these."""
    if branch in (None, *_USUAL_BRANCHES) or _PLAIN_BRANCH.fullmatch(branch) is None:
        return workflow
    usual = ", ".join(_USUAL_BRANCHES)
    return workflow.replace(f"[{usual}]", f'[{usual}, "{branch}"]')


def in_folder(found: Mapping[str, str], folder: str) -> dict[str, str]:
    """Adapt the files *found* in `.github` to a site in *folder*; "" is the top.

    For a site in a subfolder, the names of workflows start with the name of the folder, because the
    repository may already have a publish.yml.
    """
    if not folder:
        return dict(found)
    prefix = re.sub("[^a-z0-9]+", "-", folder.lower()).strip("-") or "page"
    return {
        re.sub(r"/(?=[\w-]+\.yml$)", f"/{prefix}-", path) if "/workflows/" in path else path: (
            _moved(text, folder, prefix) if "/workflows/" in path else text
        )
        for path, text in found.items()
    }


def _after(commit: str) -> str:
    """Return the comment after a call of *commit*: the version, which Dependabot updates."""
    if _COMMIT.fullmatch(commit):
        return f" # v{__version__}"
    return " # zizmor: ignore[unpinned-uses] chosen with init --actions"


def _moved(workflow: str, folder: str, prefix: str) -> str:
    """Adapt *workflow* to a site in a subfolder: rename everything that must be unique."""
    text = re.sub("^name: .*", rf"\g<0> ({prefix})", workflow, flags=re.MULTILINE)
    text = re.sub('group: "?', rf"\g<0>{prefix}-", text)
    text = text.replace("starts publish.yml", f"starts {prefix}-publish.yml")
    jobs = re.split(r"^(?=  [\w-]+:$)", text, flags=re.MULTILINE)
    return "".join(_with_inputs(job, folder, prefix) if _CALL.search(job) else job for job in jobs)


def _with_inputs(job: str, folder: str, prefix: str) -> str:
    """Add the inputs for the site to *job*, which calls a workflow."""
    if "    with:\n" not in job:
        job = _CALL.sub(r"\g<0>    with:\n", job)
    inputs = f"      site: {scalar(folder)}\n"
    if f"starts {prefix}-publish.yml" in job:
        inputs += f"      workflow: {prefix}-publish.yml\n"
    return job.replace("    with:\n", f"    with:\n{inputs}")


def _settings(owner: Owner, today: date) -> str:
    services = [replace(one, since=today) for one in owner.services]
    return settings_file.format_settings(
        title=owner.title,
        url=owner.url,
        language=owner.language,
        timezone=owner.timezone,
        repository=owner.repository,
        services=services,
        schema=True,
    )


def _notice(owner: Owner, now: datetime) -> str:
    words = Words(owner.language)
    link = words.say("subscribe")
    if owner.url != EXAMPLE_URL:  # The notice would keep the example when the owner changes url.
        link = f"[{link}]({owner.url}/subscribe.html)"
    text = formatter.format_incident(
        Incident(
            slug="hello",
            title=words.say("starter.title"),
            severity=Severity.NONE,
            services=(),
            started=now,
            updates=(Update(at=now, text=words.say("starter.text", link=link)),),
        ),
        zone=scalars.zone(owner.timezone),
    )
    fence, rest = text.split("\n", 1)
    return (
        f"{fence}\n# yaml-language-server: $schema=../{settings_file.SCHEMAS}/incident.json\n{rest}"
    )


def _starter() -> dict[str, str]:
    found = (one.path for one in files.walk(_STARTER) if one.kind is files.EntryKind.FILE)
    return {path: files.read_text(_STARTER / path, limit=_MAX_STARTER) for path in found}
