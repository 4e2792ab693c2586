"""Values whose size is not known: E0277 about ``Sized``. They go behind a pointer, or the bound allows them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.expression import prefix, smallest
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    ItemIndex,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_UNSIZED = re.compile(r"the size for values of type `([^`]+)` cannot be known")


def _unsized(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A value whose size is not known goes behind a pointer."""
    told, place = _UNSIZED.search(diagnostic.message), diagnostic.primary
    if told is None or place is None:
        return
    kind = told[1]
    here = smallest(situation, index, place.path, place.start, place.end)
    if here is None:
        return
    for note in diagnostic.notes:
        required = re.search(r"required by (?:a bound|an implicit `Sized` bound) in `([^`]+)`", note.message)
        for span in note.spans if required is not None else ():
            item = index.at(span.path, span.start) if span.path in index.files else None
            while item is not None:
                for generic in item.generics:
                    if generic.start <= span.start < generic.end and generic.kind == "type":
                        added = edits.add_bound(item, generic.name, "?Sized")
                        if added is not None:
                            yield f"allow unsized types for `{generic.name}`", (added,), 0.5
                item = item.parent
    if kind.startswith("dyn ") and here.kind in ("array_type", "type_arguments", "generic_type"):
        for node in nodes.below(here.node, "dynamic_type"):
            boxed = here.of(node).rewritten(f"Box<{text(node)}>")
            yield "box the trait objects", boxed, 0.65
    holder = nodes.enclosing(here.node, ("parameter", "let_declaration", "function_item", "field_declaration"))
    written = None if holder is None else holder.child_by_field_name("type")
    if holder is not None and holder.type == "function_item":
        written = holder.child_by_field_name("return_type")
    if written is not None and types.same(text(written), kind):
        returned = holder is not None and holder.type == "function_item"
        if kind.startswith("dyn "):
            yield "box the trait object", here.of(written).rewritten(f"Box<{text(written)}>"), 0.4
            yield (
                "take any type with the trait",
                here.of(written).rewritten(f"impl {text(written)[4:]}"),
                0.45,
            )
        elif kind == "str":
            yield "own the text", here.of(written).rewritten("String"), 0.3
        elif kind.startswith("[") and types.element(kind):
            yield "own the elements", here.of(written).rewritten(f"Vec<{types.element(kind)}>"), 0.3
        if not returned:
            yield "take a reference", here.of(written).rewritten(f"&{text(written)}"), 0.6
    if (
        holder is not None
        and holder.type == "let_declaration"
        and (value := holder.child_by_field_name("value")) is not None
        and value.type != "reference_expression"
        and (written is None or types.same(text(written), kind))
    ):
        yield "borrow the value", here.of(value).wrapped(prefix("&")), 0.7
    generic_item = index.at(place.path, place.start)
    while generic_item is not None:
        for generic in generic_item.generics:
            if generic.name == kind and generic.bounds is not None and "?Sized" in generic.bounds.text:
                kept = [part.strip() for part in generic.bounds.text.lstrip(":").split("+") if part.strip() != "?Sized"]
                new = f": {' + '.join(kept)}" if kept else ""
                start = generic.start + len(generic.name.encode())
                yield (
                    "ask for a sized type",
                    (edits.replace(generic_item.path, start, generic.bounds.end, new),),
                    0.6,
                )
        generic_item = generic_item.parent


_READERS: dict[str, tuple[Reader, ...]] = {"E0277": (_unsized,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for values without a size."""
    yield from gathered(situation, _READERS)
