"""The methods that types of std have, by the heads of types; data in ``data/std_methods.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.conversion_place import ITERATORS


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    raw = tomllib.loads(files("rusta_cargo.repair").joinpath("data/std_methods.toml").read_text("utf-8"))
    methods = {head: tuple(names.split()) for head, names in raw["methods"].items()}
    return (
        methods,
        {k: tuple(v) for k, v in raw["also"].items()},
        {k: tuple(v) for k, v in raw["synonyms"].items()},
    )


def methods_of(kind: str) -> tuple[str, ...]:
    """The names of the methods of a type of std, none for a type that is not listed."""
    methods, also, _ = _tables()
    flat = types.strip_references(kind)
    head = types.head(flat)
    if flat.startswith("["):
        head = "slice"
    elif flat in types.INTEGERS or flat in ("{integer}", "integer"):
        head = "integer"
    elif flat in types.FLOATS or flat in ("{float}", "floating-point number"):
        head = "float"
    elif head in ITERATORS or flat.startswith("impl Iterator"):
        head = "Iterator"
    own = methods.get(head, ())
    return (*own, *(name for more in also.get(head, ()) for name in methods[more]))


def iterator_methods() -> tuple[str, ...]:
    return _tables()[0]["Iterator"]


def synonyms(name: str) -> tuple[str, ...]:
    """What a method name of another language, or of another type, may stand for."""
    return _tables()[2].get(name, ())


_OF_TRAITS = frozenset(
    (
        "as_ref", "as_mut", "borrow", "borrow_mut", "into", "try_into", "clone", "to_string", "to_owned", "eq", "ne",
        "cmp", "partial_cmp", "hash", "next", "next_back", "deref", "deref_mut", "fmt", "index", "add", "sub", "mul",
        "div", "neg", "not", "write_str", "write_all", "read", "flush", "poll",
    )
)  # fmt: skip


@cache
def _every() -> frozenset[str]:
    return _OF_TRAITS.union(*_tables()[0].values())


def has_method(name: str) -> bool:
    """Some type or trait of std has a method of that name."""
    return name in _every()
