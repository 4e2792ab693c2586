"""Methods of what a value holds: an option's, a cell's, a field's value, or the elements of a collection."""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.expression import Spot, suffix
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.gathering import Change
from rusta_cargo.repair.code.members import has_method
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.std_methods import iterator_methods, methods_of
from rusta_cargo.repair.code.tracing import origin
from rusta_cargo.repair.proposer import Situation


def inside_of(situation: Situation, owner: Spot, name: str, kind: str) -> Iterator[Change]:
    """The method is one of what the value holds."""
    flat, index = types.strip_references(kind), owner.index
    inner = types.inner(flat, "Option", "Result")
    place = place_of(situation, owner)
    if inner is not None and has_method(index, inner, name):
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
            yield (
                "ask it of the value inside",
                owner.of(call).rewritten(f"{owner.text}{lent}.map(|value| value{rest})"),
                0.3,
            )
        source = origin(owner)
        if source is not None:
            yield (
                "take the value out where it is bound",
                source.wrapped(suffix("?" if leaves == types.head(flat) else ".unwrap()")),
                0.5,
            )
        for form, weight in conversions(kind, inner, place)[:3]:
            yield (
                f"write `{form.put(owner.text[:30], owner.strength)}`",
                owner.wrapped(form),
                0.4 * weight,
            )
    for cell, getters in (("RefCell", (".borrow()", ".borrow_mut()")), ("Mutex", (".lock().unwrap()",)),
    ("RwLock", (".read().unwrap()", ".write().unwrap()")),
                          ("Cell", (".get()",)), ("OnceCell", (".get().unwrap()",))):  # fmt: skip
        within = flat
        while types.inner(within, "Rc", "Arc", "Box") is not None:
            within = types.inner(within, "Rc", "Arc", "Box") or ""
        held = types.inner(within, cell)
        if held is not None and has_method(index, held, name):
            for rank_, getter in enumerate(getters):
                mutating = name.startswith(("push", "insert", "remove", "clear", "pop", "set", "add", "extend", "sort"))
                order = rank_ if not mutating else len(getters) - 1 - rank_
                yield f"reach into the `{cell}`", owner.wrapped(suffix(getter)), 0.75 - 0.3 * order
    struct = index.struct(flat)
    for part in () if struct is None else struct.fields:
        if has_method(index, part.type.text, name):
            yield f"ask it of the field `{part.name}`", owner.wrapped(suffix(f".{part.name}")), 0.4
    weak = types.inner(flat, "Weak")
    if weak is not None and has_method(index, weak, name):
        yield "upgrade the weak pointer", owner.wrapped(suffix(".upgrade().unwrap()")), 0.6
    if (
        (types.head(flat) in ("Vec", "VecDeque") or flat.startswith("["))
        and (item := types.element(flat)) is not None
        and has_method(index, item, name)
    ):
        yield "ask it of the first element", owner.wrapped(suffix("[0]")), 0.12
    element = types.strip_references(flat)
    if element in (*types.NUMBERS, "{integer}", "{float}", "char", "bool") and name in methods_of("String"):
        yield "turn it into text first", owner.wrapped(suffix(".to_string()")), 0.5
    if element in types.INTEGERS and name in methods_of("f64"):
        yield "make it a real number first", owner.rewritten(f"({owner.text} as f64)"), 0.65
    if element in types.FLOATS and name in methods_of("i32"):
        yield "make it a whole number first", owner.rewritten(f"({owner.text} as i64)"), 0.3


def from_iterators(owner: Spot, name: str, kind: str) -> Iterator[Change]:
    """A method of iterators on a collection, and one of collections on an iterator."""
    flat = types.strip_references(kind)
    collection = types.head(flat) in (
        "Vec",
        "HashMap",
        "HashSet",
        "BTreeMap",
        "BTreeSet",
        "VecDeque",
        "BinaryHeap",
    ) or flat.startswith("[")
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
        "Map", "Filter", "Chars", "Split", "Rev", "Enumerate", "Lines", "SplitWhitespace", "Zip", "Skip", "Take",
        "FilterMap")):  # fmt: skip
        if name == "len":
            return
        yield "collect it first", owner.wrapped(suffix(".collect::<Vec<_>>()")), 0.7
