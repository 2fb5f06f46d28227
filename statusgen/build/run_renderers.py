"""Files are made, a part of them at a time, and what went into each is noted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from statusgen.output.folder import Target
from statusgen.problems import ContentError, Problem
from statusgen.render import Outputs
from statusgen.site import fact_tracking
from statusgen.system import files
from statusgen.system.time_limit import TooSlowError


@dataclass(frozen=True)
class RenderedFile:
    """A file that was made of *facts*, by name; *is_put* if it had to be put beside the site."""

    digest: str
    facts: str
    is_put: bool


@dataclass(frozen=True)
class Part:
    """What came of a part of the work."""

    files: Mapping[str, RenderedFile]
    problems: list[Problem]


@dataclass(frozen=True)
class Maker:
    """Makes files, and puts them where *target* wants them, if there is one."""

    outputs: Outputs
    target: Target | None
    too_slow: Callable[[TooSlowError], Problem]

    def make(self, names: list[str]) -> Part:
        """Make the outputs *names*."""
        made: dict[str, RenderedFile] = {}
        problems: list[Problem] = []
        for name in names:
            try:
                with fact_tracking.recorded_facts() as facts:
                    data = self.outputs[name]()
            except ContentError as error:
                problems += error.problems
                continue
            except TooSlowError as error:
                problems.append(self.too_slow(error))
                continue
            digest = files.digest(data)
            is_put = self.target is not None and self.target.put(name, data, digest)
            made[name] = RenderedFile(digest, " ".join(sorted(facts)), is_put)
        return Part(made, problems)
