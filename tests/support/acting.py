"""Run workflows with act on this machine, as close to GitHub as possible.

Jobs, steps, outputs, conditions and workflow calls are real, and so are Git, the command and HTTP.
Third-party actions are replaced with those in `actions/`; permissions, concurrency, environments
and tokens are not modelled.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

from statusgen import __version__
from statusgen.authoring import new_site
from tests.conftest import ROOT, missing
from tests.support.servers import TestServer

ACTIONS = ROOT / "tests" / "actions"
STARTER = ROOT / "statusgen" / "authoring" / "starter" / ".github" / "workflows"
OWN = f"statusgen/statusgen@v{__version__}"

_USES = re.compile(r"^\s*(?:- )?uses: ([\w.-]+/[\w.-]+)@(\w+)", re.MULTILINE)
_ACT = Path(sys.executable).parent / "act"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """The outcome of a workflow: the result of each job by name, the log, and the summaries.

    *output* is everything that act printed, except for `add-mask` commands, as in GitHub's logs.
    """

    jobs: Mapping[str, str]
    log: str
    summary: str
    output: str


class Runner:
    """A runner for the workflows of sites; *folder* contains the files that they leave."""

    def __init__(self, folder: Path) -> None:
        if not _ACT.exists():
            missing("act")
        self.state = folder / "state"
        self.state.mkdir(parents=True)
        self._cache = folder / "cache"
        self._library = folder / "library"
        _copy_library(self._library)
        own = [OWN, f"statusgen/statusgen@{new_site.commit()}"]  # as calls of the starter, of init
        self._stand_ins = [f"--local-repository={one}={self._library}" for one in own]
        for action, ref in sorted(_actions_of_others()):
            place = ACTIONS / action.rpartition("/")[2]
            if place.is_dir():
                self._stand_ins.append(f"--local-repository={action}@{ref}={place}")

    def run(
        self,
        site: Path,
        workflow: str,
        event: str,
        payload: Mapping[str, Any],
        *,
        secrets: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
        **variables: str,
    ) -> Ran:
        """Run *workflow* in the repository *site* for *event*, with *variables* in its environment.

        The repository has *secrets*, and *settings* as its variables. Secrets are not masked: a log
        without them never contained any.
        """
        file = self._cache / "event.json"
        file.parent.mkdir(exist_ok=True)
        content = {"repository": {"default_branch": "main"}, **payload}
        file.write_text(json.dumps(content), encoding="utf-8")
        command: list[str | Path] = [
            _ACT,
            event,
            f"--eventpath={file}",
            f"--workflows=.github/workflows/{workflow}",
            "--platform=ubuntu-24.04=-self-hosted",
            "--pull=false",
            "--no-cache-server",
            "--env-file=/dev/null",
            "--defaultbranch=main",
            "--secret=GITHUB_TOKEN=not-a-token",
            *(f"--secret={name}={value}" for name, value in (secrets or {}).items()),
            *(["--insecure-secrets"] if secrets else []),
            *(f"--var={name}={value}" for name, value in (settings or {}).items()),
            f"--env=STAND_IN_STATE={self.state}",
            f"--env=STAND_IN_ORIGIN={_origin(site)}",
            f"--env=STAND_IN_PYTHON={sys.executable}",
            "--env=no_proxy=127.0.0.1",
            *(f"--env={name}={value}" for name, value in variables.items()),
            "--json",
            *self._stand_ins,
        ]
        environment = {
            **{name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ},
            "PATH": f"{ACTIONS / 'bin'}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(self._cache),
        }
        done = subprocess.run(
            command,
            cwd=site,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return _ran(done.stdout, done.stderr)

    def written(self, name: str) -> list[str]:
        """Return the lines that stand-ins recorded as *name*."""
        file = self.state / name
        return file.read_text("utf-8").splitlines() if file.exists() else []


def _ran(output: str, errors: str) -> Ran:
    lines = output.splitlines()
    entries = [json.loads(line) for line in lines if line.startswith("{")]
    # act reports a summary both for the step that uses an action and for the action itself.
    summaries = [entry["content"] for entry in entries if entry.get("command") == "summary"]
    return Ran(
        jobs={
            entry["job"].strip().rpartition("/")[2]: entry["jobResult"]
            for entry in entries
            if "jobResult" in entry
        },
        log="\n".join(str(entry.get("msg", "")) for entry in entries),
        summary="".join(dict.fromkeys(summaries)),
        output="\n".join(
            [line for line in lines if '"command":"add-mask"' not in line] + errors.splitlines()
        ),
    )


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    """Create a site in a Git repository in *folder*, with the workflows of `init`."""
    shutil.copytree(STARTER, folder / ".github" / "workflows")
    # act does not support `queue`.
    event = folder / ".github" / "workflows" / "event.yml"
    event.write_text(event.read_text("utf-8").replace(", queue: max", ""), encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, files)
    return folder


def commit(folder: Path, files: Mapping[str, str]) -> None:
    """Write *files* into the repository in *folder*, and commit everything."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Test")


def git(folder: Path, *words: str) -> str:
    """Run Git with *words* in *folder* and return its output."""
    names = ("AUTHOR", "COMMITTER")
    identity = {f"GIT_{name}_NAME": "Test" for name in names}
    identity |= {f"GIT_{name}_EMAIL": "test@example.com" for name in names}
    return subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **identity, "GIT_CONFIG_GLOBAL": "/dev/null"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _origin(folder: Path) -> str:
    """Return the remote of the repository in *folder*, or the folder itself if it has none."""
    remotes = git(folder, "remote").split()
    return git(folder, "remote", "get-url", "origin").strip() if remotes else str(folder)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the files in *folder*, which may not exist yet, and yield the address."""
    server = TestServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _copy_library(folder: Path) -> None:
    """Copy this repository as GitHub would fetch it, in the syntax that act supports."""
    for path in [*(ROOT / ".github").rglob("*")]:
        if path.is_file() and path.suffix in (".yml", ".txt"):
            text = path.read_text("utf-8")
            text = re.sub(r"uses: \$/(\S+)", rf"uses: statusgen/statusgen/\1@v{__version__}", text)
            text = text.replace("  queue: max\n", "")
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    for name in ("statusgen", "templates"):
        (folder / name).symlink_to(ROOT / name)


def _actions_of_others() -> set[tuple[str, str]]:
    files = [*(ROOT / ".github").rglob("*.yml")]
    return {(name, ref) for file in files for name, ref in _USES.findall(file.read_text("utf-8"))}
