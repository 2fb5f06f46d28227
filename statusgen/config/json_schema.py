"""The JSON Schema of `statusgen.yml`, which offers the languages of the page."""

from statusgen.config.fields import ConfigShape
from statusgen.i18n import catalogue
from statusgen.schema.json_schema import Schema, json_schema, offer


def config_schema() -> Schema:
    """Describe the settings of a site."""
    schema = json_schema(ConfigShape)
    offer(schema["properties"]["language"], catalogue.languages())
    return schema
