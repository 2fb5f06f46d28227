"""The code of the built-in templates, compiled once and kept where Python keeps that of modules.

Whoever can write there can change what Python runs anyway, and what is kept is sealed. It is never
part of a site's cache, and templates of a site's own are compiled by every build.
"""

import hashlib
import marshal
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType

from jinja2 import BaseLoader, BytecodeCache, Environment
from jinja2.bccache import Bucket

from statusgen import files, tools
from statusgen.files import UnreadableError
from statusgen.problems import OutsideError

_LIMIT = 1 << 22
_SEAL = hashlib.sha256().digest_size


class Compiled(BytecodeCache):
    """What is known of the code of templates, by their names, paths and sources."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give *bucket* the code of its template, if that is known."""
        bucket.code = self._codes.get(_name(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Leave the code of *bucket* alone: only `learn` is to be told any."""

    def learn(self, environment: Environment, loader: BaseLoader) -> None:
        """Know the code of all templates of *loader*: what is kept, or made by *environment*.

        Without a place to keep it, nothing is made before it is needed.
        """
        place = _place()
        if place is None:
            return
        self._codes = _kept(place)
        if not self._codes and not sys.dont_write_bytecode:
            names = loader.list_templates()
            self._codes = dict(self._compiled(environment, loader, name) for name in names)
            with suppress(OutsideError):
                files.make_folder(place.parent)
                data = marshal.dumps(self._codes)
                files.write_atomically(place, _seal(data) + data)

    def _compiled(
        self, environment: Environment, loader: BaseLoader, name: str
    ) -> tuple[str, CodeType]:
        source, path, _ = loader.get_source(environment, name)
        key, checksum = self.get_cache_key(name, path), self.get_source_checksum(source)
        bucket = Bucket(environment, key, checksum)
        return (_name(bucket), environment.compile(source, name, path))


def _place() -> Path | None:
    """Where Python would keep a module of this name, or None if it keeps none."""
    try:
        return Path(cache_from_source(__file__)).with_suffix(".templates")
    except NotImplementedError:
        return None


def _kept(place: Path) -> dict[str, CodeType]:
    """What is kept at *place*; nothing if that was not made by these very tools."""
    try:
        found = files.read_bytes(place, limit=_LIMIT)
    except (UnreadableError, OutsideError):
        return {}
    seal, data = found[:_SEAL], found[_SEAL:]
    return marshal.loads(data) if seal == _seal(data) else {}  # noqa: S302  as Python loads modules


def _seal(data: bytes) -> bytes:
    """What tells *data* and the tools that made it from others."""
    return hashlib.sha256(tools.digest().encode() + data).digest()


def _name(bucket: Bucket) -> str:
    return f"{bucket.key} {bucket.checksum}"
