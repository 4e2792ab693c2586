"""Methods, functions, variants and constants that a type does not have: E0599, and E0609 where a method was meant.

The name is one of the type's that is spelt or called otherwise; or belongs to what the value holds, to a trait, to the
module as a free function; or is missing and follows from its use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.deriving import deriving
from rusta_cargo.repair.code.expression import Spot, smallest, suffix
from rusta_cargo.repair.code.items import Enum, Function, ItemIndex, Struct, Trait, Value
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.code.std_methods import iterator_methods, methods_of, synonyms
from rusta_cargo.repair.code.undoing import undoable
from rusta_cargo.repair.proposer import STUB, Candidate, Replacement, Situation
from rusta_cargo.repair.proposers.coercions import place_of
from rusta_schemas.diagnostic import Diagnostic

Change = tuple[str, tuple[Replacement, ...], float]
MOST = 12
_TOLD = re.compile(
    r"no (?P<what>method|function or associated item|associated item|associated function|variant(?: or associated item)?|function|"
    r"variant, associated function, or constant|associated function or constant) "
    r"named `(?P<name>[^`]+)` found for (?P<kind>.+?)(?: in the current scope)?$"
)  # fmt: skip
_KIND = re.compile(r"`(.+)`")


def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for names that a type does not have."""
    index: ItemIndex | None = None
    found: dict[tuple[Replacement, ...], tuple[str, float, list[int]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        told, place = _TOLD.search(diagnostic.message), diagnostic.primary
        if diagnostic.code != "E0599" or told is None or place is None:
            continue
        index = index or ItemIndex.of(situation)
        here = smallest(situation, index, place.path, place.start, place.end)
        kind = _KIND.search(told["kind"])
        if here is None:
            continue
        of = _type_of(diagnostic, kind[1] if kind else told["kind"])
        field = nodes.enclosing(here.node, ("field_expression", "scoped_identifier", "scoped_type_identifier"))
        if field is None:
            continue
        if field.type == "field_expression":
            changes = list(_methods(situation, here, field, told["name"], of, diagnostic))
        else:
            changes = list(_associated(situation, here, field, told["name"], of, told["what"]))
        for title, parts, weight in islice(sorted(changes, key=lambda c: -c[2]), MOST):
            known = found.get(parts)
            if known is None:
                found[parts] = (title, weight, [number])
            elif number not in known[2]:
                found[parts] = (known[0], max(weight, known[1]), [*known[2], number])
    for parts, (title, weight, numbers) in found.items():
        prior = max(0.01, min(0.93, weight + 0.15 * (len(numbers) - 1)))
        risk = (STUB,) if any("todo!()" in part.text for part in parts) else ()
        yield Candidate(title[:160], parts, prior, diagnostic=numbers[0] if len(numbers) == 1 else None, risk=risk, cites=("E0599",))


def _type_of(diagnostic: Diagnostic, kind: str) -> str:
    """The type in full: a type parameter and a reference are named in the message, a path is cut."""
    return types.tidy(re.sub(r"\b(?:main|crate|self)::", "", kind))


def _methods(
    situation: Situation, here: Spot, field: Node, name: str, kind: str, diagnostic: Diagnostic
) -> Iterator[Change]:
    """``value.name(…)`` where values of ``kind`` have no such method."""
    value, word = field.child_by_field_name("value"), field.child_by_field_name("field")
    if value is None or word is None:
        return
    index, owner, call = here.index, here.of(value), field.parent
    called = call is not None and call.type == "call_expression" and call.child_by_field_name("function") == field
    given = call.child_by_field_name("arguments") if called and call is not None else None
    count = 0 if given is None else len(edits.elements_of(given))
    own = index.methods(kind)
    fitting = {m.name for m in own if m.is_method and len(m.parameters) == count}
    names = [m.name for m in own if m.is_method]
    for score, other in rank(name, dict.fromkeys([*names, *methods_of(kind)]), 0.55):
        bonus = 0.1 if other in fitting else 0.0
        yield f"call `{other}`", here.of(word).rewritten(other), min(0.9, 0.85 * score + bonus)
    for place, other in enumerate(other for other in synonyms(name) if other in methods_of(kind) or other in names):
        yield f"call `{other}`", here.of(word).rewritten(other), 0.6 / (1 + place)
    if name in ("is_not_empty", "not_empty") and call is not None:
        yield "ask whether it is not empty", here.of(call).rewritten(f"!{owner.text}.is_empty()"), 0.7
    struct = index.struct(kind)
    if struct is not None and call is not None and called:
        for score, other in rank(name, [f.name for f in struct.fields], 0.6):
            yield f"take the field `{other}`", here.of(call).rewritten(f"{owner.text}.{other}"), 0.35 * score
        if struct.field(name) is not None:
            if count == 0:
                yield f"take the field `{name}`", here.of(call).rewritten(f"{owner.text}.{name}"), 0.75
            else:
                yield f"call what the field `{name}` holds", edits.wrap(here.path, field.start_byte, field.end_byte, "(", ")"), 0.6
    yield from _inside(situation, owner, name, kind)
    yield from _from_iterators(owner, name, kind)
    for part, weight in undoable(value):
        if _has(index, owner.types.of(part) or "", name):
            yield f"ask it of `{text(part)[:30]}`", owner.rewritten(text(part)), 0.75 * weight
    yield from _free(here, call if called else None, owner, name, kind)
    yield from _by_trait(situation, here, name, kind, diagnostic)
    associated = next((m for m in own if m.name == name and not m.is_method), None)
    if associated is not None and call is not None and given is not None:
        path = types.split_generic(types.strip_references(kind))[0]
        inner = text(given)[1:-1].strip()
        takes = len(associated.parameters)
        arguments = inner if takes == count else ", ".join(part for part in (owner.text, inner) if part)
        yield f"call `{path}::{name}`", here.of(call).rewritten(f"{path}::{name}({arguments})"), 0.7
        receiver = edits.insert(associated.path, associated.parameters_span.start + 1, "&self" + (", " if associated.parameters else ""))
        if takes == count:
            yield f"make `{name}` a method", (receiver,), 0.5
    if called and call is not None:
        yield from _invented(situation, here, call, name, kind, count)


def _inside(situation: Situation, owner: Spot, name: str, kind: str) -> Iterator[Change]:
    """The method is one of what the value holds."""
    flat, index = types.strip_references(kind), owner.index
    inner = types.inner(flat, "Option", "Result")
    place = place_of(situation, owner)
    if inner is not None and _has(index, inner, name):
        shaky = types.is_reference(kind) or owner.kind == "field_expression"
        lent = ".as_ref()" if shaky and not types.is_reference(inner) else ""
        leaves = types.head(place.leaves or "")
        if leaves == types.head(flat):
            yield "take the value out with `?`", owner.wrapped(suffix(f"{lent}?")), 0.7
        yield "take the value out", owner.wrapped(suffix(f"{lent}.unwrap()")), 0.5
        if lent:
            yield "take the value out", owner.wrapped(suffix(".as_mut().unwrap()")), 0.25
        call = owner.node.parent.parent if owner.node.parent is not None else None
        if call is not None and call.type == "call_expression":
            rest = text(call).encode()[owner.node.end_byte - call.start_byte :].decode("utf-8", "replace")
            yield "ask it of the value inside", owner.of(call).rewritten(f"{owner.text}{lent}.map(|value| value{rest})"), 0.3
        origin = _origin(owner)
        if origin is not None:
            yield "take the value out where it is bound", origin.wrapped(suffix("?" if leaves == types.head(flat) else ".unwrap()")), 0.5
        for form, weight in conversions(kind, inner, place)[:3]:
            yield f"write `{form.put(owner.text[:30], owner.strength)}`", owner.wrapped(form), 0.4 * weight
    for cell, getters in (("RefCell", (".borrow()", ".borrow_mut()")), ("Mutex", (".lock().unwrap()",)), ("RwLock", (".read().unwrap()", ".write().unwrap()")),
                          ("Cell", (".get()",)), ("OnceCell", (".get().unwrap()",))):  # fmt: skip
        within = flat
        while types.inner(within, "Rc", "Arc", "Box") is not None:
            within = types.inner(within, "Rc", "Arc", "Box") or ""
        held = types.inner(within, cell)
        if held is not None and _has(index, held, name):
            for rank_, getter in enumerate(getters):
                mutating = name.startswith(("push", "insert", "remove", "clear", "pop", "set", "add", "extend", "sort"))
                order = rank_ if not mutating else len(getters) - 1 - rank_
                yield f"reach into the `{cell}`", owner.wrapped(suffix(getter)), 0.75 - 0.3 * order
    struct = index.struct(flat)
    for part in () if struct is None else struct.fields:
        if _has(index, part.type.text, name):
            yield f"ask it of the field `{part.name}`", owner.wrapped(suffix(f".{part.name}")), 0.4
    weak = types.inner(flat, "Weak")
    if weak is not None and _has(index, weak, name):
        yield "upgrade the weak pointer", owner.wrapped(suffix(".upgrade().unwrap()")), 0.6
    if (types.head(flat) in ("Vec", "VecDeque") or flat.startswith("[")) and (item := types.element(flat)) is not None and _has(index, item, name):
        yield "ask it of the first element", owner.wrapped(suffix("[0]")), 0.12
    element = types.strip_references(flat)
    if element in (*types.NUMBERS, "{integer}", "{float}", "char", "bool") and name in methods_of("String"):
        yield "turn it into text first", owner.wrapped(suffix(".to_string()")), 0.5
    if element in types.INTEGERS and name in methods_of("f64"):
        yield "make it a real number first", owner.rewritten(f"({owner.text} as f64)"), 0.65
    if element in types.FLOATS and name in methods_of("i32"):
        yield "make it a whole number first", owner.rewritten(f"({owner.text} as i64)"), 0.3


def _origin(here: Spot) -> Spot | None:
    binding = binding_of(here.root, here.text, here.node.start_byte) if here.kind == "identifier" else None
    plain = binding is not None and binding.kind == "let" and binding.whole and binding.written is None
    return here.of(binding.value) if plain and binding is not None and binding.value is not None else None


def _has(index: ItemIndex, kind: str, name: str) -> bool:
    flat = types.strip_references(kind)
    if name in methods_of(flat):
        return True
    if any(method.name == name for method in index.methods(flat)):
        return True
    item = index.type_named(flat)
    return name == "clone" and item is not None and index.implements(item.name, "Clone")


def _from_iterators(owner: Spot, name: str, kind: str) -> Iterator[Change]:
    """A method of iterators on a collection, and one of collections on an iterator."""
    flat = types.strip_references(kind)
    collection = types.head(flat) in ("Vec", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque", "BinaryHeap") or flat.startswith("[")
    own = methods_of(flat)
    if name in iterator_methods() and name not in own:
        if collection:
            yield "go over the elements", owner.wrapped(suffix(".iter()")), 0.75
            yield "go over the elements themselves", owner.wrapped(suffix(".into_iter()")), 0.35
            yield "go over the elements to change them", owner.wrapped(suffix(".iter_mut()")), 0.12
        elif types.head(flat) in ("str", "String"):
            yield "go over the characters", owner.wrapped(suffix(".chars()")), 0.7
            yield "go over the bytes", owner.wrapped(suffix(".bytes()")), 0.15
            yield "go over the lines", owner.wrapped(suffix(".lines()")), 0.12
    elif not collection and not own and name in methods_of("Vec<_>") and ("Iter" in flat or types.head(flat) in (
        "Map", "Filter", "Chars", "Split", "Rev", "Enumerate", "Lines", "SplitWhitespace", "Zip", "Skip", "Take", "FilterMap")):  # fmt: skip
        if name == "len":
            return
        yield "collect it first", owner.wrapped(suffix(".collect::<Vec<_>>()")), 0.7


def _free(here: Spot, call: Node | None, owner: Spot, name: str, kind: str) -> Iterator[Change]:
    """A free function of that name takes the value as its first argument."""
    for function in here.index.functions(name)[:1] if call is not None else ():
        given = call.child_by_field_name("arguments") if call is not None else None
        inner = "" if given is None else text(given)[1:-1].strip()
        if call is None or not function.parameters:
            continue
        first = types.tidy(function.parameters[0].type.text)
        sign = "" if not types.is_reference(first) or types.is_reference(kind) else "&mut " if types.is_mutable_reference(first) else "&"
        arguments = ", ".join(part for part in (f"{sign}{owner.text}", inner) if part)
        yield f"call the function `{name}`", here.of(call).rewritten(f"{name}({arguments})"), 0.65


def _by_trait(situation: Situation, here: Spot, name: str, kind: str, _diagnostic: Diagnostic) -> Iterator[Change]:
    """A trait of the tree has the method: the type parameter is bound by it."""
    flat = types.strip_references(kind)
    for trait in here.index.of_kind(Trait):
        if not any(isinstance(item, Function) and item.name == name for item in trait.items):
            continue
        item = here.index.at(here.path, here.node.start_byte)
        while item is not None:
            if any(generic.name == flat and generic.kind == "type" for generic in item.generics):
                added = edits.add_bound(item, flat, trait.name)
                if added is not None:
                    yield f"require `{trait.name}` of `{flat}`", (added,), 0.7
                break
            item = item.parent


def _associated(situation: Situation, here: Spot, path: Node, name: str, kind: str, what: str) -> Iterator[Change]:
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
    constants = [v.name for v in index.of_kind(Value) if v.parent is not None and getattr(v.parent, "name", None) == types.head(owner)]
    variants = [v.name for v in item.variants] if isinstance(item, Enum) else []
    for score, other in rank(name, dict.fromkeys([*variants, *own, *constants, *methods_of(owner)]), 0.5):
        yield f"use `{other}`", here.of(word).rewritten(other), min(0.9, 0.85 * score)
    makers = {"new": ("default", "from", "create", "with_capacity"), "from_str": ("from",), "create": ("new",), "make": ("new",), "init": ("new",),
              "default": ("new",), "from": ("new", "from_str"), "build": ("new",), "of": ("from",), "empty": ("new",)}  # fmt: skip
    for place, other in enumerate(makers.get(name, ())):
        if other in own or (item is None and other in methods_of(owner)) or (other == "default" and item is not None and index.implements(item.name, "Default")):
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
                yield f"use `{enum.name}::{name}`", here.of(path).rewritten(f"{enum.name}::{name}"), 0.35
    if isinstance(item, Struct):
        if item.field(name) is not None:
            for binding, have in here.types.visible(path.start_byte):
                if have is not None and types.head(have) == item.name:
                    yield f"use the field of `{binding.name}`", here.of(path).rewritten(f"{binding.name}.{name}"), 0.4
                    break
        for struct in index.of_kind(Struct):
            if struct is not item and any(m.name == name for m in index.methods(struct.name)):
                yield f"use `{struct.name}::{name}`", here.of(path).rewritten(f"{struct.name}::{name}"), 0.2
    if name == "default" and item is not None and not item.generics:
        yield f"derive Default for `{item.name}`", deriving(situation, index, item, ("Default",)), 0.6
    if name == "new" and isinstance(item, Struct) and item.shape == "named" and count == len(item.fields) and not item.generics:
        yield from _constructor(situation, item)
    if call is not None and item is not None and not item.generics:
        yield from _invented(situation, here, call, name, owner, count or 0, receiver=False)
    _ = what


def _constructor(situation: Situation, item: Struct) -> Iterator[Change]:
    """``new`` that takes every field."""
    source = situation.source(item.path)
    parameters = ", ".join(f"{field.name}: {field.type.text}" for field in item.fields)
    names = ", ".join(field.name for field in item.fields)
    made = f"\nimpl {item.name} {{\n    fn new({parameters}) -> Self {{\n        {item.name} {{ {names} }}\n    }}\n}}"
    yield "write the constructor", (edits.line_after(item.path, source, item.start, item.end, made),), 0.5


def _variant(situation: Situation, here: Spot, path: Node, item: Enum, name: str, call: Node | None) -> Iterator[Change]:
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
    elif holder is not None and holder.type in ("tuple_struct_pattern", "struct_pattern", "struct_expression"):
        return
    spans = [(variant.first, variant.end) for variant in item.variants]
    added = edits.add_element(item.path, source, item.body.start + 1, item.body.end - 1, spans, shape)
    yield f"add the variant `{shape}`", (added,), 0.45


def _invented(
    situation: Situation, here: Spot, call: Node, name: str, kind: str, count: int, receiver: bool = True
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
    yield f"declare `{name}` as a stub", (edits.line_after(item.path, source, item.start, item.end, written_),), 0.03
