"""Bounds that the compiler names with a hole, ``S: AsRef</* T */>``: E0599 and E0277 on a type parameter.

The argument is what such bounds are usually given. The bound stands where the item has its others: in the where clause,
a line of its own if they have lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code.bounding import required
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Item, ItemIndex
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_HOLE = re.compile(r"\b((?:\w+::)*(\w+))</\* \w+ \*/>")
_NAMED = re.compile(r"perhaps you need to restrict type parameter `(\w+)` with it")
# What people give them, the usual first.
_USUAL = {
    "AsRef": ("str", "[u8]", "std::path::Path", "std::ffi::OsStr"), "AsMut": ("[u8]",), "Borrow": ("str", "[u8]"),
    "Into": ("String", "f64", "u64", "std::path::PathBuf"), "TryInto": ("usize", "u8"), "From": ("u8", "&'static str"),
    "Add": ("Output = Self",), "Sub": ("Output = Self",), "Mul": ("Output = Self",), "Div": ("Output = Self",),
    "FromIterator": ("u8",), "Extend": ("u8",), "PartialEq": ("Self",),
}  # fmt: skip
_FIRST, _NEXT = 0.75, 0.3


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The bound with its argument."""
    for number, error in enumerate(situation.diagnostics):
        for name, trait in dict.fromkeys(_asked(error)):
            item = _declaring(situation, error, name)
            for rank, argument in enumerate(_USUAL.get(trait, ()) if item is not None else ()):
                bound = f"{trait}<{argument}>"
                change = None if item is None else required(situation, item, name, bound)
                if change is not None:
                    yield Candidate(
                        f"require `{bound}` of `{name}`",
                        (change,),
                        _FIRST if rank == 0 else _NEXT / rank,
                        diagnostic=number,
                        cites=() if error.code is None else (error.code,),
                    )


def _asked(error: Diagnostic) -> Iterator[tuple[str, str]]:
    for suggestion in error.suggestions:
        told = _NAMED.search(suggestion.message)
        hole = next((m for part in suggestion.replacements if (m := _HOLE.search(part.text))), None)
        if told is not None and hole is not None:
            yield told[1], hole[2]


def _declaring(situation: Situation, error: Diagnostic, name: str) -> Item | None:
    """The item around the error that declares the type parameter."""
    place = error.primary
    item = None if place is None else ItemIndex.of(situation).at(place.path, place.start)
    while item is not None and not any(generic.name == name for generic in item.generics):
        item = item.parent
    return item
