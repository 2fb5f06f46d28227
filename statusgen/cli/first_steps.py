"""Explain a new site: the purpose of each file, and the next steps in their order."""

from pathlib import Path

from statusgen.authoring.new_site import Owner
from statusgen.authoring.surroundings import Surroundings
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
    "refresh.yml": "publishes again when time changes the page",
}
_PREVIEW = "Preview it: statusgen serve"
_CREATE = (
    'Create an empty repository on GitHub, and set Settings → Pages → Source to "GitHub Actions"'
    " there, before you push"
)
_CHOOSE = 'Set Source to "GitHub Actions" in {address}/settings/pages, before you push'
_REPORT = (
    'Report an incident: statusgen new "Elevated errors" --severity major --service {service}'
    " --push"
)


def purpose_of(path: str) -> str:
    """Return the purpose of the file *path* of a new site."""
    return next(purpose for end, purpose in _PURPOSES.items() if path.endswith(end))


def next_steps(place: Path, owner: Owner, around: Surroundings) -> str:
    """Return the steps that publish the site in the folder *place*, in the order that works."""
    steps = [_PREVIEW]
    if owner.url == EXAMPLE_URL:
        example = "https://OWNER.github.io/REPOSITORY"
        steps.append(f"Set url in statusgen.yml to the address of the page, such as {example}")
    github = around.github
    steps.append(_CHOOSE.format(address=github.address) if github else _CREATE)
    steps.append("\n     ".join(["Publish it:", *_publish(around)]))
    steps.append(_REPORT.format(service=owner.services[0].id))
    where = "" if place == Path() else f", in {format_path(place)}"
    lines = [f"  {number}. {step}" for number, step in enumerate(steps, 1)]
    return "\n".join([f"\nNext{where}:", *lines])


def _publish(around: Surroundings) -> list[str]:
    """Return the Git commands that publish the site from where it is."""
    commands = [] if around.has_repository else ["git init -b main"]
    files = ". :/.github" if around.inside else "--all"
    commands.append(f'git add {files} && git commit -m "Add a status page"')
    if around.remote is None:
        commands.append("git remote add origin https://github.com/OWNER/REPOSITORY.git")
    return [*commands, f"git push -u {around.remote or 'origin'} HEAD"]
