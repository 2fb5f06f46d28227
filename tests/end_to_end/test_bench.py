"""The benchmark: its content is valid and equal for all generators. Timings are not tested."""

import sys
from pathlib import Path
from statistics import mean

import pytest

from tests.bench import content, generators, measuring, report, tables
from tests.bench.generators import ALL, OUT, STATUSGEN
from tests.bench.measuring import Step, Task
from tests.bench.repeated import repeated
from tests.conftest import ROOT, Run
from tests.support import publishing

pytestmark = pytest.mark.slow


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("generator", ALL, ids=lambda generator: generator.name)
def test_content_is_the_same_every_time(generator: generators.Generator, tmp_path: Path) -> None:
    """Two calls generate the same site, byte for byte."""
    for name in ("one", "two"):
        generator.write(content.generated(20), tmp_path / name)

    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_site_of_the_bench_has_no_problem(run: Run, tmp_path: Path) -> None:
    """`check` finds no problem before or after the change that is measured."""
    site = content.generated(60)
    STATUSGEN.write(site, tmp_path / "site")

    before = run("check", "--now", site.now.isoformat(), cwd=tmp_path / "site")
    STATUSGEN.write_incident(site.changed(site.now), tmp_path / "site")
    after = run("check", "--now", site.now.isoformat(), cwd=tmp_path / "site")

    assert [(0, "", "60 incident files: no errors\n")] * 2 == [
        (ran.status, ran.out, ran.err) for ran in (before, after)
    ]


def test_every_generator_gets_the_same_texts() -> None:
    """The files for each generator contain the Markdown of every update and postmortem."""
    for incident in content.generated(100).incidents:
        texts = [incident.body, *(update.text for update in incident.updates)]
        for generator in ALL:
            # In a YAML key, a text is indented.
            file = "\n".join(line.strip() for line in generator.text(incident).split("\n"))

            assert [] == [text for text in texts if text not in file]


def test_incidents_are_as_long_as_real_ones() -> None:
    """Incidents average 3.5 updates and 2 kB, and most updates are plain sentences."""
    incidents = content.generated(2000).incidents
    texts = [update.text for incident in incidents for update in incident.updates]
    plain = [text for text in texts if not set("*`[\n") & set(text)]

    size = mean(len(STATUSGEN.text(incident)) for incident in incidents)
    updates = mean(len(incident.updates) for incident in incidents)

    assert pytest.approx(2000, rel=0.05) == size
    assert pytest.approx(3.5, rel=0.05) == updates
    assert pytest.approx(0.88, abs=0.03) == len(plain) / len(texts)


def test_real_incidents_are_repeated_to_size(run: Run, tmp_path: Path) -> None:
    """A folder repeated to a size is a valid site with that number of files."""
    site = repeated(ROOT, 50)
    STATUSGEN.write(site, tmp_path / "site")

    ran = run("check", "--now", site.now.isoformat(), cwd=tmp_path / "site")

    assert (0, "", "50 incident files: no errors\n") == (ran.status, ran.out, ran.err)


def test_the_real_incidents_are_among_the_repeated() -> None:
    """A repeated folder still contains every incident of the original, unchanged."""
    real = {incident.slug: incident.started for incident in publishing.read(ROOT).incidents}

    copied = {incident.slug: incident.started for incident in repeated(ROOT, 50).incidents}

    assert real.items() <= copied.items()


def test_a_table_reads_well_as_text_and_as_markdown() -> None:
    """Columns line up, with words to the left and numbers to the right."""
    expected = "| build | time |\n| ----- | ---: |\n| cold  |  2 s |"

    assert expected == tables.table(("build", "time"), [("cold", "2 s")])


def test_measured_processes_cache_bytecode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A measured process caches bytecode, even if the caller's environment disables it."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    script = "import sys; sys.exit(sys.dont_write_bytecode)"

    cost = measuring.run_in(tmp_path, [sys.executable, "-c", script])

    assert cost.status == 0


def test_memory_is_that_of_the_largest_process(tmp_path: Path) -> None:
    """The memory of a command includes its largest worker process, even if it is small itself."""
    allocate = [sys.executable, "-c", "bytearray(b'x') * (200 << 20)"]
    worker = f"import subprocess; subprocess.run({allocate!r})"

    cost = measuring.run_in(tmp_path, [sys.executable, "-c", worker])

    assert 200 << 20 <= cost.memory < 400 << 20


def test_the_start_of_a_command_changes_nothing(tmp_path: Path) -> None:
    """A start ends without an error before any file of the site is read or written."""
    site = content.generated(10)
    STATUSGEN.write(site, tmp_path / "site")
    before = files(tmp_path / "site")

    starts = [measuring.start_of(task, site, tmp_path / "site") for task in Task]

    assert [(0, "")] * len(Task) == [(cost.status, cost.stderr) for cost in starts]
    assert before == files(tmp_path / "site")


def test_the_report_states_how_busy_the_machine_was() -> None:
    """The report gives the load averages before the first run, if the system has them."""
    expected = "Load averages before the first run: 0.02 (1 minute), 0.10 (5), 1.50 (15)."

    assert expected == report.load_before((0.02, 0.1, 1.5))
    assert "unknown whether the machine was idle" in report.load_before(None)


def test_a_measurement_covers_every_build_and_command(tmp_path: Path) -> None:
    """A run measures every build and command without a failure, and keeps its folder."""
    measured = measuring.measure(content.generated(10), tmp_path, 1, [STATUSGEN])

    builds, commands = measured.builds, (measured.starts, measured.tasks)
    assert [(step, STATUSGEN.name) for step in Step] == list(builds)
    assert [list(Task)] * 2 == [list(tasks) for tasks in commands]
    assert {0} == {cost.status for tasks in commands for costs in tasks.values() for cost in costs}
    assert (tmp_path / "0" / STATUSGEN.name / OUT / "index.html").is_file()
