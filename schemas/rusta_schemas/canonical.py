"""Canonical JSON: the one byte form that is hashed.

Keys sorted by code point, no insignificant space, UTF-8 without escapes that JSON does not require, no NaN or
infinity, string keys only, at most 100 levels deep. Two equal values give equal bytes, so their SHA-256 is an
identity. Equal means equal in JSON: 1, 1.0 and true are three values, and so are 0.0 and -0.0.
"""

from __future__ import annotations

import hashlib
import json

from rusta_schemas.errors import SchemaError

DEEPEST = 100
_WIDEST = 1 << 20
_SCALARS = (str, int, float, bool, type(None))


def canonical_bytes(value: object) -> bytes:
    """The canonical JSON of ``value`` (str, int, float, bool, None, and lists/tuples/dicts of them).

    Raises:
        SchemaError: a value JSON has no form for (NaN, bytes, a key that is not a string, a lone surrogate), or one
            that is nested too deeply.
    """
    if not _is_plain(value):
        _refuse_foreign(value, "$", 0)
    try:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise SchemaError(f"no canonical JSON form: {error}") from None


def _is_plain(value: object) -> bool:
    """It is JSON without a doubt: the quick answer to what :func:`_refuse_foreign` looks at and names."""
    level = [value]
    for _ in range(DEEPEST + 1):
        below: list[object] = []
        for item in level:
            kind = type(item)
            if kind is dict:
                assert isinstance(item, dict)
                if any(type(key) is not str for key in item):
                    return False
                below += item.values()
            elif kind is list or kind is tuple:
                assert isinstance(item, list | tuple)
                below += item
            elif kind not in _SCALARS:
                return False
        if not below:
            return True
        if len(below) > _WIDEST:  # it may well contain itself
            return False
        level = below
    return False


def _refuse_foreign(value: object, where: str, depth: int) -> None:
    if depth > DEEPEST:
        raise SchemaError(f"nested more than {DEEPEST} levels deep at {where[:60]}…")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise SchemaError(f"{where}: key {key!r} is a {type(key).__name__}; JSON keys are strings")
            _refuse_foreign(item, f"{where}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _refuse_foreign(item, f"{where}[{index}]", depth + 1)
    elif not isinstance(value, _SCALARS):
        raise SchemaError(f"{where}: {type(value).__name__} has no JSON form")


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of ``data`` as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def digest(value: object) -> str:
    """The SHA-256 of the canonical JSON of ``value``."""
    return sha256_hex(canonical_bytes(value))
