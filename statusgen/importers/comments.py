"""The comments on an issue to what is said on the page, by whom they are trusted for."""

from collections import Counter
from collections.abc import Iterator

from statusgen.importers import asides, texts
from statusgen.importers.case import Case, NotShownError
from statusgen.importers.course import Said
from statusgen.importers.records import Comment
from statusgen.importers.trust import named
from statusgen.model import Kind


def said(case: Case, kind: Kind) -> Iterator[Said]:
    """What the comments say that are shown; the number of the others is remarked."""
    left_out: Counter[str] = Counter()
    told = {one.at for one in case.issue.comments if case.trusts(one.author)}
    told.add(case.issue.created)
    for comment in case.issue.comments:
        try:
            if not case.trusts(comment.author):
                # A stranger's comment of the very second of an update gets no word of it.
                if comment.at in told or case.accepted.update(comment.at) is None:
                    _refuse_hidden(comment)
                    raise NotShownError(f"by {named(comment.author)}")
                told.add(comment.at)
            yield _said(comment, kind, case)
        except NotShownError as refusal:
            left_out[refusal.reason] += 1
    for reason, number in left_out.items():
        if reason:
            count = "a comment is" if number == 1 else f"{number} comments are"
            case.remark(f"{count} left out: {reason}")


def _refuse_hidden(comment: Comment) -> None:
    if comment.is_hidden:
        raise NotShownError("")


def _said(comment: Comment, kind: Kind, case: Case) -> Said:
    """What *comment* says, whose author is trusted, or was when it was accepted."""
    _refuse_hidden(comment)
    if comment.at > case.now:
        raise NotShownError("it is dated in the future")
    writer = comment.editor if comment.edited else comment.author
    if not case.trusts(writer):
        before = case.accepted.update(comment.at)
        if before is None:
            raise NotShownError(f"edited by {named(writer)}")
        if asides.part(comment.body).is_internal:
            raise NotShownError("")
        if comment.edited:
            what = f"a comment was edited by {named(writer)}"
            case.remark(f"{what}: the last accepted text stays")
        return Said(at=comment.at, text=before.text, state=before.state)
    try:
        parted = asides.part(texts.checked(comment.body, case))
        if parted.is_internal:
            raise NotShownError("")
        state, text = texts.marked(parted, kind, case)
        texts.check_markup(text)
    except ValueError as fault:
        raise NotShownError(f"one {fault}") from None
    if not text and state is None:
        raise NotShownError("")
    return Said(at=comment.at, text=text, state=state)
