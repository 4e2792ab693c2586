"""Functions, variants and constants that a type does not have: E0599 at ``Type::name``.

The name is another of the type's; or a free function, another type's, a variant that is missing and follows
from its use.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.deriving import deriving
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    Enum,
    ItemIndex,
    Struct,
    Value,
)
from rusta_cargo.repair.code.members import TOLD, invented, type_of
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.code.std_methods import methods_of, synonyms
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic


def _associated(situation: Situation, here: Spot, path: Node, name: str, kind: str) -> Iterator[Change]:
    """``Type::name`` where the type has no such item."""
    word = path.child_by_field_name("name")
    owner_node = path.child_by_field_name("path")
    if word is None or owner_node is None:
        return
    index, owner = here.index, types.strip_references(kind)
    item = index.type_named(owner)
    call = path.parent if path.parent is not None and path.parent.type == "call_expression" else None
    count = None if call is None else len(edits.elements_of(call.child_by_field_name("arguments") or call))
    own = [m.name for m in index.methods(owner)]
    constants = [
        v.name
        for v in index.of_kind(Value)
        if v.parent is not None and getattr(v.parent, "name", None) == types.head(owner)
    ]
    variants = [v.name for v in item.variants] if isinstance(item, Enum) else []
    for score, other in rank(name, dict.fromkeys([*variants, *own, *constants, *methods_of(owner)]), 0.5):
        yield f"use `{other}`", here.of(word).rewritten(other), min(0.9, 0.85 * score)
    makers = {"new": ("default", "from", "create", "with_capacity"), "from_str": ("from",), "create": ("new",),
    "make": ("new",), "init": ("new",),
              "default": ("new",), "from": ("new", "from_str"), "build": ("new",), "of": ("from",),
              "empty": ("new",)}  # fmt: skip
    for place, other in enumerate(makers.get(name, ())):
        if (
            other in own
            or (item is None and other in methods_of(owner))
            or (other == "default" and item is not None and index.implements(item.name, "Default"))
        ):
            yield f"use `{other}`", here.of(word).rewritten(other), 0.55 / (1 + place)
    for other in synonyms(name):
        if other in methods_of(owner) or other in own:
            yield f"use `{other}`", here.of(word).rewritten(other), 0.45
    for function in index.functions(name)[:1]:
        yield f"call the function `{name}`", here.of(path).rewritten(function.name), 0.5
    if isinstance(item, Enum):
        yield from _variant(situation, here, path, item, name, call)
        for enum in index.of_kind(Enum):
            if enum is not item and enum.variant(name) is not None:
                yield (
                    f"use `{enum.name}::{name}`",
                    here.of(path).rewritten(f"{enum.name}::{name}"),
                    0.35,
                )
    if isinstance(item, Struct):
        if item.field(name) is not None:
            for binding, have in here.types.visible(path.start_byte):
                if have is not None and types.head(have) == item.name:
                    yield (
                        f"use the field of `{binding.name}`",
                        here.of(path).rewritten(f"{binding.name}.{name}"),
                        0.4,
                    )
                    break
        for struct in index.of_kind(Struct):
            if struct is not item and any(m.name == name for m in index.methods(struct.name)):
                yield (
                    f"use `{struct.name}::{name}`",
                    here.of(path).rewritten(f"{struct.name}::{name}"),
                    0.2,
                )
    if name == "default" and item is not None and not item.generics:
        yield (
            f"derive Default for `{item.name}`",
            deriving(situation, index, item, ("Default",)),
            0.6,
        )
    if (
        name == "new"
        and isinstance(item, Struct)
        and item.shape == "named"
        and count == len(item.fields)
        and not item.generics
    ):
        yield from _constructor(situation, item)
    if call is not None and item is not None and not item.generics:
        yield from invented(situation, here, call, name, owner, receiver=False)


def _constructor(situation: Situation, item: Struct) -> Iterator[Change]:
    """``new`` that takes every field."""
    source = situation.source(item.path)
    parameters = ", ".join(f"{field.name}: {field.type.text}" for field in item.fields)
    names = ", ".join(field.name for field in item.fields)
    made = f"\nimpl {item.name} {{\n    fn new({parameters}) -> Self {{\n        {item.name} {{ {names} }}\n    }}\n}}"
    yield (
        "write the constructor",
        (edits.line_after(item.path, source, item.start, item.end, made),),
        0.5,
    )


def _variant(
    situation: Situation, here: Spot, path: Node, item: Enum, name: str, call: Node | None
) -> Iterator[Change]:
    """The variant is added, in the shape in which it is used."""
    if not name[:1].isupper() or item.body is None:
        return
    source = situation.source(item.path)
    shape = name
    holder = path.parent
    if call is not None:
        given = [here.types.of(part) for part in (call.child_by_field_name("arguments") or call).named_children]
        kinds = [{"{integer}": "i32", "{float}": "f64", "&str": "&'static str"}.get(kind or "", kind) for kind in given]
        if any(kind is None or "_" in types.words(kind) for kind in kinds):
            return
        shape = f"{name}({', '.join(str(kind) for kind in kinds)})"
    elif holder is not None and holder.type in (
        "tuple_struct_pattern",
        "struct_pattern",
        "struct_expression",
    ):
        return
    spans = [(variant.first, variant.end) for variant in item.variants]
    added = edits.add_element(item.path, source, item.body.start + 1, item.body.end - 1, spans, shape)
    yield f"add the variant `{shape}`", (added,), 0.45


def _named(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``Type::name``."""
    told, place = TOLD.search(diagnostic.message), diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    paths = ("scoped_identifier", "scoped_type_identifier", "field_expression")
    path = None if here is None else nodes.enclosing(here.node, paths)
    if told is not None and here is not None and path is not None and path.type != "field_expression":
        yield from _associated(situation, here, path, told["name"], type_of(told["kind"]))


_READERS: dict[str, tuple[Reader, ...]] = {"E0599": (_named,)}


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for associated items that a type does not have."""
    yield from gathered(situation, _READERS)
