"""Names that are spelt right where they are used and wrong where they are declared: any error about a missing name.

Several uses of a name that is nowhere, and a declaration of nearly that name that nothing uses: the declaration has the
slip. When there is one use only, the spelling that the rest of the file knows decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Enum, Item, ItemIndex, Struct
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.scopes import bindings_at
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.word_counts import WordCounts
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

CODES = (
    "E0425", "E0412", "E0433", "E0422", "E0405", "E0432", "E0599", "E0609", "E0560", "E0026", "E0407", "E0559",
    "E0531", "E0573", "E0574", "E0576", "E0220", "E0437", "E0438",
)  # fmt: skip
# Only what stands before a `::` may be a module.
IN_PATHS = ("E0432", "E0433")
LEAST = 0.6
_SEVERAL, _KNOWN, _LIKELY, _EVEN, _THERE = 0.94, 0.9, 0.62, 0.4, 0.25
_MOST = 3
# Messages that name the type before the field that it does not have.
_TYPE_FIRST = ("E0026", "E0559", "E0560")

Place = tuple[str, str, int, int]


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Declarations renamed to what their uses say."""
    uses: dict[str, list[int]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        name = _missing(diagnostic)
        if diagnostic.code in CODES and diagnostic.primary is not None and name is not None:
            uses.setdefault(name, []).append(number)
    if not uses:
        return
    index = ItemIndex.of(situation)
    words = WordCounts.of(situation, index)
    items = {modules: list(dict.fromkeys(_items(index, modules))) for modules in (False, True)}
    for name, numbers in uses.items():
        first = situation.diagnostics[numbers[0]]
        near = sorted(
            (
                (likeness(place[0], name), place)
                for place in dict.fromkeys((*_locals(situation, index, first), *items[first.code in IN_PATHS]))
                if place[0] != name
            ),
            key=lambda item: (-item[0], item[1]),
        )
        fitting = (place for alike, place in near if alike >= LEAST and words.count(place[0]) == 1)
        for old, path, start, end in islice(fitting, _MOST):
            # It is spelt right and out of reach; an import only repeats the name.
            there = any(item.name == name and item.kind != "use" for item in index)
            yield Candidate(
                f"rename the declaration of `{old}` to `{name}`",
                (edits.replace(path, start, end, name),),
                _THERE if there else _prior(words, old, name, len(numbers)),
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=() if first.code is None else (first.code,),
            )


def _missing(diagnostic: Diagnostic) -> str | None:
    """The name that is not found."""
    names = quoted(diagnostic.message)
    named = names[-1 if diagnostic.code in _TYPE_FIRST else 0] if names else ""
    name = named.rpartition("::")[2].partition("(")[0]
    return name if name.isidentifier() and len(name) > 2 else None


def _prior(words: WordCounts, old: str, name: str, uses: int) -> float:
    if uses > 1:
        return _SEVERAL
    if words.count(name) > uses:
        return _KNOWN
    # Words of other names and of comments tell how a word is spelt, and so do the parts of names: `lo` in `x_lo`.
    told = words.count_within(name) > words.count_within(old) or words.speaks_for(name, old)
    return _LIKELY if told else _EVEN


def _locals(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Place]:
    """What is bound where a value is missed."""
    place = diagnostic.primary
    assert place is not None
    if diagnostic.code == "E0425" and place.macro is None and place.path in index.files:
        for binding in bindings_at(situation.syntax(place.path).root_node, place.start):
            if binding.kind != "self":
                yield binding.name, place.path, binding.start, binding.end


def _items(index: ItemIndex, modules: bool) -> Iterator[Place]:
    """Everything of the crate that is declared with a name: items, fields, variants; or what paths lead through."""
    for item in index:
        # The name of a module is also that of its file, and what a test is called nobody uses.
        tested = any(attribute.name.rpartition("::")[2] == "test" for attribute in item.attributes)
        if (
            item.kind not in ("impl", "use", "extern")
            and item.name
            and not tested
            and (item.kind not in ("function", "const", "static", "macro") if modules else item.kind != "module")
        ):
            yield item.name, item.path, item.name_start, item.name_end
        yield from () if modules else _members(item)


def _members(item: Item) -> Iterator[Place]:
    for shape in item.variants if isinstance(item, Enum) else ():
        yield shape.name, shape.path, shape.name_start, shape.name_end
        yield from _members(shape)
    for field in item.fields if isinstance(item, Struct) else ():
        if not field.name.isdecimal():
            yield field.name, item.path, field.name_start, field.name_end
