"""Types that the compiler cannot infer: E0282, E0283, E0284, E0790.

Annotations and turbofish with the types that later uses tell: what is pushed, compared, passed or returned; where
nothing tells, the commonest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.declarations import called, written
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.items import Impl, ItemIndex, Struct
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0282", "E0283", "E0284", "E0790")
MOST = 12
Change = tuple[str, tuple[Replacement, ...], float]
_HOLE = re.compile(r"(?<![\w'])(?:T|U|E|K|V|B|A|S|C|I|F|P|O|_|Type|Item|Output|/\* .*? \*/)(?![\w:])")
_PUSHING = ("push", "push_back", "push_front", "insert", "push_str", "send", "set", "replace", "fill", "contains", "resize")
_COMMON = ("i32", "String", "f64", "u32", "usize", "u8", "&str", "()")


def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for types that have to be written."""
    index: ItemIndex | None = None
    done: set[tuple[Replacement, ...]] = set()
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in CODES or place is None:
            continue
        index = index or ItemIndex.of(situation)
        here = smallest(situation, index, place.path, place.start, place.end)
        if here is None:
            continue
        found = sorted(_changes(situation, here, diagnostic), key=lambda change: -change[2])
        for title, parts, prior in islice((c for c in found if c[1] not in done), MOST):
            if parts not in done:
                done.add(parts)
                yield Candidate(title, parts, max(0.01, min(0.93, prior)), diagnostic=number, cites=(diagnostic.code,))


def _changes(situation: Situation, here: Spot, diagnostic: Diagnostic) -> Iterator[Change]:
    yield from _where_bound(here)
    goals = list(_wanted(situation, here, diagnostic))
    yield from _filled(diagnostic, goals)
    yield from _turbofish(here, goals)
    yield from _annotated(situation, here, goals)
    yield from _into(here, goals)
    yield from _closure(here, goals)


def _wanted(situation: Situation, here: Spot, diagnostic: Diagnostic) -> Iterator[tuple[str, float]]:
    """Types that may be the missing one, the likeliest first, each once."""
    best: dict[str, float] = {}

    def add(kind: str | None, weight: float) -> None:
        flat = None if kind is None else written(types.strip_references(kind) if weight > 0.85 else kind)
        if flat is not None and flat != "_":
            best[flat] = max(best.get(flat, 0.0), weight)

    value = nodes.enclosing(here.node, ("call_expression", "macro_invocation")) or here.node
    for kind, weight in _of_context(here, value):
        add(kind, weight)
    binder = nodes.enclosing(here.node, "let_declaration")
    pattern = None if binder is None else binder.child_by_field_name("pattern")
    name = text(pattern).removeprefix("mut ").strip() if pattern is not None else ""
    if binder is not None and name.isidentifier():
        for kind, weight in _of_uses(here, binder, name):
            add(kind, weight)
    summed = re.search(r"`_: (?:\w+::)*(?:Sum|Product)<&?(?:'\w+ )?([^`]+)>`", " ".join(note.message for note in diagnostic.notes))
    if summed is not None:
        add(summed[1], 0.85)
    if diagnostic.code == "E0283" or "E0790" == diagnostic.code:
        told = re.search(r"`(.+?): (?:\w+::)*(\w+)", " ".join(note.message for note in diagnostic.notes))
        trait = told[2] if told else ""
        for impl in here.index.of_kind(Impl):
            if impl.trait is not None and types.head(impl.trait.text) == trait:
                add(impl.self_type.text, 0.4)
    for place, kind in enumerate(_COMMON):
        add(kind, 0.12 / (1 + place))
    yield from sorted(best.items(), key=lambda pair: -pair[1])[:8]


def _of_context(here: Spot, value: Node) -> Iterator[tuple[str | None, float]]:
    """What the place of ``value`` asks for."""
    node, parent = value, value.parent
    while parent is not None and parent.type in ("parenthesized_expression", "try_expression", "await_expression", "reference_expression"):
        node, parent = parent, parent.parent
    if parent is not None and parent.type == "field_expression":
        call = parent.parent
        method = text(parent.child_by_field_name("field"))
        if call is not None and method in ("unwrap", "expect", "unwrap_or", "unwrap_or_default", "unwrap_or_else", "ok", "clone"):
            yield from _of_context(here, call)
            return
    if parent is None:
        return
    if parent.type == "binary_expression":
        other = parent.child_by_field_name("right" if parent.child_by_field_name("left") == node else "left")
        yield (here.types.of(other), 0.8)
    elif parent.type == "compound_assignment_expr":
        yield (here.types.of(parent.child_by_field_name("left")), 0.8)
    elif parent.type == "assignment_expression":
        yield (here.types.of(parent.child_by_field_name("left")), 0.8)
    elif parent.type == "let_declaration":
        kind = parent.child_by_field_name("type")
        yield (None if kind is None else text(kind), 0.8)
    elif parent.type in ("return_expression",) or (parent.type == "block" and nodes.tail_of(parent) == node):
        function = nodes.callable_of(node)
        returned = None if function is None else function.child_by_field_name("return_type")
        yield (None if returned is None else text(returned), 0.7)
    elif parent.type == "arguments" and parent.parent is not None:
        call = parent.parent
        function_ = called(here, call)
        at = [p.start_byte for p in parent.named_children].index(node.start_byte) if node in parent.named_children else -1
        if function_ is not None and 0 <= at < len(function_.parameters):
            yield (function_.parameters[at].type.text, 0.8)
        callee = call.child_by_field_name("function")
        if callee is not None and callee.type == "field_expression" and text(callee.child_by_field_name("field")) in _PUSHING:
            owner = here.types.of(callee.child_by_field_name("value"))
            yield (None if owner is None else types.element(owner), 0.7)
    elif parent.type == "field_initializer":
        literal = nodes.around(parent, "struct_expression")
        struct = None if literal is None else here.index.struct(text(literal.child_by_field_name("name")))
        field = None if struct is None else struct.field(text(parent.child_by_field_name("field")))
        yield (None if field is None else field.type.text, 0.8)


def _of_uses(here: Spot, binder: Node, name: str) -> Iterator[tuple[str | None, float]]:
    """What later uses of a local tell of it, or of what it holds."""
    block = binder.parent
    if block is None:
        return
    for node in nodes.below(block, ("identifier", "self")):
        if node.start_byte <= binder.end_byte or text(node) != name:
            continue
        binding = binding_of(here.root, name, node.start_byte)
        if binding is None or binding.at != binder:
            continue
        parent = node.parent
        if parent is not None and parent.type == "field_expression" and parent.parent is not None:
            method, call = text(parent.child_by_field_name("field")), parent.parent
            listed = call.child_by_field_name("arguments") if call.type == "call_expression" else None
            if listed is not None and method in _PUSHING and listed.named_children:
                kinds = [here.types.of(part) for part in listed.named_children]
                yield (kinds[-1], 0.6)
                if method == "insert" and len(kinds) == 2 and None not in kinds:
                    yield (f"{kinds[0]}, {kinds[1]}", 0.6)
            elif method in ("push_str", "trim", "chars", "as_str", "to_uppercase", "to_lowercase", "lines"):
                yield ("String", 0.7)
            elif method in ("sqrt", "floor", "ceil", "powi", "powf", "sin", "cos", "round"):
                yield ("f64", 0.7)
            elif method in ("extend_from_slice", "extend", "append") and listed is not None and listed.named_children:
                yield (types.element(here.types.of(listed.named_children[0]) or ""), 0.6)
        else:
            for kind, weight in _of_context(here, node):
                yield (kind, weight)
                inner = None if kind is None else types.element(kind)
                yield (inner, 0.9 * weight if inner else 0.0)


def _filled(diagnostic: Diagnostic, goals: list[tuple[str, float]]) -> Iterator[Change]:
    """The compiler's own suggestions with their holes filled."""
    for suggestion in diagnostic.suggestions:
        texts = [part.text for part in suggestion.replacements]
        if not any(_HOLE.search(part) for part in texts):
            continue
        holes = sum(len(_HOLE.findall(part)) for part in texts)
        for kind, weight in goals[:6]:
            values = types.split_top(kind) if holes > 1 and "," in kind else [kind] * holes
            if len(values) < holes:
                values = [kind] * holes
            waiting = iter(values)
            made = []
            for part in suggestion.replacements:
                made.append(part.model_copy(update={"text": _HOLE.sub(lambda _m, w=waiting: next(w), part.text)}))  # type: ignore[misc]
            yield f"write the type `{kind}`", tuple(made), min(0.9, 0.2 + 0.7 * weight)
    annotated = next((s for s in diagnostic.suggestions if any(p.text.startswith(": ") for p in s.replacements)), None)
    if annotated is not None:
        for kind, weight in goals[:5]:
            part = annotated.replacements[0]
            shown = part.text.removeprefix(": ")
            head = types.head(shown)
            if head in ("Vec", "Option", "HashMap", "HashSet", "VecDeque", "Result", "BTreeMap", "BTreeSet", "Box") and _HOLE.search(shown):
                continue
            yield f"declare the type `{kind}`", (part.model_copy(update={"text": f": {kind}"}),), 0.6 * weight


def _where_bound(here: Spot) -> Iterator[Change]:
    """A name whose ``let`` or loop collects into nobody says what."""
    name = here.node if here.kind == "identifier" else None
    binding = None if name is None else binding_of(here.root, text(name), name.start_byte)
    if binding is None and name is not None:
        around = nodes.around(name, ("for_expression", "let_declaration", "closure_expression"))
        source = None if around is None else around.child_by_field_name("value")
    else:
        source = None if binding is None else binding.value
    for _ in range(3):
        while source is not None and source.type in ("reference_expression", "field_expression") or (
            source is not None and source.type == "call_expression" and _last(source) in ("iter", "into_iter", "unwrap", "iter_mut", "as_ref")
        ):
            callee = source.child_by_field_name("function")
            source = (callee if callee is not None else source).child_by_field_name("value")
        if source is None or source.type != "identifier":
            break
        further = binding_of(here.root, text(source), source.start_byte)
        source = None if further is None else further.value
    binder = None if source is None else nodes.enclosing(source, "let_declaration")
    pattern = None if binder is None else binder.child_by_field_name("pattern")
    if source is None or binder is None or pattern is None or binder.child_by_field_name("type") is not None:
        return
    if source.type == "call_expression" and _last(source) == "collect":
        yield "collect into a vector", (edits.insert(here.path, pattern.end_byte, ": Vec<_>"),), 0.6
        callee = source.child_by_field_name("function")
        if callee is not None and callee.type == "field_expression":
            yield "collect into a vector", (edits.insert(here.path, callee.end_byte, "::<Vec<_>>"),), 0.5


_GENERIC_METHODS = {
    "collect": ("Vec<_>", "String", "HashSet<_>", "HashMap<_, _>"), "sum": (), "product": (), "parse": (), "into": (), "try_into": (),
    "unwrap_or_default": (), "downcast_ref": (), "downcast": (), "size_of": (), "channel": (), "from_str": (), "default": (),
}  # fmt: skip


def _turbofish(here: Spot, goals: list[tuple[str, float]]) -> Iterator[Change]:
    """``.collect::<Vec<_>>()`` and the like."""
    node = here.node
    call = nodes.enclosing(node, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    if call is None or callee is None or not callee.start_byte <= node.start_byte < callee.end_byte:
        value = nodes.enclosing(node, "let_declaration")
        inner = None if value is None else value.child_by_field_name("value")
        call = next(
            (c for c in nodes.below(inner, "call_expression") if _last(c) in _GENERIC_METHODS), None
        ) if inner is not None else None  # fmt: skip
        callee = None if call is None else call.child_by_field_name("function")
    if callee is None or callee.type == "generic_function" or call is None:
        return
    name = _last(call)
    if name == "collect":
        used = [(kind, weight) for kind, weight in goals if types.head(kind) in ("Vec", "String", "HashSet", "HashMap", "BTreeMap", "BTreeSet", "Result", "Option", "VecDeque")]
        for place, kind in enumerate(_GENERIC_METHODS["collect"]):
            used.append((kind, 0.6 / (1 + 2 * place)))
        for kind, weight in used[:5]:
            yield f"collect into `{kind}`", (edits.insert(here.path, callee.end_byte, f"::<{kind}>"),), 0.8 * weight
    elif name in ("sum", "product", "parse", "size_of", "downcast_ref", "downcast"):
        element = _element(here, callee)
        known = [(element, 0.6)] if element else []
        for kind, weight in [*known, *goals][:6]:
            yield f"say which type: `{kind}`", (edits.insert(here.path, callee.end_byte, f"::<{kind}>"),), 0.9 * weight
    elif name in ("unwrap", "expect", "unwrap_or", "is_ok", "unwrap_or_default") and callee.type == "field_expression":
        inner_call = callee.child_by_field_name("value")
        if inner_call is not None and inner_call.type == "call_expression":
            yield from _turbofish(here.of(inner_call.child_by_field_name("function") or inner_call), goals)
    elif name == "default" and text(callee).startswith("Default::"):
        for kind, weight in goals[:5]:
            yield f"say which type: `{kind}`", (edits.replace_node(here.path, callee, f"{kind}::default"),), 0.7 * weight
    elif callee.type == "identifier" and text(callee) in ("Ok", "Err"):
        for kind, weight in (("Box<dyn std::error::Error>", 0.4), ("String", 0.35), ("()", 0.25), ("std::io::Error", 0.1)):
            arguments = f"_, {kind}" if text(callee) == "Ok" else f"{kind}, _"
            yield f"say the other side: `{kind}`", (edits.insert(here.path, callee.end_byte, f"::<{arguments}>"),), weight
    elif callee.type == "scoped_identifier" or callee.type == "identifier":
        owner = callee.child_by_field_name("path")
        struct = None if owner is None else here.index.type_named(text(owner))
        generics = [] if struct is None else [g for g in struct.generics if g.kind == "type"]
        if owner is not None and (generics or types.head(text(owner)) in ("Vec", "HashMap", "HashSet", "Option", "VecDeque", "BTreeMap", "Rc", "Box")):
            for kind, weight in goals[:5]:
                yield f"say which type: `{kind}`", (edits.insert(here.path, owner.end_byte, f"::<{kind}>"),), 0.5 * weight
        function = called(here, call)
        if function is not None and any(g.kind == "type" for g in function.generics):
            for kind, weight in goals[:6]:
                yield f"say which type: `{kind}`", (edits.insert(here.path, callee.end_byte, f"::<{kind}>"),), 0.7 * weight
        if callee.type == "scoped_identifier" and owner is not None:
            yield from _implementer(here, callee, owner)
    if callee.type == "identifier" and text(callee) == "None":
        return


def _implementer(here: Spot, callee: Node, owner: Node) -> Iterator[Change]:
    """``Trait::function()`` names a type that has the trait (E0790)."""
    name = types.head(text(owner))
    impls = [impl for impl in here.index.of_kind(Impl) if impl.trait is not None and types.head(impl.trait.text) == name and not impl.generics]
    for impl in impls[:4]:
        kind, last = impl.self_type.text, text(callee.child_by_field_name("name"))
        plain = re.fullmatch(r"[\w:]+", kind) is not None
        yield f"call it for `{kind}`", (edits.replace_node(here.path, callee, f"{kind}::{last}" if plain else f"<{kind} as {name}>::{last}"),), 0.6 / len(impls)


def _last(call: Node) -> str:
    callee = call.child_by_field_name("function")
    if callee is None:
        return ""
    return text(callee.child_by_field_name("field") or callee.child_by_field_name("name") or callee)


def _element(here: Spot, callee: Node) -> str | None:
    """The elements of the collection that a chain of ``.iter()`` begins with."""
    node: Node | None = callee
    while node is not None and node.type in ("field_expression", "call_expression", "generic_function"):
        node = node.child_by_field_name("value") or node.child_by_field_name("function")
        kind = here.types.of(node)
        element = None if kind is None else types.element(kind)
        if element is not None:
            return written(types.strip_references(element))
    return None


def _annotated(situation: Situation, here: Spot, goals: list[tuple[str, float]]) -> Iterator[Change]:
    """``let x: T``: where the compiler makes no such suggestion."""
    binder = nodes.enclosing(here.node, ("let_declaration",))
    pattern = None if binder is None else binder.child_by_field_name("pattern")
    if binder is None or pattern is None or binder.child_by_field_name("type") is not None or pattern.type not in ("identifier", "mut_pattern"):
        return
    value = binder.child_by_field_name("value")
    maker = text(value)
    head = types.head(re.split(r"::(?:new|with_capacity|default|from)\b", maker)[0]) if value is not None else ""
    kind_of = head if head in ("Vec", "HashMap", "HashSet", "VecDeque", "BTreeMap", "BTreeSet", "BinaryHeap", "Option", "Rc", "RefCell") else ""
    if maker == "None":
        kind_of = "Option"
    if maker.startswith("vec!"):
        kind_of = "Vec"
    for kind, weight in goals[:6]:
        whole = f"{kind_of}<{kind}>" if kind_of and types.head(kind) != kind_of else kind
        if kind_of in ("HashMap", "BTreeMap") and len(types.split_top(kind)) != 2:
            continue
        if not kind_of and "," in kind and not types.arguments(kind):
            continue
        yield f"declare it as `{whole}`", (edits.insert(here.path, pattern.end_byte, f": {whole}"),), 0.65 * weight
    _ = situation


def _into(here: Spot, goals: list[tuple[str, float]]) -> Iterator[Change]:
    """``x.into()`` in the middle of an expression says what it turns into."""
    call = nodes.enclosing(here.node, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    if call is None or callee is None or callee.type != "field_expression" or _last(call) not in ("into", "try_into"):
        return
    value = callee.child_by_field_name("value")
    have = here.types.of(value)
    for kind, weight in goals[:3]:
        trait = "From" if _last(call) == "into" else "TryFrom"
        own = here.index.type_named(have or "")
        if trait == "From" and not isinstance(own, Struct):
            yield f"convert with `{kind}::from`", here.of(call).rewritten(f"{kind}::from({text(value)})"), 0.8 * weight
        elif trait == "TryFrom":
            yield f"convert with `{kind}::try_from`", here.of(call).rewritten(f"{kind}::try_from({text(value)})"), 0.7 * weight
        if own is not None:
            yield f"convert into `{kind}`", here.of(call).rewritten(f"<{types.split_generic(have or '')[0]} as Into<{kind}>>::into({text(value)})"), 0.7 * weight


def _closure(here: Spot, goals: list[tuple[str, float]]) -> Iterator[Change]:
    """A parameter of a closure."""
    holder = nodes.enclosing(here.node, "closure_parameters")
    if holder is None or here.kind not in ("identifier",) or here.node.parent != holder:
        return
    closure = holder.parent
    body = None if closure is None else closure.child_by_field_name("body")
    found: dict[str, float] = {}
    for node in nodes.below(body, "identifier") if body is not None else ():
        if text(node) != here.text or node.parent is None:
            continue
        if node.parent.type == "field_expression":
            method = text(node.parent.child_by_field_name("field"))
            for struct in here.index.of_kind(Struct):
                if struct.field(method) is not None or any(m.name == method for m in here.index.methods(struct.name)):
                    found[f"&{struct.name}"] = 0.5
                    found.setdefault(struct.name, 0.3)
            if method in ("len", "trim", "chars", "to_uppercase", "to_lowercase"):
                found["&str"] = 0.4
        else:
            for kind, weight in _of_context(here, node):
                if kind is not None and (flat := written(kind)) is not None:
                    found[flat] = weight
    for kind, weight in [*sorted(found.items(), key=lambda pair: -pair[1]), *goals][:6]:
        yield f"declare `{here.text}` as `{kind}`", (edits.insert(here.path, here.node.end_byte, f": {kind}"),), 0.8 * weight
