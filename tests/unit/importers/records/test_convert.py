"""Conversion of any records to valid files, which do not change on a repeated import."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from statusgen.authoring.edit import IncidentFile
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.importers import services, sync
from statusgen.importers.records.convert import RecordConverter, site_services
from statusgen.importers.records.record import IncidentRecord, RecordUpdate, SourceSite
from statusgen.importers.sync import ImportedFile, ImportSource, Outcome
from statusgen.model import Severity, State
from statusgen.problems import errors
from tests.conftest import SETTINGS, scaled

SOURCE = ImportSource(name="source", prefix="", gone="it is gone")
START = datetime(2024, 5, 6, 9, tzinfo=UTC)
NOW = datetime(2024, 6, 1, tzinfo=UTC)
TEXTS = ("Text.", "**Resolved**", "*Monitoring* - Well.", "**Reopened**: again", "", "<!-- x -->")
NAMES = ("Public API", "web", "Gone")

times = st.integers(-90, 90).map(lambda minutes: START + timedelta(minutes=minutes))
severities = st.sampled_from([Severity.NONE, Severity.DEGRADED, Severity.PARTIAL, Severity.MAJOR])
effects = st.dictionaries(st.sampled_from(NAMES), severities, max_size=3)
updates = st.builds(
    RecordUpdate,
    at=times,
    text=st.sampled_from(TEXTS),
    state=st.none() | st.sampled_from([one for one in State if one is not State.SCHEDULED]),
    severities=effects,
    names_state=st.booleans(),
)


def config() -> Config:
    found, problems = parse_config(SETTINGS, path=Path("statusgen.yml"))
    assert found is not None, problems
    return found


SITE = config()


@st.composite
def records(draw: st.DrawFn) -> IncidentRecord:
    """Draw a record with times in any order; a third are maintenance."""
    is_maintenance = draw(st.sampled_from([True, False, False]))
    kinds = [State.IN_PROGRESS, State.VERIFYING, State.COMPLETED]
    allowed = kinds if is_maintenance else [one for one in State if one not in kinds]
    found = draw(st.lists(updates, max_size=5))
    severity = Severity.MAINTENANCE if is_maintenance else draw(severities)
    named = draw(effects)
    return IncidentRecord(
        key="one",
        stem="one",
        title=draw(st.sampled_from(["Slow", "", "word " * 60])),
        severity=severity,
        services=dict.fromkeys(named, severity) if is_maintenance else named,
        started=draw(times),
        updates=tuple(one for one in found if one.state is None or one.state in allowed),
        is_over=draw(st.none() | st.booleans()),
        ended=draw(st.none() | times),
        modified=draw(st.none() | times),
        starts=draw(times) if is_maintenance else None,
        ends=draw(st.none() | times) if is_maintenance else None,
        until=draw(st.none() | times) if severity is Severity.NONE else None,
        pin=draw(st.booleans()),
        redirect_from=("old/one/", "/wrong"),
    )


def imported(record: IncidentRecord, there: dict[str, ImportedFile]) -> sync.SyncStep:
    """Import *record*, and add its file to *there*."""
    site = SourceSite(scope="here", title="Acme", zone=UTC, records=(record,))
    ids, _ = services.match_services(site_services(site, UTC), SITE)
    known = sync.by_key(there.values(), SOURCE)
    content = RecordConverter(SOURCE, site, SITE, ids, known=known, now=NOW).content()
    plan = sync.plan(
        content.items, there, SITE, source=SOURCE, scope="here", folder=Path("incidents")
    )
    (step,) = plan.steps
    if step.path is not None and step.text is not None:
        file = IncidentFile(path=step.path, slug="one", text=step.text, config=SITE)
        there["one"] = sync.known(file)
    return step


@given(records())
@settings(max_examples=scaled(300))
def test_any_record_becomes_a_valid_file(record: IncidentRecord) -> None:
    """Times and states in any order give a valid file; the same record changes no byte of it."""
    there: dict[str, ImportedFile] = {}

    first = imported(record, there)
    again = imported(record, there)

    names = {*record.services, *(name for one in record.updates for name in one.severities)}
    if first.outcome is Outcome.SKIPPED:
        assert ({"Gone"}, False) == (names, first.is_refused)
        return
    assert (Outcome.CREATED, Outcome.UNCHANGED) == (first.outcome, again.outcome)
    assert [] == errors(there["one"].file.parsed().problems)


@given(records())
@settings(max_examples=scaled(300))
def test_the_field_for_the_end_wins(record: IncidentRecord) -> None:
    """An incident that is over in the source is over here, and an open one is open."""
    there: dict[str, ImportedFile] = {}

    step = imported(record, there)

    if record.is_over is None or record.starts or step.outcome is Outcome.SKIPPED:
        return
    incident = there["one"].incident
    assert incident is not None
    stated = [one.state for one in incident.updates if one.state]
    is_over = incident.resolved is not None or stated[-1:] == [State.RESOLVED]
    assert record.is_over is is_over
