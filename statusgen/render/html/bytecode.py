"""A cache for the bytecode of the built-in templates, next to Python's own bytecode.

An attacker who can write there can change the program anyway; a digest detects damage. The
cache is separate from a site's cache. A site's own templates are compiled in every build.
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
    """Template bytecode by name, path and source checksum."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return a key for the template *name* in the file *filename*.

        Jinja2's own key encodes both as UTF-8, which fails for some file names.
        """
        return f"{name} {filename}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of the template into *bucket*, if it is cached."""
        bucket.code = self._codes.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Ignore *bucket*: only `learn` adds code."""

    def learn(
        self, environment: Environment, loader: FileSystemLoader, names: Iterable[str]
    ) -> None:
        """Read the cached code of the templates *names*, or compile them and write the cache.

        Do nothing if Python writes no bytecode here: Jinja2 then compiles each template on first
        use. Skip templates with errors: the page that needs one reports them.
        """
        path = _cache_path()
        if path is None:
            return
        folders = "\n".join(loader.searchpath)
        self._codes = _read(path, folders)
        if self._codes or sys.dont_write_bytecode:
            return
        with suppress(OutsideError):
            files.make_folder(path.parent)
            if files.is_writable(path.parent):
                for name in names:
                    with suppress(TemplateError, UnicodeError, OSError):
                        self._compile(environment, loader, name)
                data = marshal.dumps(self._codes)
                files.write_atomically(path, _seal(data, folders) + data)

    def _compile(self, environment: Environment, loader: BaseLoader, name: str) -> None:
        source, path, _ = loader.get_source(environment, name)
        key, checksum = self.get_cache_key(name, path), self.get_source_checksum(source)
        code = environment.compile(source, name, path)
        self._codes[_key(Bucket(environment, key, checksum))] = code


def _cache_path() -> Path | None:
    """Return the path of the cache, or None if this Python writes no bytecode."""
    try:
        return Path(cache_from_source(__file__)).with_suffix(".templates")
    except NotImplementedError:
        return None


def _read(path: Path, folders: str) -> dict[str, CodeType]:
    """Return the cached code in *path*; empty if it is missing, damaged or out of date."""
    try:
        content = files.read_bytes(path, limit=_LIMIT)
    except (UnreadableError, OutsideError):
        return {}
    seal, data = content[:_SEAL], content[_SEAL:]
    is_ours = seal == _seal(data, folders)
    return marshal.loads(data) if is_ours else {}  # noqa: S302  verified by the digest, as trusted as a .pyc file


def _seal(data: bytes, folders: str) -> bytes:
    """Return a digest of *data*, the installed versions and the template *folders*."""
    return hashlib.sha256(
        f"{installed_versions.digest()} {folders}\n".encode(errors="surrogateescape") + data
    ).digest()


def _key(bucket: Bucket) -> str:
    return f"{bucket.key} {bucket.checksum}"
