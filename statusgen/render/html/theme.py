"""Template loading and rendering: a site's own templates override the built-in ones."""

import traceback
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
)
from jinja2.environment import TemplateModule
from jinja2.loaders import split_template_path
from jinja2.runtime import Context, Macro

from statusgen import times
from statusgen.config.settings import Config
from statusgen.model import DataKey, Kind, Severity, State
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

_WORDS = frozenset({str, Kind, Severity, State, datetime})  # argument types to cache results for
_MAX_PICTURE = 256 * 1024  # bytes of a built-in one
# Icons at the paths that browsers and phones ask for.
ICONS = ("favicon.ico", "apple-touch-icon.png")
_CACHED = 10_000  # results per macro: a few words, and the times on recent pages


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
        self.is_own = self._environment.is_own = is_replaced
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
        if not (self._environment.is_own and "favicon.svg" in self._texts):
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


class _Template(Template):
    """A template whose macros cache their results once they are imported.

    Built-in macros depend only on globals and arguments. A site's own macros may depend on more, so
    their results are never cached.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if getattr(self.environment, "is_own", False):
            return super().make_module()
        return super()._get_default_module(ctx)

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002  named by Jinja2
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> TemplateModule:
        module = super().make_module(vars, shared, locals)
        if vars is None:  # Macros imported "with context" also depend on the context.
            macros = [(name, it) for name, it in module.__dict__.items() if isinstance(it, Macro)]
            module.__dict__.update((name, _cached(macro)) for name, macro in macros)
        return module


def _cached(macro: Macro) -> Callable[..., str]:
    """Return *macro* with a cache for calls that have only strings, enum members or times."""
    cached = lru_cache(_CACHED, typed=True)(macro)

    def call(*values: object, **named: object) -> str:
        is_plain = not named and _WORDS.issuperset(map(type, values))
        return (cached if is_plain else macro)(*values, **named)

    return call


class _Context(Context):
    """A context that calls functions directly, without Jinja2's checks for extra arguments."""

    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        is_plain = isinstance(function, FunctionType | MethodType)
        if not is_plain or hasattr(function, "jinja_pass_arg"):
            return super().call(function, *args, **kwargs)
        kwargs.pop("_block_vars", None)  # Jinja2 adds these for functions that take the context.
        kwargs.pop("_loop_vars", None)
        return function(*args, **kwargs)


class _Environment(Environment):
    """An environment in which all templates share one mapping of globals.

    Jinja2 layers an empty mapping over it for each template, which slows down includes and imports.
    """

    context_class = _Context
    template_class = _Template
    is_own = False  # the site overrides built-in templates

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if d is None else super().make_globals(d)
