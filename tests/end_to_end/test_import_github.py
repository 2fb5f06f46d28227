"""Imports of GitHub issues: conversion, repeated imports and failures."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from lxml import html

from statusgen.authoring.edit import IncidentFile
from statusgen.config.parser import parse_config
from statusgen.importers import sync
from statusgen.importers.github import labels
from statusgen.importers.github.client import Repository
from statusgen.problems import OutsideError
from statusgen.system.network import Waiting
from tests.conftest import ROOT, SETTINGS, Run, missing, on_terminal, write_site
from tests.support.fakes.github import NAME, TOKEN, Failure, GitHub, serving
from tests.support.importing import Importing

SERVICES = ("incident", "severity: major", "service: api")
FORM = """\
### Services

Public API (api), Website (web)

### Severity

partial

### State

identified

### Started

2024-05-06 10:30

### Text

Some **requests** fail.

### Severity

major
"""
PLANNED = """\
### Services

Database (db)

### Starts

2024-05-07 22:00

### Ends

2024-05-07 23:30

### Text

The database is read-only.
"""


def test_an_issue_becomes_a_file(imports: Importing, github: GitHub) -> None:
    """The body, comments, labels and closing of an issue make a regular incident file."""
    issue = github.open().comment("Identified\n\nA bad deploy.", at="09:20")
    issue.label("state: monitoring", at="09:30").comment("Good again.", at="10:00")
    issue.close(at="10:00:02")

    ran = imports()

    assert (0, "created incidents/gh-1.md\n") == (ran.status, ran.out)
    assert (
        "---\n"
        "title: Elevated errors\n"
        "severity: major\n"
        "services: [api]\n"
        "started: 2024-05-06T11:00:00+02:00\n"
        "source: github acme/status#1 I_kwDO000001 1a5426404799"
        " deeds=wv68w5,yk1pzw,licmqb,qla8o6\n"
        "updates:\n"
        "  - at: 2024-05-06T11:00:00+02:00\n"
        "    state: investigating\n"
        '    id: "su6kjqq4sn5z"\n'
        "    text: We are looking into it.\n"
        "  - at: 2024-05-06T11:20:00+02:00\n"
        "    state: identified\n"
        '    id: "a9om68nmezch"\n'
        "    text: A bad deploy.\n"
        "  - at: 2024-05-06T11:30:00+02:00\n"
        "    state: monitoring\n"
        "    text: We are monitoring the situation.\n"
        "  - at: 2024-05-06T12:00:00+02:00\n"
        "    state: resolved\n"
        '    id: "i224oodzly0r"\n'
        "    text: Good again.\n"
        "---\n"
    ) == imports.text()
    imports.age()
    # The mark of an earlier version for this issue.
    assert "source: github acme/status#1 I_kwDO000001 b2aa16efefae\n" in imports.text()


def test_a_form_is_read_and_not_shown(imports: Importing, github: GitHub) -> None:
    """Answers of the incident form become front matter; a heading ends the text."""
    github.open(body=FORM, labels=("incident",))

    imports()

    incident = imports.incident()
    assert ("partial", ["api", "web"]) == (
        incident.severity,
        [one.id for one in incident.services],
    )
    assert "08:30" == f"{incident.started:%H:%M}"
    assert [("09:00:00", "identified", "Some **requests** fail.")] == imports.told()


def test_the_forms_that_we_make_are_understood(
    imports: Importing, github: GitHub, run: Run
) -> None:
    """The Markdown that GitHub makes of our forms, with every field filled in, is read."""
    imports.settings("github: {incident: Status, maintenance: planned work}\n")
    run("forms", cwd=imports.folder)
    answers = {"started": "2024-05-06 10:30", "starts": "2024-05-07 22:00"}
    answers |= {"ends": "2024-05-07 23:30", "text": "Some words."}
    for kind in ("incident", "maintenance"):
        path = imports.folder / ".github" / "ISSUE_TEMPLATE" / f"{kind}.yml"
        form = yaml.safe_load(path.read_text("utf-8"))
        body = []
        for part in form["body"]:
            given = part["attributes"]
            several = given.get("options", [])[: 2 if given.get("multiple") else 1]
            answer = ", ".join(several) or answers[part["id"]]
            body.append(f"### {given['label']}\n\n{answer}")
        github.open(body="\n\n".join(body), labels=tuple(form["labels"]))

    ran = imports()

    assert "acme/status: 2 created\n" == ran.err
    first, second = imports.incident(1), imports.incident(2)
    assert ["api", "web"] == [one.id for one in first.services]
    assert ["api", "web"] == [one.id for one in second.services]
    assert ("degraded", "maintenance") == (first.severity, second.severity)
    assert ("Some words.", "Some words.") == (first.updates[0].text, second.updates[0].text)


def test_planned_work_has_its_window(imports: Importing, github: GitHub) -> None:
    """The form for maintenance becomes a maintenance, announced when the issue was opened."""
    github.open("Upgrade", PLANNED, labels=("maintenance",))

    imports()

    incident = imports.incident()
    assert ("maintenance", "db") == (incident.severity, incident.services[0].id)
    assert "2024-05-06 09:00, 2024-05-07 20:00, 2024-05-07 21:30" == (
        f"{incident.started:%Y-%m-%d %H:%M}, {incident.starts:%Y-%m-%d %H:%M},"
        f" {incident.ends:%Y-%m-%d %H:%M}"
    )
    assert [("09:00:00", "", "The database is read-only.")] == imports.told()


@pytest.mark.parametrize(
    ("at", "told"),
    [
        pytest.param(
            "14:00", [("14:00:00", "completed", "Called off.")], id="called-off-before-it"
        ),
        pytest.param("44:30", [("20:30:00", "completed", "Called off.")], id="done-early"),
        pytest.param("46:30", [("22:30:00", "", "Called off.")], id="closed-when-it-was-over"),
    ],
)
def test_planned_work_ends_when_it_is_closed(
    imports: Importing, github: GitHub, at: str, told: list[tuple[str, str, str]]
) -> None:
    """Closing cancels a maintenance or ends it early, unless the clock has ended it."""
    issue = github.open("Upgrade", PLANNED, labels=("maintenance",))
    issue.comment("Called off.", at=at).close(at=at)

    imports()

    assert told == imports.told()[1:]


def test_planned_work_that_is_called_off_without_a_word(imports: Importing, github: GitHub) -> None:
    """A cancelled maintenance is not reported as completed before it began."""
    github.open("Upgrade", PLANNED, labels=("maintenance",)).close(at="14:00")

    imports()

    assert ("14:00:00", "completed", "Cancelled") == imports.told()[-1]


def test_planned_work_that_is_called_off_can_be_planned_again(
    imports: Importing, github: GitHub
) -> None:
    """Reopened before its window, a maintenance is scheduled and follows the clock again."""
    issue = github.open("Upgrade", PLANNED, labels=("maintenance",)).close(at="14:00")
    issue.reopen(at="15:00").comment("Going on.", at="45:00")

    imports()

    assert ["completed", "scheduled", ""] == [state for _, state, _ in imports.told()[1:]]


def test_a_moved_window_is_an_update(imports: Importing, github: GitHub) -> None:
    """A new window in the issue is an update, which later imports keep."""
    issue = github.open("Upgrade", PLANNED, labels=("maintenance",))
    imports()
    issue.edit(PLANNED.replace("23:30", "22:30"), at="12:00")
    imports()
    updates = imports.incident().updates
    again = imports()

    assert "" == again.out
    assert ["Maintenance window: May 7, 2024, 22:00 CEST \N{EN DASH} May 7, 2024, 22:30 CEST"] == [
        one.text for one in updates[1:]
    ]
    assert updates == imports.incident().updates


def test_a_notice_needs_no_service(imports: Importing, github: GitHub) -> None:
    """It stays a notice; a severity label that comes later gets a remark."""
    issue = github.open("Office moved", labels=("incident", "severity: none"))

    quiet = imports.reason()
    issue.unlabel("severity: none", at="10:00").label("severity: major", at="10:00")
    said = imports.reason()

    assert ("", "none", ()) == (quiet, imports.incident().severity, imports.incident().services)
    assert (
        "acme/status#1: ignoring label 'severity: major': this was published as a notice;"
        " open another issue"
    ) == said


def test_planned_work_without_a_window_is_left_out(imports: Importing, github: GitHub) -> None:
    """The reason explains how to write the window by hand, and that works."""
    issue = github.open("Upgrade", "Soon.", labels=("maintenance", "service: db"))

    said = imports.reason()
    issue.body = "Soon. <!-- starts: 2024-05-07 22:00 --><!-- ends: 2024-05-07T23:30Z -->"
    imports()

    assert (
        "acme/status#1: no start and end for the maintenance window;"
        " use the form, or add <!-- starts: 2026-11-20 09:05 -->"
    ) == said
    assert [("09:00:00", "", "Soon.")] == imports.told()


def test_severities_and_services_follow_the_labels(imports: Importing, github: GitHub) -> None:
    """Later label changes become updates, or part of a comment close to them."""
    issue = github.open(labels=SERVICES)
    issue.unlabel("severity: major", at="09:30").label("severity: partial", at="09:30:05")
    issue.comment("It spreads.", at="10:00").label("service: db", at="10:00:20")
    issue.unlabel("service: api", at="10:30")

    imports()

    found = imports.incident().updates
    assert [
        ("Public API: Partial outage", {"api": "partial"}),
        ("It spreads.", {"db": "partial"}),
        ("Public API: Operational", {"api": "none"}),
    ] == [(one.text, {each.id: each.severity for each in one.services}) for one in found[1:]]


def test_a_service_that_works_fails_no_more_without_labels(
    imports: Importing, github: GitHub
) -> None:
    """Without service labels the incident keeps the services that are still affected."""
    issue = github.open(labels=(*SERVICES, "service: web"))
    issue.unlabel("service: web", at="09:30").unlabel("service: api", at="09:50")
    issue.unlabel("severity: major", at="10:10").label("severity: partial", at="10:10")

    imports()

    assert [{"web": "none"}, {"api": "partial"}] == [
        {each.id: each.severity for each in one.services} for one in imports.incident().updates[1:]
    ]


def test_a_label_that_was_deleted_from_the_repository_ends(
    imports: Importing, github: GitHub
) -> None:
    """A label without a removal event ends at the next import; a resolved incident stays."""
    open_one = github.open(labels=(*SERVICES, "service: web", "severity: partial"))
    over = github.open(labels=(*SERVICES, "service: web")).close(at="10:00")
    unseen = github.open(labels=SERVICES)
    imports()
    before = imports.text(2)
    unseen.label("service: web", at="09:30")
    for issue in (open_one, over, unseen):
        issue.labels.remove("service: web")
    open_one.labels.remove("severity: major")

    first, second = imports(), imports()
    open_one.comment("More.", at="11:00")
    imports()

    assert ("updated incidents/gh-1.md\n", "") == (first.out, second.out)
    assert before == imports.text(2)
    assert [{"api": "partial", "web": "none"}] == [
        {each.id: each.severity for each in one.services}
        for one in imports.incident().updates
        if one.services
    ]
    assert 1 == len(imports.told(3))


def test_closing_and_reopening(imports: Importing, github: GitHub) -> None:
    """Closing resolves and reopening continues; a comment with another state keeps its state."""
    issue = github.open().comment("**Monitoring**\nA fix is out.", at="10:00").close(at="10:00:01")
    issue.reopen(at="11:00").close(at="12:00")

    imports()

    assert [
        ("09:00:00", "investigating", "We are looking into it."),
        ("10:00:00", "monitoring", "A fix is out."),
        ("10:00:01", "resolved", "This incident has been resolved."),
        ("11:00:00", "investigating", "We are investigating the issue."),
        ("12:00:00", "resolved", "This incident has been resolved."),
    ] == imports.told()


@pytest.mark.parametrize(
    ("comment", "state", "text"),
    [
        ("Identified", "identified", "The cause has been identified."),
        ("## Identified\n\nA bad deploy.", "identified", "A bad deploy."),
        ("**State: monitoring**\nA bad deploy.", "monitoring", "A bad deploy."),
        ("**Status: Resolved**\n\nAll good.", "resolved", "All good."),
        ("**Status:** Resolved\nAll good.", "resolved", "All good."),
        ("Status: resolved", "resolved", "This incident has been resolved."),
        ("Status page: resolved", "", "Status page: resolved"),
        ("RESOLVED.\nAll good.", "resolved", "All good."),
        ("**Identified:** it is the disk.", "identified", "it is the disk."),
        ("**Identified**: it is the disk.", "identified", "it is the disk."),
        ("**Investigating:** we look.", "", "we look."),  # as before
        ("Monitoring: we wait.\nAnd see.", "monitoring", "we wait.\nAnd see."),
        ("Monitoring : we wait.", "monitoring", "we wait."),
        ("*Monitoring* - we wait.", "monitoring", "we wait."),
        ("_Monitoring_ \u2013 we wait.", "monitoring", "we wait."),
        ("__Monitoring__ we wait.", "monitoring", "we wait."),
        ("[Monitoring] we wait.", "monitoring", "we wait."),
        ("Monitoring — we wait.", "monitoring", "we wait."),
        ("Monitoring - [a](https://b.example).", "monitoring", "[a](https://b.example)."),
        ("### Monitoring: we wait.", "monitoring", "we wait."),
        ("**Status: Monitoring** ✅", "monitoring", "We are monitoring the situation."),
        ("**Status: Monitoring** ✅\n\nWe wait.", "monitoring", "We wait."),
        ("Status: **Monitoring**. We wait.", "monitoring", "We wait."),
        ("**Status:** Monitoring - we wait.", "monitoring", "we wait."),
        ("Resolved ✅", "resolved", "This incident has been resolved."),
        ("✅ Resolved", "resolved", "This incident has been resolved."),
        (":white_check_mark: **Resolved**", "resolved", "This incident has been resolved."),
        ("Resolved :white_check_mark:\nAll good.", "resolved", "All good."),
        ("Fixed: a bad deploy.", "resolved", "Fixed: a bad deploy."),
        ("**Fixed**", "resolved", "**Fixed**"),
        ("Status: fixed", "resolved", "Status: fixed"),
        ("**Cause found** - a bad deploy.", "identified", "**Cause found** - a bad deploy."),
        ("[Watching] it", "monitoring", "[Watching] it"),
        ("**Resolved: all good.**", "resolved", "**Resolved: all good.**"),
        ("Wird beobachtet: warten.", "monitoring", "Wird beobachtet: warten."),
        ("Résolu", "resolved", "Résolu"),
        ("Update: Resolved", "", "Update: Resolved"),
        ("Arm images are back: all of them.", "", "Arm images are back: all of them."),
        ("Fixed-width fonts are broken.", "", "Fixed-width fonts are broken."),
        ("Done.", "", "Done."),
        ("[Resolved](https://b.example)", "", "[Resolved](https://b.example)"),
        ("* Resolved: good.", "", "* Resolved: good."),
        ("    Resolved: good.", "", "    Resolved: good."),
        ("> Resolved: good.", "", "> Resolved: good."),
        ("- Resolved: good.", "", "- Resolved: good."),
        ("`Resolved`: good.", "", "`Resolved`: good."),
        ("**Resolved", "resolved", "This incident has been resolved."),
        ("**", "", "**"),
        ("Resolved:good.", "", "Resolved:good."),
        ("<!-- state: monitoring -->We wait.", "monitoring", "We wait."),
        ("Identified the cause", "", "Identified the cause"),
        ("scheduled\nsoon", "", "scheduled\nsoon"),
        ("```\n<!-- internal -->\n```", "", "```\n<!-- internal -->\n```"),
        ("a <!-- b --> c", "", "a  c"),
        ("a\n<!-- b\nc -->\nd", "", "a\n\nd"),
        ("a\r\nb", "", "a\nb"),
        ("<script>alert(1)</script>", "", "<script>alert(1)</script>"),
        ("---\ntitle: x\n---", "", "---\ntitle: x\n---"),
        ("a\u202eb\x07", "", "ab\ufffd"),
    ],
)
def test_a_comment_becomes_an_update(
    imports: Importing, github: GitHub, comment: str, state: str, text: str
) -> None:
    """A state at its beginning counts; hidden comments and invisible characters are removed."""
    github.open().comment(comment, at="09:20")

    imports()

    assert ("09:20:00", state, text) == imports.told()[-1]


def test_what_was_said_before_the_label_was_not_for_the_page(
    imports: Importing, github: GitHub
) -> None:
    """Comments older than the label are private, unless they name a state."""
    issue = github.open(labels=()).comment("Customer X is furious.", at="09:10")
    issue.comment("Identified: a bad deploy.", at="09:20").comment("Is it us?", at="09:25")
    issue.comment("Reported: customer Y.", at="09:26")
    issue.label(*SERVICES, at="09:30").comment("We roll back.", at="09:40")

    said = imports.reason()

    assert (
        "acme/status#1: skipped 3 comments: older than the label; to publish one, write a state on"
        " its first line"
    ) == said
    assert ["We are looking into it.", "a bad deploy.", "We roll back."] == [
        text for _, _, text in imports.told()
    ]


def test_a_synonym_opens_nothing_again(imports: Importing, github: GitHub) -> None:
    """After the end a synonym does not reopen an incident; the name of a state does."""
    issue = github.open().close(at="10:00").comment("Reported: to the vendor.", at="10:30")
    imports()
    before = imports.told()
    issue.comment("Monitoring: we wait.", at="11:00").comment("Ongoing: the vendor.", at="11:30")
    imports()

    assert ["investigating", "resolved", ""] == [state for _, state, _ in before]
    assert ["monitoring", ""] == [state for _, state, _ in imports.told()[3:]]


@pytest.mark.parametrize("leaves", ["", "bob"])
@pytest.mark.parametrize("deleted", [False, True], ids=["taken-away", "deleted"])
def test_what_was_said_while_the_label_was_gone_was_not_for_the_page(
    imports: Importing, github: GitHub, leaves: str, deleted: bool
) -> None:
    """A label that was present for a moment publishes no comment after its removal."""
    issue = github.open()
    if not deleted:
        issue.unlabel("incident", by="bob", at="09:05")
    issue.comment("Customer X is furious.", at="09:30")
    issue.label("incident", at="10:00").label("maintenance", by="bob", at="10:10")
    issue.comment("We roll back.", at="10:20").unlabel("maintenance", by="bob", at="10:30")
    github.people[leaves] = "read"

    imports()

    assert ["We are looking into it.", "We roll back."] == [text for _, _, text in imports.told()]


def test_what_was_said_stays_when_the_label_is_given_again(
    imports: Importing, github: GitHub
) -> None:
    """Published comments stay, even if the person who added the label leaves."""
    issue = github.open(labels=()).label("incident", by="tri", at="09:02")
    issue.comment("Inside.", by="bob", at="09:05").unlabel("incident", by="tri", at="09:08")
    issue.label(*SERVICES, at="09:10").comment("Said.", by="bob", at="09:20")
    imports()
    before = imports.files()
    issue.unlabel("incident", by="bob", at="09:30").label("incident", by="bob", at="09:31")
    imports()
    again = imports.files()
    github.people["ann"] = "read"
    issue.comment("Better.", by="bob", at="09:40")
    imports()

    assert before == again
    assert ["We are looking into it.", "Said.", "Better."] == [
        text for _, _, text in imports.told()
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("$(touch pwned) `id` ${{ x }}", "$(touch pwned) `id` ${{ x }}"),
        ("::error::no", "::error::no"),
        ("a: b # c", "a: b # c"),
        ("source: github acme/status#1 I_kwDO000001 000000000000", None),
        ("a\u202eb\u200b c\n---\nx", "ab c --- x"),
        ("é" * 300, "é" * 199 + "…"),
        ("[skip ci] fixes #1 @ann", "[skip ci] fixes #1 @ann"),
        ("'\"\\", "'\"\\"),
    ],
)
def test_a_title_is_nothing_but_a_title(
    imports: Importing, github: GitHub, title: str, expected: str | None
) -> None:
    """Any title is one line of text, and the file is read back as written."""
    github.open(title)

    imports()
    again = imports()

    assert (expected or title) == imports.incident().title
    assert "acme/status: 1 unchanged" == again.err.splitlines()[-1]


def test_hostile_words_stay_text_wherever_they_are_told(imports: Importing, github: GitHub) -> None:
    """Titles are escaped in summaries and never begin a line of the log."""
    github.open("::error::x [a](b) <img src=x> `c` | @ann")
    github.open("::stop-commands::x", by="eve")

    ran = imports("--format", "markdown")

    assert (
        "### Import from acme&#47;status: 1 created&#44; 1 skipped\n\n"
        "- **created** acme&#47;status&#35;1 &#58;&#58;error&#58;&#58;x &#91;a&#93;&#40;b&#41;"
        " &#60;img src&#61;x&#62; &#96;c&#96; &#124; &#64;ann\n"
        "- **skipped** acme&#47;status&#35;2: labelled by &#39;eve&#39;&#44; who has no"
        " write access&#59; remove the label and add it yourself\n"
    ) == ran.out
    assert [] == [line for line in ran.err.splitlines() if line.startswith("::")]


def test_hostile_words_stay_text_on_the_page(imports: Importing, github: GitHub, run: Run) -> None:
    """No issue puts a script, an image or an unsafe link on the page."""
    words = (
        "<script>alert(1)</script> ![i](https://evil.example/p.gif) [a](javascript:alert(1))"
        " <img src=x onerror=alert(1)> [b](../secret) {{ 7 * 7 }} @everyone"
    )
    github.open(words, words, at="09:00").comment(words, at="09:10")
    imports()

    ran = run("build", cwd=imports.folder)

    page = (imports.folder / "_site" / "incidents" / "gh-1.html").read_text("utf-8")
    elements = [*html.document_fromstring(page).iter("*")]
    names = {name for one in elements for name in one.attrib}
    links = [one.get("href", "") + one.get("src", "") for one in elements]
    code = [one for one in elements if one.tag == "script" and one.get("type") is None]
    assert 0 == ran.status
    assert "{{ 7 * 7 }}" in page
    assert [] == [name for name in names if name.startswith("on") or name == "style"]
    assert [] == [link for link in links if "javascript:" in link or "secret" in link]
    assert [] == [one for one in code if one.text]
    assert [] == [one for one in elements if one.tag == "img" and "evil" in one.get("src", "")]


def test_the_same_again_writes_nothing(imports: Importing, github: GitHub) -> None:
    """A second import of the same issues writes no file."""
    github.open(body=FORM, labels=("incident",)).comment("More.", at="09:20")
    github.open("Upgrade", PLANNED, labels=("maintenance",))
    imports()
    before = {path: path.stat().st_mtime_ns for path in imports.folder.rglob("*")}

    ran = imports()

    assert (0, "") == (ran.status, ran.out)
    assert before == {path: path.stat().st_mtime_ns for path in imports.folder.rglob("*")}


def test_what_changes_there_changes_here(imports: Importing, github: GitHub) -> None:
    """An edited comment is replaced in its place; a deleted or hidden one disappears."""
    issue = github.open().comment("One.", at="09:10").comment("Two.", at="09:20")
    issue.comment("Three.", at="09:30")
    imports()
    issue.comments[0] |= {"body": "One!", "lastEditedAt": "2024-05-06T09:40:00Z"}
    issue.comments[0]["editor"] = issue.comments[0]["author"]
    issue.comments[1]["isMinimized"] = True
    del issue.comments[2]

    ran = imports()

    assert "updated incidents/gh-1.md\n" == ran.out
    assert ["We are looking into it.", "One!"] == [text for _, _, text in imports.told()]


def test_a_file_changed_by_hand_is_left_alone(imports: Importing, github: GitHub) -> None:
    """It is reported until --force overwrites it or `source` marks it as detached."""
    issue = github.open()
    imports()
    path = imports.folder / "incidents" / "gh-1.md"
    edited = imports.text().replace("Elevated", "Highly elevated")
    path.write_text(edited, encoding="utf-8")
    issue.comment("More.", at="09:10")

    said = imports.reason()
    after = imports.text()
    source = next(line for line in edited.splitlines() if line.startswith("source:"))
    path.write_text(edited.replace(source, f"{source} detached"), encoding="utf-8")
    quiet = imports.reason()
    forced = imports.reason("--force")
    path.write_text(edited, encoding="utf-8")
    imports("--force")

    assert (
        "acme/status#1: the file was edited by hand; use --force to overwrite it, or append"
        ' "detached" to its source line to keep it'
    ) == said
    assert edited == after
    assert ("", "") == (quiet, forced)
    assert "Elevated errors" == imports.incident().title
    assert 2 == len(imports.told())


def test_a_file_changed_by_hand_says_that_it_is_still_shown(
    imports: Importing, github: GitHub
) -> None:
    """A file that should be unpublished but was edited is reported."""
    issue = github.open()
    imports()
    path = imports.folder / "incidents" / "gh-1.md"
    path.write_text(imports.text().replace("Elevated", "Highly elevated"), encoding="utf-8")
    issue.close(at="10:00", reason="NOT_PLANNED")

    assert (
        "acme/status#1: it should be unpublished (closed as not planned or as a duplicate), but the"
        " file was edited by hand; use --force, or set draft: true"
    ) == imports.reason()


def test_line_ends_of_windows_are_no_change_by_hand(imports: Importing, github: GitHub) -> None:
    """Git may use CRLF line ends in the working tree."""
    github.open()
    imports()
    path = imports.folder / "incidents" / "gh-1.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert "acme/status: 1 unchanged\n" == imports().err


def test_a_file_of_somebody_else_is_never_overwritten(imports: Importing, github: GitHub) -> None:
    """A file from elsewhere keeps its name and content, even with --force."""
    write_site(imports.folder, {"incidents/gh-1.md": "Mine."})
    github.open()

    said = imports.reason("--force")

    assert "Mine." == imports.text()
    assert "acme/status#1: gh-1.md exists but was not imported from this item; rename it" == said


def test_a_moved_file_is_found(imports: Importing, github: GitHub) -> None:
    """A file that was moved to a folder is updated there."""
    issue = github.open()
    imports()
    (imports.folder / "incidents" / "2024").mkdir()
    (imports.folder / "incidents" / "gh-1.md").rename(
        imports.folder / "incidents" / "2024" / "gh-1.md"
    )
    issue.comment("More.", at="09:10")

    assert "updated incidents/2024/gh-1.md\n" == imports().out


@pytest.mark.parametrize("copy", ["", "a.md", "z.md"], ids=["moved", "copied", "copied-behind"])
def test_a_renamed_file_is_found(imports: Importing, github: GitHub, copy: str) -> None:
    """A renamed file is still updated, and a copy of it is skipped."""
    issue = github.open()
    imports()
    (imports.folder / "incidents" / "broken.md").write_bytes(b"\xff")
    before = imports.folder / "incidents" / "gh-1.md"
    after = imports.folder / "incidents" / (copy or "api-down.md")
    text = before.read_bytes()
    after.write_bytes(text)
    if not copy:
        before.unlink()
    issue.comment("More.", at="09:10")

    ran = imports()

    assert f"updated incidents/{'gh-1' if copy else 'api-down'}.md\n" == ran.out
    assert (text == after.read_bytes()) is bool(copy)
    assert before.exists() is bool(copy)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_renamed_file_with_quotes_is_found(
    imports: Importing, github: GitHub, quote: str
) -> None:
    """A formatter that quotes the source does not cause a second file."""
    issue = github.open()
    imports()
    folder = imports.folder / "incidents"
    text = re.sub("(?m)^source: (.*)$", rf"source:  {quote}\1{quote}", imports.text())
    (folder / "gh-1.md").unlink()
    (folder / "api-down.md").write_text(text, encoding="utf-8")
    issue.comment("More.", at="09:10")

    said = imports.reason()

    assert {"api-down.md": text} == imports.files()
    assert "acme/status#1: the file was edited by hand;" in said


@pytest.mark.parametrize(
    "withdraw",
    [
        pytest.param(
            lambda hub: hub.issues[0].unlabel("incident", at="10:00"), id="the-label-is-gone"
        ),
        pytest.param(lambda hub: hub.issues.pop(0), id="deleted-or-moved-away"),
        pytest.param(
            lambda hub: hub.issues[0].close(at="10:00", reason="DUPLICATE"), id="a-duplicate"
        ),
        pytest.param(
            lambda hub: hub.issues[0].edit("<!-- internal -->", at="10:00"), id="internal-now"
        ),
    ],
)
def test_what_is_withdrawn_is_unpublished_and_can_come_back(
    imports: Importing, github: GitHub, withdraw: Callable[[GitHub], object]
) -> None:
    """The file becomes a draft, and later imports do not change it."""
    github.open()
    github.open("Another")
    imports()
    withdraw(github)

    ran, again = imports(), imports()

    assert (0, "unpublished incidents/gh-1.md\n", "") == (ran.status, ran.out, again.out)
    assert (True, False) == (imports.incident(1).draft, imports.incident(2).draft)
    assert imports.incident(1).source is not None
    assert str(imports.incident(1).source).endswith(" withdrawn")


def test_what_was_withdrawn_comes_back_with_its_label(imports: Importing, github: GitHub) -> None:
    """Adding the label again gives the same file as before."""
    issue = github.open()
    imports()
    before = imports.text()
    issue.unlabel("incident", at="10:00")
    imports()
    issue.label("incident", at="11:00")
    imports()

    assert before == imports.text()


def test_many_do_not_vanish_at_once(imports: Importing, github: GitHub) -> None:
    """If a label is renamed, all issues seem gone; nothing is unpublished without --allow-mass."""
    for number in range(8):
        github.open(f"Issue {number}")
    imports()
    for issue in github.issues:
        issue.labels.remove("incident")
    github.open("New")

    ran = imports()
    drafts = [imports.incident(number).draft for number in range(1, 10)]
    meant = imports("--allow-mass")

    assert (1, "created incidents/gh-9.md\n") == (ran.status, ran.out)
    assert (
        "stopped: this import would unpublish gh-1, gh-2, gh-3 and 5 more at once; none of these"
        " was changed. Check, then run it again with --allow-mass"
    ) in ran.err
    assert [False] * 9 == drafts
    assert (0, 8) == (meant.status, meant.out.count("unpublished"))


def test_old_and_other_labels_have_their_meaning(imports: Importing, github: GitHub) -> None:
    """The settings define other labels and prefixes, so that a team keeps its own."""
    imports.settings(
        "github:\n"
        "  incident: Status\n"
        "  severity_prefix: sev/\n"
        "  aliases: {Outage: sev/major, API: 'service: api', down: Status}\n"
    )
    github.open(labels=("status", "OUTAGE", "api"))
    github.open(labels=("down", "sev/partial", "service: rest"))
    github.open(labels=("down", "sev/partial", "service: web", "state: completed"))

    ran = imports()

    assert ["gh-1.md", "gh-3.md"] == [*imports.files()]
    assert ("major", "api") == (imports.incident().severity, imports.incident().services[0].id)
    assert (
        "acme/status#2: no service; add a label such as 'service: api'\n"
        "acme/status#3: ignoring label 'state: completed': 'completed' does not apply to an"
        " incident; use one of: investigating, identified, monitoring, resolved\n"
        "acme/status: 2 created, 1 skipped\n"
    ) == ran.err


def test_every_page_of_everything_is_read_with_few_requests(
    imports: Importing, github: GitHub
) -> None:
    """250 issues, 30 of them with 60 comments, need ten pages and two more requests."""
    for number in range(250):
        issue = github.open(f"Issue {number}", at=f"00:{number % 60:02}")
        for minute in range(60 if number >= 220 else 0):
            issue.comment(f"Comment {minute}.", at=f"01:{minute:02}")

    ran = imports()

    assert (0, "acme/status: 250 created") == (ran.status, ran.err.splitlines()[-1])
    assert 10 + 2 + 1 == github.queries  # The last request is for permissions.
    assert github.queries == len(github.requests)
    assert 61 == len(imports.told(250))


def test_long_lists_of_one_issue_are_read_to_their_ends(imports: Importing, github: GitHub) -> None:
    """120 comments, 60 labels and 240 events of one issue are read; the last ones decide."""
    issue = github.open(labels=())
    issue.label(*(f"label {number:02}" for number in range(57)), at="09:00")
    for minute in range(59):
        issue.close(at=f"09:{minute:02}:10").reopen(at=f"09:{minute:02}:40")
        issue.rename(f"Title {minute}", at=f"09:{minute:02}:50")
    issue.label("incident", "severity: major", "service: api", at="10:00")
    for minute in range(120):
        issue.comment(f"Comment {minute}.", at=f"{11 + minute // 60}:{minute % 60:02}")
    issue.close(at="20:00")

    imports()

    assert ("Title 58", "major") == (imports.incident().title, imports.incident().severity)
    assert ("12:59:00", "", "Comment 119.") == imports.told()[-2]
    assert ("20:00:00", "resolved") == imports.told()[-1][:2]
    assert 3 + 1 == github.queries


@pytest.mark.parametrize("number", [1, 60], ids=["on-one-page", "on-two-pages"])
def test_what_github_counts_and_does_not_tell_stops_nothing(
    imports: Importing, github: GitHub, number: int
) -> None:
    """A count that includes hidden comments does not keep a list from being complete."""
    issue = github.open()
    for minute in range(number):
        issue.comment(f"Comment {minute}.", at=f"10:{minute:02}")
    issue.untold = {"comments": 2, "timelineItems": 3, "labels": 1}

    ran = imports()

    assert (0, "acme/status: 1 created\n") == (ran.status, ran.err)
    assert number + 1 == len(imports.told())


def test_pages_that_do_not_go_on_are_an_error(imports: Importing, github: GitHub) -> None:
    """An empty page that announces another one ends the import before any write."""
    issue = github.open()
    for minute in range(60):
        issue.comment("More.", at=f"10:{minute:02}")
    page = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "x"}}
    github.failures = [Failure(200, {"data": {"rest0": {"comments": page}}}, after=1)]

    ran = imports()

    assert (3, {}) == (ran.status, imports.files())
    assert ("statusgen: GitHub's history of #1 is incomplete; try again\n") == ran.err


def test_two_hundred_updates_are_the_most(imports: Importing, github: GitHub) -> None:
    """More updates are refused as in any file, and the old file stays."""
    issue = github.open()
    imports()
    for minute in range(200):
        issue.comment("More.", at=f"{10 + minute // 60}:{minute % 60:02}")

    said = imports.reason()

    assert (
        "acme/status#1: it cannot be imported: the file has 201 updates, more than 200;"
        " continue in a second file"
    ) == said
    assert 1 == len(imports.told())


def limit(**headers: str) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


LATE = str(int(time.time()) + 5000)
SPENT = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for x"}]}
FORBIDDEN = {"errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]}


@pytest.mark.parametrize(
    ("failure", "said", "slept"),
    [
        pytest.param(
            Failure(401, {"message": "Bad credentials"}),
            "GitHub rejected the token ('Bad credentials'); check GITHUB_TOKEN or GH_TOKEN",
            [],
            id="bad-token",
        ),
        pytest.param(
            Failure(403, {"message": "Resource not accessible by integration"}),
            "the token lacks permission for acme/status ('Resource not accessible by integration');"
            " it needs metadata: read and issues: read (write for labels)",
            [],
            id="no-permission",
        ),
        pytest.param(
            Failure(200, FORBIDDEN),
            "the token lacks permission for acme/status ('Resource not accessible by integration');"
            " it needs metadata: read and issues: read (write for labels)",
            [],
            id="no-permission-in-graphql",
        ),
        pytest.param(
            Failure(404, {"message": "Not Found"}),
            "repository acme/status does not exist, or the token cannot read it (needs issues:"
            " read)",
            [],
            id="no-such-repository",
        ),
        pytest.param(
            Failure(410, {"message": "Issues are disabled for this repo"}),
            "issues are disabled in acme/status; enable them in its settings",
            [],
            id="issues-disabled",
        ),
        pytest.param(
            Failure(
                403,
                {"message": "API rate limit exceeded for installation ID 1."},
                limit(x_ratelimit_remaining="0", x_ratelimit_reset=LATE),
            ),
            "GitHub's hourly rate limit was exceeded; try again after ",
            [],
            id="the-hour-is-spent",
        ),
        pytest.param(
            Failure(200, SPENT, limit(x_ratelimit_remaining="0", x_ratelimit_reset=LATE)),
            "GitHub's hourly rate limit was exceeded; try again after ",
            [],
            id="the-hour-is-spent-in-graphql",
        ),
        pytest.param(
            Failure(
                403,
                {"message": "You have exceeded a secondary rate limit."},
                limit(retry_after="50"),
                times=9,
            ),
            "GitHub's secondary rate limit was exceeded; try again after ",
            [50.0],
            id="too-hasty",
        ),
        pytest.param(
            Failure(429, {"message": "Too many requests"}, times=9),
            "GitHub's secondary rate limit was exceeded; try again after ",
            [60.0],
            id="too-many-requests",
        ),
        pytest.param(
            Failure(502, "<html>Bad gateway</html>", times=9),
            "GitHub answered with status 502; try again later",
            [0.5, 1.0, 2.0],
            id="bad-gateway",
        ),
        pytest.param(
            Failure(how="cut", times=9),
            "cannot reach {host}: the connection failed",
            [0.5, 1.0, 2.0],
            id="cut-in-the-middle",
        ),
        pytest.param(
            Failure(how="drop", times=9),
            "cannot reach {host}: the connection failed",
            [0.5, 1.0, 2.0],
            id="dropped",
        ),
        pytest.param(
            Failure(200, '{"data": {"repo', times=9),
            "GitHub's answer was cut off; try again",
            [0.5, 1.0, 2.0],
            id="half-an-answer",
        ),
        pytest.param(
            Failure(200, "<html>Welcome to the hotel</html>"),
            "unexpected answer from GitHub; check --api-url (nothing was changed)",
            [],
            id="another-server",
        ),
        pytest.param(
            Failure(200, {"data": {"repository": {"nameWithOwner": "acme/status"}}}),
            "unexpected answer from GitHub; check --api-url (nothing was changed)",
            [],
            id="parts-are-missing",
        ),
    ],
)
@pytest.mark.parametrize("after", [0, 2], ids=["at-once", "on-the-third-page"])
def test_a_failure_is_one_clear_line(
    github: GitHub, failure: Failure, said: str, slept: list[float], after: int
) -> None:
    """It names the failure and the remedy; transient failures are retried, with limited waits."""
    for number in range(60):
        github.open(f"Issue {number}")
    pauses: list[float] = []
    waiting = Waiting(sleep=pauses.append)
    repository = Repository(NAME, TOKEN, api_url=github.url, waiting=waiting)
    github.failures = [Failure(**{**vars(failure), "after": after})]

    with pytest.raises(OutsideError) as raised:
        repository.issues(["incident", "maintenance"])

    assert str(raised.value).startswith(said.format(host=github.url.removeprefix("http://")))
    assert slept == pauses


@pytest.mark.parametrize(
    ("failure", "slept"),
    [
        pytest.param(Failure(502, "oops", times=2), [0.5, 1.0], id="bad-gateway"),
        pytest.param(Failure(how="drop"), [0.5], id="dropped"),
        pytest.param(Failure(how="cut"), [0.5], id="cut"),
        pytest.param(
            Failure(429, {"message": "Slow down"}, limit(retry_after="7")), [7.0], id="too-hasty"
        ),
    ],
)
def test_what_passes_is_waited_for(github: GitHub, failure: Failure, slept: list[float]) -> None:
    """A short failure causes a pause, and the list is still complete."""
    for number in range(60):
        github.open(f"Issue {number}")
    pauses: list[float] = []
    notes: list[str] = []
    waiting = Waiting(sleep=pauses.append, tell=notes.append)
    github.failures = [Failure(**{**vars(failure), "after": 1})]

    found = Repository(NAME, TOKEN, api_url=github.url, waiting=waiting).issues(["incident"])

    assert [*range(1, 61)] == [issue.number for issue in found]
    assert slept == pauses
    assert ["GitHub's secondary rate limit was exceeded: waiting 7 seconds"] * (
        slept == [7.0]
    ) == notes


def test_an_hour_that_ends_soon_is_waited_for(github: GitHub) -> None:
    """A rate limit that ends soon is waited for, by GitHub's clock."""
    github.open()
    github.skew = timedelta(hours=1)
    reset = str(int(github.now().timestamp()) + 20)
    spent = limit(x_ratelimit_remaining="0", x_ratelimit_reset=reset)
    github.failures = [Failure(403, {"message": "API rate limit exceeded for x"}, spent)]
    pauses: list[float] = []
    waiting = Waiting(sleep=pauses.append)

    found = Repository(NAME, TOKEN, api_url=github.url, waiting=waiting).issues(["incident"])

    assert [1] == [issue.number for issue in found]
    assert [20] == pytest.approx(pauses, abs=2)


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        pytest.param(
            {"name": "acme/pages"},
            "acme/status was renamed to acme/pages; update statusgen.yml or --repo",
            id="renamed",
        ),
        pytest.param(
            {"has_issues": False},
            "issues are disabled in acme/status; enable them in its settings",
            id="no-issues",
        ),
        pytest.param(
            {"is_there": False},
            "repository acme/status does not exist, or the token cannot read it (needs issues:"
            " read)",
            id="not-there",
        ),
        pytest.param(
            {"remaining": 0},
            "GitHub's hourly rate limit was exceeded; try again after ",
            id="budget",
        ),
        pytest.param({"skew": timedelta(hours=2)}, "this machine's clock (", id="a-clock-behind"),
        pytest.param({"skew": timedelta(hours=-2)}, "this machine's clock (", id="a-clock-ahead"),
        pytest.param(
            {
                "lists_people": False,
                "failures": [Failure(403, {"message": "Must have push access"}, path="/repos/")],
            },
            "the token lacks permission for acme/status ('Must have push access'); it needs"
            " metadata: read and issues: read (write for labels)",
            id="no-right-to-ask-for-permissions",
        ),
    ],
)
def test_trouble_changes_nothing(
    imports: Importing, github: GitHub, trouble: dict[str, object], said: str
) -> None:
    """The command ends with status 3 and one line, and no file changes."""
    for number in range(30):
        github.open(f"Issue {number}")
    imports()
    before = imports.files()
    github.issues = github.issues[2:]
    for name, value in trouble.items():
        setattr(github, name, value)

    ran = imports()

    assert (3, "") == (ran.status, ran.out)
    assert ran.err.startswith(f"statusgen: {said}")
    assert 1 == len(ran.err.splitlines())
    assert before == imports.files()


@pytest.mark.parametrize(
    ("options", "variables", "said"),
    [
        ([], {"GITHUB_TOKEN": ""}, "no token; set GITHUB_TOKEN or GH_TOKEN"),
        (["--repo", "status"], {}, "--repo: 'status' is not OWNER/NAME; write one such as"),
        (["--api-url", "http://github.acme.example"], {}, "--api-url 'http://github.acme.example'"),
        (["--api-url", "github.acme.example"], {}, "--api-url: 'github.acme.example' is not an"),
    ],
)
def test_a_wrong_call_is_told(
    imports: Importing,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    variables: dict[str, str],
    said: str,
) -> None:
    """An invalid call ends with status 2 before any request; a token is only sent over https."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    ran = imports(*options)

    assert (2, True) == (ran.status, ran.err.startswith(f"statusgen: {said}"))
    assert [] == imports.github.requests


def test_an_enterprise_server_is_asked_below_its_api(
    imports: Importing, github: GitHub, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workflow variables select the server and repository, and either token works."""
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_API_URL", f"{github.url}/api/v3")
    monkeypatch.setenv("GITHUB_REPOSITORY", NAME)
    github.open()

    ran = run("import", "github", cwd=imports.folder)

    assert (0, "created incidents/gh-1.md\n") == (ran.status, ran.out)
    assert [
        "POST /api/graphql",
        "POST /api/graphql",
    ] == github.requests


def test_the_repository_of_the_site_is_the_default(
    imports: Importing, github: GitHub, run: Run
) -> None:
    """`repository` in the settings selects the repository."""
    imports.settings("repository: https://github.com/acme/status/tree/main/site\n")
    github.open()

    ran = run("import", "github", "--api-url", github.url, cwd=imports.folder)

    assert "acme/status: 1 created\n" == ran.err


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.fixture
def repository(imports: Importing, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the site of *imports* into a Git repository."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "test@example.com")
    git(imports.folder, "init", "--quiet", "--initial-branch=main")
    git(imports.folder, "add", "--all")
    git(imports.folder, "commit", "--quiet", "--message=Test")
    return imports.folder


def test_an_import_is_one_commit(imports: Importing, github: GitHub, repository: Path) -> None:
    """All files of a run are one commit without titles; without changes there is none."""
    for number in range(5):
        github.open(f"[skip ci] fixes #{number}")
    write_site(repository, {"incidents/own.md": "not mine to commit"})

    imports("--commit")
    ran = imports("--commit")

    assert "nothing to commit" == ran.err.splitlines()[-1]
    assert (
        "Import gh-1, gh-2, gh-3 and 2 more from acme/status\n\n"
        "gh-1: created\ngh-2: created\ngh-3: created\ngh-4: created\ngh-5: created\n\n"
    ) == git(repository, "log", "-1", "--format=%B")
    assert "2\n" == git(repository, "rev-list", "--count", "HEAD")
    assert "?? incidents/own.md\n" == git(repository, "status", "--porcelain")


def test_what_a_killed_run_left_is_committed_by_the_next(
    imports: Importing, github: GitHub, repository: Path
) -> None:
    """Files that were written but not committed are committed by the next run."""
    github.open()
    imports()

    imports("--commit")

    assert "Import incidents from acme/status\n" == git(repository, "log", "-1", "--format=%s")
    assert "" == git(repository, "status", "--porcelain")


@pytest.mark.parametrize("option", ["--commit", "--push"])
def test_what_cannot_be_committed_is_not_written(
    imports: Importing, github: GitHub, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    """Outside of a Git repository nothing is requested and no file is written."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(imports.folder.parent))
    github.open()

    ran = imports(option)

    assert (3, True) == (ran.status, "not a git repository" in ran.err)
    assert ({}, []) == (imports.files(), github.requests)


def test_an_import_is_pushed_on_top_of_what_others_pushed(
    imports: Importing, github: GitHub, repository: Path, tmp_path: Path
) -> None:
    """--push retries after somebody else pushed first."""
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "origin.git")
    git(repository, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(repository, "fetch", "--quiet", "origin")
    git(repository, "branch", "--quiet", "--set-upstream-to=origin/main")
    git(tmp_path, "clone", "--quiet", "origin.git", "other")
    write_site(tmp_path / "other", {"README.md": "Mine"})
    git(tmp_path / "other", "add", "--all")
    git(tmp_path / "other", "commit", "--quiet", "--message=Other")
    git(tmp_path / "other", "push", "--quiet")
    github.open()

    ran = imports("--push")

    assert "pushed" == ran.err.splitlines()[-1]
    assert "Import gh-1 from acme/status\nOther\nTest\n" == git(
        tmp_path / "origin.git", "log", "--format=%s", "main"
    )


# Starts and kills imports on command and reports their end; imports the modules once.
RUNNER = """
import os, sys
import statusgen.importers.github
from statusgen.cli import main
for word in sys.stdin:
    if word == "start\\n":
        process = os.fork()
        if process == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            try:
                main.main()
            except SystemExit as end:
                os._exit(end.code or 0)
            os._exit(0)
        continue
    if word == "kill\\n":
        os.kill(process, 9)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


def times(folder: Path) -> set[tuple[str, int]]:
    """Return the files of *folder* with their modification times."""
    return {(path.name, path.stat().st_mtime_ns) for path in folder.glob("gh-*.md")}


@pytest.mark.slow
def test_a_killed_import_is_made_good_by_the_next(
    imports: Importing, github: GitHub, tmp_path: Path
) -> None:
    """A killed import leaves complete files, and the next run gives the usual result."""
    for number in range(30):
        github.open(f"Issue {number}")
    folder = write_site(tmp_path / "killed", {}) / "incidents"
    settings, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
    assert settings is not None
    where = ["--repo", NAME, "--api-url", github.url, "--site", str(folder.parent)]
    chance = random.Random(7)  # noqa: S311, no secret
    killed = partly = 0
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, "import", "github", *where],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as runner:
        assert runner.stdin is not None
        assert runner.stdout is not None
        for hour in range(10, 22):
            for issue in github.issues:
                issue.comment(f"More at {hour}.", at=f"{hour}:00")
            before = times(folder)
            requests = len(github.requests) + chance.randrange(1, 4)
            writes = chance.choice([0, chance.randrange(1, 25), chance.randrange(1, 25)])
            end = time.monotonic() + 5
            print("start", file=runner.stdin, flush=True)
            while time.monotonic() < end and (
                len(github.requests) < requests or len(times(folder) - before) < writes
            ):
                time.sleep(0.0005)
            time.sleep(chance.random() / 200)
            print("kill", file=runner.stdin, flush=True)
            killed += int(runner.stdout.readline()) == -signal.SIGKILL
            found = [
                IncidentFile(
                    path=path, slug=path.stem, text=path.read_text("utf-8"), config=settings
                )
                for path in folder.glob("gh-*.md")
            ]
            assert [] == [file.path for file in found if sync.known(file).is_edited]
            partly += 0 < sum(f"More at {hour}." in file.text for file in found) < 30
        print("start", "wait", sep="\n", file=runner.stdin, flush=True)
        assert 0 == int(runner.stdout.readline())
        runner.stdin.close()
    imports()

    assert imports.files() == {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    assert (True, True) == (killed >= 8, partly >= 3)


@pytest.mark.slow
def test_a_long_import_shows_how_far_it_is(imports: Importing, github: GitHub) -> None:
    """A terminal shows progress bars, with messages between them."""
    for number in range(100):
        issue = github.open(f"Issue {number}")
        if number < 2:
            issue.comment("More.", by=f"user{number}", at="09:10")
            github.people[f"user{number}"] = "write"
    github.lists_people = False
    github.before = lambda: time.sleep(0.4)
    github.failures = [Failure(429, {"message": "Slow down"}, {"retry-after": "1"}, after=3)]
    command = ("import", "github", "--repo", NAME, "--api-url", github.url)

    ran = on_terminal(*command, cwd=imports.folder)

    shown = [line.rpartition("\r")[2] for line in ran.out.split("\n")]
    first = next(i for i, line in enumerate(shown) if line.startswith("created"))
    assert (0, "acme/status: 100 created") == (ran.status, shown[-2])
    assert [
        "\x1b[2KGitHub's secondary rate limit was exceeded: waiting 1 seconds",
        "\x1b[?25lReading issues  [####################################]  100%",
        "\x1b[?25lChecking permissions  [####################################]  100%",
    ] == [line.replace("\x1b[?25h", "").rstrip() for line in shown[:first]]


def test_labels_are_made_once(imports: Importing, github: GitHub) -> None:
    """Missing labels are created, different ones are updated, and others stay."""
    github.labels = [
        {"name": "Incident", "color": "ffffff", "description": "Mine"},
        {"name": "bug", "color": "123456", "description": None},
    ]
    where = ("--repo", NAME, "--api-url", github.url)
    ran = imports.run("labels", "github", *where, cwd=imports.folder)
    github.requests.clear()
    again = imports.run("labels", "github", *where, cwd=imports.folder)

    assert (0, "", "changed Incident") == (ran.status, ran.err, ran.out.splitlines()[-1])
    assert (0, "", "all labels are up to date\n") == (again.status, again.out, again.err)
    assert ["GET /repos/acme/status/labels"] == github.requests
    assert {"Incident": "cf222e", "bug": "123456", "severity: partial": "bc4c00"}.items() <= {
        one["name"]: one["color"] for one in github.labels
    }.items()


def test_the_labels_made_are_the_labels_read() -> None:
    """Each created label has a meaning that the import reads."""
    settings, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
    assert settings is not None

    made = [labels.meaning(label.name, settings) for label in labels.wanted(settings)]

    assert [] == [meaning for meaning in made if meaning is None or meaning.fault]


@pytest.fixture
def emulated(tmp_path: Path) -> object:
    """Run a GitHub emulator by another project, with a repository ann/status."""
    program = ROOT / "node_modules" / "emulate" / "dist" / "index.js"
    if not program.exists():
        missing("emulate")
    seed = {
        "tokens": {TOKEN: {"login": "ann", "scopes": ["repo"]}},
        "github": {
            "users": [{"login": "ann"}, {"login": "eve"}],
            "repos": [{"owner": "ann", "name": "status"}],
        },
    }
    (tmp_path / "seed.yaml").write_text(json.dumps(seed), encoding="utf-8")
    with serving(GitHub()) as other:
        port = int(other.url.rpartition(":")[2])  # a free port
    url = f"http://127.0.0.1:{port}"
    command = ["node", str(program), "start", "--service", "github", "--port", str(port)]
    command += ["--seed", str(tmp_path / "seed.yaml"), "--base-url", url]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ}
    )
    try:
        repository = Repository("ann/status", TOKEN, api_url=url)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                repository.make_labels([])
                break
            except OutsideError:
                time.sleep(0.1)
        yield repository
    finally:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_rest_works_with_an_emulator_of_somebody_else(emulated: Repository) -> None:
    """The requests for labels and permissions work with an emulator by another project."""
    settings, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
    assert settings is not None
    wanted = [*labels.wanted(settings)]

    created, _ = emulated.make_labels(wanted)
    again = emulated.make_labels(wanted)

    assert [label.name for label in wanted] == created
    assert ([], []) == again
    assert (True, False) == (emulated.may_write("ann"), emulated.may_write("eve"))
