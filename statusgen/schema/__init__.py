"""YAML parsing with positions, validation of values, and JSON Schema."""
