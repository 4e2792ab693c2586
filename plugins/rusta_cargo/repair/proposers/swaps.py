"""Arguments in the wrong order: E0308 and E0277 at the arguments of a call.

Two arguments change places when each then has the type of its parameter, or when the compiler complains of both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.calls import definition, parameters_of
from rusta_cargo.repair.code.expression import Spot, spot
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_CALLED = re.compile(r"expected an? `?(?:Fn|FnMut|FnOnce)\b.* closure, found `(.+)`")

_BOTH, _CLOSURE, _ONE = 0.75, 0.7, 0.4


def _swapped(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """The argument and each of the others, when the exchange makes sense."""
    here = None if diagnostic.primary is None else spot(situation, index, diagnostic.primary)
    listed = None if here is None else here.node.parent
    if here is None or listed is None or listed.type != "arguments":
        return
    others = [part for part in listed.named_children if part != here.node]
    closure = _CALLED.search(diagnostic.message) is not None
    pair = None if closure else mismatch(diagnostic)
    if pair is None and not closure:
        return
    complained = {
        (d.primary.start, d.primary.end)
        for d in situation.diagnostics
        if d.primary is not None and d.primary.path == here.path
    }
    wanted = {i: p.type for i, p in enumerate(parameters_of(definition(diagnostic, index), situation))}
    spans = edits.elements_of(listed)
    mine = next((i for i, span in enumerate(spans) if span[0] == here.node.start_byte), -1)
    for part in others:
        other = here.of(part)
        at = next((i for i, span in enumerate(spans) if span[0] == part.start_byte), -1)
        fits = _fits(other, pair.expected if pair is not None else "closure")
        back = wanted.get(at)
        mutual = back is None or pair is None or types.same(pair.found, back)
        both = (part.start_byte, part.end_byte) in complained
        if fits and mutual and mine >= 0:
            weight = _BOTH if both else _CLOSURE if closure and len(others) == 1 else _ONE
            parts = (*here.rewritten(other.text), *other.rewritten(here.text))
            yield "exchange the arguments", parts, weight


def _fits(here: Spot, want: str) -> bool:
    if want == "closure":
        return here.kind == "closure_expression"
    kind = here.type
    return kind is not None and kind not in ("_",) and types.same(kind, want)


_READERS: dict[str, tuple[Reader, ...]] = {"E0308": (_swapped,), "E0277": (_swapped,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for arguments that change places."""
    yield from gathered(situation, _READERS, confirmed=0.1)
