"""Read the labels of a card: services, and `status:` with a severity."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date

from statusgen import times
from statusgen.config.settings import Config
from statusgen.i18n.messages import Words
from statusgen.importers.names import folded
from statusgen.importers.services import SourceService
from statusgen.importers.trello.board_records import Board
from statusgen.model import Severity
from statusgen.timeline.timeline import worst

PREFIX = "status:"

# The severities that Trestus documented.
_SEVERITIES = {
    "operational": Severity.NONE,
    "degraded performance": Severity.DEGRADED,
    "partial outage": Severity.PARTIAL,
    "major outage": Severity.MAJOR,
}


@dataclass(frozen=True, kw_only=True)
class CardLabels:
    """The meaning of a card's labels at one moment.

    *services* are ids in the order of the settings, and *severity* is the worst one. *unknown* are
    labels with an unknown severity, and *unmatched* are labels that match none of the services.
    """

    services: tuple[str, ...]
    severity: Severity | None
    unknown: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()


class LabelReader:
    """A reader of the labels on *board*; *services* maps folded names to service ids."""

    def __init__(self, board: Board, config: Config, services: Mapping[str, str]) -> None:
        say = Words(config.language, config.messages).say
        shown = {folded(say(f"severity.{one}")): one for one in Severity}
        own = {str(one): one for one in Severity}
        self._names = board.labels
        self._default = config.trello.severity
        self._ignored = {folded(name) for name in config.trello.ignored_labels}
        configured = {
            severity_text(text) or folded(text): one
            for text, one in config.trello.severities.items()
        }
        self._severities = {**shown, **_SEVERITIES, **own, **configured}
        self._services = services
        self.order = [service.id for service in config.services]

    def read(self, ids: Iterable[str]) -> CardLabels:
        """Return the meaning of the labels with *ids*, ignoring deleted ones."""
        names = [self._names[one] for one in ids if one in self._names]
        names = [name for name in names if folded(name) not in self._ignored]
        severities, unknown = [], []
        services, unmatched = set(), []
        for name in names:
            text = severity_text(name)
            if text is not None:
                found = self._severities.get(text)
                severities.append(found or self._default)
                unknown += [] if found else [name]
            elif folded(name):
                service = self._services.get(folded(name))
                if service is None:
                    unmatched.append(name)
                else:
                    services.add(service)
        return CardLabels(
            services=tuple(one for one in self.order if one in services),
            severity=worst(severities) if severities else None,
            unknown=tuple(unknown),
            unmatched=tuple(unmatched),
        )


def severity_text(name: str) -> str | None:
    """Return the folded text after `status:` in the label *name*, None for other labels."""
    text = folded(name)
    return text.removeprefix(PREFIX).strip() if text.startswith(PREFIX) else None


def first_day(board: Board) -> date:
    """Return the day (in UTC) of the first card on *board*, which has no earlier data."""
    return times.day_of(min((one.created for one in board.cards), default=board.active), UTC)


def board_services(board: Board) -> list[SourceService]:
    """Return the services named by the labels on *board*, used or not, in order."""
    since = first_day(board)
    return [
        SourceService(name=name, since=since)
        for name in board.labels.values()
        if folded(name) and severity_text(name) is None
    ]
