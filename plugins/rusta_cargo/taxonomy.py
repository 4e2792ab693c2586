"""Which kind of fault a compiler message tells of, and how far the compiler had come.

The knowledge is data (``data/error_classes.toml``); this module reads it once a process.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rusta_schemas.diagnostic import Category

PHASE_MANIFEST, PHASE_PARSE, PHASE_RESOLVE, PHASE_TYPECK, PHASE_BORROWCK, PHASE_LINT, PHASE_LINK = range(7)
PHASE_OK = 99

_CODE = re.compile(r"E\d{4}")


@dataclass(frozen=True)
class Fault:
    """Category and compiler phase of one message."""

    category: Category
    phase: int


@dataclass(frozen=True)
class _Table:
    codes: dict[str, Fault]
    messages: tuple[tuple[re.Pattern[str], Fault], ...]


@cache
def _table() -> _Table:
    text = (files("rusta_cargo") / "data" / "error_classes.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    codes: dict[str, Fault] = {}
    for entry in data["class"]:
        fault = Fault(Category(entry["category"]), entry["phase"])
        codes |= dict.fromkeys(entry["codes"].split(), fault)
    messages = tuple(
        (re.compile(entry["pattern"]), Fault(Category(entry["category"]), entry["phase"])) for entry in data["message"]
    )
    return _Table(codes, messages)


def known_codes() -> frozenset[str]:
    """Every error code that has a class."""
    return frozenset(_table().codes)


def classify(code: str | None, message: str, *, placed: bool = True) -> Fault:
    """The fault that a message with ``code`` tells of.

    Args:
        code: ``E0308``, the name of a lint (``unused_mut``, ``clippy::len_zero``), or None.
        placed: the message points at source text. Without a code, that makes it a syntax error.
    """
    table = _table()
    if code is not None:
        if code in table.codes:
            return table.codes[code]
        # A code newer than the table: most new ones are type errors. Anything else names a lint.
        return Fault(Category.OTHER, PHASE_TYPECK) if _CODE.fullmatch(code) else Fault(Category.LINT, PHASE_LINT)
    for pattern, fault in table.messages:
        if pattern.search(message):
            return fault
    if placed:
        return Fault(Category.SYNTAX, PHASE_PARSE)
    return Fault(Category.OTHER, PHASE_MANIFEST)
