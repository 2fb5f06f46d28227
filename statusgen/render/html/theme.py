"""The templates: the site's own before the built-in ones, and what is wrong with the own ones."""

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
from statusgen.model import DataKey, Kind, Severity, State
from statusgen.problems import (
    ContentError,
    OutsideError,
    Problem,
    StatusgenError,
    quoted,
    suggestion,
)
from statusgen.render.html import trestus
from statusgen.render.html.bytecode import Compiled
from statusgen.render.html.own_templates import ORIGINALS, OwnTemplates
from statusgen.system.files import is_hidden
from statusgen.system.installed_versions import THEME_ENDINGS

_WORDS = frozenset({str, Kind, Severity, State, datetime})  # arguments that are told by their value
_REMEMBERED = 10_000  # answers of a macro: a few words, and the times of the latest pages


class Theme:
    """Templates that become text; *problems* are those of the site's own.

    *texts* are the site's own templates in the folder *own*, by name, if it has any. The same name
    stands in for a built-in template, and `default/NAME` reaches the original.
    """

    def __init__(self, own: Path, texts: Mapping[str, bytes]) -> None:
        self.own = own if texts else None
        self._names = sorted(texts)
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
            cache_size=-1,  # A cache that forgets keeps count of what was asked for last.
        )
        self._environment.filters["iso"] = times.written
        compiled = Compiled()
        compiled.learn(self._environment, theme, built_in_names())
        self._environment.bytecode_cache = compiled
        # The theme's own repository is a site, too.
        is_replaced = bool(texts) and not (own.is_dir() and own.samefile(_folder()))
        own_ones = OwnTemplates(self._environment, own, texts, built_in=built_in_names())
        self.problems = tuple(own_ones.problems()) if is_replaced else ()
        self._environment.is_own = is_replaced
        self._lenient = trestus.lenient(self._environment)
        self.front_page = trestus.TEMPLATE if trestus.TEMPLATE in texts else "index.html"

    def tell(self, words: Mapping[str, object]) -> None:
        """Let every template see *words*."""
        self._environment.globals.update(words)

    def key_problems(self, keys: Iterable[DataKey]) -> Iterable[Problem]:
        """Find the *keys* of the data that the template of the front page cannot read."""
        return trestus.key_problems(keys) if self.front_page == trestus.TEMPLATE else ()

    def make(self, name: str, context: Mapping[str, object]) -> bytes:
        """The template *name* filled with *context*; ContentError where an own one fails."""
        try:
            environment = self._lenient if name == trestus.TEMPLATE else self._environment
            return environment.get_template(name).render(context).encode()
        except Exception as error:
            problem = self._problem(error, name)
            if problem is not None:
                raise ContentError([problem]) from error
            if isinstance(error, TemplateNotFound):
                place = quoted(str(_folder() / (error.name or name)))
                what = f"cannot read {place}: the built-in theme is incomplete"
                raise OutsideError(f"{what}; reinstall statusgen") from error
            raise

    def _problem(self, error: Exception, name: str) -> Problem | None:
        """What *error* says about the own templates, or None if there are none to blame."""
        if self.own is None or isinstance(error, StatusgenError):
            return None
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if Path(frame.filename).is_relative_to(self.own)]
        # Jinja2 makes an OSError of a template that is not there.
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
            # One of ours fails because a part of theirs lacks what the original has.
            path, line = self.own, 1
            message = f"your templates break {quoted(name)}: {what}"
        return Problem(path=path, line=line, column=1, message=f"{message}; {remedy}")

    def _closest(self, name: str) -> str | None:
        """The template that *name* was probably meant to be; of originals another original."""
        originals = built_in_names()
        if name.startswith(f"{ORIGINALS}/"):
            return suggestion(name, [f"{ORIGINALS}/{one}" for one in originals])
        return suggestion(name, [*originals, *self._names])


def _folder() -> Path:
    """The built-in theme: inside an installed package, beside the package in a checkout."""
    package = Path(__file__).parents[2]
    packed = package / "templates"
    return packed if packed.is_dir() else package.parent / "templates"


def built_in_names() -> list[str]:
    """The names of the built-in templates; what editors leave beside them is passed over."""
    names = FileSystemLoader(_folder()).list_templates()
    return [name for name in names if name.endswith(THEME_ENDINGS) and not is_hidden(name)]


class _Texts(BaseLoader):
    """Loads *texts*, which were read from *folder*: one text each for as long as a build takes."""

    def __init__(self, folder: Path, texts: Mapping[str, bytes]) -> None:
        self.folder = folder
        self.texts = texts

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        """The text of *template*, and the path of its file."""
        name = "/".join(split_template_path(template))
        if name not in self.texts:
            raise TemplateNotFound(template)
        return (self.texts[name].decode(), str(self.folder / name), None)


class _Template(Template):
    """One whose macros, once imported, know what they have answered.

    They see the globals and their arguments. Pages are made in any order and in any process, so
    that a macro can count on nothing else. Macros of the site's own may ask for any fact of the
    site, which is noted for the page that is made; so they and what stands around them know nothing
    of the pages before.
    """

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if getattr(self.environment, "is_own", False):
            return super().make_module()
        return super()._get_default_module(ctx)

    def make_module(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002  the name is Jinja2's choice
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> TemplateModule:
        module = super().make_module(vars, shared, locals)
        if vars is None:  # Imported "with context", macros see that, too.
            macros = [(name, it) for name, it in module.__dict__.items() if isinstance(it, Macro)]
            module.__dict__.update((name, _remembering(macro)) for name, macro in macros)
        return module


def _remembering(macro: Macro) -> Callable[..., str]:
    """*macro*, asked but once for the same words or times."""
    remembered = lru_cache(_REMEMBERED, typed=True)(macro)

    def answer(*values: object, **named: object) -> str:
        is_plain = not named and _WORDS.issuperset(map(type, values))
        return (remembered if is_plain else macro)(*values, **named)

    return answer


class _Context(Context):
    """One that calls functions at once; Jinja2 asks of each what else it wants to be handed."""

    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        is_plain = isinstance(function, FunctionType | MethodType)
        if not is_plain or hasattr(function, "jinja_pass_arg"):
            return super().call(function, *args, **kwargs)
        kwargs.pop("_block_vars", None)  # Jinja2 adds these two for those that want the context.
        kwargs.pop("_loop_vars", None)
        return function(*args, **kwargs)


class _Environment(Environment):
    """One in which no template has globals of its own.

    Jinja2 lays an empty map over those of all, and every include and import reads through it.
    """

    context_class = _Context
    template_class = _Template
    is_own = False  # whether templates of the site's own stand in for built-in ones

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return self.globals if d is None else super().make_globals(d)
