"""A `Site` to files: each module names the paths it fills and how, and knows nothing else.

What a renderer returns maps a path to a function without arguments that gives its bytes, so that
the work can be done in any order, in any process, or not at all.
"""

from collections.abc import Callable

Output = Callable[[], bytes]
Outputs = dict[str, Output]
