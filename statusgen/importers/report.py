"""Report an import on the terminal, in a job summary and in its commit message."""

from collections.abc import Iterator, Sequence

from statusgen.characters import printable
from statusgen.importers.sync import Outcome, SyncPlan, SyncStep
from statusgen.markup.escape import inert
from statusgen.problems import listed

_NAMED = 3  # files named in a commit subject
_SHOWN = 100  # files listed in a job summary or a commit body


def headline(plan: SyncPlan) -> str:
    """Summarize *plan* on one line: ``2 created, 1 skipped; 3 ignored (3 archived)``."""
    counts = {
        outcome: sum(1 for step in plan.steps if step.outcome is outcome) for outcome in Outcome
    }
    line = ", ".join(f"{n} {outcome}" for outcome, n in counts.items() if n) or "nothing to import"
    if not plan.left_out:
        return line
    reasons = (f"{number} {reason}" for reason, number in sorted(plan.left_out.items()))
    return f"{line}; {sum(plan.left_out.values())} ignored ({', '.join(reasons)})"


def remarks(plan: SyncPlan) -> Iterator[str]:
    """Yield a line for each item, or part of one, that is not shown, with the reason."""
    yield from map(printable, plan.remarks)
    for step in plan.steps:
        reasons = [step.reason] if step.outcome in (Outcome.SKIPPED, Outcome.UNPUBLISHED) else []
        for reason in filter(None, [*reasons, *step.remarks]):
            yield printable(f"{step.place}: {reason}")
    for step in plan.held:
        if step.reason:
            yield printable(f"{step.place}: {step.reason}")
    if plan.held:
        yield f"stopped: {_stopped(plan)}"


def _stopped(plan: SyncPlan) -> str:
    """Return why the held steps in *plan* were not applied, and how to apply them."""
    effects = [
        f"{verb} {_few(group)}"
        for verb, group in (
            ("unpublish", [step for step in plan.held if not step.reopens]),
            ("reopen", [step for step in plan.held if step.reopens]),
        )
        if group
    ]
    what = f"this import would {listed(effects, 'and')} at once; none of these was changed"
    return f"{what}. Check, then run it again with --allow-mass"


def _few(steps: Sequence[SyncStep]) -> str:
    """Return the names of the first few *steps*, and how many more there are."""
    names = [step.slug for step in steps[:_NAMED]]
    rest = len(steps) - len(names)
    return listed([*names, f"{rest} more"] if rest else names, "and")


def as_markdown(plan: SyncPlan, scope: str, *, is_trial: bool = False) -> str:
    """Return *plan* as Markdown for the job summary; titles are escaped."""
    what = "Dry run of the import" if is_trial else "Import"
    lines = [f"### {what} from {inert(scope)}: {inert(headline(plan))}", ""]
    lines += [f"- {inert(printable(remark))}" for remark in plan.remarks]
    steps = [step for step in plan.steps if step.outcome is not Outcome.UNCHANGED or step.remarks]
    lines += [line for step in steps[:_SHOWN] for line in _lines(step)]
    if len(steps) > _SHOWN:
        lines.append(f"- and {len(steps) - _SHOWN} more")
    if plan.held:
        lines.append(f"- **stopped** {inert(_stopped(plan))}")
    return "\n".join(lines).rstrip()


def _lines(step: SyncStep) -> Iterator[str]:
    is_named = bool(step.title) and step.title not in step.place
    title = f" {inert(printable(step.title))}" if is_named else ""
    reason = f": {inert(printable(step.reason))}" if step.reason else ""
    yield f"- **{step.outcome}** {inert(step.place)}{title}{reason}"
    yield from (f"  - {inert(printable(remark))}" for remark in step.remarks)


def message(plan: SyncPlan, repository: str) -> tuple[str, str]:
    """Return the subject and body of the commit message for *plan*.

    Titles are left out, because hosts act on phrases such as "fixes #1" and "[skip ci]" anywhere
    in a message.
    """
    changed = [step for step in plan.steps if step.text is not None]
    names = _few(changed) if changed else "incidents"
    lines = [f"{step.slug}: {step.outcome}" for step in changed[:_SHOWN]]
    if len(changed) > _SHOWN:
        lines.append(f"and {len(changed) - _SHOWN} more")
    body = "\n".join(lines)
    return (f"Import {names} from {repository}", body)
