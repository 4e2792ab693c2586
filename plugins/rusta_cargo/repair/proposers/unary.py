"""``!``, ``-`` and ``*`` on what has none: E0600, E0614.

The operator goes, or asks what was meant (``is_none``, ``is_empty``), or its operand is made one that has it; where the
meaning is plain the type implements it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.declarations import retyped
from rusta_cargo.repair.code.expression import prefix, spot, suffix
from rusta_cargo.repair.code.fitting import fitted, place_of
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    Enum,
    ItemIndex,
    Struct,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.tracing import origin, reference_pattern
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_SIGNED = {"u8": "i8", "u16": "i16", "u32": "i32", "u64": "i64", "u128": "i128", "usize": "isize"}


def _unary(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``!`` and ``-`` on what has none."""
    here = spot(situation, index, diagnostic.primary) if diagnostic.primary else None
    if here is None or here.kind not in ("unary_expression", "reference_expression") or not here.node.named_children:
        return
    kind = re.search(r"type `([^`]+)`", diagnostic.message)
    operand, sign = here.of(here.node.named_children[0]), here.text[:1]
    have = kind[1] if kind else operand.type or ""
    flat = types.strip_references(have)
    if sign == "!":
        head = types.head(flat)
        for method, heads, weight in (("is_empty", ("String", "str", "Vec", "HashMap", "HashSet", "BTreeMap",
        "VecDeque"), 0.6),
                                      ("is_none", ("Option",), 0.7), ("is_err", ("Result",), 0.7)):  # fmt: skip
            if head in heads or (method == "is_empty" and flat.startswith("[")):
                yield (
                    f"keep the `!` and ask `{method}`",
                    operand.wrapped(suffix(f".{method}()")),
                    0.7 * weight,
                )
                yield (
                    f"ask `{method}`",
                    here.rewritten(suffix(f".{method}()").put(operand.text, operand.strength)),
                    weight,
                )
        parent = here.node.parent
        if parent is not None and parent.type == "binary_expression":
            operator = text(parent.child_by_field_name("operator"))
            negated = {"==": "!="}.get(operator)
            if negated:
                whole = f"{operand.text} {negated} {text(parent.child_by_field_name('right'))}"
                yield "compare for inequality", here.of(parent).rewritten(whole), 0.5
        if parent is not None and parent.type in ("binary_expression", "type_cast_expression"):
            yield (
                "negate the whole condition",
                edits.wrap(here.path, operand.node.start_byte, parent.end_byte, "(", ")"),
                0.45,
            )
    elif sign == "-":
        if types.is_reference(have) and _may_negate(index, flat):
            yield "negate what it refers to", operand.wrapped(prefix("*" * (len(have) - len(have.lstrip("&"))))), 0.7
        if flat in _SIGNED:
            for title, parts, weight in retyped(operand, _SIGNED[flat]):
                yield title, parts, 0.9 * weight
            yield (
                "make it signed first",
                operand.rewritten(f"({operand.text} as {_SIGNED[flat]})"),
                0.4,
            )
        for title, parts, weight in fitted(situation, operand, have, "i32"):
            if operand.node.type.endswith("_literal"):
                yield title, parts, 0.6 * weight
        if types.head(flat) == "Ordering":
            yield "reverse the order", here.rewritten(f"{operand.text}.reverse()"), 0.6
    if types.inner(flat, "Option", "Result") is not None:
        for form, weight in conversions(
            have, types.inner(flat, "Option", "Result") or "", place_of(situation, operand)
        )[:4]:
            yield (
                f"apply it to `{form.put(operand.text[:40], operand.strength)}`",
                operand.wrapped(form),
                0.7 * weight,
            )
    yield "leave the operator away", here.rewritten(operand.text), 0.12
    yield from _negation(situation, index, flat, sign)


def _may_negate(index: ItemIndex, kind: str) -> bool:
    """It is a type of the tree that implements ``Neg``, or one that the tree does not know."""
    return index.type_named(kind) is None or index.implements(kind, "Neg")


def _negation(situation: Situation, index: ItemIndex, kind: str, sign: str) -> Iterator[Change]:
    """The operator is implemented where its meaning is plain: two variants, or fields that have it."""
    item = index.type_named(kind)
    trait, method = ("Not", "not") if sign == "!" else ("Neg", "neg")
    if item is None or item.generics:
        return
    body = ""
    if (
        isinstance(item, Enum)
        and sign == "!"
        and len(item.variants) == 2
        and all(v.shape == "unit" for v in item.variants)
    ):
        first, second = (variant.name for variant in item.variants)
        arms = "".join(
            f"            {item.name}::{one} => {item.name}::{other},\n"
            for one, other in ((first, second), (second, first))
        )
        body = f"match self {{\n{arms}        }}"
    elif (
        isinstance(item, Struct)
        and sign == "-"
        and item.fields
        and all(f.type.text in types.NUMBERS and f.type.text[0] != "u" for f in item.fields)
    ):
        parts = [(f"{f.name}: " if item.shape == "named" else "") + f"-self.{f.name}" for f in item.fields]
        body = f"{item.name} {{ {', '.join(parts)} }}" if item.shape == "named" else f"{item.name}({', '.join(parts)})"
    if body:
        source = situation.source(item.path)
        made = (f"\nimpl std::ops::{trait} for {item.name} {{\n    type Output = {item.name};\n\n"
                f"    fn {method}(self) -> {item.name} {{\n        {body}\n    }}\n}}")  # fmt: skip
        yield (
            f"implement `{trait}` for `{item.name}`",
            (edits.line_after(item.path, source, item.start, item.end, made),),
            0.3,
        )


def _pointless(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``*`` on what is no reference (E0614)."""
    here = spot(situation, index, diagnostic.primary) if diagnostic.primary else None
    if here is None or here.kind != "unary_expression" or not here.node.named_children:
        return
    operand = here.of(here.node.named_children[0])
    kind = re.search(r"type `([^`]+)` cannot", diagnostic.message)
    have = kind[1] if kind else ""
    yield "leave the `*` away", here.rewritten(operand.text), 0.8
    inner = types.inner(have, "Option", "Result")
    if inner is not None:
        for form, weight in conversions(have, types.referent(inner), place_of(situation, operand))[:3]:
            yield "take the value out", here.wrapped(form), 0.2 * weight
        for form, weight in conversions(have, inner, place_of(situation, operand))[:4]:
            new = form.put(operand.text, operand.strength)
            yield f"follow `{new[:50]}`", operand.wrapped(form), 0.9 * weight
            source = origin(operand)
            if source is not None:
                yield "take the value out where it is bound", source.wrapped(form), weight
    bound = nodes.enclosing(operand.node, "identifier")
    if bound is not None:
        pattern = reference_pattern(operand)
        if pattern is not None:
            yield (
                "bind the reference, not what it points at",
                (edits.delete(here.path, pattern.start_byte, pattern.start_byte + 1),),
                0.6,
            )


_READERS: dict[str, tuple[Reader, ...]] = {"E0600": (_unary,), "E0614": (_pointless,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for operators on one value."""
    yield from gathered(situation, _READERS)
