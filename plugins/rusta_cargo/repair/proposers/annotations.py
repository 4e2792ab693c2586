"""Types that the compiler cannot infer: E0282, E0283, E0284, E0790.

Annotations and turbofish with the types that later uses tell: what is pushed, compared, passed or returned; where
nothing tells, the commonest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.declarations import written
from rusta_cargo.repair.code.expected import last, of_context, wanted
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.gathering import Change, Reader, gathered, sound
from rusta_cargo.repair.code.items import (
    ItemIndex,
    Struct,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.turbofish import turbofish
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_HOLE = re.compile(r"(?<![\w'])(?:T|U|E|K|V|B|A|S|C|I|F|P|O|_|Type|Item|Output|/\* .*? \*/)(?![\w:])")


def _changes(here: Spot, diagnostic: Diagnostic) -> Iterator[Change]:
    yield from _where_bound(here)
    goals = list(wanted(here, diagnostic))
    yield from _filled(diagnostic, goals)
    yield from turbofish(here, goals)
    yield from _annotated(here, goals)
    yield from _into(here, goals)
    yield from _closure(here, goals)


def _filling(parts: Iterable[Replacement], values: Iterable[str]) -> tuple[Replacement, ...]:
    """The parts of a suggestion with ``values`` for their holes, in order."""
    waiting = iter(values)
    return tuple(part.model_copy(update={"text": _HOLE.sub(lambda _: next(waiting), part.text)}) for part in parts)


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
            yield (
                f"write the type `{kind}`",
                _filling(suggestion.replacements, values),
                min(0.9, 0.2 + 0.7 * weight),
            )
    annotated = next(
        (s for s in diagnostic.suggestions if any(p.text.startswith(": ") for p in s.replacements)),
        None,
    )
    if annotated is not None:
        for kind, weight in goals[:5]:
            part = annotated.replacements[0]
            shown = part.text.removeprefix(": ")
            head = types.head(shown)
            if head in (
                "Vec",
                "Option",
                "HashMap",
                "HashSet",
                "VecDeque",
                "Result",
                "BTreeMap",
                "BTreeSet",
                "Box",
            ) and _HOLE.search(shown):
                continue
            yield (
                f"declare the type `{kind}`",
                (part.model_copy(update={"text": f": {kind}"}),),
                0.6 * weight,
            )


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
        while (source is not None and source.type in ("reference_expression", "field_expression")) or (
            source is not None
            and source.type == "call_expression"
            and last(source) in ("iter", "into_iter", "unwrap", "iter_mut", "as_ref")
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
    if source.type == "call_expression" and last(source) == "collect":
        yield "collect into a vector", (edits.insert(here.path, pattern.end_byte, ": Vec<_>"),), 0.6
        callee = source.child_by_field_name("function")
        if callee is not None and callee.type == "field_expression":
            yield (
                "collect into a vector",
                (edits.insert(here.path, callee.end_byte, "::<Vec<_>>"),),
                0.5,
            )


def _annotated(here: Spot, goals: list[tuple[str, float]]) -> Iterator[Change]:
    """``let x: T``: where the compiler makes no such suggestion."""
    binder = nodes.enclosing(here.node, ("let_declaration",))
    pattern = None if binder is None else binder.child_by_field_name("pattern")
    if (
        binder is None
        or pattern is None
        or binder.child_by_field_name("type") is not None
        or pattern.type not in ("identifier", "mut_pattern")
    ):
        return
    value = binder.child_by_field_name("value")
    maker = text(value)
    head = types.head(re.split(r"::(?:new|with_capacity|default|from)\b", maker)[0]) if value is not None else ""
    kind_of = (
        head
        if head
        in (
            "Vec",
            "HashMap",
            "HashSet",
            "VecDeque",
            "BTreeMap",
            "BTreeSet",
            "BinaryHeap",
            "Option",
            "Rc",
            "RefCell",
        )
        else ""
    )
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
        yield (
            f"declare it as `{whole}`",
            (edits.insert(here.path, pattern.end_byte, f": {whole}"),),
            0.65 * weight,
        )


def _into(here: Spot, goals: list[tuple[str, float]]) -> Iterator[Change]:
    """``x.into()`` in the middle of an expression says what it turns into."""
    call = nodes.enclosing(here.node, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    if call is None or callee is None or callee.type != "field_expression" or last(call) not in ("into", "try_into"):
        return
    value = callee.child_by_field_name("value")
    have = here.types.of(value)
    for kind, weight in goals[:3]:
        trait = "From" if last(call) == "into" else "TryFrom"
        own = here.index.type_named(have or "")
        if trait == "From" and not isinstance(own, Struct):
            yield (
                f"convert with `{kind}::from`",
                here.of(call).rewritten(f"{kind}::from({text(value)})"),
                0.8 * weight,
            )
        elif trait == "TryFrom":
            yield (
                f"convert with `{kind}::try_from`",
                here.of(call).rewritten(f"{kind}::try_from({text(value)})"),
                0.7 * weight,
            )
        if own is not None:
            yield (
                f"convert into `{kind}`",
                here.of(call).rewritten(f"<{types.split_generic(have or '')[0]} as Into<{kind}>>::into({text(value)})"),
                0.7 * weight,
            )


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
            for kind, weight in of_context(here, node):
                if kind is not None and (flat := written(kind)) is not None:
                    found[flat] = weight
    for kind, weight in [*sorted(found.items(), key=lambda pair: -pair[1]), *goals][:6]:
        yield (
            f"declare `{here.text}` as `{kind}`",
            (edits.insert(here.path, here.node.end_byte, f": {kind}"),),
            0.8 * weight,
        )


def _answered(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    if here is not None:
        yield from _changes(here, diagnostic)


_READERS: dict[str, tuple[Reader, ...]] = dict.fromkeys(("E0282", "E0283", "E0284", "E0790"), (_answered,))


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for types that have to be written."""
    yield from gathered(situation, _READERS)
