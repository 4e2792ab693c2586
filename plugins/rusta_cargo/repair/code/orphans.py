"""Items that nothing uses: what a renaming leaves behind when the uses still say the old name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rusta_cargo.repair.code.items import Alias, Enum, Function, Impl, Item, ItemIndex, Struct, Trait, Value, Variant
from rusta_cargo.repair.code.std_methods import has_method
from rusta_cargo.repair.proposer import Situation, SourceUnavailable

_KEY = "rusta_cargo.repair.code.orphans"
_COMMENT = re.compile(r"//[^\n]*")
_WORD = re.compile(r"(?<!['\w])\w+")
KINDS: dict[str, tuple[type[Item], ...]] = {
    "method": (Function,),
    "function": (Function,),
    "value": (Value,),
    "type": (Struct, Enum, Alias),
    "trait": (Trait,),
    "variant": (Variant,),
    "any": (Function, Value, Struct, Enum, Alias, Trait),
}


@dataclass(frozen=True)
class Wanted:
    """What a use asks for. ``kind``: a key of :data:`KINDS`; ``owner``: the type that it is a member of.

    ``arguments``: how many a call passes, None where nothing is called. ``module``: where it should be, None: anywhere.
    """

    kind: str
    owner: str | None = None
    arguments: int | None = None
    module: tuple[str, ...] | None = None


def orphans(situation: Situation, index: ItemIndex, wanted: Wanted) -> list[Item]:
    """The items that fit what is wanted and that nothing in the tree uses under their name."""
    fitting = [item for item in _members(index, wanted) if _fits(index, item, wanted)]
    texts, words = _texts(situation, index) if fitting else ([], Counter())
    return [item for item in fitting if _uses(texts, words, index, item) <= 0]


def _members(index: ItemIndex, wanted: Wanted) -> Iterator[Item]:
    if wanted.kind == "variant":
        found = index.enum(wanted.owner or "")
        yield from () if found is None else found.variants
    elif wanted.owner is not None:
        for impl in index.impls_of(wanted.owner):
            yield from impl.items
    else:
        yield from (item for item in index if not isinstance(item.parent, Impl | Trait))


def _fits(index: ItemIndex, item: Item, wanted: Wanted) -> bool:
    if not isinstance(item, KINDS[wanted.kind]) or not item.name or item.name == "main":
        return False
    if wanted.kind == "variant":
        return True
    if isinstance(item, Variant) or _is_test(item):
        return False
    if isinstance(item, Function):
        taken = len(item.parameters) + (item.is_method and wanted.kind == "function")
        if wanted.arguments is not None and taken != wanted.arguments:
            return False
        if wanted.kind == "method" and not item.is_method:
            return False
    return wanted.module is None or index.module_of(item) == wanted.module


def _is_test(item: Item) -> bool:
    return any(attribute.name.rpartition("::")[2] in ("test", "cfg", "no_mangle") for attribute in item.attributes)


def _uses(texts: Iterable[str], words: Counter[str], index: ItemIndex, item: Item) -> int:
    """How often the name stands in the tree besides its declaration and the heads of a type's own impls.

    A method may have the name of one of std: then what is called on the result of a call is taken for that one.
    """
    if isinstance(item, Function) and item.is_method and has_method(item.name):
        name = re.escape(item.name)
        word = re.compile(rf"::{name}\b|[\w?]\s*\.\s*{name}\b")
        return sum(len(word.findall(text)) for text in texts if item.name in text)
    own = 1 + (len(index.impls_of(item.name, "*")) if isinstance(item, Struct | Enum) else 0)
    return words[item.name.removeprefix("r#")] - own


def _texts(situation: Situation, index: ItemIndex) -> tuple[list[str], Counter[str]]:
    """The files without comments, and how often each word stands in them; lifetimes are no words."""
    known = situation.cache.get(_KEY)
    mine = dict(situation.overrides)
    if isinstance(known, tuple) and known[0] == mine and known[1] == tuple(index.files):
        kept: tuple[list[str], Counter[str]] = known[2]
        return kept
    found: list[str] = []
    for path in index.files:
        try:
            found.append(_COMMENT.sub("", situation.source(path).decode("utf-8", "replace")))
        except SourceUnavailable:
            continue
    counted = found, Counter(word for text in found for word in _WORD.findall(text))
    situation.cache[_KEY] = (mine, tuple(index.files), counted)
    return counted
