"""Parameters of a type that nothing in it uses: E0392.

The parameter goes, with the arguments for it in the whole tree; or a marker field holds it; or the references of
the type live for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Enum, Impl, Struct
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.regions import definition, filled, undeclare
from rusta_cargo.repair.code.structs import declaration
from rusta_cargo.repair.proposer import Replacement


def _unused(case: Case) -> Iterator[Answer]:
    name = next(iter(quoted(case.diagnostic.message)), "")
    item = case.index.at(case.path, case.place.start, case.place.end)
    if not isinstance(item, Struct | Enum) or not name:
        return
    number = next((n for n, part in enumerate(item.generics) if part.name == name), None)
    gone = undeclare(item, name)
    if number is None or gone is None:
        return
    if name.startswith("'"):
        body = definition(case.root, item).child_by_field_name("body")
        named = tuple(filled(case.path, case.index, body, name)) if body is not None else ()
        yield Answer(f"what `{item.name}` refers to lives for `{name}`", named, 0.8)
    yield Answer(
        f"leave `{name}` out",
        (gone, *_arguments_gone(case, item, number, name)),
        0.6,
        ("changes a type",),
    )
    marker = "&" + name + " ()" if name.startswith("'") else name
    if isinstance(item, Struct) and item.kind == "struct":
        yield from _marked(case, item, f"std::marker::PhantomData<{marker}>")
    elif isinstance(item, Enum):
        last = item.variants[-1] if item.variants else None
        if last is not None and last.shape == "unit" and not name.startswith("'"):
            yield Answer(
                f"hold a `{name}`",
                (edits.insert(case.path, last.name_end, f"({name})"),),
                0.3,
                ("changes a type",),
            )


def _marked(case: Case, item: Struct, marker: str) -> Iterator[Answer]:
    """A field that holds nothing says how the parameter is used; the struct's literals get it as well."""
    if item.shape == "unit":
        yield Answer(
            "hold a marker",
            (
                edits.insert(
                    case.path,
                    item.name_end if item.generics_span is None else item.generics_span.end,
                    f"({marker})",
                ),
            ),
            0.4,
            ("changes a type",),
        )
        return
    field = edits.add_field(case.source, item, f"_marker: {marker}" if item.shape == "named" else marker)
    if field is None:
        return
    parts: list[Replacement] = [field]
    if item.shape == "named":
        for path in case.index.files:
            source = case.situation.source(path)
            for literal in nodes.every(case.situation.syntax(path).root_node, "struct_expression"):
                name, braces = (
                    literal.child_by_field_name("name"),
                    literal.child_by_field_name("body"),
                )
                if name is None or braces is None or nodes.child(braces, "base_field_initializer") is not None:
                    continue
                if declaration(case.index, text(name), path, literal.start_byte) is item:
                    parts.append(edits.add_to(path, source, braces, "_marker: std::marker::PhantomData"))
    yield Answer("hold a marker", tuple(dict.fromkeys(parts)), 0.45, ("changes a type",))


def _arguments_gone(case: Case, item: Struct | Enum, number: int, name: str) -> Iterator[Replacement]:
    """The arguments for one parameter wherever the type is named; an impl's own too when it has no other use."""
    skipped = sum(part.kind == "lifetime" for part in item.generics) if not name.startswith("'") else 0
    for path in case.index.files:
        source = case.situation.source(path)
        if item.name.encode() not in source:
            continue
        root = case.situation.syntax(path).root_node
        for node in nodes.every(root, "generic_type"):
            if text(node.child_by_field_name("type")).rpartition("::")[2] != item.name:
                continue
            listed = nodes.child(node, "type_arguments")
            if listed is None or (path == item.path and item.start <= node.start_byte < item.end):
                continue
            spans = edits.elements_of(listed)
            written = [source[start:end].decode("utf-8", "replace") for start, end in spans]
            place = number
            if skipped and not any(part.startswith("'") for part in written):
                place = number - skipped
            if place >= len(spans) or (name.startswith("'") and not written[place].startswith("'")):
                continue
            yield (
                edits.delete(path, listed.start_byte, listed.end_byte)
                if len(spans) == 1
                else edits.remove_from(path, source, listed, place)
            )
            yield from _header_gone(case, node, written[place])


def _header_gone(case: Case, node: Node, argument: str) -> Iterator[Replacement]:
    header = node.parent
    if header is None or header.type != "impl_item":
        return
    impl = next(
        (
            i
            for i in case.index.of_kind(Impl)
            if header.start_byte <= i.start < header.end_byte and i.end == header.end_byte
        ),
        None,
    )
    if impl is None:
        return
    rest = (header.text or b"").decode("utf-8", "replace")
    if len(re.findall(rf"(?<!\w){re.escape(argument)}(?!\w)", rest)) == 2:
        gone = undeclare(impl, argument)
        if gone is not None:
            yield gone


propose = answering({"E0392": (_unused,)})
