"""Traits that cannot be trait objects: E0038.

What stands in the way is kept for sized types (``where Self: Sized``), or becomes callable through an object; or the
use takes a type with the trait instead of an object, or the one type that has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.expression import smallest
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Function, Impl, ItemIndex, Trait
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

Change = tuple[str, tuple[Replacement, ...], float]
_TRAIT = re.compile(r"the trait `(?:.*::)?(\w+)(?:<.*>)?` is not dyn compatible")


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for traits that are not dyn compatible."""
    index: ItemIndex | None = None
    done: set[tuple[Replacement, ...]] = set()
    for number, diagnostic in enumerate(situation.diagnostics):
        told = _TRAIT.search(diagnostic.message)
        if diagnostic.code != "E0038" or told is None or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        trait = next(iter(index.named(told[1], Trait)), None)
        found = [
            *(_kept_for_sized(situation, index, trait, diagnostic) if trait else ()),
            *_uses(situation, index, told[1]),
        ]
        for title, parts, prior in found:
            if parts and parts not in done:
                done.add(parts)
                yield Candidate(title, parts, prior, diagnostic=None, cites=("E0038",))
        _ = number


def _kept_for_sized(situation: Situation, index: ItemIndex, trait: Trait, diagnostic: Diagnostic) -> Iterator[Change]:
    """The methods that stand in the way are for sized types; all of them at once."""
    changes: list[Replacement] = []
    receivers: list[Replacement] = []
    boxed: list[Replacement] = []
    for method in _offending(index, trait, diagnostic):
        added = edits.add_where(method, "Self: Sized")
        if added is not None:
            changes.append(added)
        if not method.is_method:
            opening = method.parameters_span.start + 1
            receivers.append(edits.insert(method.path, opening, "&self" + (", " if method.parameters else "")))
        if method.returns is not None and method.returns.text == "Self":
            boxed += _boxed(situation, index, trait, method)
    if changes:
        yield "keep the methods in the way for sized types", tuple(dict.fromkeys(changes)), 0.6
    if boxed:
        yield "return a boxed trait object", tuple(dict.fromkeys(boxed)), 0.35
    if receivers:
        yield "give them a receiver", tuple(dict.fromkeys(receivers)), 0.3
    if trait.supers is not None and re.search(r"\bSized\b", trait.supers.text):
        kept = [part.strip() for part in trait.supers.text.lstrip(":").split("+") if part.strip() != "Sized"]
        new = f": {' + '.join(kept)}" if kept else ""
        yield (
            "ask for no size",
            (edits.replace(trait.path, trait.supers.start, trait.supers.end, new),),
            0.7,
        )


def _offending(index: ItemIndex, trait: Trait, diagnostic: Diagnostic) -> list[Function]:
    found: list[Function] = []
    for note in diagnostic.notes:
        for span in note.spans:
            item = (
                index.at(span.path, span.start)
                if "because" in (span.label or "") and span.path in index.files
                else None
            )
            if isinstance(item, Function) and item.parent is trait and item not in found:
                found.append(item)
    return found


def _boxed(situation: Situation, index: ItemIndex, trait: Trait, method: Function) -> Iterator[Replacement]:
    """``-> Self`` as ``-> Box<dyn Trait>`` in the trait and its impls, their values boxed."""
    wanted = f"Box<dyn {trait.name}>"
    spots = [method,
    *(m for impl in index.of_kind(Impl) if impl.trait is not None and types.head(impl.trait.text) == trait.name
                       for m in impl.items if isinstance(m, Function) and m.name == method.name)]  # fmt: skip
    for function in spots:
        if function.returns is None:
            continue
        yield edits.replace(function.path, function.returns.start, function.returns.end, wanted)
        if function.body is None:
            continue
        root = situation.syntax(function.path).root_node
        body = nodes.exact(root, function.body.start, function.body.end)
        tail = nodes.tail_of(body)
        if tail is not None:
            yield from edits.wrap(function.path, tail.start_byte, tail.end_byte, "Box::new(", ")")


def _uses(situation: Situation, index: ItemIndex, name: str) -> Iterator[Change]:
    """The places that say ``dyn Trait``: in parameters ``impl Trait``, elsewhere the one type that has the trait."""
    implementers = [
        impl
        for impl in index.of_kind(Impl)
        if impl.trait is not None and types.head(impl.trait.text) == name and not impl.generics
    ]
    alone = implementers[0].self_type.text if len(implementers) == 1 else None
    objects: list[tuple[str, Node]] = []
    for path in index.files:
        for node in nodes.every(situation.syntax(path).root_node, ("dynamic_type", "type_identifier")):
            words = text(node).removeprefix("dyn ").split("+")[0].strip()
            bare = (
                node.type == "type_identifier" and node.parent is not None and node.parent.type in ("reference_type",)
            )
            if (node.type == "dynamic_type" or bare) and types.head(words) == name:
                objects.append((path, node))
    generic, concrete = [], []
    for path, node in objects:
        parameter = nodes.enclosing(
            node,
            (
                "parameter",
                "function_item",
                "function_signature_item",
                "field_declaration",
                "impl_item",
            ),
        )
        if parameter is not None and parameter.type in ("parameter", "function_item"):
            generic.append(edits.replace_node(path, node, f"impl {text(node).removeprefix('dyn ')}"))
        if alone is not None:
            concrete.append(edits.replace_node(path, node, alone))
    if generic and len(generic) == len(objects):
        yield f"take any type with `{name}`", tuple(generic), 0.4
    if concrete:
        yield f"use `{alone}`, the one type with `{name}`", tuple(concrete), 0.3


def span_of(situation: Situation, index: ItemIndex, span: Span) -> str:
    near = smallest(situation, index, span.path, span.start, span.end)
    return "" if near is None else near.text
