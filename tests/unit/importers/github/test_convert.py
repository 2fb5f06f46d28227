"""Conversion of all kinds of issues, each to a valid file or a reason to skip it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from statusgen.authoring.edit import IncidentFile
from statusgen.config.parser import parse_config
from statusgen.config.settings import Config
from statusgen.importers import hidden_markup, sync
from statusgen.importers.github import convert
from statusgen.importers.github.body import read_form, split_services
from statusgen.importers.github.issue_records import (
    Actor,
    Comment,
    Issue,
    IssueAction,
    IssueEvent,
    Reason,
)
from statusgen.importers.sync import Outcome, SyncPlan
from statusgen.system.time_limit import guarded
from tests.conftest import SETTINGS, scaled

DAY = datetime(2024, 5, 6, tzinfo=UTC)
ANN, EVE = Actor(login="ann"), Actor(login="eve")
LABELS = (
    "severity: major",
    "severity: partial",
    "severity: none",
    "service: api",
    "service: web",
    "state: identified",
    "state: resolved",
    "state: in_progress",
    "state: completed",
)
WINDOW = "<!-- starts: 2024-05-06 10:00 --><!-- ends: 2024-05-06 12:00 -->Work."


def site() -> Config:
    found, _ = parse_config(SETTINGS, path=Path("statusgen.yml"))
    assert found is not None
    return found


def planned(
    issue: Issue,
    there: dict[str, sync.ImportedFile] | None = None,
    *,
    trusted: tuple[Actor, ...] = (Actor(login="ann"),),
) -> SyncPlan:
    known = (there or {}).get("gh-1")
    item = convert.item(
        issue,
        site(),
        lambda actor: actor in trusted,
        repository="acme/status",
        now=DAY + timedelta(days=9),
        accepted=known.accepted if known else None,
        was_withdrawn=known.is_withdrawn if known else False,
        deeds=known.deeds if known else None,
    )
    return sync.plan(
        [item],
        there or {},
        site(),
        source=convert.GITHUB,
        scope="acme/status",
        folder=Path("incidents"),
    )


def written(step: sync.SyncStep) -> sync.ImportedFile:
    """Return the file that *step* writes, as the next import reads it."""
    assert step.path is not None
    assert step.text is not None
    return sync.known(IncidentFile(path=step.path, slug="gh-1", text=step.text, config=site()))


def issue_of(
    title: str = "Errors",
    body: str = "Text.",
    comments: tuple[Comment, ...] = (),
    events: tuple[IssueEvent, ...] = (),
    labels: tuple[str, ...] = ("incident", "service: api"),
) -> Issue:
    given_at_once = tuple(
        IssueEvent(id=one, deed=IssueAction.LABELED, at=DAY, actor=ANN, label=one) for one in labels
    )
    there = list(labels)
    for event in events:
        if event.deed is IssueAction.LABELED and event.label not in there:
            there.append(event.label)
        elif event.deed is IssueAction.UNLABELED and event.label in there:
            there.remove(event.label)
    return Issue(
        key="I_1",
        number=1,
        title=title,
        body=body,
        created=DAY,
        author=ANN,
        labels=tuple(there),
        comments=comments,
        events=given_at_once + events,
    )


moments = st.integers(61, 12 * 3600).map(lambda second: DAY + timedelta(seconds=second))
actors = st.sampled_from([ANN, ANN, ANN, EVE, None])
events = st.lists(
    st.builds(
        IssueEvent,
        id=st.integers(0, 10**9).map(str),
        deed=st.sampled_from(
            [IssueAction.LABELED, IssueAction.UNLABELED, IssueAction.CLOSED, IssueAction.REOPENED]
        ),
        at=moments,
        actor=actors,
        label=st.sampled_from(LABELS),
        reason=st.just(Reason.COMPLETED),
    ),
    max_size=12,
    unique_by=lambda event: event.id,
).map(lambda found: tuple(sorted(found, key=lambda event: event.at)))
comments = st.lists(
    st.builds(
        Comment,
        id=st.integers(0, 10**9).map(str),
        at=moments,
        author=actors,
        body=st.sampled_from(
            ["More.", "Identified", "Resolved\nDone.", "Monitoring", "In progress", "Completed"]
        ),
    ),
    max_size=6,
    unique_by=lambda comment: comment.id,
).map(lambda found: tuple(sorted(found, key=lambda comment: comment.at)))


@settings(max_examples=scaled(150))
@given(
    events=events,
    comments=comments,
    frame=st.sampled_from([("incident", "Text."), ("maintenance", WINDOW)]),
)
def test_any_history_makes_a_sound_file(
    events: tuple[IssueEvent, ...], comments: tuple[Comment, ...], frame: tuple[str, str]
) -> None:
    """The file has no errors after any sequence of labels, closing and comments."""
    kind, body = frame
    issue = issue_of(body=body, comments=comments, events=events, labels=(kind, "service: api"))

    [step] = planned(issue).steps

    assert (Outcome.CREATED, "") == (step.outcome, step.reason)


@settings(max_examples=scaled(150))
@example(
    events=tuple(
        IssueEvent(
            id=str(number),
            deed=IssueAction.LABELED,
            at=DAY + timedelta(seconds=61),
            actor=ANN,
            label=label,
        )
        for number, label in enumerate(
            ["severity: major", "severity: partial", "severity: partial"]
        )
    ),
    comments=(),
    frame=("incident", "Text."),
    deleted={"severity: major", "severity: partial"},
)
@given(
    events=events,
    comments=comments,
    frame=st.sampled_from([("incident", "Text."), ("maintenance", WINDOW)]),
    deleted=st.sets(st.sampled_from(LABELS)),
)
def test_any_history_is_read_alike_again(
    events: tuple[IssueEvent, ...],
    comments: tuple[Comment, ...],
    frame: tuple[str, str],
    deleted: set[str],
) -> None:
    """An accepted incident does not change on re-import, nor do labels that were deleted twice."""
    kind, body = frame
    by_ann = tuple(replace(event, actor=ANN) for event in events)
    issue = issue_of(body=body, comments=comments, events=by_ann, labels=(kind, "service: api"))
    [first] = planned(issue).steps
    there = {"gh-1": written(first)}
    [second] = planned(issue, there).steps
    left = tuple(name for name in issue.labels if name not in deleted)
    [third] = planned(replace(issue, labels=left), there).steps
    there = {"gh-1": written(third)} if third.text else there
    [fourth] = planned(replace(issue, labels=left), there).steps

    assert (Outcome.UNCHANGED, Outcome.UNCHANGED) == (second.outcome, fourth.outcome)


class History:
    """An issue with random actions by several people, and imports in between."""

    def __init__(self, kind: str, body: str) -> None:
        self.at, self.body = DAY, body
        self.issue = issue_of(body=body, labels=(kind, "service: api"))
        self.there: dict[str, sync.ImportedFile] = {}
        self.said = 0

    def act(self, deed: str, actor: Actor, what: str, seconds: int) -> None:
        """Apply *deed* as *actor*, *seconds* after the previous action."""
        self.at += timedelta(seconds=seconds)
        issue, is_author = self.issue, actor == ANN
        if deed == "import":
            self.run()
        elif deed == "comment":
            comment = Comment(
                id=f"IC_{self.said}", key=self.said, at=self.at, body=what, author=actor
            )
            self.said += 1
            self.issue = replace(issue, comments=(*issue.comments, comment))
        elif deed in ("edit", "delete"):
            own = [one for one in issue.comments if one.author == actor][:1]
            edited = [replace(one, body=what, edited=self.at, editor=actor) for one in own]
            others = [one for one in issue.comments if one not in own]
            kept = others + (edited if deed == "edit" else [])
            self.issue = replace(issue, comments=tuple(sorted(kept, key=lambda one: one.key)))
        elif deed == "text" and is_author:
            self.issue = replace(issue, body=what + self.body, edited=self.at, editor=actor)
        elif deed == "rename":
            self.happen(
                IssueEvent(
                    id=str(len(issue.events)),
                    deed=IssueAction.RENAMED,
                    at=self.at,
                    actor=actor,
                    before=issue.title,
                )
            )
            self.issue = replace(self.issue, title=what[:20])
        elif deed in LABELS:
            is_there = deed in issue.labels
            given = IssueAction.UNLABELED if is_there else IssueAction.LABELED
            left = tuple(one for one in issue.labels if one != deed)
            self.happen(
                IssueEvent(
                    id=str(len(issue.events)), deed=given, at=self.at, actor=actor, label=deed
                )
            )
            self.issue = replace(self.issue, labels=left if is_there else (*left, deed))
        elif deed in ("close", "withdraw", "reopen"):
            reason = Reason.NOT_PLANNED if deed == "withdraw" else Reason.COMPLETED
            kind = IssueAction.REOPENED if deed == "reopen" else IssueAction.CLOSED
            self.happen(
                IssueEvent(
                    id=str(len(issue.events)), deed=kind, at=self.at, actor=actor, reason=reason
                )
            )

    def happen(self, event: IssueEvent) -> None:
        self.issue = replace(self.issue, events=(*self.issue.events, event))

    def run(self, *, is_new: bool = False) -> str:
        """Import, possibly from scratch, and return the text of the file."""
        there = {} if is_new else self.there
        [step] = planned(self.issue, there, trusted=(ANN, BOB)).steps
        if step.text is not None and not is_new:
            self.there = {"gh-1": written(step)}
        kept = self.there["gh-1"].file.text if "gh-1" in self.there and not is_new else ""
        return step.text or kept


BOB, TRI = Actor(login="bob"), Actor(login="tri")
TEXTS = [
    "More.",
    "Identified",
    "Monitoring: we wait.",
    "Resolved\nDone.",
    "<!-- services: web -->x",
]
NAMED = "<!-- services: api -->Text."
DEEDS = ["comment", "comment", "edit", "delete", "text", "rename", "close", "reopen", "withdraw"]


@settings(max_examples=scaled(150))
@given(
    frame=st.sampled_from([("incident", NAMED), ("maintenance", WINDOW)]),
    deeds=st.lists(
        st.tuples(
            st.sampled_from([*DEEDS, *LABELS, *["import"] * 6]),
            st.sampled_from([ANN, BOB, TRI, EVE]),
            st.sampled_from(TEXTS),
            st.sampled_from([0, 1, 20, 61, 600]),
        ),
        max_size=14,
    ),
)
@example(
    frame=("incident", NAMED),
    deeds=[
        ("comment", ANN, "Identified", 61),
        ("state: identified", TRI, "", 20),
        ("import", ANN, "", 0),
        ("delete", ANN, "", 61),
    ],
)
@example(
    frame=("incident", NAMED),
    deeds=[
        ("service: web", ANN, "", 61),
        ("import", ANN, "", 61),
        ("service: web", ANN, "", 61),
        ("service: web", TRI, "", 1),
    ],
)
@example(
    frame=("incident", NAMED),
    deeds=[
        ("withdraw", ANN, "", 61),
        ("import", ANN, "", 61),
        ("reopen", ANN, "", 61),
        ("withdraw", EVE, "", 61),
    ],
)
@example(
    frame=("incident", NAMED),
    deeds=[
        ("rename", ANN, "More.", 61),
        ("import", ANN, "", 61),
        ("rename", BOB, "Identified", 61),
        ("rename", EVE, "More.", 61),
    ],
)
def test_the_history_of_imports_leaves_no_trace(
    frame: tuple[str, str], deeds: list[tuple[str, Actor, str, int]]
) -> None:
    """After any history the file equals one from scratch, without untrusted content."""
    history = History(*frame)
    for deed in deeds:
        history.act(*deed)

    new, grown = history.run(is_new=True), history.run()

    assert new == grown or (not new and "\ndraft: true\n" in grown)


def test_what_counted_counts_when_who_did_it_has_left() -> None:
    """Earlier actions of a former member still count, even if the repeated one is gone."""
    history = History("incident", "Text.")
    for deed in [
        ("comment", ANN, "Identified", 61),
        ("state: identified", BOB, "", 300),
        ("service: web", BOB, "", 300),
        ("import", ANN, "", 0),
        ("delete", ANN, "", 61),
    ]:
        history.act(*deed)
    [step] = planned(history.issue, history.there, trusted=(ANN,)).steps

    assert history.run(is_new=True) == step.text
    assert "state: identified" in str(step.text)
    assert "web: degraded" in str(step.text)


def test_a_reference_to_an_unpublishable_character_is_left_out() -> None:
    """Forbidden character references in a text are removed with a remark."""
    said = Comment(
        id="IC_1", at=DAY + timedelta(hours=1), body="now &#x1b;[0m and `&#1;`", author=ANN
    )
    [step] = planned(issue_of(body="Log: a&#1;b&rlm;c", comments=(said,))).steps
    assert step.text is not None

    assert "Log: abc" in step.text
    assert "now [0m and `&#1;`" in step.text
    assert "removed invisible characters from a text" in step.remarks


@settings(max_examples=scaled(150))
@given(title=st.text(max_size=300), body=st.text(max_size=300), comment=st.text(max_size=300))
@example(title="x", body="\ud800", comment="\x00")
@example(title="x", body="### Text\n\n---\n", comment="---\n...\n")
@example(title="\nsource: x", body="<!--", comment="-->")
def test_any_text_makes_a_sound_file_or_a_reason(title: str, body: str, comment: str) -> None:
    """No text breaks the import, and the file is read back as written."""
    said = Comment(id="IC_1", at=DAY + timedelta(hours=1), body=comment, author=ANN)
    [step] = planned(issue_of(title=title, body=body, comments=(said,))).steps

    assert step.reason if step.text is None else step.outcome is Outcome.CREATED
    if step.text is not None and step.path is not None:
        there = {"gh-1": written(step)}
        [again] = planned(issue_of(title=title, body=body, comments=(said,)), there).steps
        assert Outcome.UNCHANGED is again.outcome


@pytest.mark.parametrize(
    ("body", "text", "fields"),
    [
        pytest.param("By hand.", "By hand.", {}, id="by-hand"),
        pytest.param(
            "By hand.\n\n### What we know\n\nNothing.\n### Severity\nmajor",
            "By hand.\n\n### What we know\n\nNothing.\n### Severity\nmajor",
            {},
            id="by-hand-with-headings",
        ),
        pytest.param(
            "### Severity\n\nmajor\n\n### Text\n\n_No response_",
            "",
            {"severity": "major"},
            id="nothing-was-filled-in",
        ),
        pytest.param(
            "### Severity\n\nmajor\n\n### Severity\n\nnone\n\n### Text\n\nx",
            "x",
            {"severity": "major"},
            id="only-the-first-of-each-counts",
        ),
        pytest.param(
            "### Text\n\nx\n\n### Internal notes\n\nSecret",
            "x",
            {},
            id="a-question-of-ones-own-at-the-end",
        ),
        pytest.param(
            "### Text\n\n```\nx\n\n### Internal notes\n\n```\nSecret\n```",
            "```\nx",
            {},
            id="a-fence-that-goes-on-in-a-question-of-ones-own",
        ),
        pytest.param(
            "### Customer\n\nSecret\n \t\n### Severity\n\nmajor\n\n### Text\n\nx",
            "x",
            {"severity": "major"},
            id="a-question-of-ones-own-at-the-beginning",
        ),
        pytest.param(
            "Secret\n\n### Severity\n\nmajor",
            "",
            {"severity": "major"},
            id="a-text-before-our-questions",
        ),
        pytest.param(
            "### Text\n\nx\n\n#### y\n\n## z",
            "x\n\n#### y\n\n## z",
            {},
            id="other-headings-in-the-text",
        ),
        pytest.param(
            "### Severity\n\nmajor\n\n### Text\n\n```\n### State\n<!-- x -->\n```",
            "```\n### State\n<!-- x -->\n```",
            {"severity": "major"},
            id="heading-in-a-fence",
        ),
        pytest.param(
            "### Severity\n\nmajor\n\n### Customer\n\nSecret Ltd\n\n### Text\n\nx",
            "x",
            {"severity": "major"},
            id="questions-of-ones-own-stay-inside",
        ),
        pytest.param(
            "### Severity\r\n\r\nmajor\r\n\r\n### Text\r\n\r\nx\r\ny",
            "x\ny",
            {"severity": "major"},
            id="line-ends-of-a-browser",
        ),
        pytest.param(
            "### Text\n\nx <!-- severity: partial -->", "x", {"severity": "partial"}, id="hidden"
        ),
        pytest.param("### " + " " * 15_000 + "x", "### " + " " * 15_000 + "x", {}, id="blanks"),
    ],
)
def test_answers_are_read_as_typed(body: str, text: str, fields: dict[str, str]) -> None:
    """A form is distinguished from free text, and typed text never adds an answer."""
    found = read_form(body)

    assert (text, fields) == (found.text, dict(found.fields))


@pytest.mark.parametrize(
    "text",
    [
        "1. foo\n   ```\n   code\n\n<!-- SECRET -->",
        "1. foo\n   ```\n   code\n\n<!-- SECRET -->\n\n   ```",
        "<div>\n```\n<!-- SECRET -->",
        "<div>\n```\n<!-- SECRET -->\n```",
        "<pre>\n\n```\n<!-- SECRET -->\n```",
        "```\n<!-- SECRET -->",
        "> ```\n<!-- SECRET -->\n> ```",
        "  ```\ncode\n```\n<!-- SECRET -->\n```",
        "```\ncode\n  ```\n<!-- SECRET -->\n```",
        "``` `x`\n<!-- SECRET -->\n```",
        "<!-->\n```\n-->\n```\n<!-- SECRET -->\n```",
        "~~~\ncode\n```\n<!-- SECRET",
        "[//]: # (SECRET)",
        "Text.\n\n[//]: # (SECRET)\n\nMore.",
        "Text.\n[//]: # (SECRET)",
        "[comment]: <> (SECRET)\nMore.",
        "[//]: <> 'SECRET'",
        '[//]: # "Begins\nand SECRET"\nMore.',
        '[//]:\n#\n"SECRET"\nMore.',
        "[a]: https://SECRET.example",
        "[a]: b\n[//]: # (SECRET)\n[c]: d",
        "[a]: b\n[A]: c (SECRET)\n\nSee [a].",
        "[Text](https://a.example)\n\n[text]: <> (SECRET)",
        "`[comment]`\n\n[comment]: <> (SECRET)",
        "- [//]: # (SECRET)\n- More.",
        "1. Text.\n\n   [//]: # (SECRET)",
        "> [//]: # (SECRET)\n> More.",
        "# Heading\n[//]: # (SECRET)",
        "<div>\n```\n[//]: # (SECRET)\n```",
        "Text.\n\n[^1]: SECRET",
        "Text.\n[^1]: Begins\nand SECRET",
        "Text.\n\n[^a]: Begins.\n\n    And SECRET\n\nMore.",
        "`[^1]`\n\n[^1]: SECRET",
        "<? SECRET ?>",
        "Text. <? SECRET ?> More.",
        "<?php\nSECRET",
        "- <? SECRET",
        "<![CDATA[ SECRET ]]> More.",
        "Text. <![CDATA[\nSECRET ]]>",
        "<!DOCTYPE html SECRET>",
        "<!doctype SECRET",
        "Text. <!ELEMENT SECRET> More.",
        "> ```\n<? SECRET ?>\n> ```",
        "``` <? SECRET ?>",
        "- item\n\n    <? SECRET ?>\nx",
        "1. item\n\n    <!DOCTYPE SECRET>\nx",
        "- item\n\n    <![CDATA[ SECRET ]]>\n",
        "<div>\n```\n<? SECRET ?>\n```",
        "<!--\n```\n-->\n<? SECRET ?>\n```\nx",
        "- <div>\n  ```\n  <? SECRET ?>\n  ```\n",
        "> <!-- a\n> ```\n> -->\n> <? SECRET ?>\n> ```",
        "text\n    <? SECRET ?>",
        "- a\n  - b\n\n      <? SECRET ?>",
        "- a\n\n\t<? SECRET ?>",
        "- a\nlazy\n\n    <? SECRET ?>",
        "- a\nlazy\n\n    [//]: # (SECRET)\n",
        "<? a\n```\n?>\n<? SECRET ?>\n```",
        "<pre>\n\n    <? SECRET ?>\n</pre>",
        "a <!-- ` --> b <? SECRET ?> `",
    ],
)
def test_what_may_be_hidden_on_github_is_hidden(text: str) -> None:
    """A comment that may be hidden on GitHub is hidden, wherever a code block may begin."""
    assert "SECRET" not in hidden_markup.split_hidden(text).text


def test_a_block_of_code_shows_its_comments() -> None:
    """A comment in a closed code block at the margin is text, as on GitHub."""
    text = "Look:\n\n```html\n<!-- internal -->\n```\n\n~~~\n<!-- b -->\n~~~\n<div>"

    found = hidden_markup.split_hidden(text)

    assert (text, (), False) == (found.text, found.comments, found.is_internal)


@pytest.mark.parametrize(
    "text",
    [
        "See [x], [a text][Y] and ![z][].\n\n[x]: /a 'A title'\n[y]: <b>\n[Z]:\n  /c",
        "A footnote.[^1]\n\n[^1]: It\nis here.\n\n    And here.",
        "Text.\n[x]: https://a.example",
        "[x]: not a definition",
        "[ ]: /a\n\n- [ ] To do",
        "```\n[//]: # (a)\n<? b ?>\n[^1]: c\n```\nMore.",
        "It answers `<!DOCTYPE html>` and ``a ` <?xml ?>`` now.",
        "a <? b, a <!b and 1 <! 2",
        "[^1]",
        "\\`<b \\`",
        "Log of the worker:\n\n    [db]: connection_refused\n    [db]: timeout\n\nend",
        "a <? b\n\nThe fix is out\n\nd ?> e",
        "a <![CDATA[ b\n\nc ]]> d",
        "- step\n\n  ```php\n  <?php echo 1; ?>\n  ```\nafter",
        "> ```\n> <?php x ?>\n> ```",
        "    <?php echo 1; ?>\n\nx",
    ],
)
def test_what_github_shows_is_shown(text: str) -> None:
    """Used definitions, code, and text that only looks hidden stay unchanged."""
    assert (text, (), ()) == (
        hidden_markup.split_hidden(text).text,
        (),
        hidden_markup.split_hidden(text).others,
    )


@settings(max_examples=scaled(100))
@given(
    st.lists(
        st.sampled_from(
            [
                "a",
                "\n",
                "`",
                '"',
                ">",
                "\\",
                "\n\n",
                "[x]",
                "[x]: /a",
                "[^1]",
                "[^1]: b",
                "(t)",
                "```",
                "<?",
                "?>",
                "<!a",
                "- ",
                "    ",
                "<!--",
                "-->",
                "# ",
                "<b>",
            ]
        ),
        max_size=12,
    ).map("".join)
)
def test_what_is_seen_hides_nothing_more(text: str) -> None:
    """The text that remains after hidden parts are removed stays unchanged."""
    seen = hidden_markup.split_hidden(text).text
    rest = iter(text)

    assert all(one in rest for one in seen)


@pytest.mark.parametrize(
    "text",
    [
        *("[a]: x\n", "[a\n", "`a``b```", "<?", "<!a", "[^a]: x\n", "[", '[a]: "x\n', "\\`"),
        *("> ", "- ", "[^a]:\n\n", "`", "[a]: b 'c\n\n", "<![CDATA[", "<!--", "[a]: b (\n"),
    ],
)
def test_hidden_words_are_found_in_linear_work(text: str) -> None:
    """Hidden parts of any text are found in linear time, within the limit for slow texts."""
    with guarded():
        hidden_markup.split_hidden(text * (64 * 1024 // len(text)))


@pytest.mark.parametrize(
    ("aside", "expected"),
    [
        ("\n\n[//]: # (internal)", True),
        ("\n\n[comment]: <> (Internal: for us)", True),
        ("<? internal ?>", True),
        ("<!internal>", True),
        ("<![CDATA[internal]]>", True),
        ("\n\n[^1]: internal", True),
        ("<!-- internal -->", True),
        ("<!--internal-->", True),
        ("<!--- internal --->", True),
        ("<!-- internal: reason -->", True),
        ("<!-- Internal only -->", True),
        ("<!-- INTERNAL_NOTE", True),
        ("<!-- internals -->", False),
        ("<!-- not internal -->", False),
    ],
)
def test_near_misses_are_internal(aside: str, expected: bool) -> None:
    """Any comment that begins with the word "internal" counts."""
    assert expected is hidden_markup.split_hidden(f"Text. {aside}").is_internal


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Public API (api), Website (web)", ["api", "web"]),
        ("API, old, and (beta) (api), Web (web)", ["api", "web"]),
        ("api, web", ["api", "web"]),
        ("Public API", ["Public API"]),
        ("", []),
    ],
)
def test_services_are_told_from_an_answer(answer: str, expected: list[str]) -> None:
    """Form options contain ids; a person can also type ids or names."""
    assert expected == split_services(answer)


def test_a_quoted_merge_conflict_is_imported_as_text() -> None:
    """Conflict markers in an issue and in a comment are escaped, so the file has no errors."""
    conflict = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main"
    comment = Comment(id="1", at=DAY + timedelta(hours=1), author=ANN, body=conflict)
    issue = issue_of(body=f"<!-- hidden -->{conflict}", comments=(comment,))

    [step] = planned(issue).steps
    file = written(step)
    [again] = planned(issue, {"gh-1": file}).steps

    shown = "&lt;<<<<<< HEAD\na\n&#61;======\nb\n&gt;>>>>>> main"
    assert (Outcome.CREATED, "") == (step.outcome, step.reason)
    assert file.incident is not None
    assert [shown, shown] == [update.text for update in file.incident.updates]
    assert Outcome.UNCHANGED is again.outcome
