"""Locals whose whole ``let`` was lost: E0425 about a value.

What they held stands elsewhere: another function binds the same name; a function, method or type of the crate is called so;
or a method gives what the field of that name holds; or the name counts what is at hand. Every name that the value speaks of
must be there where the line goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import Enum, Function, Impl, ItemIndex, Struct
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import indent_at, text
from rusta_cargo.repair.code.scopes import Binding, bindings_at
from rusta_cargo.repair.code.similar import words_of
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic

_CALLED, _METHOD, _ELSEWHERE, _FAR, _MADE, _COUNTED = 0.8, 0.62, 0.6, 0.4, 0.5, 0.7
_MORE = 0.06
_MOST = 5
_COUNTS = ("count", "len", "length", "size", "total", "n")
_NAME = re.compile(r"(?<![\w.:'\"])[a-z_]\w*(?!\w|!|::|\s*\()")
_LENT = re.compile(r"^&mut |_mut\(")
_WORDS = frozenset(("self", "true", "false", "mut", "ref", "move", "as", "if", "else", "match", "return", "in", "let"))

Value = tuple[str, float]


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The line put back in front of the statement that uses the name first."""
    done: set[tuple[str, int, str]] = set()
    for diagnostic in situation.diagnostics:
        place = diagnostic.primary
        if diagnostic.code != "E0425" or place is None or place.macro is not None:
            continue
        if not diagnostic.message.startswith("cannot find value"):
            continue
        name = (quoted(diagnostic.message) or [""])[0]
        try:
            root = situation.syntax(place.path).root_node
        except SourceUnavailable:
            continue
        function = nodes.function_of(nodes.node_at(root, place.start, place.end))
        if function is None or not re.fullmatch(r"[a-z]\w+", name) or (place.path, function.id, name) in done:
            continue
        done.add((place.path, function.id, name))
        yield from _candidates(situation, root, function, name, diagnostic)


def _candidates(situation: Situation, root: Node, function: Node, name: str, first: Diagnostic) -> Iterator[Candidate]:
    place = first.primary
    assert place is not None
    uses = [e for e in situation.diagnostics if e.code == "E0425" and e.message == first.message and e.primary is not None
            and e.primary.path == place.path
            and function.start_byte <= e.primary.start < function.end_byte]  # fmt: skip
    statement = _statement(root, [use.primary.start for use in uses if use.primary is not None])
    if statement is None:
        return
    source = situation.source(place.path)
    scope = bindings_at(root, statement.start_byte)
    known = {binding.name for binding in scope}
    index = ItemIndex.of(situation)
    best: dict[str, float] = {}
    told = (*_values(situation, index, place.path, scope, name), *_of_field(index, root, uses, scope, name))
    for value, weight in told:
        if name not in _NAME.findall(value) and _closed(value, known):
            best[value] = max(best.get(value, 0.0), weight)
    sure = _MORE * (min(len(uses), 3) - 1)
    gap = f"\n{indent_at(source, statement.start_byte)}"
    for value, weight in sorted(best.items(), key=lambda pair: -pair[1])[:_MOST]:
        for keyword, share in (
            (("let mut", 1.0), ("let", 0.6)) if _changed(root, uses) and not _LENT.search(value) else (("let", 1.0),)
        ):
            change = edits.insert(place.path, statement.start_byte, f"{keyword} {name} = {value};{gap}")
            yield Candidate(
                f"bind `{name}` to `{value}`"[:160], (change,), min(0.93, (weight + sure) * share),
                diagnostic=None, cites=("E0425",),
            )  # fmt: skip


def _statement(root: Node, places: list[int]) -> Node | None:
    """The statement of the innermost block around all uses that holds the first of them."""
    low, high = min(places), max(places)
    node: Node | None = nodes.node_at(root, low, high + 1)
    while node is not None and node.type != "block":
        node = node.parent
    if node is None:
        return None
    return next((part for part in node.named_children if part.start_byte <= low < part.end_byte), None)


def _closed(value: str, known: set[str]) -> bool:
    """It speaks of nothing that is not there."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', lambda m: " ".join(re.findall(r"\{(\w+)", m[0])), value)
    params = {word for listed in re.findall(r"\|([^|]*)\|", bare) for word in re.findall(r"[a-z_]\w*", listed)}
    return all(word in known or word in params or word in _WORDS for word in _NAME.findall(bare))


def _changed(root: Node, uses: list[Diagnostic]) -> bool:
    for use in uses:
        place = use.primary
        node = None if place is None else nodes.node_at(root, place.start, place.end)
        holder = None if node is None else node.parent
        if holder is None or node is None:
            continue
        whole = node
        while whole.parent is not None and whole.parent.type in ("field_expression", "index_expression"):
            whole = whole.parent
        changing = whole.parent is not None and whole.parent.type in (
            "compound_assignment_expr",
            "assignment_expression",
        )
        if changing and whole.parent is not None and whole.parent.child_by_field_name("left") == whole:
            return True
        if holder.type == "reference_expression" and nodes.child(holder, "mutable_specifier") is not None:
            return True
        if holder.type == "field_expression" and text(holder.child_by_field_name("field")) in (
            "push", "push_str", "insert", "push_back", "next", "extend", "remove", "sort", "pop", "retain",
        ):  # fmt: skip
            return True
    return False


def _values(situation: Situation, index: ItemIndex, path: str, scope: list[Binding], name: str) -> Iterator[Value]:
    kinds = Types(situation.syntax(path).root_node, index)
    yield from _called(index, kinds, scope, name)
    yield from _elsewhere(situation, index, path, name)
    if name in _COUNTS:
        for binding in scope:
            kind = kinds.of_binding(binding)
            if kind is not None and types.head(types.strip_references(kind)) in ("Vec", "HashMap", "BTreeMap", "HashSet",
                    "BTreeSet", "VecDeque", "String", "str"):  # fmt: skip
                yield f"{binding.name}.len()", _COUNTED if name != "n" else 0.3
    for struct in index.of_kind(Struct):
        if words_of(struct.name)[-1:] == [name] or "_".join(words_of(struct.name)) == name:
            if index.implements(struct.name, "Default"):
                yield f"{struct.name}::default()", _MADE
            makers = [m for m in index.methods(struct.name, "new") if not m.is_method and not m.parameters]
            if makers:
                yield f"{struct.name}::new()", _MADE


def _called(index: ItemIndex, kinds: Types, scope: list[Binding], name: str) -> Iterator[Value]:
    """A function of the crate with the name, given what is at hand by the names of its parameters or by their types."""
    held = {binding.name: kinds.of_binding(binding) for binding in reversed(scope)}
    for item in index.of_kind(Function):
        if item.name not in (name, f"{name}_mut", f"get_{name}", f"find_{name}", f"read_{name}", f"make_{name}"):
            continue
        arguments = [_argument(index, held, p.name, p.type.text) for p in item.parameters]
        if any(argument is None for argument in arguments):
            continue
        listed = ", ".join(argument or "" for argument in arguments)
        failing = item.returns is not None and types.head(item.returns.text) in ("Result", "Option")
        weight = _CALLED if item.name == name else _METHOD
        if item.owner is None:
            yield from _both(f"{item.name}({listed})", failing, weight)
        elif item.is_method and isinstance(item.owner, Impl):
            for owner in _owners(index, held, item.owner.name):
                yield from _both(f"{owner}.{item.name}({listed})", failing, weight)


def _of_field(index: ItemIndex, root: Node, uses: list[Diagnostic], scope: list[Binding], name: str) -> Iterator[Value]:
    """The only methods of ``self`` that give what the field of the name holds, where a use fills that field."""
    fields = {
        field.type.text
        for use in uses
        if use.primary is not None
        and nodes.enclosing(nodes.node_at(root, use.primary.start, use.primary.end), "shorthand_field_initializer")
        for item in (*index.of_kind(Struct), *(v for enum in index.of_kind(Enum) for v in enum.variants))
        for field in item.fields
        if field.name == name and _makes(root, use, item.name)
    }
    kinds = Types(root, index)
    held = {binding.name: kinds.of_binding(binding) for binding in reversed(scope)}
    own = index.struct(held.get("self") or "") if "self" in held and len(fields) == 1 else None
    wanted = next(iter(fields), "")
    for method in () if own is None else index.methods(own.name):
        if method.receiver is None or method.returns is None or not types.same(method.returns.text, wanted):
            continue
        arguments = [_argument(index, held, p.name, p.type.text) for p in method.parameters]
        if all(argument is not None for argument in arguments):
            yield f"self.{method.name}({', '.join(argument or '' for argument in arguments)})", _METHOD


def _makes(root: Node, use: Diagnostic, name: str) -> bool:
    """The use stands in an expression that makes a value of that struct or variant."""
    place = use.primary
    assert place is not None
    made = nodes.enclosing(nodes.node_at(root, place.start, place.end), "struct_expression")
    return made is not None and text(made.child_by_field_name("name")).rpartition("::")[2] == name


def _both(call: str, failing: bool, weight: float) -> Iterator[Value]:
    yield (f"{call}?" if failing else call), weight
    if failing:
        yield call, weight * 0.6


def _owners(index: ItemIndex, held: dict[str, str | None], kind: str) -> Iterator[str]:
    """Locals of the type, and fields of ``self`` that have it."""
    for name, mine in held.items():
        if mine is not None and types.head(types.strip_references(mine)) == kind:
            yield name
    yield from (f"self.{field}" for field in _fields(index, held, kind))


def _fields(index: ItemIndex, held: dict[str, str | None], kind: str) -> Iterator[str]:
    own = index.struct(held.get("self") or "") if "self" in held else None
    for field in () if own is None else own.fields:
        if types.head(types.strip_references(field.type.text)) == kind:
            yield field.name


def _argument(index: ItemIndex, held: dict[str, str | None], name: str, kind: str) -> str | None:
    """What is given for a parameter: the local of its name, else the only one of its type, else such a field."""
    wanted = types.strip_references(kind)
    lent = kind[: len(kind) - len(wanted)] if types.is_reference(kind) else ""
    fitting = [
        own for own, mine in held.items() if mine is not None and types.same(types.strip_references(mine), wanted)
    ]
    chosen = name if name in held else fitting[0] if len(fitting) == 1 else None
    if chosen is None:
        fields = list(_fields(index, held, types.head(wanted)))
        return f"{lent}self.{fields[0]}" if len(fields) == 1 else None
    mine = held.get(chosen)
    return chosen if not lent or (mine is not None and types.is_reference(mine)) else f"{lent}{chosen}"


def _elsewhere(situation: Situation, index: ItemIndex, path: str, name: str) -> Iterator[Value]:
    """What other functions, of this file first, bind to the name."""
    word = re.compile(rb"\blet (?:mut )?%s\b" % name.encode())
    for other in sorted(index.files, key=lambda p: p != path):
        if not word.search(situation.source(other)):
            continue
        for let in nodes.every(situation.syntax(other).root_node, "let_declaration"):
            value = let.child_by_field_name("value")
            if text(let.child_by_field_name("pattern")) == name and value is not None and "\n" not in text(value):
                yield text(value), _ELSEWHERE if other == path else _FAR
