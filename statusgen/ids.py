"""Stable 12-character identifiers, the same in every build and on every machine."""

import hashlib
from hashlib import blake2b

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def id12(kind: str, key: str) -> str:
    """Return the id of the record *key* of type *kind*: 12 characters (0-9, a-z; 62 bits)."""
    data = f"{kind}:{key}".encode("utf-8", "surrogatepass")  # File names may be invalid UTF-8.
    number = int.from_bytes(hashlib.sha256(data).digest(), "big")
    return "".join(_ALPHABET[number // 36**place % 36] for place in range(11, -1, -1))


def milliseconds(record_id: str) -> int:
    """Return a number from 0 to 999 that depends only on *record_id*, a 12-character id."""
    return int(record_id, 36) % 1000


def digest(text: str) -> str:
    """Return the BLAKE2b digest of *text* as 32 hex digits."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


MAX_ID = 64
