"""The keys of an incident file: what each means, its type, default and description."""

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from statusgen import times
from statusgen.schema import scalars
from statusgen.schema.base_model import Shape, no_entries, no_keys
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

MAX_UPDATES = 200


class UpdateShape(Shape):
    """One entry of `updates`."""

    at: Moment = Field(description="When this was said.", examples=[times.EXAMPLE])
    text: Prose = Field("", description="What is said, in Markdown.")
    state: StateWord | None = Field(None, description="Where the work stands from here on.")
    severity: SeverityWord | None = Field(
        None, description="From here on the severity of every service that no map has set."
    )
    services: AffectedMap = Field(
        default_factory=no_keys,
        description="A map changes or adds services; a list only adds some.",
    )
    notify: Flag = Field(True, description="`false`: `statusgen notify` tells nobody.")
    source: Line | None = Field(
        None, description="Its id where an import took it from, if `id` is another."
    )
    id: RecordId | None = Field(
        None, description="The id that feeds and the API show, if pinned; else made of the time."
    )


class IncidentShape(Shape):
    """The front matter of an incident file."""

    model_config = ConfigDict(title="An incident of statusgen")

    title: Line = Field(description="One line.", examples=["Elevated API errors"])
    severity: SeverityWord = Field(
        description="none makes a notice, maintenance planned work, the others an incident.",
        examples=["partial"],
    )
    services: AffectedMap = Field(
        description="The services it touches: a list, or a map with a severity for each.",
        examples=["[api]"],
    )
    state: StateWord | None = Field(None, description="Where the work stands now.")
    started: Moment | None = Field(
        None, description="When it began; default: the first update.", examples=[times.EXAMPLE]
    )
    resolved: Moment | None = Field(
        None, description="When the services were well again, if not at the resolving update."
    )
    starts: Moment | None = Field(None, description="Maintenance: when the window opens.")
    ends: Moment | None = Field(None, description="Maintenance: when the window closes.")
    announced: Moment | None = Field(
        None, description="Maintenance: when it was announced; default: the first update."
    )
    until: Moment | None = Field(None, description="Notice: how long the page shows it.")
    updates: Annotated[list[UpdateShape], BeforeValidator(scalars.as_list)] = Field(
        default_factory=no_entries,
        description="What was said, oldest first.",
        json_schema_extra={"maxItems": MAX_UPDATES},
    )
    pin: Flag = Field(False, description="Keep it at the top of the front page.")
    draft: Flag = Field(False, description="Keep it off the site.")
    notify: Flag = Field(True, description="`false`: `statusgen notify` tells nobody.")
    source: LongLine | None = Field(None, description="Where an import came from.")
    id: RecordId | None = Field(None, description="The id that the API shows, if pinned.")
    redirect_from: OldAddressList = Field(
        default_factory=no_entries,
        description="Old addresses that lead here: `a/b/` makes a/b/index.html, `a/b` a/b.html.",
        examples=["[issues/old-name/]"],
    )
