"""The standard library's traits that people implement, and how this crate spells their signatures.

The declarations are data (``data/std_traits.rs``). Where another impl of the tree has the same function, its spelling
of the types is taken, so that ``fmt::Formatter`` stays what it is called here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.items import Function, Impl, ItemIndex, Trait
from rusta_cargo.repair.code.reading import read_items

STD = "<std>"
_FORMATTING = (
    "Display",
    "Debug",
    "LowerHex",
    "UpperHex",
    "Octal",
    "Binary",
    "Pointer",
    "LowerExp",
    "UpperExp",
)
_LONG = re.compile(r"\bstd::(\w+)::")


@lru_cache(maxsize=1)
def std_traits() -> dict[str, Trait]:
    """The known traits by name."""
    source = files("rusta_cargo").joinpath("data/std_traits.rs").read_bytes()
    return {item.name: item for item in read_items(STD, source) if isinstance(item, Trait)}


def std_trait(name: str) -> Trait | None:
    return std_traits().get(types.head(name))


def spelled_here(text: str, impl: Impl) -> str:
    """``std::fmt::Result`` as the impl would write it: by the prefix that it gives its trait."""
    written = "" if impl.trait is None else impl.trait.text
    prefix = types.split_generic(written)[0].rpartition("::")[0]

    def put(found: re.Match[str]) -> str:
        if prefix == found[1]:
            return f"{found[1]}::"
        if prefix.startswith(("core", "alloc")):
            return f"core::{found[1]}::"
        return found[0]

    return _LONG.sub(put, text)


def fellow(impl: Impl, name: str, index: ItemIndex) -> Function | None:
    """A function of this name in another impl of the same trait, in the same file if there is one."""
    head = "" if impl.trait is None else types.head(impl.trait.text)
    found: list[tuple[bool, bool, int, Function]] = []
    for other in index.of_kind(Impl):
        if other is impl or other.trait is None:
            continue
        theirs = types.head(other.trait.text)
        if theirs != head and not (head in _FORMATTING and theirs in _FORMATTING):
            continue
        for item in other.items:
            if isinstance(item, Function) and item.name == name:
                found.append((other.path != impl.path, theirs != head, abs(item.start - impl.start), item))
    return min(found, key=lambda entry: entry[:3])[3] if found else None
