"""Types and traits that are used and declared nowhere: E0405, E0412, E0422, E0425, E0433 and E0531.

A declaration is written after the uses: a struct with the fields that its expressions give, a tuple struct, an enum with
the variants that are spoken of, a trait with the items of its impl. Only in a tree without dependencies, and for a name
that the standard library does not have, for elsewhere an import is what is missing. Last of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.items import Alias, Function, Impl, Value
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.std_names import named

_LITERALS = {"{integer}": "i32", "{float}": "f64", "&str": "&'static str"}
_NAME = re.compile(r"cannot find (?P<what>[^`]+) `(?P<name>[A-Z]\w*)`")
_RISK = ("declares a new type",)
# A bare letter is a generic parameter, and the compiler says so itself.
_SHORTEST = 2


def _missing(case: Case) -> Iterator[Answer]:
    told = _NAME.search(case.diagnostic.message)
    name = "" if told is None else told["name"]
    if len(name) < _SHORTEST or case.place.macro is not None or _elsewhere(case, name):
        return
    place = _module_item(nodes.node_at(case.root, case.place.start, case.place.end))
    if place is None:
        return
    likely = 1.0 if not any(rank(name, _known(case), 0.6)) else 0.5
    seen = nodes.child(place, "visibility_modifier") is not None
    for declared, weight in _declarations(case, name):
        shown = f"pub {declared}" if seen else declared
        start = nodes.item_start(place)
        line = edits.line_before(case.path, case.source, start, f"{shown}\n")
        yield Answer(f"declare `{name}` as it is used", (line,), weight * likely, _RISK)


def _elsewhere(case: Case, name: str) -> bool:
    """The name has an owner that is only not imported: a dependency, the library, another file of the tree."""
    if any(package.dependencies for package in case.situation.project.packages):
        return True
    return bool(named(name)) or any(item.name == name and not isinstance(item, Impl) for item in case.index)


def _known(case: Case) -> list[str]:
    return [item.name for item in case.index if item.kind in ("struct", "enum", "trait", "type")]


def _module_item(node: Node) -> Node | None:
    """The item around ``node`` that stands in a module."""
    found: Node | None = None
    for current in nodes.ancestors(node):
        holder = current.parent
        if holder is None:
            return None
        inner = holder.type == "declaration_list" and holder.parent is not None and holder.parent.type == "mod_item"
        if holder.type == "source_file" or inner:
            found = current
            break
    return found


def _declarations(case: Case, name: str) -> Iterator[tuple[str, float]]:
    for impl in case.index.of_kind(Impl, case.path):
        if impl.trait is not None and types.head(impl.trait.text) == name:
            if impl.trait.text == name:
                yield _trait(name, impl), 0.14
            return
    variants = _variants(case, name)
    if variants is not None:
        if variants:
            yield f"enum {name} {{ {', '.join(variants)} }}", 0.12
        return
    for node in _made(case, name):
        made = node.child_by_field_name("name" if node.type == "struct_expression" else "function")
        if text(made) == name:
            fields = _named_fields(case, node) if node.type == "struct_expression" else _tuple_fields(case, node)
            if fields is not None:
                yield f"struct {name}{fields}", 0.12
            return
    if any(text(node) == name for node in nodes.every(case.root, "type_identifier")) and _opaque(case, name):
        yield f"struct {name};", 0.04


def _made(case: Case, name: str) -> Iterator[Node]:
    """The expressions that may make a value of the type, also those in the arguments of macros."""
    kinds = ("struct_expression", "call_expression")
    yield from nodes.every(case.root, kinds)
    for word in nodes.every(case.root, "identifier"):
        if text(word) == name and nodes.around(word, "token_tree") is not None:
            inside = nodes.node_at(opened(case.source, word.start_byte, word.end_byte), word.start_byte, word.end_byte)
            around = nodes.enclosing(inside, kinds)
            if around is not None:
                yield around


def _trait(name: str, impl: Impl) -> str:
    """The trait that ``impl`` implements, with the items that it gives."""
    lines: list[str] = []
    for item in impl.items:
        if isinstance(item, Function):
            receiver = [] if item.receiver is None else [item.receiver.text.removeprefix("mut ")]
            given = [*receiver, *(f"{p.name or '_'}: {p.type.text}" for p in item.parameters)]
            returns = f" -> {item.returns.text}" if item.returns is not None else ""
            generics = item.generics_span.text if item.generics_span is not None else ""
            where = f" {item.where.text.strip().rstrip(',')}" if item.where is not None else ""
            words = f"{item.modifiers} " if item.modifiers else ""
            lines.append(f"{words}fn {item.name}{generics}({', '.join(given)}){returns}{where};")
        elif isinstance(item, Value) and item.type is not None:
            lines.append(f"const {item.name}: {item.type.text};")
        elif isinstance(item, Alias):
            lines.append(f"type {item.name};")
    if not lines:
        return f"trait {name} {{}}"
    body = "".join(f"    {line}\n" for line in lines)
    return f"trait {name} {{\n{body}}}"


def _variants(case: Case, name: str) -> list[str] | None:
    """The variants that the file speaks of; None when there is no ``Name::…``, empty when one of them is none."""
    found: dict[str, str] = {}
    spoken = False
    for node in nodes.every(case.root, ("scoped_identifier", "scoped_type_identifier")):
        if text(node.child_by_field_name("path")) != name:
            continue
        spoken = True
        last, holder = text(node.child_by_field_name("name")), node.parent
        if not last[:1].isupper() or (last.isupper() and len(last) > 1):
            return []
        shape = ""
        if holder is not None and holder.type == "call_expression":
            fields = _tuple_fields(case, holder)
            if fields is None:
                return []
            shape = fields.removesuffix(";")
        elif holder is not None and holder.type == "struct_expression":
            listed = _named_fields(case, holder)
            if listed is None:
                return []
            shape = listed
        elif holder is not None and holder.type in ("tuple_struct_pattern", "struct_pattern"):
            shape = found.get(last, "?")
        if not found.get(last) or found[last] == "?":
            found[last] = shape
    if not spoken:
        return None
    return [] if "?" in found.values() else [f"{variant}{shape}" for variant, shape in found.items()]


def _named_fields(case: Case, node: Node) -> str | None:
    body = node.child_by_field_name("body")
    fields: list[str] = []
    for part in () if body is None else body.named_children:
        value = part.child_by_field_name("value")
        label = part.child_by_field_name("field") or part.child_by_field_name("name")
        if part.type == "shorthand_field_initializer":
            value = label = next(iter(nodes.below(part, "identifier")), None)
        elif part.type != "field_initializer":
            return None
        kind = _kind(case, value)
        if kind is None or label is None:
            return None
        fields.append(f"{text(label)}: {kind}")
    return f" {{ {', '.join(fields)} }}" if fields else " {}"


def _tuple_fields(case: Case, call: Node) -> str | None:
    listed = call.child_by_field_name("arguments")
    kinds = [_kind(case, part) for part in (listed.named_children if listed is not None else ())]
    known = [kind for kind in kinds if kind is not None]
    return f"({', '.join(known)});" if len(known) == len(kinds) else None


def _kind(case: Case, value: Node | None) -> str | None:
    """The type of a value as a field can have it."""
    if value is None:
        return None
    if value.type == "struct_expression":
        return text(value.child_by_field_name("name"))
    kind = case.type_of(value)
    kind = _LITERALS.get(kind or "", kind)
    if kind is None or "_" in types.words(kind) or "{" in kind or (kind.startswith("&") and "'static" not in kind):
        return None
    return kind


def _opaque(case: Case, name: str) -> bool:
    """It is only ever named as a type, without arguments: nobody makes one or looks into it."""
    if any(text(word) == name for word in nodes.every(case.root, "identifier")):
        return False
    for node in nodes.every(case.root, ("generic_type", "tuple_struct_pattern", "struct_pattern", "trait_bounds")):
        head = node.child_by_field_name("type")
        if text(head) == name or (node.type == "trait_bounds" and name in types.words(text(node))):
            return False
    return True


propose = answering(dict.fromkeys(("E0405", "E0412", "E0422", "E0425", "E0433", "E0531"), (_missing,)))
