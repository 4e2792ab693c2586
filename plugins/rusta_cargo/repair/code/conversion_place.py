"""What conversion rules share: where the value stands, how forms join, and the tables of ``data/conversions.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from tree_sitter import Node

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.expression import Form, call, cast, literally, prefix, suffix
from rusta_cargo.repair.code.items import ItemIndex

Choice = tuple[Form, float]
Rule = Callable[[str, str, "Place"], Iterator[Choice]]
MOST = 10
DEEPEST = 2


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("rusta_cargo.repair").joinpath("data/conversions.toml").read_text("utf-8"))


def _texts() -> dict[tuple[str, str], tuple[tuple[str, float], ...]]:
    found = {}
    for key, listed in _table()["text"].items():
        have, _, want = key.partition(" > ")
        found[have, want] = tuple(zip(listed[::2], listed[1::2], strict=True))
    return found


TEXT = _texts()
WIDER = {kind: tuple(wide.split()) for kind, wide in _table()["wider"].items()}
MAKERS: dict[str, str] = _table()["makers"]
POINTERS, COLLECTIONS, ITERATORS, MEASURED = (
    tuple(_table()["heads"][name].split()) for name in ("pointers", "collections", "iterators", "measured")
)


@dataclass(frozen=True)
class Place:
    """Where the value stands. ``leaves`` is the written return type of the function or closure that ``?`` leaves."""

    source: bytes
    index: ItemIndex
    node: Node | None = None
    leaves: str | None = None
    depth: int = 0
    rules: tuple[Rule, ...] = ()

    @property
    def kind(self) -> str:
        return "" if self.node is None else self.node.type

    def deeper(self) -> Place:
        return replace(self, depth=self.depth + 1)

    def convert(self, have: str, want: str) -> list[Choice]:
        """The forms that turn a ``have`` into a ``want``, the likeliest first; none when the types say nothing."""
        best: dict[Form, float] = {}
        mine, theirs = types.short(have), types.short(want)
        if not mine or not theirs or theirs in ("_", "!") or self.depth > DEEPEST:
            return []
        for rule in self.rules:
            for form, weight in rule(mine, theirs, self):
                best[form] = max(best.get(form, 0.0), min(weight, 0.95))
        return sorted(best.items(), key=lambda pair: -pair[1])[:MOST]

    def further(self, have: str, want: str) -> list[Choice]:
        """Nothing to do, or the best conversions of an inner layer."""
        if types.same(have, want):
            return [(Form(), 1.0)]
        return [(form, 0.7 * weight) for form, weight in self.deeper().convert(have, want)[:3]]

    def is_copy(self, kind: str) -> bool:
        """Values of the type are copied, as far as the tree tells."""
        flat = types.short(kind)
        if flat in types.COPY or flat in ("{integer}", "{float}") or flat.startswith(("*", "fn(")):
            return True
        if types.is_reference(flat):
            return not types.is_mutable_reference(flat)
        members = types.tuple_parts(flat) or (
            [types.element(flat) or ""] if flat.startswith("[") and ";" in flat else None
        )
        if members is not None:
            return all(self.is_copy(part) for part in members)
        inner = types.inner(flat, "Option")
        return self.is_copy(inner) if inner is not None else self.index.implements(flat, "Copy")


def form_of(written: str) -> Form:
    """A form as the tables write it: ``&``, ``*``, ``.method()``, ``path(``, `` as T``, or text around ``…``."""
    before, hole, after = written.partition("…")
    if hole:
        tight = 4 if before.endswith("&") else 0
        return Form(before=before, after=after, needs=tight)
    if written.startswith(" as "):
        return cast(written.removeprefix(" as "))
    if written.endswith("("):
        return call(written[:-1])
    return suffix(written) if written.startswith((".", "?", "(", "[")) else prefix(written)


def joined(first: Form, then: Form) -> Form:
    """``then`` written around ``first``."""
    if first.text is not None or then.text is not None:
        return then if then.text is not None else literally(then.put(first.text or "", first.gives))
    left, right = ("(", ")") if first.gives < then.needs else ("", "")
    return Form(
        f"{then.before}{left}{first.before}",
        f"{first.after}{right}{then.after}",
        first.needs,
        then.gives,
    )


def default(kind: str, place: Place) -> bool:
    """The type has a default value."""
    return types.head(kind) in (*types.NUMBERS, "bool", "char", "str", "String", "Vec", "HashMap", "HashSet",
    "BTreeMap", "BTreeSet",
                                "Option", "PathBuf", "Duration") or place.index.implements(kind, "Default")  # fmt: skip


def reaches(have: str, want: str) -> bool:
    """A reference to ``have`` may stand for one to ``want``: the same type, or along ``Deref``."""
    if types.same(have, want) or (have, want) in (
        ("String", "str"),
        ("PathBuf", "Path"),
        ("OsString", "OsStr"),
    ):
        return True
    if want.startswith("[") and ";" not in want:
        own = types.element(have) if have.startswith("[") else types.inner(have, "Vec")
        return own is not None and types.same(own, types.element(want) or "")
    if want.startswith("dyn "):
        return not have.startswith(("&", "dyn ")) and have[:1].isupper()
    pointed = types.inner(have, *POINTERS)
    if pointed is None and types.is_reference(have):
        pointed = types.referent(have)
    return pointed is not None and reaches(pointed, want)
