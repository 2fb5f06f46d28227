"""Tests of the built packages: their content, and the installed command outside the checkout."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from statusgen import __version__
from statusgen.authoring import new_site
from statusgen.cache.store import FOLDER
from tests.conftest import DATED, ROOT, missing, write_site
from tests.support import acting, examples
from tests.support.examples import NOW

pytestmark = pytest.mark.slow

HOMEPAGE = "https://github.com/statusgen/statusgen"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def environment(**more: str) -> dict[str, str]:
    """Return the variables of this process, except those that could expose the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, **more}


def pip(*arguments: str | Path, backend: Path | None = None) -> None:
    """Run pip in the environment of the tests; its output is shown if it fails."""
    variables = environment(PYTHONPATH=str(backend)) if backend else environment()
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        *arguments,
    ]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if "No matching distribution found for hatchling" in done.stderr:
        missing("hatchling (there is no package index in reach, it)")
    assert 0 == done.returncode, done.stderr


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the build backend in a separate folder, once for all builds."""
    folder = tmp_path_factory.mktemp("backend")
    pip("install", "--target", folder, *PROJECT["build-system"]["requires"])
    return folder


@pytest.fixture(scope="module")
def wheel(backend: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout."""
    return built_wheel(ROOT, backend, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(backend: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source package of this checkout."""
    into = tmp_path_factory.mktemp("sdist")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "sdist",
        "--directory",
        into,
    ]
    variables = environment(PYTHONPATH=str(backend))
    subprocess.run(command, cwd=ROOT, env=variables, check=True, capture_output=True)
    (found,) = into.glob("*.tar.gz")
    return found


def built_wheel(source: Path, backend: Path, into: Path) -> Path:
    """Build the wheel of the package in *source*, a folder or a source package."""
    options = ("--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", into)
    pip("wheel", *options, source, backend=backend)
    (found,) = into.glob("*.whl")
    return found


@dataclass(frozen=True)
class Installed:
    """A Python with statusgen installed from the wheel and without access to the checkout."""

    python: Path

    def run(self, *arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run `python -m statusgen` in the folder *cwd*."""
        command: list[str | Path] = [self.python, "-m", "statusgen", *arguments]
        # Warnings are errors for a user's Python, too.
        variables = environment(PYTHONWARNINGS="error")
        return subprocess.run(
            command, cwd=cwd, env=variables, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel in a separate environment that borrows the dependencies of this one."""
    folder = tmp_path_factory.mktemp("environment")
    making: list[str | Path] = [sys.executable, "-m", "venv", "--without-pip", folder]
    subprocess.run(making, check=True)
    python = folder / "bin" / "python"
    pip("--python", python, "install", "--no-deps", "--no-index", wheel)
    # Python searches a path from a .pth file, but ignores .pth files there (the editable install).
    borrowed = sysconfig.get_path("purelib")
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run(
        [python, "-c", asked], capture_output=True, text=True, check=True
    ).stdout.strip()
    (Path(own) / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")
    return Installed(python)


def test_the_wheel_contains_the_package_and_the_theme_only(wheel: Path) -> None:
    """It contains all modules, languages, theme and starter files, py.typed and metadata, but no
    tests.
    """
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if not name.endswith("/")}
    about = {name for name in found if PurePosixPath(name).parts[0].endswith(".dist-info")}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "statusgen").rglob("*.py")}
    languages = {path.relative_to(ROOT).as_posix() for path in (ROOT / "statusgen").rglob("*.json")}
    theme = {
        f"statusgen/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
    }

    starter = {
        path.relative_to(ROOT).as_posix()
        for folder in ("starter", "hosts")
        for path in (ROOT / "statusgen" / "authoring" / folder).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    starter |= {
        f"statusgen/authoring/hosts/{name}"
        for name in ("requirements.txt", "build-requirements.txt")
    }

    assert modules | languages | theme | starter | {"statusgen/py.typed"} == found - about
    assert {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "LICENSE"} == {
        PurePosixPath(name).name for name in about
    }


def test_the_wheel_is_for_every_platform(wheel: Path) -> None:
    """The wheel needs no compiler, and its name contains the version of the package."""
    assert f"statusgen-{__version__}-py3-none-any.whl" == wheel.name


def test_the_wheel_requires_what_the_project_declares(wheel: Path) -> None:
    """The dependencies without an extra are exactly those of pyproject.toml."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode().splitlines()
    asked = {
        line.removeprefix("Requires-Dist: ").lower()
        for line in lines
        if line.startswith("Requires-Dist: ") and "extra ==" not in line
    }

    assert {line.lower() for line in PROJECT["project"]["dependencies"]} == asked


def test_an_installed_statusgen_is_not_the_checkout(installed: Installed, tmp_path: Path) -> None:
    """The installed Python imports the package and its theme from its own environment."""
    asking = "import statusgen, pathlib; print(pathlib.Path(statusgen.__file__).resolve())"
    done = subprocess.run(
        [installed.python, "-c", asking],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    package = Path(done.stdout.strip()).parent

    assert not package.is_relative_to(ROOT)
    assert (package / "templates" / "base.html").is_file()


def test_an_installed_statusgen_builds_a_site_of_one_file(
    installed: Installed, tmp_path: Path
) -> None:
    """A folder with only a statusgen.yml yields the same files as with the checkout."""
    folder = write_site(tmp_path / "site", DATED)
    done = installed.run("build", "--now", NOW, cwd=folder)
    out = folder / "_site"
    expected = examples.made(DATED).files
    published = {path: (out / path).read_bytes() for path in expected if (out / path).is_file()}

    assert (0, "") == (done.returncode, done.stderr)
    assert expected == published
    assert {"statusgen.yml", "_site", FOLDER} == {one.name for one in folder.iterdir()}


def test_an_installed_statusgen_builds_a_site_with_templates_of_its_own(
    installed: Installed, tmp_path: Path
) -> None:
    """A template of the site extends the theme inside the package."""
    own = '{% extends "default/404.html" %}{% block footer %}<p>Own words</p>{% endblock %}'
    folder = write_site(tmp_path / "site", {**DATED, "templates/404.html": own})
    done = installed.run("build", "--now", NOW, cwd=folder)

    assert (0, "") == (done.returncode, done.stderr)
    assert "<p>Own words</p>" in (folder / "_site" / "404.html").read_text("utf-8")


def test_an_installed_statusgen_builds_the_example(installed: Installed, tmp_path: Path) -> None:
    """A copy of the example yields the same files as in the repository."""
    folder = tmp_path / "site"
    folder.mkdir()
    shutil.copy(ROOT / "statusgen.yml", folder)
    shutil.copytree(ROOT / "incidents", folder / "incidents")
    done = installed.run("build", "--now", NOW, cwd=folder)
    files = examples.example().files

    assert 0 == done.returncode
    assert files == {path: (folder / "_site" / path).read_bytes() for path in files}


def test_an_empty_folder_is_a_usage_error(installed: Installed, tmp_path: Path) -> None:
    """A missing statusgen.yml ends with one line and status 2, and nothing is written."""
    done = installed.run("build", cwd=tmp_path)

    assert 2 == done.returncode
    assert [] == list(tmp_path.iterdir())
    assert "" == done.stdout
    assert done.stderr.startswith("statusgen: no statusgen.yml in .")
    assert 1 == done.stderr.count("\n")


def test_the_command_is_installed(installed: Installed, tmp_path: Path) -> None:
    """The script `statusgen` is installed beside Python and runs the same command."""
    write_site(tmp_path, DATED)
    command: list[str | Path] = [installed.python.parent / "statusgen", "check", "--now", NOW]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )

    assert (0, "") == (done.returncode, done.stdout)


@pytest.fixture(scope="module")
def commit() -> str:
    """Return the commit of this checkout."""
    found = new_site.commit()
    if found is None:
        missing("a Git checkout, which provides the commit,")
    assert found is not None
    return found


def test_a_new_site_calls_the_commit_of_the_wheel(
    installed: Installed, commit: str, tmp_path: Path
) -> None:
    """Workflows from `init` of the wheel are pinned to the commit that the wheel was built from."""
    done = installed.run("init", "site", cwd=tmp_path)
    made = sorted((tmp_path / "site" / ".github" / "workflows").iterdir())
    called = {path.stem: re.findall("uses: .*?@(.*)", path.read_text("utf-8")) for path in made}

    assert 0 == done.returncode
    pin = f"{commit} # v{__version__}"
    others = {name: [pin] for name in ("check", "event", "import", "refresh")}
    assert {**others, "publish": [pin] * 3} == called  # Its other jobs copy to a mirror and notify.


def test_the_wheel_has_the_requirements_of_a_standalone_site(
    installed: Installed, tmp_path: Path
) -> None:
    """`init --standalone` of the wheel writes the pinned packages of the action."""
    installed.run("init", "site", "--standalone", cwd=tmp_path)
    setup = ROOT / ".github" / "actions" / "setup"

    for name in ("requirements.txt", "build-requirements.txt"):
        written = (tmp_path / "site" / ".github" / f"statusgen-{name}").read_text("utf-8")
        _, *packages = written.splitlines()
        assert packages == (setup / name).read_text("utf-8").splitlines()[2:]


def test_a_package_without_a_commit_names_none(
    sdist: Path, backend: Path, commit: str, tmp_path: Path
) -> None:
    """Sources without Git have no commit, even inside the repository of another project."""
    acting.git(tmp_path, "init", "--quiet")
    acting.commit(tmp_path, {"other.txt": "x"})
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("statusgen-*")
    (source / "PKG-INFO").unlink()

    assert {f"Source, {HOMEPAGE}/tree/{commit}"} == about(sdist) - about(
        built_wheel(source, backend, tmp_path / "wheel")
    )


def about(package: Path) -> set[str]:
    """Return the URLs in the metadata of *package*."""
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
            lines = wheel.read(name).decode().splitlines()
    else:
        with tarfile.open(package) as sdist:
            (found,) = (one for one in sdist if one.name.endswith("/PKG-INFO"))
            file = sdist.extractfile(found)
            assert file is not None
            lines = file.read().decode().splitlines()
    mark = "Project-URL: "
    return {line.removeprefix(mark) for line in lines if line.startswith(mark)}


def test_the_source_package_builds_the_same_wheel(
    wheel: Path, sdist: Path, backend: Path, tmp_path: Path
) -> None:
    """The sdist builds the same wheel as the checkout, byte for byte."""
    assert wheel.read_bytes() == built_wheel(sdist, backend, tmp_path).read_bytes()


def test_the_source_package_contains_the_example_and_the_tests(sdist: Path) -> None:
    """The sdist contains all sources of the example and the tests, and no build output."""
    with tarfile.open(sdist) as archive:
        names = {PurePosixPath(name).parts[1] for name in archive.getnames()}

    assert {"statusgen", "templates", "tests", "incidents", "statusgen.yml", "Makefile"} <= names
    assert set() == names & {"_site", "node_modules", ".venv", "dist", "build"}
