"""A renaming that was done at the declaration and not at its uses, or the other way round: any error of a missing name.

The declaration is one that nothing uses, of the kind that the uses ask for: a method of that type with as many
parameters as the call has arguments, an item of that module. Either the uses learn the new name, or the declaration
gets its old one back; that is likelier where tests use it, for they say what the name is. Slips of spelling are not
meant here, see :mod:`misdeclared`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.calling import in_tests
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Function, Item, ItemIndex, Variant
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.members import TOLD, type_of
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.orphans import Wanted, orphans
from rusta_cargo.repair.code.renaming import within
from rusta_cargo.repair.code.similar import likeness, words_of
from rusta_cargo.repair.code.word_counts import WordCounts
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_cargo.repair.std_names import named
from rusta_schemas.diagnostic import Diagnostic, Span

# What the message of an error without an owner says it looked for.
_KINDS = (
    (re.compile(r"^cannot find function"), "function"), (re.compile(r"^cannot find value"), "value"),
    (re.compile(r"^cannot find trait"), "trait"), (re.compile(r"^cannot find (?:type|struct)"), "type"),
    (re.compile(r"undeclared type|^cannot find type"), "type"), (re.compile(r"^unresolved imports?"), "any"),
)  # fmt: skip
_CODES = ("E0425", "E0412", "E0433", "E0422", "E0405", "E0432", "E0574", "E0599")
_POINTER = re.compile(
    r"(?:\w+::)*(?:Box|Rc|Arc|Ref|RefMut|MutexGuard|RwLockReadGuard|RwLockWriteGuard|LazyLock|OnceCell)"
    r"<(?:'\w+, )?(.+)>$"
)
_MOST, _SAME = 3, 0.85
# Where the name alone says nothing, the shape must leave no choice.
_ALONE, _ALIKE, _SAME_WORDS = 0.35, 0.5, 0.88


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The uses renamed, or the declaration."""
    uses: dict[tuple[str, Wanted], list[int]] = {}
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code not in _CODES or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        for name, wanted in _wanted(situation, index, diagnostic, diagnostic.primary):
            uses.setdefault((name, wanted), []).append(number)
    names: dict[str, list[tuple[Wanted, list[int]]]] = {}
    for (name, wanted), numbers in uses.items():
        names.setdefault(name, []).append((wanted, numbers))
    for name, asked in names.items():
        assert index is not None
        if not _elsewhere(index, name, asked):
            yield from _candidates(situation, index, name, asked)


def _wanted(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic, place: Span
) -> Iterator[tuple[str, Wanted]]:
    """The names that an error misses, each with what it asks for."""
    message = diagnostic.message
    call = _call_at(situation, place)
    arguments = None if call is None else len(edits.elements_of(call))
    told = TOLD.search(message)
    if told is not None:
        owner = re.sub(r"^(?:struct|enum|union|reference) ", "", told["kind"])
        owner = _behind(type_of(told["kind"])).lstrip("&").removeprefix("mut ").partition("<")[0].strip() or owner
        kind = "method" if told["what"] == "method" else "variant" if "variant" in told["what"] else "function"
        yield told["name"], Wanted(kind, owner, arguments)
        return
    kind = next((kind for pattern, kind in _KINDS if pattern.search(message)), "")
    for path in quoted(message) if kind == "any" else quoted(message)[:1]:
        parts = path.split("::")
        if kind and parts[-1].isidentifier():
            outer = {"crate", *(package.name.replace("-", "_") for package in situation.project.packages)}
            module = tuple(parts[1:-1]) if parts[0] in outer else tuple(parts[:-1])
            known = module if len(parts) > 1 and module in index.modules.values() else None
            yield parts[-1], Wanted(kind, None, arguments if kind == "function" else None, known)


def _behind(owner: str) -> str:
    """What a smart pointer or the guard of a lock gives access to; the type itself otherwise."""
    inner = _POINTER.match(owner.lstrip("&").removeprefix("mut ").strip())
    return owner if inner is None else _behind(inner[1])


def _call_at(situation: Situation, place: Span) -> Node | None:
    """The arguments of the call whose callee stands at ``place``."""
    root = opened(situation.source(place.path), place.start, place.end)
    node = nodes.node_at(root, place.start, place.end)
    while node.parent is not None and node.parent.type in ("field_expression", "scoped_identifier"):
        node = node.parent
    holder = node.parent
    if holder is None or holder.type != "call_expression" or holder.child_by_field_name("function") != node:
        return None
    return holder.child_by_field_name("arguments")


def _elsewhere(index: ItemIndex, name: str, asked: list[tuple[Wanted, list[int]]]) -> bool:
    """There is something of that name, here or in std, and only the way to it is wrong."""
    if any(wanted.owner is not None for wanted, _ in asked):
        return False
    return bool(index.named(name, Item)) or bool(named(name))


def _candidates(
    situation: Situation, index: ItemIndex, name: str, asked: list[tuple[Wanted, list[int]]]
) -> Iterator[Candidate]:
    found = [set(orphans(situation, index, wanted)) for wanted, _ in asked]
    common = [item for item in index if item in found[0] and all(item in other for other in found)]
    common += [item for item in found[0] if isinstance(item, Variant) and all(item in other for other in found)]
    numbers = sorted({number for _, those in asked for number in those})
    places = [situation.diagnostics[number].primary for number in numbers]
    spans = [place for place in places if place is not None]
    tested = any(_in_tests(situation, index, span) for span in spans)
    shaped = any(w.arguments is not None or w.owner is not None or w.module is not None for w, _ in asked)
    counts = WordCounts.of(situation, index) if common else None
    ranked = sorted(((_likeness(item.name, name), item) for item in common), key=lambda pair: (-pair[0], pair[1].start))
    for alike, item in ranked[:_MOST]:
        if alike < _ALIKE and not (len(common) == 1 and (shaped or len(numbers) > 1)):
            continue
        worth = min(0.9, (0.55 + 0.4 * alike if alike >= _ALIKE else _ALONE) + 0.1 * (len(numbers) > 1))
        number = numbers[0] if len(numbers) == 1 else None
        cites = tuple(dict.fromkeys(situation.diagnostics[n].code or "" for n in numbers))
        back = tuple(_declaration(situation, index, item, name))
        # Tests say what the name is; so do names beside it that are made of the same words.
        tells = tested or (alike >= _ALIKE and counts is not None and counts.speaks_for(name, item.name))
        yield Candidate(
            f"give `{item.name}` the name `{name}` back, which its uses say", back,
            worth * (1.0 if tells else _SAME), diagnostic=number, cites=cites,
            risk=("changes a public name",) if item.is_public else (),
        )  # fmt: skip
        forth = tuple(_used(situation, spans, name, item.name))
        if forth:
            yield Candidate(
                f"`{name}` is called `{item.name}` now", forth, worth * (_SAME if tells else 1.0),
                diagnostic=number, cites=cites,
            )  # fmt: skip


def _likeness(name: str, other: str) -> float:
    """As :func:`likeness`; one and many are the same word here, in any order."""
    mine, theirs = (sorted(word.removesuffix("s") for word in words_of(each)) for each in (name, other))
    return max(likeness(name, other), _SAME_WORDS if mine == theirs else 0.0)


def _in_tests(situation: Situation, index: ItemIndex, span: Span) -> bool:
    item = index.at(span.path, span.start)
    return span.path.startswith("tests/") or (item is not None and in_tests(situation, item))


def _declaration(situation: Situation, index: ItemIndex, item: Item, name: str) -> Iterator[Replacement]:
    """The declaration under the other name; of a type, the heads of its impls too."""
    if isinstance(item, Function | Variant):
        yield edits.replace(item.path, item.name_start, item.name_end, name)
        return
    for path in index.files:
        try:
            source = situation.source(path)
        except SourceUnavailable:
            continue
        if item.name.encode() in source:
            yield from within(path, source, situation.syntax(path).root_node, item.name, name)


def _used(situation: Situation, spans: list[Span], name: str, other: str) -> Iterator[Replacement]:
    """The uses that errors speak of; where an import is wrong, every use of what it brings into the file."""
    done: set[tuple[str, int]] = set()
    for span in spans:
        source = situation.source(span.path)
        root = situation.syntax(span.path).root_node
        imported = nodes.enclosing(nodes.node_at(root, span.start, span.end), "use_declaration") is not None
        if imported:
            changes = list(within(span.path, source, root, name, other))
        else:
            local = nodes.node_at(root, span.start, span.end)
            exact = [
                node for node in nodes.below(local, ("identifier", "type_identifier", "field_identifier"))
                if text(node) == name and span.start <= node.start_byte < span.end
            ] or ([local] if text(local) == name else [])  # fmt: skip
            changes = [edits.replace_node(span.path, node, other) for node in exact]
        for change in changes:
            if (change.path, change.start) not in done:
                done.add((change.path, change.start))
                yield change
