"""Structs and variants that are declared with fields, and that every use takes to have none: E0532, E0533, E0423, E0308.

One use may lack its fields. Where nobody gives any, or takes any out, the declaration has them by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import ItemIndex, Struct, Variant
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.structs import declaration
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic

_CODES = ("E0532", "E0533", "E0423", "E0308")
_SHAPED = re.compile(
    r"found (?:tuple|struct) (?:variant|struct) `|value, found struct `|found (?:enum|struct) constructor"
)
_FEWEST = 2
_FEW, _MANY, _ENOUGH = 0.6, 0.9, 4
RISK = "changes what a type is made of"


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The declaration without the fields."""
    index: ItemIndex | None = None
    found: dict[tuple[str, int], tuple[Struct, list[int]]] = {}
    for number, error in enumerate(situation.diagnostics):
        if error.code not in _CODES or error.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        struct = _declared(situation, index, error)
        if struct is not None and struct.body is not None and struct.shape != "unit":
            found.setdefault((struct.path, struct.start), (struct, []))[1].append(number)
    for struct, numbers in found.values():
        assert index is not None
        assert struct.body is not None
        uses = _bare_uses(situation, index, struct)
        if uses < _FEWEST:
            continue
        end = "" if isinstance(struct, Variant) or struct.shape == "tuple" else ";"
        yield Candidate(
            f"declare `{struct.name}` without fields",
            (edits.replace(struct.path, struct.name_end, struct.body.end, end),),
            _MANY if uses >= _ENOUGH else _FEW,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            risk=(RISK,),
            cites=tuple(dict.fromkeys(code for n in numbers if (code := situation.diagnostics[n].code))),
        )


def _declared(situation: Situation, index: ItemIndex, error: Diagnostic) -> Struct | None:
    place = error.primary
    assert place is not None
    told = [error.message, *(span.label or "" for span in error.spans), *(note.message for note in error.notes)]
    if not any(_SHAPED.search(text) for text in told):
        return None
    for path in (situation.text(place.path, place.start, place.end), *quoted(error.message)):
        if re.fullmatch(r"\w+(?:::\w+)*", path) and path.rpartition("::")[2][:1].isupper():
            return declaration(index, path, place.path, place.start)
    return None


def _bare_uses(situation: Situation, index: ItemIndex, struct: Struct) -> int:
    """How often the name stands without fields; 0 when it ever has some, or when the name means something else too."""
    if struct.generics or sum(1 for item in index if item.name == struct.name and item is not struct) > 0:
        return 0
    owner = struct.parent.name if isinstance(struct, Variant) and struct.parent is not None else None
    name = re.compile(rf"(?:\b(\w+)::)?\b{re.escape(struct.name)}\b\s*([({{]?)".encode())
    bare = 0
    for path in index.files:
        try:
            source = situation.source(path)
        except SourceUnavailable:
            continue
        for match in name.finditer(source):
            if path == struct.path and struct.start <= match.end() and match.start() < struct.end:
                continue
            if owner is not None and match[1] not in (owner.encode(), b"Self", None):
                return 0
            if match[2] == b"(" or (match[2] == b"{" and struct.shape == "named"):
                return 0
            bare += 1
    return bare
