"""Identifiers that stay: 12 characters, the same after every build, on every machine."""

import hashlib

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def id12(kind: str, key: str) -> str:
    """The id of the *kind* of record that *key* names: 12 characters of 0-9 and a-z (62 bits)."""
    number = int.from_bytes(hashlib.sha256(f"{kind}:{key}".encode()).digest(), "big")
    return "".join(_ALPHABET[number // 36**place % 36] for place in range(11, -1, -1))
