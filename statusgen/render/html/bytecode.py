"""The code of the built-in templates, compiled once and kept where Python keeps that of modules.

Whoever can write there can change what Python runs anyway, and what is kept is sealed. It is never
part of a site's cache, and templates of a site's own are compiled by every build.
"""

import hashlib
import marshal
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from types import CodeType

from jinja2 import BaseLoader, BytecodeCache, Environment, FileSystemLoader, TemplateError
from jinja2.bccache import Bucket

from statusgen.problems import OutsideError
from statusgen.system import files, installed_versions
from statusgen.system.files import UnreadableError

_LIMIT = 1 << 22
_SEAL = hashlib.sha256().digest_size


class Compiled(BytecodeCache):
    """What is known of the code of templates, by their names, paths and sources."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """What tells the template *name* in the file *filename*, of any characters, from others."""
        return f"{name} {filename}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give *bucket* the code of its template, if that is known."""
        bucket.code = self._codes.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Leave the code of *bucket* alone: only `learn` is to be told any."""

    def learn(
        self, environment: Environment, loader: FileSystemLoader, names: Iterable[str]
    ) -> None:
        """Know the code of the templates *names* of *loader*: what is kept, or *environment* makes.

        Without a place to keep it, nothing is made before it is needed. What is wrong with one is
        told when a page needs it.
        """
        place = _place()
        if place is None:
            return
        folders = "\n".join(loader.searchpath)
        self._codes = _kept(place, folders)
        if self._codes or sys.dont_write_bytecode:
            return
        with suppress(OutsideError):
            files.make_folder(place.parent)
            if files.is_writable(place.parent):
                for name in names:
                    with suppress(TemplateError, UnicodeError, OSError):
                        self._compile(environment, loader, name)
                data = marshal.dumps(self._codes)
                files.write_atomically(place, _seal(data, folders) + data)

    def _compile(self, environment: Environment, loader: BaseLoader, name: str) -> None:
        source, path, _ = loader.get_source(environment, name)
        key, checksum = self.get_cache_key(name, path), self.get_source_checksum(source)
        code = environment.compile(source, name, path)
        self._codes[_key(Bucket(environment, key, checksum))] = code


def _place() -> Path | None:
    """Beside what this module was compiled to; None if Python keeps no such thing."""
    try:
        return Path(cache_from_source(__file__)).with_suffix(".templates")
    except NotImplementedError:
        return None


def _kept(place: Path, folders: str) -> dict[str, CodeType]:
    """What is kept at *place*; nothing if that was not made by these very tools of *folders*."""
    try:
        found = files.read_bytes(place, limit=_LIMIT)
    except (UnreadableError, OutsideError):
        return {}
    seal, data = found[:_SEAL], found[_SEAL:]
    is_ours = seal == _seal(data, folders)
    return marshal.loads(data) if is_ours else {}  # noqa: S302  as Python loads modules


def _seal(data: bytes, folders: str) -> bytes:
    """What tells *data*, the tools that made it and the *folders* of templates from others."""
    return hashlib.sha256(
        f"{installed_versions.digest()} {folders}\n".encode(errors="surrogateescape") + data
    ).digest()


def _key(bucket: Bucket) -> str:
    return f"{bucket.key} {bucket.checksum}"
