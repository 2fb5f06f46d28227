"""Checks for a site's own templates before they are used."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from jinja2 import (
    Environment,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    meta,
    nodes,
)
from jinja2.loaders import split_template_path

from statusgen.markup import merge_conflicts
from statusgen.problems import (
    Level,
    Problem,
    quoted,
    suggestion,
)
from statusgen.render.html import trestus
from statusgen.system.installed_versions import PICTURE_ENDINGS

ORIGINALS = "default"
PICTURES = "pictures"


class OwnTemplates:
    """The site's own templates, parsed but not rendered."""

    def __init__(
        self,
        environment: Environment,
        folder: Path,
        names: Iterable[str],
        *,
        built_in: Collection[str],
        pictures: Collection[str],
    ) -> None:
        self.environment = environment
        self.folder = folder
        self.names = sorted(names)
        self.built_in = built_in
        self.pictures = pictures
        self.trees: dict[str, nodes.Template] = {}
        self._originals: dict[str, nodes.Template] = {}

    def problems(self) -> Iterator[Problem]:
        """Yield syntax errors, self-inclusion, unused templates and unknown blocks."""
        for name in self.names:
            if name.startswith(f"{PICTURES}/") and name.endswith(PICTURE_ENDINGS):
                yield from self._unknown_picture(name)
            elif not name.rpartition("/")[2].startswith("."):
                yield from self._read(name)
        ours = self.built_in
        used = {target for tree in self.trees.values() for target in references(tree)}
        originals = ours if self.trees.keys() & set(ours) else ()  # Parsing them all is slow.
        blocks = {block.name for name in originals for block in self._blocks(name)}
        if trestus.TEMPLATE in self.trees and "index.html" in self.trees.keys() - used:
            what = f"{trestus.TEMPLATE} renders the front page instead of this template"
            yield self.problem("index.html", 1, f"{what}; remove one of them", Level.WARNING)
        for name, tree in self.trees.items():
            yield from self._self_references(name, tree)
            if name not in ours and name not in used and name != trestus.TEMPLATE:
                what = "this template is not used by any page"
                close = did_you_mean(name, (*ours, trestus.TEMPLATE))
                yield self.problem(name, 1, f"{what}{close}", Level.WARNING)
            elif name in ours:
                for block in tree.find_all(nodes.Block):
                    if block.name not in blocks:
                        what = f"unknown block {quoted(block.name)}"
                        what += did_you_mean(block.name, blocks)
                        yield self.problem(name, block.lineno, what, Level.WARNING)

    def _read(self, name: str) -> Iterator[Problem]:
        try:
            source, _ = self._source(name)
            conflicts = merge_conflicts.in_lines(source)
            for one in conflicts:
                yield self.problem(name, 1 + source.count("\n", 0, one.start), one.message)
            if not conflicts:
                self.trees[name] = self._tree(name)
        except (TemplateSyntaxError, UnicodeDecodeError) as error:
            line = getattr(error, "lineno", 1)
            remedy = "fix it, or delete it to use the built-in one"
            what = f"cannot parse the template: {error}; {remedy}"
            yield self.problem(name, line, what)

    def _unknown_picture(self, name: str) -> Iterator[Problem]:
        if name not in self.pictures:
            what = f"this picture is not used by any page{did_you_mean(name, self.pictures)}"
            yield self.problem(name, 1, what, Level.WARNING)

    def _self_references(self, name: str, tree: nodes.Template) -> Iterator[Problem]:
        references = [(node.template, node.lineno) for node in tree.find_all(nodes.Extends)]
        references += [(node.template, node.lineno) for node in tree.find_all(nodes.Include)]
        for target, line in references:
            if isinstance(target, nodes.Const) and target.value == name:
                what = "this template extends or includes itself"
                original = quoted(f"{ORIGINALS}/{name}")
                remedy = "remove this line"
                if name in self.built_in:
                    remedy = f"write {original} for the built-in one"
                yield self.problem(name, line, f"{what}; {remedy}")

    def _blocks(self, name: str) -> list[nodes.Block]:
        try:
            return list(self._original(name).find_all(nodes.Block))
        except (TemplateError, UnicodeError):  # The page that needs it reports the error.
            return []

    def _original(self, name: str) -> nodes.Template:
        """Return the built-in template *name*; parsing all takes a tenth of a second."""
        if name not in self._originals:
            self._originals[name] = self._tree(f"{ORIGINALS}/{name}")
        return self._originals[name]

    def _tree(self, name: str) -> nodes.Template:
        source, path = self._source(name)
        return self.environment.parse(source, filename=path)

    def _source(self, name: str) -> tuple[str, str | None]:
        loader = self.environment.loader
        return loader.get_source(self.environment, name)[:2] if loader else ("", None)

    def tree(self, name: str) -> nodes.Template | None:
        """Return the template *name*, the site's own one or else the built-in one, or None."""
        if name in self.trees:
            return self.trees[name]
        bare = name.removeprefix(f"{ORIGINALS}/")
        return self._original(bare) if bare in self.built_in else None

    def source(self, name: str) -> str:
        """Return the text of the template *name*."""
        return self._source(name)[0]

    def problem(self, name: str, line: int, message: str, level: Level = Level.ERROR) -> Problem:
        """Return a problem on *line* of the template *name*."""
        path = self.folder / name
        return Problem(path=path, line=line, column=1, message=message, level=level)


def references(tree: nodes.Template) -> Iterator[str | None]:
    """Yield the name of each template that *tree* refers to; None if the template computes it.

    As when they are loaded, `./part.html` is `part.html`.
    """
    for name in meta.find_referenced_templates(tree):
        try:
            yield None if name is None else "/".join(split_template_path(name))
        except TemplateNotFound:  # It leads out of the folder.
            yield name


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return a hint for the unknown name *word*: the closest match in *known*, or the docs."""
    close = suggestion(word, sorted(known))
    return f"; did you mean {quoted(close)}?" if close else '; see "Templates" in the documentation'
