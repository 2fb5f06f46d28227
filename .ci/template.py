"""Write the content of the template repository, for GitHub's "Use this template".

It is a new site without what belongs to its services (issue forms and their schema), which change
on GitHub, in the browser, where no command can update them.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from statusgen.authoring import new_site, settings_file
from statusgen.authoring.new_site import Owner
from statusgen.config.json_schema import config_schema
from statusgen.content.json_schema import incident_schema
from statusgen.schema import json_schema

README = Path(__file__).parent / "template" / "README.md"


def content(now: datetime) -> dict[str, str]:
    """Return the files of the template by path; its data begins on the day of *now*."""
    schemas = {"config": config_schema(), "incident": incident_schema(services=())}
    return {
        **new_site.site(Owner(), now=now),
        **new_site.repository(commit=new_site.commit()),
        **{
            f"{settings_file.SCHEMAS}/{name}.json": json_schema.as_text(schema)
            for name, schema in schemas.items()
        },
        "README.md": README.read_text("utf-8"),
    }


def main(folder: str, day: str | None = None) -> None:
    """Write the template into *folder*, for the *day* in ISO 8601 (default: today)."""
    now = datetime.fromisoformat(day) if day else datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
    for path, text in content(midnight).items():
        file = Path(folder) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
