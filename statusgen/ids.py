"""Stable identifiers: 12 characters, the same in every build and on every machine."""

import hashlib
from hashlib import blake2b

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def id12(kind: str, key: str) -> str:
    """Return the id of the record *key* of *kind*: 12 characters of 0-9 and a-z (62 bits)."""
    data = f"{kind}:{key}".encode("utf-8", "surrogatepass")  # A file name may not be UTF-8.
    number = int.from_bytes(hashlib.sha256(data).digest(), "big")
    return "".join(_ALPHABET[number // 36**place % 36] for place in range(11, -1, -1))


def digest(text: str) -> str:
    """Return the BLAKE2b digest of *text* in hex: 32 digits."""
    return blake2b(text.encode(), digest_size=16).hexdigest()


MAX_ID = 64
