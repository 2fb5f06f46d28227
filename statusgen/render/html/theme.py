"""Template loading and rendering: a site's own templates override the built-in ones."""

import operator
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    nodes,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.loaders import split_template_path
from jinja2.runtime import Context

from statusgen import times
from statusgen.config.settings import Config
from statusgen.model import DataKey
from statusgen.problems import (
    ContentError,
    OutsideError,
    Problem,
    StatusgenError,
    quoted,
    suggestion,
)
from statusgen.render.html import policy_checks, trestus
from statusgen.render.html.bytecode import Compiled
from statusgen.render.html.own_templates import ORIGINALS, PICTURES, OwnTemplates
from statusgen.system import files
from statusgen.system.files import is_hidden
from statusgen.system.installed_versions import PICTURE_ENDINGS, THEME_ENDINGS

_MAX_PICTURE = 256 * 1024  # bytes of a built-in one
# Icons at the paths that browsers and phones ask for.
ICONS = ("favicon.ico", "apple-touch-icon.png")


class Theme:
    """The templates for a site; *problems* are those in the site's own templates.

    *texts* are the site's own templates in the folder *own*, by name, if there are any. A template
    overrides the built-in one with the same name; `default/NAME` refers to the original.
    """

    def __init__(self, own: Path, texts: Mapping[str, bytes]) -> None:
        self.own = own if texts else None
        self._texts = texts
        theme = FileSystemLoader(_folder())
        loaders = [_Texts(own, texts), theme, PrefixLoader({ORIGINALS: theme})]
        self._environment = _Environment(
            loader=ChoiceLoader(loaders),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,  # A bounded cache would spend time on tracking use.
        )
        self._environment.filters["iso"] = times.written
        compiled = Compiled()
        compiled.learn(self._environment, theme, built_in_names())
        self._environment.bytecode_cache = compiled
        # The statusgen repository is also a site, whose templates are the built-in ones.
        is_replaced = bool(texts) and not (own.is_dir() and own.samefile(_folder()))
        self.templates = OwnTemplates(
            self._environment,
            own,
            texts,
            built_in=built_in_names(),
            pictures=[f"{PICTURES}/{name}" for name in built_in_pictures()],
        )
        self.problems = tuple(self.templates.problems()) if is_replaced else ()
        self.is_own = is_replaced
        self._lenient = trestus.lenient(self._environment)
        self.front_page = trestus.TEMPLATE if trestus.TEMPLATE in texts else "index.html"

    def tell(self, words: Mapping[str, object]) -> None:
        """Add *words* to the global names for all templates."""
        self._environment.globals.update(words)

    def key_problems(self, keys: Iterable[DataKey]) -> Iterable[Problem]:
        """Return a problem for each of *keys* that the front page's template cannot read."""
        return trestus.key_problems(keys) if self.front_page == trestus.TEMPLATE else ()

    def policy_problems(self, config: Config) -> Iterable[Problem]:
        """Return a warning for each script, style and address that the pages' policy blocks."""
        return policy_checks.problems(self.templates, config)

    def make(self, name: str, context: Mapping[str, object]) -> bytes:
        """Render the template *name* with *context*.

        Raise ContentError if one of the site's own templates fails.
        """
        try:
            environment = self._lenient if name == trestus.TEMPLATE else self._environment
            return environment.get_template(name).render(context).encode()
        except Exception as error:
            problem = self._problem(error, name)
            if problem is not None:
                raise ContentError([problem]) from error
            if isinstance(error, TemplateNotFound):
                raise _missing(str(error.name or name)) from error
            raise

    def icons(self) -> tuple[str, ...]:
        """Return those of `ICONS` that fit the favicon: built-in ones if it is built in, too."""
        if not (self.is_own and "favicon.svg" in self._texts):
            return ICONS
        return tuple(name for name in ICONS if f"{PICTURES}/{name}" in self._texts)

    def picture(self, name: str) -> bytes:
        """Return the picture *name*: the site's own one, or else the built-in one."""
        path = f"{PICTURES}/{name}"
        if path in self._texts:
            return self._texts[path]
        try:
            return files.read_bytes(_folder() / path, limit=_MAX_PICTURE)
        except files.UnreadableError as error:
            raise _missing(path) from error

    def _problem(self, error: Exception, name: str) -> Problem | None:
        """Return *error* as a problem in the site's templates, or None if it has another cause."""
        if self.own is None or isinstance(error, StatusgenError):
            return None
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if Path(frame.filename).is_relative_to(self.own)]
        # A missing template is an OSError in Jinja2.
        is_known = isinstance(error, TemplateError)
        if isinstance(error, OSError) and not (is_known and inside):
            return None
        what = str(error)
        remedy = 'see "Templates" in the documentation'
        if type(error) is TemplateNotFound and isinstance(error.name, str):
            what = f"template {quoted(error.name)} does not exist"
            close = self._closest(error.name)
            remedy = f"did you mean {quoted(close)}?" if close else remedy
        elif not isinstance(error, TemplateError | LookupError):
            what = f"{type(error).__name__}: {error}"
        if inside:
            path, line = Path(inside[-1].filename), inside[-1].lineno or 1
            message = f"template error: {what}"
        else:
            # A built-in template fails because an overriding template lacks something it needs.
            path, line = self.own, 1
            message = f"your templates break {quoted(name)}: {what}"
        return Problem(path=path, line=line, column=1, message=f"{message}; {remedy}")

    def _closest(self, name: str) -> str | None:
        """Return the template with the most similar name; for `default/…`, a built-in one."""
        originals = built_in_names()
        if name.startswith(f"{ORIGINALS}/"):
            return suggestion(name, [f"{ORIGINALS}/{one}" for one in originals])
        return suggestion(name, [*originals, *sorted(self._texts)])


def _folder() -> Path:
    """Return the folder of built-in templates: in an installed package, beside it in a checkout."""
    package = Path(__file__).parents[2]
    packed = package / "templates"
    return packed if packed.is_dir() else package.parent / "templates"


def built_in_names() -> list[str]:
    """Return the names of the built-in templates, without files that editors leave there."""
    names = FileSystemLoader(_folder()).list_templates()
    return [name for name in names if name.endswith(THEME_ENDINGS) and not is_hidden(name)]


def built_in_pictures() -> list[str]:
    """Return the file names of the built-in pictures."""
    entries = files.walk(_folder() / PICTURES)
    return [entry.path for entry in entries if entry.path.endswith(PICTURE_ENDINGS)]


def _missing(name: str) -> OutsideError:
    place = quoted(str(_folder() / name))
    return OutsideError(f"cannot read {place}: a built-in template is missing; reinstall statusgen")


class _Texts(BaseLoader):
    """A loader for *texts*, which were read from *folder* once per build."""

    def __init__(self, folder: Path, texts: Mapping[str, bytes]) -> None:
        self.folder = folder
        self.texts = texts

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """Return the source of *template* and the path of its file."""
        name = "/".join(split_template_path(template))
        if name not in self.texts:
            raise TemplateNotFound(template)
        return (self.texts[name].decode(), str(self.folder / name), None)


class _Code(CodeGenerator):
    """A code generator for plain calls, which save 3% of the instructions of a cold build.

    Jinja2 also passes the variables of loops and blocks, for functions that take the context. There
    are none here, and templates cannot add any.
    """

    def visit_Call(  # noqa: N802  named by Jinja2
        self, node: nodes.Call, frame: Frame, forward_caller: bool = False
    ) -> None:
        self.write("context.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")


class _Context(Context):
    """A context that calls functions as they are; see `_Code`."""

    call: Any = operator.call  # It is written in C, so it does not become a method.


class _Environment(Environment):
    """An environment in which all templates share one mapping of globals.

    Jinja2 layers an empty mapping over it for each template, which slows down includes and imports:
    sharing it saves 6% of the instructions of a cold build.
    """

    code_generator_class = _Code
    context_class = _Context

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if d is None else super().make_globals(d)
