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

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.analogy import by_analogy, common, mentions
from rusta_cargo.repair.code.bodies import bodies
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import insert, replace
from rusta_cargo.repair.code.failing import failures_made
from rusta_cargo.repair.code.items import Alias, Function, Impl, Item, ItemIndex, Trait, Value
from rusta_cargo.repair.code.labels import named
from rusta_cargo.repair.code.nodes import indent_at, indent_unit
from rusta_cargo.repair.code.own_names import as_written, made_as_written
from rusta_cargo.repair.code.reading import read_items
from rusta_cargo.repair.code.signatures import associated_types, signature, trait_of, type_here
from rusta_cargo.repair.code.std_traits import fellow
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
# Of so many functions such a share is marked so that a further one will be, too.
FEWEST, INLINED = 3, 0.75


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
            yield Candidate(title[:160], parts, prior, diagnostic=number, risk=risk, cites=("E0046",))


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


def _choices(situation: Situation, index: ItemIndex, impl: Impl, name: str, diagnostic: Diagnostic) -> list[_Made]:
    trait = trait_of(impl, index)
    declared = None if trait is None else next((item for item in trait.items if item.name == name), None)
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
            head = signature(declared, impl, trait, fellow(impl, declared.name, index))
            return _functions(situation, index, impl, trait.name, as_written(head, impl, index), values)
        case _:
            return []


def _from_text(situation: Situation, index: ItemIndex, impl: Impl, name: str, text: str, values: Values) -> list[_Made]:
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

    def offer(kind: str, weight: float) -> None:
        if _in_scope(kind, impl, index):
            weights[kind] = max(weights.get(kind, 0.0), weight)

    for told, kind in associated_types(impl, index):
        if told == name:
            own = types.same(kind, impl.self_type.text) and kind != "Self"
            offer(kind, 0.85)
            if own or kind == "Self":
                offer("Self" if own else impl.self_type.text, 0.6)
    beside = [(i.name, i.type.text) for i in impl.items if isinstance(i, Alias) and i.type is not None]
    for kind, share in by_analogy(name, [pair for pair in beside if mentions(*pair)]):
        offer(kind, 0.6 * share)
    found: list[str] = []
    for other in _fellows(index, impl):
        for item in other.items:
            if isinstance(item, Alias) and item.name == name and item.type is not None:
                own = types.same(item.type.text, other.self_type.text)
                found.append("Self" if own else _borrowed_alike(item.type.text, other, impl))
    for kind, count in common(found)[:3]:
        offer(kind, 0.3 + 0.2 * count / len(found))
    if name == "Output":
        offer("Self", 0.4)
        offer(impl.self_type.text, 0.38)
    if name in ("Err", "Error"):
        for rank, kind in enumerate(failures_made(impl, index)):
            offer(kind, 0.88 / (1 + rank))
        offer("String", 0.15)
    offer("()", 0.05)
    offer("Self", 0.04)
    ordered = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return [_Made(f"type {name} = {kind};", weight) for kind, weight in ordered]


def _in_scope(kind: str, impl: Impl, index: ItemIndex) -> bool:
    """It speaks of no lifetime or parameter that only another impl has."""
    mine = {generic.name for generic in impl.generics}
    lifetimes = set(re.findall(r"'\w+", kind)) - {"'static", "'_"}
    if not lifetimes <= mine:
        return False
    theirs = {g.name for other in index.of_kind(Impl) for g in other.generics if g.kind != "lifetime"}
    return not any(word in theirs and word not in mine for word in types.words(kind))


def _borrowed_alike(kind: str, other: Impl, impl: Impl) -> str:
    """The type of an impl for ``&T`` as that for ``&mut T`` has it."""
    one, two = types.reference(other.self_type.text), types.reference(impl.self_type.text)
    if one is None or two is None or one[1] or not two[1]:
        return kind
    kind = re.sub(r"&('\w+ )?(?!mut\b)", r"&\1mut ", kind)
    return re.sub(r"\bIter\b(?=<)", "IterMut", kind)


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


def _constants(index: ItemIndex, impl: Impl, trait: str, name: str, kind: str, values: Values) -> list[_Made]:
    found = [Offer(offer.text, offer.weight) for offer in values.offers(name.lower(), kind)]
    others = [
        item.value.text
        for other in index.of_kind(Impl)
        if other.trait is not None and types.head(other.trait.text) == types.head(trait) and other is not impl
        for item in other.items
        if isinstance(item, Value) and item.name == name and item.value is not None
    ]
    found += [Offer(text, 0.15 + 0.2 * count / len(others)) for text, count in common(others)[:2]]
    ordered = sorted({offer.text: offer.weight for offer in found}.items(), key=lambda pair: (-pair[1], pair[0]))
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
        f"Self::{item.name}": item.type.text for item in impl.items if isinstance(item, Alias) and item.type is not None
    }
    known = {f"Self::{name}": kind for name, kind in told.items()} | own
    spelt = known.get(returns or "", returns)
    if spelt is not None:
        spelt = types.substitute(spelt, {"Self": impl.self_type.text}) if "::" not in spelt else spelt
    unit = indent_unit(situation.source(impl.path))
    made = []
    head = _inlined(head, impl, index)
    for offer in bodies(function, impl, trait, spelt, index, values)[:MOST]:
        body = made_as_written(offer.text, impl, index)
        made.append(_Made(_written(head, body, unit), offer.weight))
    made.append(_Made(_written(head, "todo!()", unit), STUB_PRIOR, stub=True))
    return made


def _inlined(head: str, impl: Impl, index: ItemIndex) -> str:
    """With ``#[inline]``, where nearly all functions of the file's impls have it."""
    functions = [
        item for other in index.of_kind(Impl, impl.path) for item in other.items if isinstance(item, Function)
    ]  # fmt: skip
    marked = sum(any(attribute.name == "inline" for attribute in item.attributes) for item in functions)
    return f"#[inline]\n{head}" if len(functions) >= FEWEST and marked >= INLINED * len(functions) else head


def _written(head: str, body: str, unit: str) -> str:
    if not body:
        return f"{head} {{}}"
    inner = "\n".join(f"{unit}{line.replace('    ', unit) if line.strip() else ''}" for line in body.split("\n"))
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
                ("\n" if number and "fn " in made[number].text else "") + t for number, t in enumerate(texts)
            )
            return (replace(impl.path, impl.body.start + 1, impl.body.end - 1, f"\n{gaps}\n{indent}"),)
    groups: dict[int, list[_Made]] = {}
    for name, item in zip(absent, made, strict=True):
        before = order[: order.index(name)] if name in order else []
        after = [other for other in impl.items if other.name in before]
        is_function = "fn " in item.text.partition("=")[0]
        if not order and is_function:
            after = list(impl.items)
        groups.setdefault(after[-1].end if after else -1, []).append(item)
    return tuple(_put(source, impl, end, items, inner) for end, items in groups.items())


def _put(source: bytes, impl: Impl, end: int, items: list[_Made], inner: str) -> Replacement:
    """The items after the one that ends at ``end`` (at the top when it is negative).

    A blank line stands on both sides of a function of several lines; blank lines that are there already are used.
    """
    assert impl.body is not None
    text = "\n".join(_indented(item.text, inner) for item in items)
    wide = any("\n" in item.text for item in items)
    start = impl.body.start + 1 if end < 0 else end
    rest = source[start : nodes.line_end(source, start)].strip()
    if rest and not rest.startswith(b"//"):  # the next item stands on the same line
        before = "\n\n" if wide and end >= 0 else "\n"
        after = "\n" if rest.startswith(b"}") else f"\n\n{inner}" if wide else f"\n{inner}"
        return replace(impl.path, start, start + _blanks(source, start), f"{before}{text}{after}")
    place = nodes.after_line(source, start)
    before = ""
    if wide and end >= 0:
        if _line(source, place).strip():
            before = "\n"
        else:
            place = nodes.after_line(source, place)
    following = _line(source, place).strip()
    after = "\n" if wide and following and not following.startswith(b"}") else ""
    return insert(impl.path, place, f"{before}{text}\n{after}")


def _line(source: bytes, byte: int) -> bytes:
    return source[byte : nodes.line_end(source, byte)]


def _blanks(source: bytes, byte: int) -> int:
    end = byte
    while source[end : end + 1] in (b" ", b"\t"):
        end += 1
    return end - byte


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line.strip() else line for line in text.split("\n"))
