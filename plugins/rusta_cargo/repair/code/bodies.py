"""Bodies for functions of a trait that an impl lacks: what the crate itself shows, then what the types ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.analogy import by_analogy, common, readings
from rusta_cargo.repair.code.items import Enum, Function, Impl, ItemIndex, Struct
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.values import Offer, Values, fit

_OPERATORS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "rem": "%",
    "bitand": "&",
    "bitor": "|",
    "bitxor": "^",
}
# Above the default of every field.
_BY_NEW = 0.75


def bodies(
    declared: Function,
    impl: Impl,
    trait_name: str,
    returns: str | None,
    index: ItemIndex,
    values: Values,
) -> list[Offer]:
    """Bodies (without braces) for ``declared`` in ``impl``, the likeliest first."""
    best: dict[str, float] = {}
    for offer in (
        *_by_trait(declared, impl, types.head(trait_name), index),
        *_delegated(declared, impl, trait_name, index),
        *_alike(declared, impl, trait_name, index),
        *_beside(declared, impl),
        *_got(declared, impl, returns, index),
        *_returned(declared, returns, values),
    ):
        best[offer.text] = max(best.get(offer.text, 0.0), offer.weight)
    return [Offer(text, weight) for text, weight in sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))]


def _passed(declared: Function) -> str:
    return ", ".join(parameter.name or "_" for parameter in declared.parameters)


def _delegated(declared: Function, impl: Impl, trait_name: str, index: ItemIndex) -> Iterator[Offer]:
    """The type's own method of that name, or the same method of a field that implements the trait."""
    own = [item for other in index.impls_of(impl.name) for item in other.items if item.name == declared.name]
    for item in own:
        if (
            isinstance(item, Function)
            and len(item.parameters) == len(declared.parameters)
            and "_" not in _passed(declared).split(", ")
        ):
            passed = ", ".join(part for part in ("self" if item.is_method else "", _passed(declared)) if part)
            yield Offer(f"{impl.name}::{declared.name}({passed})", 0.6)
    if not declared.is_method:
        return
    kind = index.type_named(impl.self_type.text)
    if isinstance(kind, Struct):
        holding = [f for f in kind.fields if index.implements(f.type.text, trait_name)]
        for field in holding:
            yield Offer(f"self.{field.name}.{declared.name}({_passed(declared)})", 0.55 / len(holding))
    variants = kind.variants if isinstance(kind, Enum) else ()
    if variants and all(
        len(variant.fields) == 1
        and variant.shape == "tuple"
        and index.implements(variant.fields[0].type.text, trait_name)
        for variant in variants
    ):
        call = f"inner.{declared.name}({_passed(declared)})"
        arms = "\n".join(f"    Self::{variant.name}(inner) => {call}," for variant in variants)
        yield Offer(f"match self {{\n{arms}\n}}", 0.55)


def _alike(declared: Function, impl: Impl, trait_name: str, index: ItemIndex) -> Iterator[Offer]:
    """What other impls of the trait do: word for word, or with this type's name in place of theirs."""
    others = [other for other in index.of_kind(Impl) if other is not impl and other.trait is not None
              and types.head(other.trait.text) == types.head(trait_name)]  # fmt: skip
    found: list[str] = []
    for other in others:
        for item in other.items:
            if isinstance(item, Function) and item.name == declared.name and item.body is not None:
                body = item.body.text.removeprefix("{").removesuffix("}").strip()
                found += readings(other.name, body, impl.name)[:1] or [body]
    for text, count in common(found)[:2]:
        if "\n" not in text:
            yield Offer(text, 0.15 + 0.15 * min(count, 3) * count / len(found))


def _got(declared: Function, impl: Impl, returns: str | None, index: ItemIndex) -> Iterator[Offer]:
    """A field of ``self`` that is called like the function, as it is or borrowed."""
    kind = index.type_named(impl.self_type.text)
    if declared.receiver is None or returns is None or not isinstance(kind, Struct):
        return
    name = declared.name.removeprefix("get_").removesuffix("_mut").removesuffix("_ref")
    borrowed = declared.receiver.text.startswith("&")
    for field in kind.fields:
        have = types.tidy(field.type.text)
        alike = 1.0 if len(kind.fields) == 1 else likeness(field.name, name)
        for text, factor in fit(f"self.{field.name}", have, returns):
            bare = text == f"self.{field.name}" and borrowed
            if bare and have not in types.COPY and not types.is_reference(have):
                text = f"{text}.clone()"
            weight = 0.7 if alike == 1.0 else 0.5 * alike if alike >= 0.6 else 0.15
            yield Offer(text, weight * factor)


def _beside(declared: Function, impl: Impl) -> Iterator[Offer]:
    """After the other functions of the impl: ``self.inner.next()`` beside ``self.inner.size_hint()``."""
    pairs = []
    for item in impl.items:
        if isinstance(item, Function) and item.body is not None and item.name != declared.name:
            body = item.body.text.removeprefix("{").removesuffix("}").strip()
            if f".{item.name}(" in body and "\n" not in body:
                pairs.append((item.name, body))
    for text, share in by_analogy(declared.name, pairs):
        yield Offer(text, 0.5 * share)


def _returned(declared: Function, returns: str | None, values: Values) -> Iterator[Offer]:
    if returns in (None, "()"):
        yield Offer("", 0.2)
        return
    assert returns is not None
    if returns == "Self" and declared.receiver is not None and declared.receiver.text in ("self", "mut self"):
        yield Offer("self", 0.2)
    name = declared.name.removeprefix("get_").removeprefix("as_").removeprefix("into_")
    for offer in values.offers(name, returns):
        if f"::{declared.name}(" not in offer.text:  # it would call itself
            yield Offer(offer.text, offer.weight * 0.6)
    for parameter in declared.parameters:
        if parameter.name and types.same(parameter.type.text, returns):
            yield Offer(parameter.name, 0.2)


def _fields(kind: Struct, make: Callable[[str], str]) -> str:
    """A struct expression of the type itself with a value for every field."""
    if kind.shape == "unit":
        return "Self"
    if kind.shape == "tuple":
        return f"Self({', '.join(make(field.name) for field in kind.fields)})"
    return (
        f"Self {{ {', '.join(f'{field.name}: {make(field.name)}' for field in kind.fields)} }}"
        if kind.fields
        else "Self {}"
    )


def _by_trait(declared: Function, impl: Impl, trait: str, index: ItemIndex) -> Iterator[Offer]:
    """What the well-known traits of std are for."""
    kind = index.type_named(impl.self_type.text)
    first = declared.parameters[0].name if declared.parameters else "other"
    if trait == "Drop":
        yield Offer("", 0.4)
    if declared.name == "fmt" and kind is not None:
        yield from shown(kind, first)
    if trait == "From" and kind is not None and declared.parameters:
        yield from _converted(kind, first, declared.parameters[0].type.text)
    if not isinstance(kind, Struct) or not kind.fields:
        return
    names = [field.name for field in kind.fields]
    if trait == "Default":
        yield from _new(impl, index)
        yield Offer(_fields(kind, lambda _: "Default::default()"), 0.7)
    elif trait == "Clone" and declared.name == "clone":
        yield Offer(_fields(kind, lambda name: f"self.{name}.clone()"), 0.7)
    elif trait == "PartialEq" and declared.name == "eq":
        yield Offer(" && ".join(f"self.{name} == {first}.{name}" for name in names), 0.7)
    elif declared.name in _OPERATORS and types.same(
        declared.parameters[0].type.text if declared.parameters else "", impl.name
    ):
        sign = _OPERATORS[declared.name]
        yield Offer(_fields(kind, lambda name: f"self.{name} {sign} {first}.{name}"), 0.5)
    elif trait == "Neg":
        yield Offer(_fields(kind, lambda name: f"-self.{name}"), 0.5)
    elif trait in ("Deref", "AsRef", "Borrow", "DerefMut", "AsMut"):
        for name in names:
            yield Offer(f"&{'mut ' if trait.endswith('Mut') else ''}self.{name}", 0.6 / len(names))
    elif trait == "Hash" and declared.name == "hash":
        yield Offer("\n".join(f"self.{name}.hash({first});" for name in names), 0.6)


def _new(impl: Impl, index: ItemIndex) -> Iterator[Offer]:
    """What a type without arguments to its ``new`` is by default."""
    for other in index.impls_of(impl.name):
        for item in other.items:
            if item.name == "new" and isinstance(item, Function) and not item.parameters and item.receiver is None:
                yield Offer("Self::new()", _BY_NEW)


def shown(kind: Struct | Enum, formatter: str) -> Iterator[Offer]:
    """What ``fmt`` of ``Display`` may write: the name of the variant, the fields in order, what ``Debug`` shows."""
    if isinstance(kind, Enum) and all(variant.shape == "unit" for variant in kind.variants):
        arms = "\n".join(f'    Self::{v.name} => write!({formatter}, "{v.name}"),' for v in kind.variants)
        yield Offer(f"match self {{\n{arms}\n}}", 0.5)
    elif isinstance(kind, Struct) and kind.fields:
        gap = ", " if kind.shape == "tuple" else " "
        holes = gap.join("{}" for _ in kind.fields)
        yield Offer(
            f'write!({formatter}, "{holes}", {", ".join(f"self.{field.name}" for field in kind.fields)})',
            0.45,
        )
    if "Debug" in kind.derives:
        yield Offer(f'write!({formatter}, "{{:?}}", self)', 0.35)
    yield Offer(f'write!({formatter}, "{kind.name}")', 0.1)


def _converted(kind: Struct | Enum, name: str, source: str) -> Iterator[Offer]:
    for variant in kind.variants if isinstance(kind, Enum) else (kind,):
        if len(variant.fields) == 1 and types.same(variant.fields[0].type.text, source):
            head = "Self" if variant is kind else f"Self::{variant.name}"
            yield Offer(
                f"{head}({name})" if variant.shape == "tuple" else f"{head} {{ {variant.fields[0].name}: {name} }}",
                0.7,
            )
