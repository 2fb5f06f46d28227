"""Keys of an incident file, with their types, defaults and descriptions."""

from typing import Annotated

from statusgen import times
from statusgen.schema import scalars
from statusgen.schema.field_types import (
    AffectedMap,
    Flag,
    Line,
    LongLine,
    Moment,
    OldAddressList,
    Prose,
    RecordId,
    SeverityWord,
    StateWord,
)
from statusgen.schema.shapes.shape import BeforeValidator, Field, Shape, no_entries, no_keys

MAX_UPDATES = 200

_ONLY_IN_UPDATES = "align it with the other keys of an update, or write it below the front matter"


class UpdateShape(Shape):
    """Entry of `updates`."""

    at: Moment = Field(description="Time of the update.", examples=[times.EXAMPLE])
    text: Prose = Field("", description="Text, in Markdown.")
    state: StateWord | None = Field(None, description="New state.")
    severity: SeverityWord | None = Field(
        None, description="New severity of the services that have none of their own."
    )
    services: AffectedMap = Field(
        default_factory=no_keys,
        description="A map changes or adds services; a list only adds.",
    )
    notify: Flag = Field(True, description="Whether to send notifications.")
    source: Line | None = Field(
        None,
        description="Id in the system it was imported from, unless `id` is derived from it;"
        " or the monitor that resolved the incident.",
    )
    id: RecordId | None = Field(
        None, description="Fixed id for feeds and the API. Default: derived from the time."
    )


class IncidentShape(Shape):
    """Front matter of an incident file."""

    TITLE = "statusgen incident file"

    MISPLACED = dict.fromkeys(("text", "body", "message", "description"), _ONLY_IN_UPDATES)

    title: Line = Field(description="Title, one line.", examples=["Elevated API errors"])
    severity: SeverityWord = Field(
        description="`none` for a notice, `maintenance` for maintenance, otherwise an incident.",
        examples=["partial"],
    )
    services: AffectedMap = Field(
        description="Affected services: a list, or a map of service and severity.",
        examples=["[api]"],
    )
    state: StateWord | None = Field(None, description="Current state.")
    started: Moment | None = Field(
        None,
        description="Start of the incident. Default: the first update.",
        examples=[times.EXAMPLE],
    )
    resolved: Moment | None = Field(
        None, description="When the services had recovered, if before the resolving update."
    )
    starts: Moment | None = Field(None, description="Maintenance: start of the window.")
    ends: Moment | None = Field(None, description="Maintenance: end of the window.")
    announced: Moment | None = Field(
        None, description="Maintenance: when it was announced. Default: the first update."
    )
    until: Moment | None = Field(None, description="Notice: when to stop showing it.")
    updates: Annotated[list[UpdateShape], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="Updates, oldest first.",
        json_schema_extra={"maxItems": MAX_UPDATES},
    )
    pin: Flag = Field(False, description="Pin to the top of the front page.")
    draft: Flag = Field(False, description="Do not publish.")
    notify: Flag = Field(True, description="Whether to send notifications.")
    source: LongLine | None = Field(None, description="Where the file was imported from.")
    id: RecordId | None = Field(None, description="Fixed id for the API.")
    redirect_from: OldAddressList = Field(
        default_factory=no_entries,
        description="Old addresses that lead here; `a/b/` is a/b/index.html, `a/b` is a/b.html.",
        examples=["[issues/old-name/]"],
    )
