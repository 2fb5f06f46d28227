"""Build sites into bytes, and publish bytes as folders."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from statusgen.build import pipeline, read_site
from statusgen.build.load_incidents import ReadOptions
from statusgen.build.pipeline import BuildRequest, BuildResult
from statusgen.build.read_site import Content
from statusgen.cache import store as cache
from statusgen.cache.codec import IncidentSummary
from statusgen.output.folder import OutputPlan, open_output
from statusgen.output.paths import RECORD
from statusgen.system import files
from statusgen.times import parse

NOW = "2026-11-20T10:15:00+01:00"


def publish(outputs: Mapping[str, bytes], folder: Path) -> OutputPlan:
    """Publish exactly *outputs* in *folder*."""
    with open_output(folder, outputs.keys()) as target:
        for path, data in outputs.items():
            target.put(path, data, files.digest(data))
        return target.commit()


def rendered(request: BuildRequest) -> tuple[BuildResult, dict[str, bytes]]:
    """Return the result of *request* without a cache, and every file of the site."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "site"
        built = pipeline.build(replace(request, cache=None, jobs=request.jobs or 1), out)
        return (built, content(out))


def content(folder: Path) -> dict[str, bytes]:
    """Return every file in a published *folder*, except the record."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    found.pop(RECORD, None)
    return dict(sorted(found.items()))


def read(folder: Path, *, now: str = NOW) -> Content:
    """Return the content of the site in *folder*, read without a cache."""
    with cache.open_cache(None, tools="") as store:
        found = read_site.read_site(
            folder, ReadOptions(clock=lambda zone: parse(now, zone), cache=store)
        )
        # Details are loaded from the store, which is about to close.
        return replace(found, summaries=tuple(_whole(one) for one in found.summaries))


def _whole(summary: IncidentSummary) -> IncidentSummary:
    if summary.view is None:
        return summary
    details = summary.view.details
    view = structs.replace(summary.view, tell=lambda: details)
    return structs.replace(summary, view=view)
