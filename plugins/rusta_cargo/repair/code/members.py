"""What methods a type has, what a message says of a missing one, and how one is declared after its use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.expression import Spot
from rusta_cargo.repair.code.gathering import Change
from rusta_cargo.repair.code.items import (
    ItemIndex,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.std_methods import methods_of
from rusta_cargo.repair.proposer import Situation

TOLD = re.compile(
    r"no (?P<what>method|function or associated item|associated item|associated function|"
    r"variant(?: or associated item)?|function|"
    r"variant, associated function, or constant|associated function or constant) "
    r"named `(?P<name>[^`]+)` found for (?P<kind>.+?)(?: in the current scope)?$"
)  # fmt: skip


KIND = re.compile(r"`(.+)`")


def type_of(found: str) -> str:
    """The type that a message's "found for …" names, without the crate in front."""
    quoted = KIND.search(found)
    return types.tidy(re.sub(r"\b(?:main|crate|self)::", "", quoted[1] if quoted else found))


def has_method(index: ItemIndex, kind: str, name: str) -> bool:
    flat = types.strip_references(kind)
    if name in methods_of(flat):
        return True
    if any(method.name == name for method in index.methods(flat)):
        return True
    item = index.type_named(flat)
    return name == "clone" and item is not None and index.implements(item.name, "Clone")


def invented(
    situation: Situation, here: Spot, call: Node, name: str, kind: str, receiver: bool = True
) -> Iterator[Change]:
    """The method is written as a stub with the types of its use; last of all."""
    index = here.index
    item = index.type_named(kind)
    if item is None or item.generics or not name.isidentifier():
        return
    given = call.child_by_field_name("arguments")
    kinds = [] if given is None else [here.types.of(part) for part in given.named_children]
    if any(known is None or "_" in types.words(known) for known in kinds):
        return
    flat = [{"{integer}": "i32", "{float}": "f64"}.get(known or "", known) for known in kinds]
    parameters = [f"arg{number}: {known}" for number, known in enumerate(flat)]
    if receiver:
        parameters.insert(0, "&self")
    holder = call.parent
    statement = holder is not None and holder.type == "expression_statement" and text(holder).endswith(";")
    result = ""
    if holder is not None and holder.type == "let_declaration":
        written = holder.child_by_field_name("type")
        if written is None:
            return
        result = f" -> {text(written)}"
    elif not statement:
        return
    source = situation.source(item.path)
    written_ = f"\nimpl {item.name} {{\n    fn {name}({', '.join(parameters)}){result} {{\n        todo!()\n    }}\n}}"
    yield (
        f"declare `{name}` as a stub",
        (edits.line_after(item.path, source, item.start, item.end, written_),),
        0.03,
    )
