"""Render outputs in batches."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from statusgen.output.folder import Target
from statusgen.problems import ContentError, Problem
from statusgen.render import Outputs
from statusgen.system import files
from statusgen.system.time_limit import TooSlowError


@dataclass(frozen=True)
class RenderedFile:
    """The result of rendering one file: its digest, and whether it was staged."""

    digest: str
    is_put: bool


@dataclass(frozen=True)
class Part:
    """The result of rendering a batch."""

    files: Mapping[str, RenderedFile]
    problems: list[Problem]


@dataclass(frozen=True)
class Maker:
    """Renderer for batches of outputs, which it stages in *target* if there is one."""

    outputs: Outputs
    target: Target | None
    too_slow: Callable[[TooSlowError], Problem]

    def make(self, names: list[str]) -> Part:
        """Render the outputs *names*."""
        made: dict[str, RenderedFile] = {}
        problems: list[Problem] = []
        for name in names:
            try:
                data = self.outputs[name]()
            except ContentError as error:
                problems += error.problems
                continue
            except TooSlowError as error:
                problems.append(self.too_slow(error))
                continue
            digest = files.digest(data)
            is_put = self.target is not None and self.target.put(name, data, digest)
            made[name] = RenderedFile(digest, is_put)
        return Part(made, problems)
