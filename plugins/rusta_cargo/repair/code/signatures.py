"""Trait items as an impl has to write them, and what an impl's own signatures tell of associated types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.items import (
    Alias,
    Function,
    Impl,
    Item,
    ItemIndex,
    Parameter,
    Trait,
    Value,
)
from rusta_cargo.repair.code.std_traits import STD, spelled_here, std_trait


def trait_of(impl: Impl, index: ItemIndex) -> Trait | None:
    """The trait of an impl: of the tree, else one of the standard library's that are known."""
    if impl.trait is None:
        return None
    name = types.split_generic(impl.trait.text)[0]
    found = index.by_path(name, Trait, impl)
    return found[0] if found else std_trait(name)


def counterpart(item: Item, index: ItemIndex) -> Item | None:
    """The trait's declaration of an item of an impl."""
    impl = item.parent
    trait = trait_of(impl, index) if isinstance(impl, Impl) else None
    return None if trait is None else next((other for other in trait.items if other.name == item.name), None)


def spelling(impl: Impl, trait: Trait) -> dict[str, str]:
    """What the trait's generic parameters are called in the impl: ``T`` of ``Tr<T>`` is ``u8`` in ``impl Tr<u8>``."""
    given = [] if impl.trait is None else types.split_generic(impl.trait.text)[1]
    plain = [text for text in given if "=" not in text and not text.startswith("'")]
    names = [generic for generic in trait.generics if generic.kind != "lifetime"]
    found = {generic.name: text for generic, text in zip(names, plain, strict=False)}
    for generic in names[len(plain) :]:
        if generic.default is not None:
            found[generic.name] = types.substitute(generic.default.text, {"Self": impl.self_type.text})
    return found


def type_here(text: str, impl: Impl, trait: Trait) -> str:
    """A type from the trait's declaration as the impl writes it."""
    own = types.substitute(text, spelling(impl, trait))
    return spelled_here(own, impl) if trait.path == STD else own


def parameter_list(
    declared: Function,
    impl: Impl,
    trait: Trait,
    keep: Function | None = None,
    names: Sequence[str] = (),
    like: Function | None = None,
) -> str:
    """The parameters of a trait's function for an impl.

    Those of ``keep`` that fit stay as they are written. A new one is called by one of ``names`` if there are any, else
    as in ``like`` (the same function of another impl), whose spelling of the types is taken too.
    """
    parts = [] if declared.receiver is None else [_receiver(declared.receiver.text, keep)]
    kept, model = _matched(declared, keep), _matched(declared, like)
    fresh = list(names)
    for number, parameter in enumerate(declared.parameters):
        kind = type_here(parameter.type.text, impl, trait)
        name = parameter.pattern.text
        kind = kind if keep is None or trait.path != STD else as_used(kind, keep)
        mine, theirs = kept.get(number), model.get(number)
        if theirs is not None:
            name = theirs.name or name
            kind = theirs.type.text if _equal(theirs.type.text, kind, impl) else kind
        if mine is not None:
            name = mine.pattern.text
            kind = mine.type.text if _equal(mine.type.text, kind, impl) else kind
        elif fresh:
            name = fresh.pop(0)
        parts.append(f"{name}: {kind}")
    return f"({', '.join(parts)})"


def as_used(kind: str, keep: Function) -> str:
    """A type of std by the short name that the function itself calls it by."""
    written = keep.parameters_span.text + ("" if keep.returns is None else keep.returns.text)
    used = set(re.findall(r"(?<![\w:])[A-Z]\w*", written))
    return re.sub(r"\bstd::(?:\w+::)+([A-Z]\w*)", lambda m: m[1] if m[1] in used else m[0], kind)


def _equal(mine: str, theirs: str, impl: Impl) -> bool:
    """One type, ``Self`` written out or not, lifetimes aside."""
    own = {"Self": impl.self_type.text}
    return types.short(types.substitute(mine, own)) == types.short(types.substitute(theirs, own))


def _receiver(declared: str, keep: Function | None) -> str:
    """The declared receiver; ``mut self`` may stay where ``self`` is declared."""
    mine = None if keep is None or keep.receiver is None else keep.receiver.text
    if mine is not None and ":" in mine and ":" in declared:
        same = types.short(mine.partition(":")[2]) == types.short(declared.partition(":")[2])
        return mine if same else declared
    return mine if mine == "mut self" and declared == "self" else declared


def _matched(declared: Function, keep: Function | None) -> dict[int, Parameter]:
    """Parameters of an existing function for the declared ones: by name, then in order."""
    mine: list[Parameter] = [] if keep is None else list(keep.parameters)
    found: dict[int, Parameter] = {}
    for number, parameter in enumerate(declared.parameters):
        wanted = parameter.name.lstrip("_")
        same = next((p for p in mine if p.name and p.name.lstrip("_") == wanted), None)
        if same is not None:
            found[number] = same
            mine.remove(same)
    if len(mine) + len(found) == len(declared.parameters):
        rest = [number for number in range(len(declared.parameters)) if number not in found]
        found |= dict(zip(rest, mine, strict=True))
    return found


def signature(declared: Function, impl: Impl, trait: Trait, like: Function | None = None) -> str:
    """``fn name<…>(…) -> … where …`` of a trait's function as an impl writes it, without a body."""
    head = f"{declared.modifiers} fn" if declared.modifiers else "fn"
    generics = "" if declared.generics_span is None else type_here(declared.generics_span.text, impl, trait)
    if like is not None and like.generics_span is not None and len(like.generics) == len(declared.generics):
        generics = like.generics_span.text
    returns = "" if declared.returns is None else type_here(declared.returns.text, impl, trait)
    if like is not None and like.returns is not None and _equal(like.returns.text, returns, impl):
        returns = like.returns.text
    where = "" if declared.where is None else type_here(types.tidy(declared.where.text), impl, trait)
    if re.fullmatch(r"where Self: Sized,?", where):
        where = ""  # it need not be repeated
    listed = parameter_list(declared, impl, trait, like=like)
    tail = (f" -> {returns}" if returns else "") + (f" {where}" if where else "")
    return f"{head} {declared.name}{generics}{listed}{tail}"


def unify(pattern: str, text: str, holes: set[str]) -> dict[str, str]:
    """What the ``holes`` (types such as ``Self::Item``) of ``pattern`` are when it is to be ``text``; else nothing."""
    pattern, text = types.tidy(pattern), types.tidy(text)
    if pattern in holes:
        return {pattern: text}
    one, other = types.reference(pattern), types.reference(text)
    if one is not None and other is not None:
        return unify(one[2], other[2], holes)
    for parts in (_generic_parts, _tuple_parts, _array_parts):
        left, right = parts(pattern), parts(text)
        if left and len(left) == len(right):
            found: dict[str, str] = {}
            for a, b in zip(left, right, strict=True):
                found |= unify(a, b, holes)
            return found
    return {}


def _generic_parts(text: str) -> list[str]:
    return [part for part in types.split_generic(text)[1] if not part.startswith("'")]


def _tuple_parts(text: str) -> list[str]:
    return types.tuple_parts(text) or []


def _array_parts(text: str) -> list[str]:
    return types.split_top(text[1:-1], ";") if text.startswith("[") else []


def associated_types(impl: Impl, index: ItemIndex) -> Iterator[tuple[str, str]]:
    """(name, type) of associated types that the signatures of an impl's functions tell."""
    trait = trait_of(impl, index)
    for item in impl.items:
        if not isinstance(item, Function):
            continue
        pairs: list[tuple[str, str]] = []
        declared = None if trait is None else next((d for d in trait.items if d.name == item.name), None)
        if isinstance(declared, Function):
            if declared.returns is not None and item.returns is not None:
                pairs.append((declared.returns.text, item.returns.text))
            if len(declared.parameters) == len(item.parameters):
                pairs += [(a.type.text, b.type.text) for a, b in zip(declared.parameters, item.parameters, strict=True)]
        for pattern, text in pairs:
            holes = set(re.findall(r"Self::\w+", pattern))
            for hole, found in sorted(unify(pattern, text, holes).items()):
                if not found.startswith("Self::"):
                    yield hole.removeprefix("Self::"), found


def declaration_text(item: Item) -> str:
    """An item of an impl as a trait declares it."""
    match item:
        case Function():
            where = "" if item.where is None else f" {types.tidy(item.where.text)}"
            returns = "" if item.returns is None else f" -> {item.returns.text}"
            generics = "" if item.generics_span is None else item.generics_span.text
            head = f"{item.modifiers} fn" if item.modifiers else "fn"
            return f"{head} {item.name}{generics}{item.parameters_span.text}{returns}{where};"
        case Value():
            return f"const {item.name}: {item.type.text if item.type else '_'};"
        case Alias():
            return f"type {item.name};"
        case _:
            return ""
