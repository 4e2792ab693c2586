"""Types that may not stand where they stand: E0562, E0666, E0667 (``impl Trait``), E0223, E0404, E0573, E0575, E0516,
E0446, E0271 of a bound, E0512 and E0591 (transmute).

``impl Trait`` goes from a local, becomes a box in a field or alias; a trait's type is taken from the type that has
it; a variant used as a type becomes its enum; a private type in a public signature is opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Alias, Function, Impl, Item, Struct, Trait, Value, Variant
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.seeing import expression_at

_NAMES = "TUVWABC"
_BITS = {
    "u8": 8, "i8": 8, "u16": 16, "i16": 16, "u32": 32, "i32": 32, "f32": 32, "char": 32, "u64": 64, "i64": 64,
    "f64": 64, "u128": 128, "i128": 128,
}  # fmt: skip
_STD_TRAITS = ("Display", "Debug", "Clone", "Default")
_SIZES = re.compile(r"source type: `(.+?)` \((\d+) bits\).*?target type: `(.+?)` \((\d+) bits\)", re.DOTALL)


def _impl_trait(case: Case) -> Iterator[Answer]:
    """``impl Trait`` where only a named type may stand."""
    node = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "abstract_type")
    if node is None:
        return
    bounds = text(node).removeprefix("impl").strip()
    statement = nodes.around(node, "let_declaration")
    if statement is not None and statement.child_by_field_name("type") == node:
        pattern = statement.child_by_field_name("pattern")
        if pattern is not None:
            gone = edits.delete(case.path, pattern.end_byte, node.end_byte)
            yield Answer("let the type be inferred", (gone,), 0.85)
    elif statement is not None:
        yield Answer("let the type be inferred", (edits.replace_node(case.path, node, "_"),), 0.7)
    boxed = edits.replace_node(case.path, node, f"Box<dyn {bounds}>")
    reference = nodes.around(node, "reference_type")
    if reference is not None and reference.child_by_field_name("type") == node:
        inner = f"(dyn {bounds})" if "+" in bounds else f"dyn {bounds}"
        yield Answer("use a trait object", (edits.replace_node(case.path, node, inner),), 0.6)
    else:
        yield Answer("use a boxed trait object", (boxed,), 0.55)
    item = case.index.at(case.path, case.place.start)
    if isinstance(item, Function | Struct | Impl) and not isinstance(item, Variant) and statement is None:
        taken = {generic.name for generic in item.generics}
        name = next(letter for letter in _NAMES if letter not in taken)
        parts = (
            edits.add_generic(item, f"{name}: {bounds}"),
            edits.replace_node(case.path, node, name),
        )
        yield Answer(f"take a type parameter `{name}`", parts, 0.5)


def _ambiguous(case: Case) -> Iterator[Answer]:
    """``Trait::Type``: of which type? Of those that have the trait, or of the parameter that is bound by it."""
    written = case.situation.text(case.path, case.place.start, case.place.end)
    owner, _, name = written.rpartition("::")
    trait = case.index.trait(owner) if owner else None
    item = case.index.at(case.path, case.place.start)
    offers: list[str] = []
    scope: Item | None = item
    while scope is not None:
        for generic in scope.generics:
            bounds = generic.bounds.text if generic.bounds is not None else ""
            if re.search(rf"\b{re.escape(types.head(owner))}\b", bounds):
                offers.append(generic.name)
        if (
            trait is not None
            and isinstance(scope, Impl | Trait)
            and (
                scope is trait
                or (isinstance(scope, Impl) and scope.trait is not None and types.head(scope.trait.text) == trait.name)
            )
        ):
            offers.append("Self")
        scope = scope.parent
    if trait is not None:
        offers += [
            impl.self_type.text
            for impl in case.index.of_kind(Impl)
            if impl.trait is not None and types.head(impl.trait.text) == trait.name and not impl.generics
        ]
        for at, offer in enumerate(dict.fromkeys(offers)):
            if at < 4:
                new = f"<{offer} as {owner}>::{name}" if offer != "Self" else f"Self::{name}"
                change = edits.replace(case.path, case.place.start, case.place.end, new)
                yield Answer(f"write `{new}`", (change,), 0.7 - 0.1 * at)
        return
    for impl in case.index.impls_of(owner, "*") if owner else ():
        if impl.trait is not None and any(i.name == name for i in impl.items if isinstance(i, Alias)):
            new = f"<{owner} as {impl.trait.text}>::{name}"
            change = edits.replace(case.path, case.place.start, case.place.end, new)
            yield Answer(f"write `{new}`", (change,), 0.7)


def _no_trait(case: Case) -> Iterator[Answer]:
    """A type used as a trait: an impl with its sides swapped, a bound that is a type, a struct meant as a trait."""
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    written = case.situation.text(case.path, case.place.start, case.place.end)
    impl = nodes.enclosing(node, "impl_item")
    trait, kind = (
        (None, None) if impl is None else (impl.child_by_field_name("trait"), impl.child_by_field_name("type"))
    )
    if trait is not None and kind is not None and trait.start_byte <= case.place.start < trait.end_byte:
        if case.index.trait(text(kind)) is not None or types.head(text(kind)) in _STD_TRAITS:
            parts = (
                edits.replace_node(case.path, trait, text(kind)),
                edits.replace_node(case.path, kind, text(trait)),
            )
            yield Answer("swap the trait and the type", parts, 0.9)
        if types.head(text(kind)) == types.head(written):
            gone = edits.delete(case.path, trait.start_byte, kind.start_byte)
            yield Answer("implement it without a trait", (gone,), 0.8)
    for found in case.index.named(written, Struct):
        if not found.fields and not isinstance(found, Variant):
            head = case.situation.text(found.path, found.start, found.end)
            new = re.sub(r"\bstruct\b", "trait", head, count=1).rstrip().rstrip(";").rstrip()
            new = new if new.endswith("}") else f"{new} {{}}"
            source = case.situation.source(found.path)
            made = [edits.replace(found.path, found.start, found.end, new)]
            for attribute in found.attributes:
                if attribute.name == "derive":
                    made.append(edits.delete_lines(found.path, source, attribute.start, attribute.end))
            yield Answer(f"make `{found.name}` a trait", tuple(made), 0.4)
    parameter = nodes.enclosing(node, ("type_parameter", "constrained_type_parameter"))
    if parameter is not None:
        name = text(parameter.child_by_field_name("name") or parameter.child_by_field_name("left"))
        bounds = parameter.child_by_field_name("bounds")
        if bounds is not None and "+" not in text(bounds):
            gone = edits.delete(case.path, bounds.start_byte, bounds.end_byte)
            yield Answer(f"leave `{name}` free", (gone,), 0.3)
    abstract = nodes.enclosing(node, ("abstract_type", "dynamic_type"))
    if abstract is not None and "+" not in text(abstract):
        yield Answer(f"write `{written}` itself", (edits.replace_node(case.path, abstract, written),), 0.75)


def _no_type(case: Case) -> Iterator[Answer]:
    """A variant or value used as a type."""
    written = case.situation.text(case.path, case.place.start, case.place.end)
    owner, _, name = written.rpartition("::")
    if owner and any(
        v.parent is not None and v.parent.name == types.head(owner) for v in case.index.named(name, Variant)
    ):
        gone = edits.delete(case.path, case.place.start + len(owner.encode()), case.place.end)
        yield Answer(f"the type is `{owner}`", (gone,), 0.95)
    elif not owner:
        for value in case.index.named(name, Value)[:1] if f"constant `{name}`" in case.diagnostic.message else ():
            if value.type is not None and not types.is_reference(value.type.text):
                change = edits.replace(case.path, case.place.start, case.place.end, value.type.text)
                yield Answer(f"the type is that of `{name}`", (change,), 0.7)
        for variant in case.index.named(name, Variant)[:2]:
            if variant.parent is not None:
                change = edits.replace(case.path, case.place.start, case.place.end, variant.parent.name)
                yield Answer(f"the type is `{variant.parent.name}`", (change,), 0.8)
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    arguments = nodes.enclosing(node, "type_arguments")
    if arguments is not None and re.fullmatch(r"[A-Z_0-9]+", written):
        braces = edits.wrap(case.path, case.place.start, case.place.end, "{ ", " }")
        yield Answer("mark it as a constant", braces, 0.4)


def _typeof(case: Case) -> Iterator[Answer]:
    """``typeof(x)`` is no type: the type of ``x``, or ``_``."""
    written = case.situation.text(case.path, case.place.start, case.place.end)
    inner = re.fullmatch(r"typeof\s*\((.*)\)", written, re.DOTALL)
    if inner is None:
        return
    held = inner[1].strip()
    kind = "i32" if re.fullmatch(r"-?\d[\d_]*", held) else "f64" if re.fullmatch(r"-?\d[\d_]*\.\d+", held) else None
    kind = kind or ("&str" if held.startswith('"') else None)
    for new, weight in ((kind, 0.7), ("_", 0.6)):
        if new is not None:
            yield Answer(
                f"write `{new}`",
                (edits.replace(case.path, case.place.start, case.place.end, new),),
                weight,
            )


def _leaked(case: Case) -> Iterator[Answer]:
    """A private type or trait in a public signature: it is opened."""
    names = quoted(case.diagnostic.message)
    for item in case.index.named(types.head(names[0]), Item) if names else ():
        if item.kind in ("struct", "enum", "union", "trait", "type"):
            for word, weight in (("pub", 0.8), ("pub(crate)", 0.3)):
                change = edits.add_visibility(item.path, item, word)
                if change is not None:
                    yield Answer(f"open `{item.name}`", (change,), weight)


def _other_type(case: Case) -> Iterator[Answer]:
    """An associated type that is not what a bound asks for: the impl's, or the bound's."""
    told = re.search(r"type mismatch resolving `<(.+) as (.+)>::(\w+) == (.+)`", case.diagnostic.message)
    if told is None:
        return
    name, wanted = told[3], told[4]
    for impl in case.index.impls_of(told[1], told[2].partition("<")[0]):
        for item in impl.items:
            if isinstance(item, Alias) and item.name == name and item.type is not None:
                have = item.type
                change = edits.replace(impl.path, have.start, have.end, wanted)
                yield Answer(f"let `{name}` be `{wanted}`", (change,), 0.5)
                for span in case.noted("required by"):
                    written = case.situation.text(span.path, span.start, span.end)
                    at = re.search(rf"\b{name}\s*=\s*({re.escape(wanted)})", written)
                    if at is not None:
                        start = span.start + len(written[: at.start(1)].encode())
                        other = edits.replace(span.path, start, start + len(wanted.encode()), have.text)
                        yield Answer(f"ask for `{have.text}`", (other,), 0.5)


def _transmuted(case: Case) -> Iterator[Answer]:
    """A transmute between types of different sizes, or of a function itself: a cast, or a target of the size."""
    told = _SIZES.search(case.diagnostic.rendered)
    node = expression_at(case, case.place)
    call = nodes.enclosing(node, "call_expression")
    arguments = None if call is None else call.child_by_field_name("arguments")
    item = re.search(r"source type: (.*?) \{.*\}", case.diagnostic.rendered)
    if call is None or arguments is None or len(arguments.named_children) != 1:
        return
    value = text(arguments.named_children[0])
    if item is not None and told is None:
        kind = item[1].strip("` ")
        put = edits.insert(case.path, arguments.named_children[0].end_byte, f" as {kind}")
        yield Answer("pass a pointer to the function", (put,), 0.8)
        return
    if told is None:
        return
    source, target = told[1], told[3]
    if source in _BITS and target in _BITS and not {source, target} & {"char"}:
        held = value if re.fullmatch(r"[\w.:]+(\(.*\))?", value) else f"({value})"
        cast = edits.replace_node(case.path, call, f"{held} as {target}")
        yield Answer("cast it", (cast,), 0.7)
        if value.endswith(source):
            end = arguments.named_children[0].end_byte
            yield Answer(
                f"pass a `{target}`",
                (edits.replace(case.path, end - len(source), end, target),),
                0.6,
            )
    wanted = int(told[2])
    array = re.fullmatch(r"\[(\w+); (\d+)\]", target)
    statement = nodes.statement_of(nodes.node_at(case.root, case.place.start))
    if array is not None and array[1] in _BITS and statement is not None and wanted % _BITS[array[1]] == 0:
        new = f"[{array[1]}; {wanted // _BITS[array[1]]}]"
        holder = statement if target in text(statement) else nodes.function_of(statement)
        written = case.source[holder.start_byte : holder.end_byte] if holder is not None else b""
        if holder is not None and written.count(target.encode()) == 1:
            at = holder.start_byte + written.find(target.encode())
            yield Answer(f"make it a `{new}`", (edits.replace(case.path, at, at + len(target), new),), 0.75)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0562": (_impl_trait,),
    "E0666": (_impl_trait,),
    "E0667": (_impl_trait,),
    "E0223": (_ambiguous,),
    "E0404": (_no_trait,),
    "E0573": (_no_type,),
    "E0516": (_typeof,),
    "E0446": (_leaked,),
    "E0271": (_other_type,),
    "E0512": (_transmuted,),
    "E0591": (_transmuted,),
}
propose = answering(_TABLE)
