"""Parameters that an item uses and has lost the declaration of: E0412, E0425 about a type or a length.

Functions beside it declare parameters of the same names: what they ask of them, this one asked as well. All that are
missing are declared together; those that the item declares itself stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.bounding import bounds_of
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Alias, Enum, Function, Impl, Item, ItemIndex, Struct, Variant
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.model import Generic
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0412", "E0425")
_NEAR, _FAR = 0.85, 0.6
_BOUND = 0.93
_LONGEST = 2
_MOST = 3


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The parameters as the nearest item declares them that has them all."""
    missing: dict[tuple[str, int], tuple[Item, list[str], list[int]]] = {}
    for number, error in enumerate(situation.diagnostics):
        name = _parameter(error)
        item = None if name is None else _owner(situation, error)
        if name is None or item is None:
            continue
        entry = missing.setdefault((item.path, item.start), (item, [], []))
        entry[1].append(name)
        entry[2].append(number)
    for item, names, numbers in missing.values():
        wanted = list(dict.fromkeys(names))
        if all(name in _bound_in_where(item) for name in wanted):
            yield Candidate(
                f"declare {', '.join(f'`{name}`' for name in wanted)}, whose bounds stand there"[:160],
                (_declared(item, wanted),),
                _BOUND,
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=("E0425",),
            )
        values = all("value" in situation.diagnostics[number].message for number in numbers)
        if values and (isinstance(item, Alias | Struct | Enum) or _is_length(situation, item, wanted[0])):
            lengths = [f"const {name}: usize" for name in wanted]
            yield Candidate(
                f"declare {', '.join(f'`{text}`' for text in lengths)} on `{item.name}`"[:160],
                (_declared(item, lengths),),
                _BOUND,
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=("E0425",),
            )
        if isinstance(item, Struct | Enum) and not item.generics and not values:
            listed = _as_impl_has_them(ItemIndex.of(situation), item, wanted)
            if listed is not None and listed != wanted:
                yield Candidate(
                    f"declare {', '.join(f'`{text}`' for text in listed)} on `{item.name}`, as its impl names them"[
                        :160
                    ],
                    (_declared(item, listed),),
                    _BOUND,
                    cites=("E0425",),
                )
        if isinstance(item, Alias | Struct | Enum) and not item.generics and not values:
            # A type has no bounds to lose as a rule; its parameters are declared in the order in which it speaks of them.
            yield Candidate(
                f"declare {', '.join(f'`{name}`' for name in wanted)} on `{item.name}`"[:160],
                (_declared(item, wanted),),
                _BOUND,
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=() if (code := situation.diagnostics[numbers[0]].code) is None else (code,),
            )
            continue
        for rank, (other, declared) in enumerate(_models(ItemIndex.of(situation), item, wanted, values)):
            error = situation.diagnostics[numbers[0]]
            yield Candidate(
                f"declare {', '.join(f'`{text}`' for text in declared)} as `{other.name}` does"[:160],
                (_declared(item, declared),),
                (_NEAR if other.path == item.path else _FAR) * 0.7**rank,
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=() if error.code is None else (error.code,),
            )


def _as_impl_has_them(index: ItemIndex, item: Item, names: Sequence[str]) -> list[str] | None:
    """The arguments that an impl gives the type, when they are parameters of the impl and all of ``names`` are there."""
    for impl in index.of_kind(Impl):
        given = types.arguments(impl.self_type.text)
        own = {generic.name for generic in impl.generics}
        if impl.name == item.name and given and set(given) <= own and set(names) <= set(given):
            return given
    return None


def _bound_in_where(item: Item) -> set[str]:
    """The names that the where clause of the item asks something of."""
    where = "" if item.where is None else item.where.text.removeprefix("where")
    return {predicate.partition(":")[0].strip() for predicate in types.split_top(where)}


def _parameter(error: Diagnostic) -> str | None:
    """The name of a type that is nowhere, when it is short as those of parameters are."""
    if error.code not in CODES or not error.message.startswith(("cannot find type", "cannot find value")):
        return None
    names = quoted(error.message)
    name = names[0] if names else ""
    return name if name.isidentifier() and len(name) <= _LONGEST and name[0].isupper() else None


def _owner(situation: Situation, error: Diagnostic) -> Item | None:
    place = error.primary
    if place is None or place.macro is not None:
        return None
    item = ItemIndex.of(situation).at(place.path, place.start)
    while isinstance(item, Variant):
        item = item.parent
    return item if isinstance(item, Function | Impl | Alias | Struct | Enum) else None


def _models(index: ItemIndex, item: Item, names: Sequence[str], values: bool) -> Iterator[tuple[Item, list[str]]]:
    """Other items that declare all of ``names``, the nearest first, with those declarations and what they speak of."""
    kinds = ("const",) if values else ("type", "const")
    seen: set[tuple[str, ...]] = set()
    own = [generic.name for generic in item.generics]
    others = sorted(
        (other for other in index if isinstance(other, Function | Impl) and other is not item),
        key=lambda other: (other.path != item.path, other.kind != item.kind, abs(other.start - item.start)),
    )
    for other in others:
        written = {generic.name: _written(other, generic) for generic in other.generics if generic.kind in kinds}
        if any(name not in written for name in names):
            continue
        needed = list(names)
        for name in needed:  # grows: a bound may speak of other parameters
            needed += [word for word in types.words(written[name]) if word in written and word not in needed]
        texts = tuple(text for name, text in written.items() if name in needed and name not in own)
        if texts and texts not in seen and len(seen) < _MOST:
            seen.add(texts)
            yield other, list(texts)


def _written(item: Item, generic: Generic) -> str:
    """The parameter with its bounds, those of the where clause too, or with its type."""
    if generic.kind == "const":
        return f"const {generic.name}: {_type_of(generic)}"
    bounds = bounds_of(item, generic)
    return f"{generic.name}: {bounds}" if bounds else generic.name


def _type_of(generic: Generic) -> str:
    """The type of a constant parameter."""
    return "usize" if generic.bounds is None else generic.bounds.text.lstrip(": ")


def _is_length(situation: Situation, item: Item, name: str) -> bool:
    """The signature of a function gives an array this length, or names it where only a constant can stand."""
    end = item.body.start if item.body is not None else item.end
    return re.search(rf";\s*{name}\s*\]", situation.text(item.path, item.name_end, end)) is not None


def _declared(item: Item, declared: Sequence[str]) -> Replacement:
    text = ", ".join(declared)
    if item.generics:
        last = item.generics[-1]
        end = max(part.end for part in (last, last.bounds, last.default) if part is not None)
        return edits.insert(item.path, end, f", {text}")
    place = item.start + len("impl") if isinstance(item, Impl) else item.name_end
    return edits.insert(item.path, place, f"<{text}>")
