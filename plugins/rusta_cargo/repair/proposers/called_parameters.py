"""Generic parameters that are called and have no bound that lets them be: E0618.

``fn apply<F>(f: F, n: u32) -> u32 { f(n) }``: the arguments of the call and the place it stands in tell the bound,
``F: Fn(u32) -> u32``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.bounding import bounded
from rusta_cargo.repair.code.declarations import written
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.code.labels import all_spans
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_HAS_TYPE = re.compile(r"`(\w+)` has type `&?(?:mut )?(\w+)`")
_TOLD, _NO_RESULT, _ONCE = 0.8, 0.55, 0.25


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """``F: Fn(…) -> …``."""
    yield from gathered(situation, _READERS)


def _bound(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    place = diagnostic.primary
    labels = (_HAS_TYPE.search(span.label or "") for span in all_spans(diagnostic))
    told = next((match for match in labels if match), None)
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    call = None if here is None else nodes.enclosing(here.node, "call_expression")
    item = None if place is None else index.at(place.path, place.start)
    if told is None or here is None or call is None or not isinstance(item, Function):
        return
    if not any(generic.name == told[2] and generic.kind == "type" for generic in item.generics):
        return
    listed = call.child_by_field_name("arguments")
    given = [] if listed is None else [here.types.of(part) for part in listed.named_children]
    names = [None if kind is None else written(kind) for kind in given]
    if any(name is None for name in names):
        return
    result = _result(here, call, item)
    binding = binding_of(here.root, told[1], call.start_byte)
    usual = "FnMut" if binding is not None and binding.mutable else "Fn"
    arguments = ", ".join(name or "" for name in names)
    tail = "" if result in (None, "()") else f" -> {result}"
    for trait in (usual, "FnMut" if usual == "Fn" else "FnOnce", "FnOnce"):
        change = bounded(item, told[2], f"{trait}({arguments}){tail}")
        weight = (_TOLD if result is not None else _NO_RESULT) if trait == usual else _ONCE
        if change is not None:
            yield f"require `{trait}({arguments}){tail}` of `{told[2]}`", (change,), weight


def _result(here: Spot, call: Node, item: Function) -> str | None:
    """What the call should give: by the function it ends, the local it is for, or nothing for a statement."""
    holder = call.parent
    if holder is None:
        return None
    if holder.type == "expression_statement":
        return "()"
    if holder.type == "let_declaration":
        return text(holder.child_by_field_name("type")) or None
    function = nodes.callable_of(call)
    ends = holder.type == "return_expression" or nodes.tail_of(nodes.block_of(call)) == call
    if ends and function is not None and function.type == "function_item" and item.returns is not None:
        return types.tidy(item.returns.text)
    if holder.type in ("if_expression", "while_expression") or text(holder).startswith("!"):
        return "bool"
    if holder.type == "binary_expression":
        left, right = holder.child_by_field_name("left"), holder.child_by_field_name("right")
        other = here.types.of(right if left == call else left)
        return None if other is None else written(other)
    return None


_READERS: dict[str, tuple[Reader, ...]] = {"E0618": (_bound,)}
