"""Well-known traits that a type of the tree is meant to have, and whose implementation follows from its fields.

``Display`` where it is asked for as a bound or by ``.to_string()`` (E0277, E0599), ``Deref`` for a wrapper of one field
that is followed with ``*`` (E0614).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.bodies import shown
from rusta_cargo.repair.code.items import Enum, Item, Struct
from rusta_cargo.repair.proposer import Replacement

_DISPLAY = re.compile(r"`(?P<type>[^`]+)` doesn't implement `(?:std::fmt::)?Display`")
_UNMET = re.compile(r"`(?P<type>[^`]+?): (?:std::fmt::)?Display`")
_FOLLOWED = re.compile(r"type `([^`]+)` cannot be dereferenced")
MOST = 3


def _display(case: Case) -> Iterator[Answer]:
    told = _DISPLAY.search(case.diagnostic.message)
    if told is None and "trait bounds were not satisfied" in case.diagnostic.message:
        told = next((found for note in case.diagnostic.notes if (found := _UNMET.search(note.message))), None)
    item = None if told is None else case.index.type_named(types.strip_references(told["type"]))
    if item is None or case.index.implements(item.name, "Display"):
        return
    hole = case.situation.text(case.path, case.place.start, case.place.end).startswith("{") or case.in_macro(case.place)
    for rank, offer in enumerate(list(shown(item, "f"))[:MOST]):
        body = f"fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {{\n{_indented(offer.text)}\n    }}"
        made = _block(case, item, "std::fmt::Display", body)
        prior = (0.15 if hole else 0.62) / (1 + rank)
        yield Answer(f"implement `Display` for `{item.name}`", (made,), prior, ("decides how a value is shown",))


def _indented(body: str) -> str:
    return "\n".join(f"        {line}" for line in body.split("\n"))


def _followed(case: Case) -> Iterator[Answer]:
    told = _FOLLOWED.search(case.diagnostic.message)
    item = None if told is None else case.index.type_named(told[1])
    if told is None or not isinstance(item, Struct) or types.is_reference(told[1]):
        return
    fields = [field for field in item.fields if types.head(field.type.text) != "PhantomData"]
    if len(fields) != 1 or case.index.implements(item.name, "Deref"):
        return
    field = fields[0]
    body = (
        f"type Target = {field.type.text};\n\n"
        f"    fn deref(&self) -> &Self::Target {{\n        &self.{field.name}\n    }}"
    )
    yield Answer(f"implement `Deref` for `{item.name}`", (_block(case, item, "std::ops::Deref", body),), 0.45)
    if case.node.type == "unary_expression" and case.node.named_children:
        value = case.node.named_children[0]
        parts = (
            edits.replace_node(
                case.path, case.node, f"{case.situation.text(case.path, value.start_byte, value.end_byte)}.{field.name}"
            ),
        )
        yield Answer(f"use its field `{field.name}`", parts, 0.3)


def _block(case: Case, item: Struct | Enum, trait: str, body: str) -> Replacement:
    """The impl of ``trait`` after the type."""
    generics = item.generics_span.text if item.generics_span is not None else ""
    generics = re.sub(r"\s*=\s*[^,>]+", "", generics)
    names = ", ".join(generic.name for generic in item.generics)
    bound = _where(item, trait)
    made = f"\nimpl{generics} {trait} for {item.name}{f'<{names}>' if names else ''}{bound} {{\n    {body}\n}}"
    source = case.situation.source(item.path)
    return edits.line_after(item.path, source, item.start, item.end, made)


def _where(item: Item, trait: str) -> str:
    """The bounds of the type, and ``Display`` for its parameters where that is what is implemented."""
    listed = [] if item.where is None else [item.where.text.strip().removeprefix("where").strip().rstrip(",")]
    if trait.endswith("Display"):
        listed += [f"{generic.name}: {trait}" for generic in item.generics if generic.kind == "type"]
    return f" where {', '.join(listed)}" if listed else ""


propose = answering({"E0277": (_display,), "E0599": (_display,), "E0614": (_followed,)})
