"""JSON Schema of `statusgen.yml`."""

from statusgen.config.fields import ConfigShape
from statusgen.i18n import catalogue
from statusgen.schema.json_schema import Schema, json_schema, offer


def config_schema() -> Schema:
    """Return the schema of the settings, with the supported languages as suggestions."""
    schema = json_schema(ConfigShape)
    offer(schema["properties"]["language"]["anyOf"][0], catalogue.languages())
    return schema
