"""Explain a new site: the purpose of each file, and the next steps in their order."""

from pathlib import Path

from statusgen.authoring.hosts.hosting import Host
from statusgen.authoring.hosts.surroundings import Surroundings
from statusgen.authoring.new_site import Owner
from statusgen.cli.console import format_path
from statusgen.config.settings import EXAMPLE_URL

# By the end of the path, because a site in a subfolder has workflows with a prefix.
_PURPOSES = {
    "statusgen.yml": "settings: title, address, time zone, services",
    "-hello.md": "first notice; edit or delete it",
    ".gitignore": "keeps the built site and the cache out of Git",
    ".schema/config.json": "completion for statusgen.yml in editors",
    ".schema/incident.json": "completion for incident files in editors",
    "ISSUE_TEMPLATE/config.yml": "choice of issue forms",
    "ISSUE_TEMPLATE/incident.yml": "issue form to report an incident",
    "ISSUE_TEMPLATE/maintenance.yml": "issue form to announce maintenance",
    "dependabot.yml": "proposes new versions of statusgen and of actions",
    "check.yml": "checks pull requests, and shows what they would change",
    "event.yml": "lets monitors report incidents",
    "import.yml": "imports labelled issues as incidents",
    "import-trello.yml": "imports cards of the Trello board as incidents",
    "publish.yml": "publishes each push to the default branch",
    ".gitlab-ci.yml": "publishes the default branch on GitLab, and checks merge requests",
    "build-requirements.txt": "pins what building these packages needs, by hash",
    "-requirements.txt": "pins the packages that statusgen needs, by hash",
    "refresh.yml": "publishes again when time changes the page",
}
_GUIDE = "https://github.com/statusgen/statusgen/blob/main/docs/how-to/publish-elsewhere.md"
_PREVIEW = "Preview it: statusgen serve"
_URL = "Set url in statusgen.yml to the address of the page"
_CREATE = (
    'Create an empty repository on GitHub, and set Settings → Pages → Source to "GitHub Actions"'
    " there, before you push"
)
_CHOOSE = 'Set Source to "GitHub Actions" in {address}/settings/pages, before you push'
_CHOOSE_THERE = (
    'Set Settings → Pages → Source to "GitHub Actions" in the repository, before you push\n'
    "     If {remote} is not on GitHub, delete the new files in .github instead, and run init again"
    " with --gitlab or --no-github"
)
_CREATE_GITLAB = "Create an empty project on GitLab"
_SCHEDULE = 'On GitLab, add a schedule such as "13 * * * *" in Build → Pipeline schedules'
_UPLOAD = f"Build it, and copy _site to your host ({_GUIDE}): statusgen build"
_REPORT = 'Report an incident: statusgen new "Elevated errors" --severity major --service '


def purpose_of(path: str) -> str:
    """Return the purpose of the file *path* of a new site."""
    return next(purpose for end, purpose in _PURPOSES.items() if path.endswith(end))


def next_steps(
    place: Path, owner: Owner, around: Surroundings, host: Host, *, has_forms: bool
) -> str:
    """Return the steps that publish the site in the folder *place*, in the order that works.

    With *has_forms*, the site has issue forms, which contain its address.
    """
    steps = [_PREVIEW, *_publishing(owner, around, host, has_forms=has_forms)]
    steps.append(f"{_REPORT}{owner.services[0].id}{'' if host is Host.NONE else ' --push'}")
    where = "" if place == Path() else f", in {format_path(place)}"
    lines = [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
    return "\n".join([f"\nNext{where}:", *lines])


def _publishing(owner: Owner, around: Surroundings, host: Host, *, has_forms: bool) -> list[str]:
    is_example = owner.url == EXAMPLE_URL
    match host:
        case Host.NONE:
            return [*([_URL] if is_example else []), _UPLOAD]
        case Host.GITLAB:
            create = [] if around.remote else [_CREATE_GITLAB]
            url = [f"{_URL}, which GitLab shows in Deploy → Pages, and push it"]
            push = _push("https://gitlab.com/GROUP/PROJECT.git", ":/.gitlab-ci.yml", around)
            return [*create, push, *(url if is_example else []), _SCHEDULE]
        case _:
            forms = "; then run: statusgen forms" if has_forms else ""
            url = [f"{_URL}, such as https://OWNER.github.io/REPOSITORY{forms}"]
            choose = _choose_source(around)
            push = _push("https://github.com/OWNER/REPOSITORY.git", ":/.github", around)
            return [*(url if is_example else []), choose, push]


def _choose_source(around: Surroundings) -> str:
    """Return the step that enables GitHub Pages, which also creates a missing repository."""
    if around.github is not None:
        return _CHOOSE.format(address=around.github.address)
    return _CREATE if around.remote is None else _CHOOSE_THERE.format(remote=around.remote)


def _push(address: str, hosted: str, around: Surroundings) -> str:
    """Return the Git commands that publish the site; *address* is an example of a remote."""
    commands = [] if around.has_repository else ["git init -b main"]
    files = f". {hosted}" if around.inside else "--all"
    commands.append(f'git add {files} && git commit -m "Add a status page"')
    if around.remote is None:
        commands.append(f"git remote add origin {address}")
    commands.append(f"git push -u {around.remote or 'origin'} HEAD")
    return "\n     ".join(["Publish it:", *commands])
