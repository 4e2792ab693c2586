"""Values used as what they are not: an index into what has none (E0608), a call of no function (E0618), an
assignment to
no place (E0070, E0067).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.declarations import retyped
from rusta_cargo.repair.code.expression import prefix, smallest, suffix
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    ItemIndex,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic


def _indexed(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An index into what has none (E0608)."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, max(place.start - 1, 0), place.end)
    node = None if here is None else nodes.enclosing(here.node, "index_expression")
    if here is None or node is None:
        return
    whole, base, key = (
        here.of(node),
        here.of(node.named_children[0]),
        here.of(node.named_children[-1]),
    )
    kind = re.search(r"type `([^`]+)`", diagnostic.message)
    have = kind[1] if kind else base.type or ""
    flat = types.strip_references(have)
    if types.tuple_parts(flat) and key.text.isdecimal():
        yield "take the member of the tuple", whole.rewritten(f"{base.text}.{key.text}"), 0.85
    inner = types.inner(flat, "Option", "Result")
    if inner is not None:
        for form, weight in conversions(have, inner, place_of(situation, base))[:4]:
            yield "look inside first", base.wrapped(form), weight
    struct = index.struct(flat)
    for field in () if struct is None else struct.fields:
        if types.element(field.type.text) is not None or types.head(field.type.text) in (
            "HashMap",
            "BTreeMap",
            "String",
        ):
            yield f"index the field `{field.name}`", base.wrapped(suffix(f".{field.name}")), 0.5
    if struct is not None and key.kind in ("identifier", "string_literal"):
        name = key.text.strip('"')
        if struct.field(name) is not None:
            yield f"take the field `{name}`", whole.rewritten(f"{base.text}.{name}"), 0.6
    if types.head(flat) in ("HashSet", "BTreeSet"):
        yield (
            "ask whether it is in the set",
            whole.rewritten(f"{base.text}.contains(&{key.text})"),
            0.5,
        )
    if types.head(flat) not in types.NUMBERS:
        yield (
            "take the element in order",
            whole.rewritten(f"{base.text}.iter().nth({key.text}).unwrap()"),
            0.12,
        )
        yield (
            "take the element in order",
            whole.rewritten(f"{base.text}.nth({key.text}).unwrap()"),
            0.12,
        )
    for title, parts, weight in retyped(base, f"[{flat}]"):
        yield title, parts, 0.2 * weight
    yield "leave the index away", whole.rewritten(base.text), 0.3


def _called(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A call of what is no function (E0618)."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    node = None if here is None or place is None else nodes.enclosing(here.node, "call_expression")
    # What is called may be a call itself: `f()()`.
    while node is not None and place is not None and node.end_byte <= place.end:
        node = nodes.around(node, "call_expression")
    if here is None or node is None or place is None:
        return
    callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or listed is None:
        return
    whole, given = here.of(node), edits.elements_of(listed)
    source = situation.source(here.path)
    if not given:
        yield "leave the `()` away", whole.rewritten(text(callee)), 0.8
    elif len(given) == 1 and (
        callee.type.endswith("_literal")
        or callee.type
        in (
            "parenthesized_expression",
            "identifier",
            "field_expression",
        )
    ):
        yield "multiply", (edits.insert(here.path, listed.start_byte, " * "),), 0.35
        yield "index", (edits.replace(here.path, listed.start_byte, listed.start_byte + 1, "["),
                        edits.replace(here.path, listed.end_byte - 1, listed.end_byte, "]")), 0.35  # fmt: skip
    between = source[callee.end_byte : listed.start_byte]
    if b"\n" in between:
        yield (
            "end the statement before the bracket",
            (edits.insert(here.path, callee.end_byte, ";"),),
            0.75,
        )
    else:
        yield "separate the values", (edits.insert(here.path, callee.end_byte, ","),), 0.2
    if callee.type == "identifier" and here.index.functions(text(callee)):
        yield (
            "call the function, not the local of its name",
            here.of(callee).rewritten(f"self::{text(callee)}"),
            0.4,
        )
        yield (
            "call the function, not the local of its name",
            here.of(callee).rewritten(f"crate::{text(callee)}"),
            0.3,
        )
    if callee.type == "field_expression" and not given:
        yield "take the field", whole.rewritten(text(callee)), 0.7
    if given:
        yield "leave the arguments away", whole.rewritten(text(callee)), 0.1


def _assigned(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """An assignment to what is no place (E0070, E0067)."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    node = None if here is None else nodes.enclosing(here.node, ("assignment_expression", "compound_assignment_expr"))
    if here is None or node is None:
        return
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    whole, operator = here.of(node), text(node.child_by_field_name("operator")) or "="
    if left.type in ("call_expression", "field_expression", "index_expression"):
        yield "assign to what the reference points at", here.of(left).wrapped(prefix("*")), 0.6
    if right.type in ("identifier", "field_expression", "index_expression") and operator == "=":
        yield (
            "swap the sides",
            whole.rewritten(f"{text(right)} = {text(left)}"),
            0.6 if left.type != "call_expression" else 0.3,
        )
    if operator == "=":
        yield (
            "compare instead of assigning",
            whole.rewritten(f"{text(left)} == {text(right)}"),
            0.35,
        )
        if left.type == "identifier" and text(left).isupper():
            yield (
                "declare a local",
                whole.rewritten(f"let {text(left).lower()} = {text(right)}"),
                0.25,
            )
    else:
        yield (
            "use the value of the operation",
            whole.rewritten(f"{text(left)} {operator[:-1]} {text(right)}"),
            0.4,
        )
        if right.type == "identifier":
            yield "swap the sides", whole.rewritten(f"{text(right)} {operator} {text(left)}"), 0.5


_READERS: dict[str, tuple[Reader, ...]] = {
    "E0608": (_indexed,), "E0618": (_called,), "E0070": (_assigned,), "E0067": (_assigned,),
}  # fmt: skip


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for indices, calls and assignments."""
    yield from gathered(situation, _READERS)
