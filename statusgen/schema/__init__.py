"""YAML text to typed values with positions, and JSON Schema."""
