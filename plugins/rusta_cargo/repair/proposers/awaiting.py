"""Waiting where nothing can wait, or for what is no future: E0728, and E0277 about ``Future``.

The function or closure becomes async, or the ``.await`` goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.expression import smallest
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_FUTURE = re.compile(r"`(.+)` is not a future")


def _outside(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``.await`` in code that is not async (E0728)."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    around = None if here is None else nodes.enclosing(here.node, ("closure_expression", "function_item"))
    if here is None or around is None:
        return
    body = around.child_by_field_name("body") if around.type == "closure_expression" else None
    if body is not None:
        block = text(body) if body.type == "block" else f"{{ {text(body)} }}"
        yield "make the body an async block", here.of(body).rewritten(f"async move {block}"), 0.6
    item = index.at(here.path, around.start_byte, around.start_byte + 1)
    while item is not None and not isinstance(item, Function):
        item = item.parent
    # `main` cannot be async without a runtime.
    if isinstance(item, Function) and item.name != "main":
        yield f"make `{item.name}` async", (_async(situation, item),), 0.8 if body is None else 0.3
    waiting = nodes.enclosing(here.node, "await_expression")
    if waiting is not None and waiting.named_children:
        end = waiting.named_children[0].end_byte
        yield "leave `.await` away", (edits.delete(here.path, end, waiting.end_byte),), 0.15


def _for_nothing(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``.await`` on what is no future."""
    place = diagnostic.primary
    if place is None or _FUTURE.search(diagnostic.message) is None:
        return
    here = smallest(situation, index, place.path, place.start, place.end)
    node = None if here is None else nodes.enclosing(here.node, "await_expression")
    if here is None or node is None or not node.named_children:
        return
    value = node.named_children[0]
    yield "leave `.await` away", (edits.delete(here.path, value.end_byte, node.end_byte),), 0.7
    callee = value.child_by_field_name("function") if value.type == "call_expression" else None
    for function in index.functions(text(callee).rpartition("::")[2]) if callee is not None else ():
        if "async" not in function.modifiers:
            yield f"make `{function.name}` async", (_async(situation, function),), 0.6


def _async(situation: Situation, function: Function) -> Replacement:
    """``async`` in front of ``unsafe``, ``extern`` and ``fn``, behind ``pub`` and ``const``."""
    head = situation.text(function.path, function.start, function.name_start)
    word = next(w for w in ("unsafe ", "extern ", "fn ") if w in head)
    return edits.insert(function.path, function.start + len(head[: head.rindex(word)].encode()), "async ")


_READERS: dict[str, tuple[Reader, ...]] = {"E0728": (_outside,), "E0277": (_for_nothing,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for waiting."""
    yield from gathered(situation, _READERS)
