"""Items that an impl of a trait lacks: E0046.

Each is written from the trait's declaration (or, for a trait of another crate, from the compiler's text), types as the
impl spells them. An associated type is read off the impl's own signatures; a constant and a body come from a field that
implements the trait, from other impls of it, from what std's trait is for, or from the result's type. At last a stub,
marked as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.analogy import common
from rusta_cargo.repair.code.bodies import bodies
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import insert, line_after, replace
from rusta_cargo.repair.code.items import Alias, Function, Impl, Item, ItemIndex, Trait, Value
from rusta_cargo.repair.code.labels import named
from rusta_cargo.repair.code.nodes import indent_at, indent_unit
from rusta_cargo.repair.code.reading import read_items
from rusta_cargo.repair.code.signatures import associated_types, signature, trait_of, type_here
from rusta_cargo.repair.code.values import Offer, Values
from rusta_cargo.repair.proposer import STUB, Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_SUGGESTED = re.compile(r"implement the missing item: `(.*)`$", re.DOTALL)
# How std's traits name and spell what rustc prints with `_` and whole paths.
_WRITTEN = {
    r"\(&self, _: &mut (?:std::fmt::)?Formatter<'_>\) -> Result<\(\), std::fmt::Error>":
        "(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result",
}  # fmt: skip
_NAMES = {"eq": "other", "ne": "other", "cmp": "other", "partial_cmp": "other", "from": "value", "hash": "state",
          "add": "other", "sub": "other", "mul": "other", "div": "other", "from_str": "s", "index": "index",
          "index_mut": "index"}  # fmt: skip
STUB_PRIOR = 0.03
SURE = 0.5
GUESS = "the body is a guess from the types"
MOST = 6


@dataclass(frozen=True)
class _Made:
    """An item's text with how likely it is right; ``stub`` when it only panics."""

    text: str
    weight: float
    stub: bool = False


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for impls that lack items of their trait."""
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code != "E0046" or place is None:
            continue
        index = ItemIndex.of(situation)
        impl = index.at(place.path, place.start)
        if not isinstance(impl, Impl) or impl.trait is None or impl.body is None:
            continue
        absent, more = named(diagnostic.message.partition("missing:")[2])
        choices = [_choices(situation, index, impl, name, diagnostic) for name in absent]
        if not absent or more or any(not choice for choice in choices):
            continue
        for made in _combinations(choices):
            parts = _placed(situation.source(impl.path), index, impl, absent, made)
            stub = any(item.stub for item in made)
            prior = STUB_PRIOR if stub else max(0.02, min(item.weight for item in made))
            names = ", ".join(f"`{name}`" for name in absent)
            title = f"implement {names}" + (" with a stub" if stub else f": {_brief(made)}")
            risk = (STUB,) if stub else (GUESS,) if prior < SURE and _has_body(made) else ()
            yield Candidate(
                title[:160], parts, prior, diagnostic=number, risk=risk, cites=("E0046",)
            )


def _has_body(made: list[_Made]) -> bool:
    return any("fn " in item.text for item in made)


def _brief(made: list[_Made]) -> str:
    return " … ".join(" ".join(item.text.split()) for item in made)


def _combinations(choices: list[list[_Made]]) -> Iterator[list[_Made]]:
    """The best of every item, then one of them at its next best; at last with stubs."""
    plain = [[item for item in choice if not item.stub] or choice[:1] for choice in choices]
    yield [choice[0] for choice in plain]
    for rank in range(1, MOST):
        for which, choice in enumerate(plain):
            if rank < len(choice):
                yield [other[rank if at == which else 0] for at, other in enumerate(plain)]
    stubs = [next((item for item in choice if item.stub), choice[0]) for choice in choices]
    if any(item.stub for item in stubs):
        yield stubs


def _choices(
    situation: Situation, index: ItemIndex, impl: Impl, name: str, diagnostic: Diagnostic
) -> list[_Made]:
    trait = trait_of(impl, index)
    declared = (
        None if trait is None else next((item for item in trait.items if item.name == name), None)
    )
    values = Values(situation, impl.path, impl.body.start + 1 if impl.body else impl.start)
    if trait is not None and declared is not None:
        return _from_trait(situation, index, impl, trait, declared, values)
    for suggestion in diagnostic.suggestions:
        found = _SUGGESTED.search(suggestion.message)
        if found is not None and re.search(rf"\b(?:fn|type|const) {re.escape(name)}\b", found[1]):
            return _from_text(situation, index, impl, name, found[1], values)
    return []


def _from_trait(
    situation: Situation, index: ItemIndex, impl: Impl, trait: Trait, declared: Item, values: Values
) -> list[_Made]:
    match declared:
        case Alias():
            return _alias(index, impl, declared.name)
        case Value() if declared.type is not None:
            kind = type_here(declared.type.text, impl, trait)
            return _constants(index, impl, trait.name, declared.name, kind, values)
        case Function():
            head = signature(declared, impl, trait)
            return _functions(situation, index, impl, trait.name, head, values)
        case _:
            return []


def _from_text(
    situation: Situation, index: ItemIndex, impl: Impl, name: str, text: str, values: Values
) -> list[_Made]:
    """From what the compiler says of an item of another crate's trait."""
    trait = "" if impl.trait is None else impl.trait.text
    if text.startswith("type "):
        return _alias(index, impl, name)
    constant = re.match(r"const \w+: (.*?) = ", text)
    if constant is not None:
        return _constants(index, impl, trait, name, constant[1], values)
    head = text.removesuffix("{ todo!() }").strip()
    for pattern, written in _WRITTEN.items():
        head = re.sub(pattern, written, head)
    if "fmt::" in trait and trait.startswith("fmt::"):
        head = head.replace("std::fmt::", "fmt::")
    plain = types.split_generic(trait)[0]
    head = head.replace(f"<Self as {types.head(plain)}>::", "Self::")
    if head.count("_: ") == 1:
        head = head.replace("_: ", f"{_NAMES.get(name, 'value')}: ")
    else:
        for letter in "abcdefgh":
            head = re.sub(r"(?<=[(\s])_: ", f"{letter}: ", head, count=1)
    return _functions(situation, index, impl, trait, head, values)


def _alias(index: ItemIndex, impl: Impl, name: str) -> list[_Made]:
    """An associated type: what the signatures say, what other impls have, the type itself."""
    weights: dict[str, float] = {}
    for told, kind in associated_types(impl, index):
        if told == name:
            own = types.same(kind, impl.self_type.text) and kind != "Self"
            weights.setdefault(kind, 0.85)
            if own or kind == "Self":
                weights.setdefault("Self" if own else impl.self_type.text, 0.6)
    others = [item for other in _fellows(index, impl) for item in other.items]
    found = [
        "Self" if types.same(item.type.text, _self_of(item.parent)) else item.type.text
        for item in others
        if isinstance(item, Alias) and item.name == name and item.type is not None
    ]
    for kind, count in common(found)[:2]:
        weights.setdefault(kind, 0.3 + 0.2 * count / len(found))
    if name == "Output":
        weights.setdefault("Self", 0.4)
        weights.setdefault(impl.self_type.text, 0.38)
    if name in ("Err", "Error"):
        weights.setdefault("String", 0.15)
    weights.setdefault("()", 0.05)
    weights.setdefault("Self", 0.04)
    ordered = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return [_Made(f"type {name} = {kind};", weight) for kind, weight in ordered]


def _fellows(index: ItemIndex, impl: Impl) -> list[Impl]:
    """The other impls of the same trait."""
    trait = "" if impl.trait is None else types.head(impl.trait.text)
    return [
        other
        for other in index.of_kind(Impl)
        if other is not impl and other.trait is not None and types.head(other.trait.text) == trait
    ]


def _self_of(impl: Item | None) -> str:
    return impl.self_type.text if isinstance(impl, Impl) else ""


def _constants(
    index: ItemIndex, impl: Impl, trait: str, name: str, kind: str, values: Values
) -> list[_Made]:
    found = [Offer(offer.text, offer.weight) for offer in values.offers(name.lower(), kind)]
    others = [
        item.value.text
        for other in index.of_kind(Impl)
        if other.trait is not None
        and types.head(other.trait.text) == types.head(trait)
        and other is not impl
        for item in other.items
        if isinstance(item, Value) and item.name == name and item.value is not None
    ]
    found += [Offer(text, 0.15 + 0.2 * count / len(others)) for text, count in common(others)[:2]]
    ordered = sorted(
        {offer.text: offer.weight for offer in found}.items(), key=lambda pair: (-pair[1], pair[0])
    )
    return [_Made(f"const {name}: {kind} = {text};", weight) for text, weight in ordered]


def _functions(
    situation: Situation, index: ItemIndex, impl: Impl, trait: str, head: str, values: Values
) -> list[_Made]:
    read = read_items("", f"impl T {{ {head} {{}} }}".encode())
    function = next((item for item in read if isinstance(item, Function)), None)
    if function is None:
        return []
    returns = None if function.returns is None else function.returns.text
    told = dict(associated_types(impl, index))
    own = {
        f"Self::{item.name}": item.type.text
        for item in impl.items
        if isinstance(item, Alias) and item.type is not None
    }
    known = {f"Self::{name}": kind for name, kind in told.items()} | own
    spelt = known.get(returns or "", returns)
    if spelt is not None:
        spelt = (
            types.substitute(spelt, {"Self": impl.self_type.text}) if "::" not in spelt else spelt
        )
    unit = indent_unit(situation.source(impl.path))
    made = []
    for offer in bodies(function, impl, trait, spelt, index, values)[:MOST]:
        made.append(_Made(_written(head, offer.text, unit), offer.weight))
    made.append(_Made(_written(head, "todo!()", unit), STUB_PRIOR, stub=True))
    return made


def _written(head: str, body: str, unit: str) -> str:
    if not body:
        return f"{head} {{}}"
    inner = "\n".join(
        f"{unit}{line.replace('    ', unit) if line.strip() else ''}" for line in body.split("\n")
    )
    return f"{head} {{\n{inner}\n}}"


def _placed(
    source: bytes, index: ItemIndex, impl: Impl, absent: list[str], made: list[_Made]
) -> tuple[Replacement, ...]:
    """Puts the items where the trait's order has them: after the one that precedes them, else at the top."""
    trait = trait_of(impl, index)
    order = [item.name for item in trait.items] if trait is not None else []
    assert impl.body is not None
    indent = indent_at(source, impl.start)
    inner = indent + indent_unit(source)
    if not impl.items:
        content = source[impl.body.start + 1 : impl.body.end - 1]
        if not content.strip():
            texts = [_indented(item.text, inner) for item in made]
            gaps = "\n".join(
                ("\n" if number and "fn " in made[number].text else "") + t
                for number, t in enumerate(texts)
            )
            return (
                replace(impl.path, impl.body.start + 1, impl.body.end - 1, f"\n{gaps}\n{indent}"),
            )
    groups: dict[int, list[_Made]] = {}
    for name, item in zip(absent, made, strict=True):
        before = order[: order.index(name)] if name in order else []
        after = [other for other in impl.items if other.name in before]
        is_function = "fn " in item.text.partition("=")[0]
        if not order and is_function:
            after = list(impl.items)
        groups.setdefault(after[-1].end if after else -1, []).append(item)
    parts: list[Replacement] = []
    for end, items in groups.items():
        if end < 0:
            text = "".join(f"\n{_indented(item.text, inner)}" for item in items)
            following = b"\n" if impl.items[:1] and impl.items[0].kind == "function" else b""
            one_line = b"\n" not in source[impl.body.start : impl.items[0].start]
            gap = f"\n{inner}" if one_line else following.decode()
            parts.append(insert(impl.path, impl.body.start + 1, text + gap))
            continue
        previous = next(item for item in impl.items if item.end == end)
        gap = "\n" if previous.kind == "function" else ""
        text = "\n".join(item.text for item in items)
        made_line = line_after(impl.path, source, previous.start, end, text)
        blank = gap + made_line.text if made_line.text.endswith("\n") else made_line.text
        parts.append(replace(impl.path, made_line.start, made_line.end, blank))
    return tuple(parts)


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line.strip() else line for line in text.split("\n"))
