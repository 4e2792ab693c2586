"""Fields and tuple members that are not there: E0560, E0559, E0609, E0610, E0026, E0023.

A field that is misspelt takes the name of one that the type has: the most alike, the one that is left over, one of a
wrapped value. A method of the name is called. A superfluous initializer or pattern goes; and where neither helps the
field may be missing from the declaration, with the type that its use tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import ItemIndex, Struct
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import node_at, text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.structs import bracket_elements, declaration, parts_of
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

MOST = 8
_HOLDERS = ("field_initializer_list", "token_tree", "struct_pattern")
# How a value is reached through the types people wrap it in.
_THROUGH = {
    "Option": (".as_ref().unwrap()", ".unwrap()"), "Result": (".unwrap()",), "RefCell": (".borrow()",),
    "Mutex": (".lock().unwrap()",), "RwLock": (".read().unwrap()",), "Cell": (".get()",), "Vec": ("[0]",),
}  # fmt: skip

Answer = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for fields that do not exist."""
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in _ANSWERS or place is None:
            continue
        index = index or ItemIndex.of(situation)
        for title, parts, prior in islice(_ANSWERS[diagnostic.code](situation, index, diagnostic, place), MOST):
            yield Candidate(
                title[:160],
                parts,
                min(0.95, prior),
                diagnostic=number,
                cites=(diagnostic.code,),
            )


def _initializer(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0560, E0559 and E0026: a name in braces that the struct or variant does not have."""
    source = situation.source(place.path)
    found = _braces(situation, index, place)
    if found is None:
        return
    holder, struct = found
    elements = bracket_elements(holder)
    parts = list(parts_of(holder, source))
    part = next((part for part in parts if part.start <= place.start < part.end), None)
    if part is None or len(parts) != len(elements):
        return
    which = parts.index(part)
    given = {other.name for other in parts}
    free = [field.name for field in struct.fields if field.name not in given] if struct.shape == "named" else []
    pattern = diagnostic.code == "E0026"
    for name in sorted(free, key=lambda field: -likeness(part.name, field)):
        alike = likeness(part.name, name)
        prior = max(0.85 * alike, 0.6 if len(free) == 1 else 0.25 / len(free))
        if part.value_start == part.start:  # shorthand: the local keeps its name
            change = edits.replace(place.path, part.start, part.end, f"{name}: {part.value}")
            if alike >= 0.6 and pattern:
                renamed = edits.replace(place.path, part.start, part.end, name)
                yield f"the field is `{name}`", (renamed,), prior * 0.6
        else:
            change = edits.replace(place.path, part.start, part.name_end, name)
        yield f"the field is `{name}`", (change,), prior
    if not pattern:
        value = node_at(situation.syntax(place.path), part.value_start, part.end)
        yield from _declare(situation, index, struct, part.name, value, 0.45 if not free else 0.25)
    prior = 0.4 if not free else 0.15
    yield (
        f"leave out `{part.name}`",
        (edits.delete_element(place.path, source, elements, which),),
        prior,
    )


def _braces(situation: Situation, index: ItemIndex, place: Span) -> tuple[Node, Struct] | None:
    """The braces around a field and the declaration they are of."""
    root = situation.syntax(place.path).root_node
    holder = nodes.enclosing(node_at(root, place.start, place.end), _HOLDERS)
    if holder is None:
        return None
    pattern = holder.type == "struct_pattern"
    head = holder.child_by_field_name("type") if pattern else holder.prev_sibling
    path = text(head)
    before = None if head is None else head.prev_sibling
    while holder.type == "token_tree" and before is not None and before.type in ("::", "identifier", "self", "crate"):
        path, before = text(before) + path, before.prev_sibling
    struct = declaration(index, path, place.path, place.start) if head is not None else None
    return None if struct is None else (holder, struct)


def _declare(
    situation: Situation, index: ItemIndex, struct: Struct, name: str, value: Node, prior: float
) -> Iterator[Answer]:
    """Adds the field to the declaration, with the type of the value it gets."""
    kind = Types(nodes_root(value), index).of(value) or _marker(struct, value)
    if kind is None or struct.shape != "named" or not name.isidentifier() or struct.kind == "union":
        return
    kind = {"{integer}": "i32", "{float}": "f64"}.get(kind, kind)
    if "_" in types.words(kind) or "{" in kind or "'" in kind:
        return
    if types.is_reference(kind):
        if types.head(kind) != "str":
            return
        kind = "&'static str"
    seen = struct.fields[0].visibility.text + " " if struct.fields and struct.fields[0].visibility else ""
    change = edits.add_field(situation.source(struct.path), struct, f"{seen}{name}: {kind}")
    if change is not None:
        yield f"declare the field `{name}: {kind}` of `{struct.name}`", (change,), prior


def _marker(struct: Struct, value: Node) -> str | None:
    """``PhantomData`` marks the one parameter that no field speaks of."""
    spoken = {word for field in struct.fields for word in types.words(field.type.text)}
    idle = [generic.name for generic in struct.generics if generic.kind == "type" and generic.name not in spoken]
    path, _, name = text(value).rpartition("::")
    return f"{path}::{name}<{idle[0]}>".removeprefix("::") if name == "PhantomData" and len(idle) == 1 else None


def nodes_root(node: Node) -> Node:
    """The root of the tree that ``node`` is in."""
    *_, root = nodes.ancestors(node)
    return root


def _access(situation: Situation, index: ItemIndex, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0609: ``value.field`` where the type has no such field."""
    told = quoted(diagnostic.message)
    if len(told) < 2:
        return
    name, owner = told[0], told[1]
    notes = " ".join(note.message for note in diagnostic.notes)
    struct = index.struct(owner)
    members = types.tuple_parts(types.strip_references(owner))
    if struct is not None:
        known = [field.name for field in struct.fields]
    elif members is not None:
        known = [str(number) for number in range(len(members))]
    else:
        known = quoted(notes.partition("available field")[2])
    scored = [(_nearness(name, field, known), field) for field in known]
    for alike, field in sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:4]:
        prior = 0.85 * alike if alike >= 0.5 else 0.3 / len(known)
        yield (
            f"the field is `{field}`",
            (edits.replace(place.path, place.start, place.end, field),),
            prior,
        )
    for method in index.methods(owner, name):
        if method.is_method and not method.parameters:
            yield f"call the method `{name}`", (edits.insert(place.path, place.end, "()"),), 0.8
    yield from _through(index, place, name, owner, struct)
    node = node_at(situation.syntax(place.path), place.start, place.end)
    if struct is not None and (value := _assigned(node)) is not None:
        yield from _declare(situation, index, struct, name, value, 0.2)


def _nearness(name: str, field: str, known: list[str]) -> float:
    """How alike two names of fields are. Of numbers: who counts from one goes past the end by one."""
    if not field.isdecimal():
        return likeness(name, field)
    if not name.isdecimal():
        return 0.4
    return 0.6 if int(name) == len(known) and int(field) == len(known) - 1 else 0.4


def _through(index: ItemIndex, place: Span, name: str, owner: str, struct: Struct | None) -> Iterator[Answer]:
    """The field belongs to what the value wraps, or to what one of its fields holds."""
    kind = types.strip_references(owner)
    inner = types.inner(kind, *_THROUGH)
    held = None if inner is None else index.struct(inner)
    if held is not None and held.field(name) is not None:
        for rank, step in enumerate(_THROUGH[types.head(kind)]):
            yield (
                f"reach `{name}` through `{step}`",
                (edits.insert(place.path, place.start - 1, step),),
                0.4 / (rank + 1),
            )
    for field in () if struct is None else struct.fields:
        below = index.struct(field.type.text)
        if below is not None and below is not struct and below.field(name) is not None:
            yield (
                f"the field is `{field.name}.{name}`",
                (edits.insert(place.path, place.start, f"{field.name}."),),
                0.5,
            )


def _assigned(node: Node) -> Node | None:
    """The other side of an assignment or comparison with the field expression around ``node``."""
    access = nodes.enclosing(node, "field_expression")
    parent = None if access is None else access.parent
    if parent is None or parent.type not in (
        "assignment_expression",
        "compound_assignment_expr",
        "binary_expression",
    ):
        return None
    left, right = parent.child_by_field_name("left"), parent.child_by_field_name("right")
    return right if left == access else left


def _primitive(situation: Situation, index: ItemIndex, _diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0610: a field of a primitive: the access goes, or the name is a method, or one of ``self``'s fields."""
    name = situation.text(place.path, place.start, place.end)
    source = situation.source(place.path)
    dot = source.rfind(b".", 0, place.start)
    if dot < 0 or source[dot + 1 : place.start].strip():
        return
    end = place.end
    if name.isdecimal():
        yield (
            f"use the value itself, not its `{name}`",
            (edits.delete(place.path, dot, place.end),),
            0.6,
        )
        return
    yield f"use the value itself, not its `{name}`", (edits.delete(place.path, dot, end),), 0.35
    yield f"call the method `{name}`", (edits.insert(place.path, end, "()"),), 0.3
    before = re.search(rb"([A-Za-z_]\w*)\s*$", source[:dot])
    for struct in index.of_kind(Struct):
        if before is not None and struct.field(name) is not None and len(struct.fields) > 0:
            for binding, kind in Types(situation.syntax(place.path).root_node, index).visible(place.start):
                if kind is not None and index.struct(kind) is struct and binding.name.encode() != before[1]:
                    change = edits.replace(place.path, before.start(1), before.end(1), binding.name)
                    yield f"the field is `{binding.name}`'s", (change,), 0.4


def _arity(situation: Situation, _index: ItemIndex, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0023: too many or too few patterns in ``Variant(…)``."""
    root = situation.syntax(place.path).root_node
    pattern = nodes.enclosing(node_at(root, place.start, place.end), "tuple_struct_pattern")
    numbers = re.findall(r"(\d+) fields?", diagnostic.message)
    if pattern is None or len(numbers) != 2:
        return
    source = situation.source(place.path)
    elements = bracket_elements(pattern)
    written = [source[start:end].decode("utf-8", "replace") for start, end in elements]
    given, wanted = len(elements), int(numbers[1])
    opening, closing = _parentheses(pattern)
    arm = nodes.enclosing(pattern, ("match_arm", "if_expression", "let_declaration", "while_expression"))
    body = text(arm)
    if given < wanted:
        unknown = [quoted(d.message)[0] for d in situation.diagnostics if d.code == "E0425" and quoted(d.message)
                   and d.primary is not None and _within(d.primary, arm)]  # fmt: skip
        for name in dict.fromkeys(unknown):
            if given + 1 == wanted:
                for at, factor in ((None, 1.0), *((at, 0.8) for at in range(given))):
                    change = edits.add_element(place.path, source, opening, closing, elements, name, at)
                    yield f"bind the missing field as `{name}`", (change,), 0.8 * factor
        fill = ", ".join(["_"] * (wanted - given))
        for at, prior in ((None, 0.5), (0, 0.35)):
            change = edits.add_element(place.path, source, opening, closing, elements, fill, at)
            yield f"ignore the missing field with `{fill}`", (change,), prior
        rest = edits.add_element(place.path, source, opening, closing, elements, "..")
        yield "ignore the other fields with `..`", (rest,), 0.25
    elif given == wanted + 1:
        ranked = sorted(range(given), key=lambda at: (_uses(written[at], body), written[at] != "_", -at))
        for rank, at in enumerate(ranked):
            change = edits.delete_element(place.path, source, elements, at)
            yield f"leave out the pattern `{written[at]}`", (change,), 0.6 / (rank + 1)
    else:
        kept = edits.delete(place.path, elements[wanted - 1][1] if wanted else elements[0][0], elements[-1][1])
        yield "leave out the patterns that have no field", (kept,), 0.4


def _within(span: Span, node: Node | None) -> bool:
    return node is not None and node.start_byte <= span.start < node.end_byte


def _parentheses(pattern: Node) -> tuple[int, int]:
    opening = next(child for child in pattern.children if child.type == "(")
    return opening.end_byte, pattern.end_byte - 1


def _uses(name: str, body: str) -> int:
    """How often a pattern's name occurs beyond the pattern itself."""
    plain = re.sub(r"^(?:ref |mut )+", "", name)
    return max(0, len(re.findall(rf"\b{re.escape(plain)}\b", body)) - 1) if plain.isidentifier() else 0


_ANSWERS = {
    "E0560": _initializer,
    "E0559": _initializer,
    "E0026": _initializer,
    "E0609": _access,
    "E0610": _primitive,
    "E0023": _arity,
}
