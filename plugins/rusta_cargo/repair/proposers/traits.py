"""Traits that a type does not have: E0277, and E0599 where a method's bounds are not met.

The type derives the trait, the generic parameter is bound by it, an empty implementation is written where the trait
asks for nothing; or the value is made one of a type that has it. Unsized values go behind a pointer, single-threaded
pointers become those for threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.deriving import DERIVABLE, deriving, own_types, together
from rusta_cargo.repair.code.expression import Spot, prefix, smallest, spot, suffix
from rusta_cargo.repair.code.items import Function, Impl, ItemIndex, Trait, Variant, provided
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.undoing import undone
from rusta_cargo.repair.proposer import STUB, Candidate, Replacement, Situation
from rusta_cargo.repair.proposers.coercions import place_of
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0277", "E0599", "E0271", "E0282", "E0038", "E0204", "E0507", "E0382")
MOST = 12
CONFIRMED = 0.15
Change = tuple[str, tuple[Replacement, ...], float]
_BOUND = re.compile(
    r"the trait bound `(?P<type>.+?): (?P<trait>[^`]+)` is not satisfied|`(?P<kind>.+)` doesn't implement `(?P<has>[^`]+)`"
)
_UNMET = re.compile(r"`(?P<type>[^`]+?): (?P<trait>[^`]+)`")
_OTHERS = re.compile(r"^\s+`?&?([^`\n]+?)`?(?: implements `[^`]+`)?$", re.MULTILINE)
_IMPLEMENTED = re.compile(r"(?:trait `[^`]+` is|it is) implemented for `([^`]+)`")
_UNSIZED = re.compile(r"the size for values of type `([^`]+)` cannot be known")
_THREADS = re.compile(r"`(.+)` cannot be (sent|shared) between threads safely")
_FUTURE = re.compile(r"`(.+)` is not a future")
METHODS = {"clone": "Clone", "eq": "PartialEq", "ne": "PartialEq", "cmp": "Ord", "partial_cmp": "PartialOrd", "hash": "Hash", "max": "Ord",
           "min": "Ord", "clamp": "Ord"}  # fmt: skip
_BEHIND = {"Rc": ("Arc", "std::rc::Rc", "std::sync::Arc"), "RefCell": ("Mutex", "std::cell::RefCell", "std::sync::Mutex"),
           "Cell": ("Mutex", "std::cell::Cell", "std::sync::Mutex")}  # fmt: skip


def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for bounds that are not satisfied."""
    index: ItemIndex | None = None
    found: dict[tuple[Replacement, ...], tuple[str, float, list[int]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        readers = _READERS.get(diagnostic.code or "", ())
        if not readers or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        changes = [
            change
            for reader in readers
            for change in reader(situation, index, diagnostic)
            if change[1]
        ]
        for title, parts, weight in islice(sorted(changes, key=lambda c: -c[2]), MOST):
            known = found.get(parts)
            if known is None:
                found[parts] = (title, weight, [number])
            elif number not in known[2]:
                found[parts] = (known[0], max(weight, known[1]), [*known[2], number])
    if index is not None:
        for title, parts, weight, numbers in _all_derives(situation, index):
            known = found.get(parts)
            found[parts] = (title, weight, numbers) if known is None else (known[0], max(weight, known[1]), known[2])
    for parts, (title, weight, numbers) in found.items():
        prior = max(0.01, min(0.93, weight + CONFIRMED * (len(numbers) - 1)))
        code = situation.diagnostics[numbers[0]].code
        risk = (STUB,) if any("todo!()" in part.text for part in parts) else ()
        yield Candidate(title[:160], parts, prior, diagnostic=numbers[0] if len(numbers) == 1 else None, risk=risk,
                        cites=(code,) if code else ())  # fmt: skip


def _all_derives(
    situation: Situation, index: ItemIndex
) -> Iterator[tuple[str, tuple[Replacement, ...], float, list[int]]]:
    """One edit for all the traits that several errors miss on a type."""
    wanted: dict[str, dict[str, list[int]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code not in ("E0277", "E0369", "E0599", "E0308"):
            continue
        for kind, trait in needs_of(diagnostic):
            name = types.head(trait)
            owners = own_types(index, types.strip_references(kind)) if name in DERIVABLE else []
            for owner in owners:
                wanted.setdefault(owner.name, {}).setdefault(name, []).append(number)
    for type_name, traits in wanted.items():
        item = index.type_named(type_name)
        if item is None or len(traits) < 2:
            continue
        every = {name for trait in traits for name in together(trait)}
        if "Hash" in traits:
            every |= {"PartialEq", "Eq"}
        names = tuple(name for name in DERIVABLE if name in every)
        numbers = sorted({number for listed in traits.values() for number in listed})
        parts = deriving(situation, index, item, names)
        if parts:
            yield f"derive {', '.join(names)} for `{type_name}`", parts, 0.85, numbers


def needs_of(diagnostic: Diagnostic) -> Iterator[tuple[str, str]]:
    """The types and the derivable traits that an error says they lack."""
    told = _BOUND.search(diagnostic.message)
    if told is not None:
        yield told["type"] or told["kind"], told["trait"] or told["has"]
    operator = re.search(
        r"binary operation `([^`]+)` cannot be applied to type `([^`]+)`", diagnostic.message
    )
    if operator is not None:
        yield operator[2], "PartialEq"
        if operator[1] not in ("==", "!="):
            yield operator[2], "PartialOrd"
    method = re.search(
        r"no method named `(\w+)` found for (?:\w+ )?(?:reference )?`([^`]+)`", diagnostic.message
    )
    if method is not None and method[1] in METHODS:
        yield method[2], METHODS[method[1]]
    for note in diagnostic.notes:
        cloned = re.search(r"`([^`]+)` does not implement `Clone`, so", note.message)
        if cloned is not None:
            yield cloned[1], "Clone"
    maker = re.search(r"item named `default` found for (?:\w+ )?`([^`]+)`", diagnostic.message)
    if maker is not None:
        yield maker[1], "Default"
    if "trait bounds were not satisfied" in diagnostic.message:
        for note in diagnostic.notes:
            for bound in _UNMET.finditer(note.message):
                yield bound["type"], bound["trait"]


def _lacking(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A method of a trait that can be derived."""
    if "no method named" in diagnostic.message:
        for kind, trait in needs_of(diagnostic):
            yield from _having(situation, index, diagnostic, kind, trait, 0.75)


def _unsatisfied(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic
) -> Iterator[Change]:
    """``Type: Trait`` does not hold."""
    told = _BOUND.search(diagnostic.message)
    if told is None:
        return
    kind, trait = (told["type"] or told["kind"]), (told["trait"] or told["has"])
    kind = types.tidy(re.sub(r"\bmain::|\bcrate::", "", kind))
    yield from _having(situation, index, diagnostic, kind, trait, 0.7)
    for note in diagnostic.notes:
        for bound in _UNMET.finditer(note.message):
            if bound["type"] != kind and "required for" not in note.message:
                yield from _having(situation, index, diagnostic, bound["type"], bound["trait"], 0.5)
        inner = re.search(r"the trait `([^`]+)` is not implemented for `([^`]+)`", note.message)
        if inner is not None and inner[2] != kind:
            yield from _having(situation, index, diagnostic, inner[2], inner[1], 0.6)
    yield from _converted(situation, index, diagnostic, kind, trait)


def _having(
    situation: Situation,
    index: ItemIndex,
    diagnostic: Diagnostic,
    kind: str,
    trait: str,
    weight: float,
) -> Iterator[Change]:
    """The type gets the trait: by derive, by bound, by an implementation."""
    name = types.head(trait)
    place = diagnostic.primary
    flat = types.strip_references(kind)
    if place is None:
        return
    item = index.at(place.path, place.start)
    while item is not None:
        if any(generic.name == flat and generic.kind == "type" for generic in item.generics):
            added = edits.add_bound(item, flat, _spelled(situation, item.path, trait))
            if added is not None:
                # The compiler's own suggestion says the same with the whole path of the trait.
                offered = any("restrict" in s.message for s in diagnostic.suggestions)
                yield f"require `{trait}` of `{flat}`", (added,), 0.92 if offered else weight
            break
        item = item.parent
    if name in DERIVABLE:
        for owner in own_types(index, flat):
            wanted = together(name)
            if name in ("Hash", "Eq"):
                wanted = together("Eq") if name == "Eq" else ("PartialEq", "Eq", "Hash")
            yield (
                f"derive {name} for `{owner.name}`",
                deriving(situation, index, owner, wanted),
                weight,
            )
            if set(wanted) != {name}:
                yield (
                    f"derive {name} alone for `{owner.name}`",
                    deriving(situation, index, owner, (name,)),
                    0.4 * weight,
                )
    yield from _implemented(situation, index, kind, trait, weight)


def _spelled(situation: Situation, path: str, trait: str) -> str:
    """The trait as the file can name it: by its last segment where it is imported or in the prelude."""
    short = re.sub(r"^(?:[\w]+::)+", "", trait)
    known = ("Clone", "Copy", "PartialEq", "Eq", "PartialOrd", "Ord", "Default", "Iterator", "IntoIterator", "Into", "From", "AsRef", "Send",
             "Sync", "Sized", "Fn", "FnMut", "FnOnce", "ToString", "Drop", "Unpin", "TryFrom", "TryInto", "Extend", "FromIterator")  # fmt: skip
    head = types.head(short)
    if (
        head in known
        or f"::{head};".encode() in situation.source(path)
        or f"trait {head}".encode() in situation.source(path)
    ):
        return short
    full = {
        "Debug": "std::fmt::Debug",
        "Display": "std::fmt::Display",
        "Hash": "std::hash::Hash",
        "Error": "std::error::Error",
    }
    return full.get(short, trait)


def _implemented(
    situation: Situation, index: ItemIndex, kind: str, trait: str, weight: float
) -> Iterator[Change]:
    """An implementation of a trait of the tree, or of ``Error``, that has nothing to say."""
    flat = kind if kind.startswith("&") else types.strip_references(kind)
    plain = types.tidy(re.sub(r"\{integer\}", "i32", flat))
    own = index.type_named(flat)
    if types.head(trait) == "Error" and own is not None and index.implements(own.name, "Display"):
        source = situation.source(own.path)
        body = f"\nimpl std::error::Error for {own.name} {{}}"
        extra = deriving(situation, index, own, ("Debug",))
        yield (
            "implement `Error`",
            (*extra, edits.line_after(own.path, source, own.start, own.end, body)),
            0.6,
        )
    found = next(iter(index.named(types.head(trait), Trait)), None)
    if (
        found is None
        or "_" in types.words(plain)
        or "{" in plain
        or found.generics
        and "<" not in trait
    ):
        return
    if plain.startswith(("impl ", "dyn ", "fn(")) or len(plain) == 1 or "'" in plain:
        return
    missing = [item for item in found.items if not provided(item)]
    source = situation.source(found.path)
    after = own if own is not None and own.path == found.path and own.start > found.start else found
    if own is not None and own.generics:
        return
    if not missing:
        text_ = f"\nimpl {trait} for {plain} {{}}"
        yield (
            f"implement `{trait}` for `{plain}`",
            (edits.line_after(found.path, source, after.start, after.end, text_),),
            0.4 * weight,
        )
    elif all(isinstance(item, Function) for item in missing):
        heads = []
        for item in missing:
            written = situation.text(item.path, item.start, item.end).rstrip().removesuffix(";")
            heads.append(f"    {written} {{\n        todo!()\n    }}")
        text_ = f"\nimpl {trait} for {plain} {{\n" + "\n\n".join(heads) + "\n}"
        yield (
            f"implement `{trait}` for `{plain}` by stubs",
            (edits.line_after(found.path, source, after.start, after.end, text_),),
            0.05,
        )


def _converted(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, kind: str, trait: str
) -> Iterator[Change]:
    """The value is made one of a type that has the trait."""
    here = spot(situation, index, diagnostic.primary) if diagnostic.primary else None
    if here is None:
        return
    place = place_of(situation, here)
    goals: list[tuple[str, float]] = []
    for note in diagnostic.notes:
        goals += [(name, 0.8) for name in _IMPLEMENTED.findall(note.message)]
        if "other types implement trait" in note.message:
            goals += [(name.strip(), 0.35) for name in _OTHERS.findall(note.message)[:12]]
    goals += [
        (impl.self_type.text, 0.4)
        for impl in index.of_kind(Impl)
        if impl.trait is not None and types.head(impl.trait.text) == types.head(trait)
    ]
    wrapped = types.inner(trait, "From", "Into", "AsRef", "Borrow")
    if types.head(trait) == "From" and wrapped is not None:
        for form, weight in conversions(kind, wrapped, place)[:3]:
            yield (
                f"write `{form.put(here.text[:40], here.strength)}`",
                here.wrapped(form),
                0.4 * weight,
            )
    seen: set[str] = set()
    for goal, share in goals:
        if goal in seen or types.same(goal, kind) or len(seen) > 8:
            continue
        seen.add(goal)
        for new, weight in undone(here, kind, goal, place):
            if new != here.text:
                yield f"write `{new[:50]}`", here.rewritten(new), share * weight
        for form, weight in conversions(kind, goal, place)[:4]:
            yield (
                f"write `{form.put(here.text[:40], here.strength)}`",
                here.wrapped(form),
                share * weight,
            )
    if types.is_reference(kind):
        if here.kind == "reference_expression":
            yield (
                "pass the value itself",
                here.rewritten(text(here.node.child_by_field_name("value"))),
                0.45,
            )
        else:
            yield "follow the reference", here.wrapped(prefix("*")), 0.3
            yield "pass a copy", here.wrapped(suffix(".clone()")), 0.15
    elif not here.kind.endswith("_literal") and here.kind != "macro_invocation":
        yield "pass a reference", here.wrapped(prefix("&")), 0.18


def _shown(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``{}`` for a type that only has ``Debug``, and the reverse."""
    told = _BOUND.search(diagnostic.message)
    place = diagnostic.primary
    if (
        told is None
        or place is None
        or types.head(told["trait"] or told["has"]) not in ("Display", "Debug")
    ):
        return
    display = types.head(told["trait"] or told["has"]) == "Display"
    source = situation.source(place.path)
    shown = source[place.start : place.end].decode("utf-8", "replace")
    if shown.startswith("{"):
        new = "{" + (shown[1:-1].partition(":")[0] + (":?" if display else "")) + "}"
        if new != shown:
            yield (
                f"show it with `{new}`",
                (edits.replace(place.path, place.start, place.end, new),),
                0.55,
            )
        return
    root = situation.syntax(place.path).root_node
    macro = nodes.enclosing(nodes.node_at(root, place.start, place.end), "macro_invocation")
    tokens = nodes.child(macro, "token_tree")
    literal = (
        None
        if tokens is None
        else next((t for t in tokens.children if t.type == "string_literal"), None)
    )
    if tokens is None or literal is None or literal.end_byte > place.start:
        return
    at = sum(
        1 for part in tokens.children if part.type == "," and part.start_byte < place.start
    ) - (
        sum(
            1
            for part in tokens.children
            if part.type == "," and part.start_byte < literal.start_byte
        )
        + 1
    )
    holes = [
        m
        for m in re.finditer(rb"\{\{|\{[^{}]*\}", source[literal.start_byte : literal.end_byte])
        if m[0] != b"{{"
    ]
    plain = [m for m in holes if re.fullmatch(rb"\{(?::[^}]*)?\}", m[0])]
    if 0 <= at < len(plain):
        start = literal.start_byte + plain[at].start()
        old = plain[at][0].decode()
        new = "{:?}" if display and old == "{}" else old[:-1] + "?}" if display else "{}"
        yield (
            f"show it with `{new}`",
            (edits.replace(place.path, start, start + len(old), new),),
            0.55,
        )


def _unsized(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A value whose size is not known goes behind a pointer."""
    told, place = _UNSIZED.search(diagnostic.message), diagnostic.primary
    if told is None or place is None:
        return
    kind = told[1]
    here = smallest(situation, index, place.path, place.start, place.end)
    if here is None:
        return
    for note in diagnostic.notes:
        required = re.search(
            r"required by (?:a bound|an implicit `Sized` bound) in `([^`]+)`", note.message
        )
        for span in note.spans if required is not None else ():
            item = index.at(span.path, span.start) if span.path in index.files else None
            while item is not None:
                for generic in item.generics:
                    if generic.start <= span.start < generic.end and generic.kind == "type":
                        added = edits.add_bound(item, generic.name, "?Sized")
                        if added is not None:
                            yield f"allow unsized types for `{generic.name}`", (added,), 0.5
                item = item.parent
    if kind.startswith("dyn ") and here.kind in ("array_type", "type_arguments", "generic_type"):
        for node in nodes.below(here.node, "dynamic_type"):
            boxed = here.of(node).rewritten(f"Box<{text(node)}>")
            yield "box the trait objects", boxed, 0.65
    holder = nodes.enclosing(
        here.node, ("parameter", "let_declaration", "function_item", "field_declaration")
    )
    written = None if holder is None else holder.child_by_field_name("type")
    if holder is not None and holder.type == "function_item":
        written = holder.child_by_field_name("return_type")
    if written is not None and types.same(text(written), kind):
        returned = holder is not None and holder.type == "function_item"
        if kind.startswith("dyn "):
            yield "box the trait object", here.of(written).rewritten(f"Box<{text(written)}>"), 0.4
            yield (
                "take any type with the trait",
                here.of(written).rewritten(f"impl {text(written)[4:]}"),
                0.45,
            )
        elif kind == "str":
            yield "own the text", here.of(written).rewritten("String"), 0.3
        elif kind.startswith("[") and types.element(kind):
            yield "own the elements", here.of(written).rewritten(f"Vec<{types.element(kind)}>"), 0.3
        if not returned:
            yield "take a reference", here.of(written).rewritten(f"&{text(written)}"), 0.6
    if (
        holder is not None
        and holder.type == "let_declaration"
        and (value := holder.child_by_field_name("value")) is not None
    ):
        yield "borrow the value", here.of(value).wrapped(prefix("&")), 0.7
    generic_item = index.at(place.path, place.start)
    while generic_item is not None:
        for generic in generic_item.generics:
            if (
                generic.name == kind
                and generic.bounds is not None
                and "?Sized" in generic.bounds.text
            ):
                kept = [
                    part.strip()
                    for part in generic.bounds.text.lstrip(":").split("+")
                    if part.strip() != "?Sized"
                ]
                new = f": {' + '.join(kept)}" if kept else ""
                start = generic.start + len(generic.name.encode())
                yield (
                    "ask for a sized type",
                    (edits.replace(generic_item.path, start, generic.bounds.end, new),),
                    0.6,
                )
        generic_item = generic_item.parent


def _threads(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """Values that stay in one thread become those that may leave it."""
    told, place = _THREADS.search(diagnostic.message), diagnostic.primary
    if told is None or place is None:
        return
    kind = told[1]
    notes = " ".join(note.message for note in diagnostic.notes)
    heads = [word for word in types.words(kind + " " + notes) if word in _BEHIND]
    for head in dict.fromkeys(heads):
        new, old_path, new_path = _BEHIND[head]
        changes: list[Replacement] = []
        for path in index.files:
            changes += _renamed(situation, path, head, new, old_path, new_path)
        if changes and head == "Rc":
            yield f"use `{new}` for `{head}`", tuple(changes), 0.8
            both = [word for word in dict.fromkeys(heads) if word == "RefCell"]
            if both or b"RefCell" in situation.source(place.path):
                extra = [
                    c
                    for path in index.files
                    for c in _renamed(situation, path, "RefCell", "Mutex", *_BEHIND["RefCell"][1:])
                ]
                if extra:
                    yield "use `Arc<Mutex>` for `Rc<RefCell>`", tuple([*changes, *extra]), 0.7
        elif changes:
            yield f"use `{new}` for `{head}`", tuple(changes), 0.5
    marker = "Send" if told[2] == "sent" else "Sync"
    yield from _having(situation, index, diagnostic, kind, marker, 0.6)
    if kind.startswith("dyn ") or "dyn " in kind:
        root = situation.syntax(place.path).root_node
        wanted = re.search(r"dyn ([\w:]+)", kind)
        changed = [
            edits.insert(place.path, node.end_byte, f" + {marker}")
            for node in nodes.below(root, "dynamic_type")
            if wanted is not None
            and text(node).removeprefix("dyn ").strip().rpartition("::")[2]
            == wanted[1].rpartition("::")[2]
        ]
        yield f"ask for `{marker}` trait objects", tuple(changed), 0.6
    own = index.type_named(kind)
    if own is not None and not own.generics:
        source = situation.source(own.path)
        yield (
            f"promise that `{own.name}` is `{marker}`",
            (
                edits.line_after(
                    own.path,
                    source,
                    own.start,
                    own.end,
                    f"\nunsafe impl {marker} for {own.name} {{}}",
                ),
            ),
            0.1,
        )


def _renamed(
    situation: Situation, path: str, old: str, new: str, old_path: str, new_path: str
) -> Iterator[Replacement]:
    """Every use of a type of std in a file, its import among them."""
    root = situation.syntax(path).root_node
    for node in nodes.below(root, ("identifier", "type_identifier")):
        if text(node) != old:
            continue
        whole = node.parent
        if (
            whole is not None
            and whole.type in ("scoped_identifier", "scoped_type_identifier")
            and text(whole) == old_path
        ):
            yield edits.replace_node(path, whole, new_path)
        elif (
            nodes.enclosing(node, "use_declaration") is None
            or whole is None
            or whole.type != "scoped_identifier"
        ):
            yield edits.replace_node(path, node, new)
    calls = {"Mutex": {"borrow": "lock().unwrap", "borrow_mut": "lock().unwrap"}}.get(new, {})
    for node in nodes.below(root, "field_expression") if calls else ():
        field = node.child_by_field_name("field")
        called = node.parent is not None and node.parent.type == "call_expression"
        if field is not None and called and text(field) in calls:
            yield edits.replace_node(path, field, calls[text(field)])


def _awaited(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``.await`` on what is no future."""
    place = diagnostic.primary
    if place is None or _FUTURE.search(diagnostic.message) is None:
        return
    here = smallest(situation, index, place.path, place.start, place.end)
    node = None if here is None else nodes.enclosing(here.node, "await_expression")
    if here is not None and node is not None and node.named_children:
        value = node.named_children[0]
        yield "leave `.await` away", (edits.delete(here.path, value.end_byte, node.end_byte),), 0.7
        callee = value.child_by_field_name("function") if value.type == "call_expression" else None
        for function in (
            index.functions(text(callee).rpartition("::")[2]) if callee is not None else ()
        ):
            if "async" not in function.modifiers:
                yield f"make `{function.name}` async", (_async(situation, function),), 0.6


def _async(situation: Situation, function: Function) -> Replacement:
    head = situation.text(function.path, function.start, function.name_start)
    at = function.start + len(head[: head.rindex("fn ")].encode())
    return edits.insert(function.path, at, "async ")


def _unmet(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """A method that exists, with bounds that do not hold."""
    if "trait bounds were not satisfied" not in diagnostic.message:
        return
    derives: dict[str, list[str]] = {}
    for note in diagnostic.notes:
        for bound in _UNMET.finditer(note.message):
            kind, trait = bound["type"], types.head(bound["trait"])
            yield from _having(situation, index, diagnostic, kind, bound["trait"], 0.55)
            if trait in DERIVABLE:
                for owner in own_types(index, kind):
                    derives.setdefault(owner.name, []).append(trait)
    for name, traits in derives.items():
        item = index.type_named(name)
        if item is not None and len(traits) > 1 and not isinstance(item, Variant):
            wanted = tuple(
                t for t in DERIVABLE if t in {x for trait in traits for x in together(trait)}
            )
            yield (
                f"derive {', '.join(wanted)} for `{name}`",
                deriving(situation, index, item, wanted),
                0.75,
            )


def uses(here: Spot) -> str:
    """The text of the spot, for titles."""
    return " ".join(here.text.split())[:40]


_Reader = Callable[[Situation, ItemIndex, Diagnostic], Iterator[Change]]
_READERS: dict[str, tuple[_Reader, ...]] = {
    "E0277": (_unsatisfied, _shown, _unsized, _threads, _awaited), "E0599": (_unmet, _lacking),
}  # fmt: skip
