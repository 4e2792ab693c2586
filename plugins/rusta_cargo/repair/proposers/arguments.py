"""Calls with too few or too many arguments: E0061, E0057, E0060.

The compiler says which argument is missing and its type; a local of the parameter's name, one of its type, what other
calls pass there, or an empty value fills the hole. When every call agrees and the body knows a name that is not
declared, the parameter is missing from the signature; one that no call gives and no body reads may go from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.analogy import common
from rusta_cargo.repair.code.calls import Wanted, definition, other_calls, parameters_of, usual_type
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import Function, ItemIndex
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import node_at
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.values import Offer, Values, names_of
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

CODES = ("E0061", "E0057", "E0060")
MOST = 10
# The body misses the very name that the calls pass.
_SAME_NAME = 0.14
_HOLE = re.compile(r"/\*\s*(.*?)\s*\*/")
_MISSING = re.compile(r"argument #(\d+) of type `(.*?)` is missing")
_EXTRA = re.compile(r"unexpected argument(?: #(\d+))?(?: of type `(.*)`)?")
_WORD = re.compile(r"(?<![\w.:])[a-z_]\w*(?!\w|!|::)")

# Names of which one is hardly ever there without the other, in their order.
_PAIRS = (
    ("self", "other"), ("lhs", "rhs"), ("left", "right"), ("a", "b"), ("l", "r"), ("x", "y"), ("first", "second"),
    ("this", "that"), ("one", "two"), ("old", "new"), ("before", "after"), ("src", "dst"), ("start", "end"),
)  # fmt: skip
_TWIN, _TURNED, _TWICE = 0.85, 0.3, 0.88

Answer = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for calls whose number of arguments is wrong."""
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code not in CODES or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        for answers in (_supplied, _dropped, _declared):
            for title, parts, prior in islice(answers(situation, index, diagnostic), MOST):
                shared = None if answers is _declared else number
                yield Candidate(
                    title[:160],
                    parts,
                    min(0.95, prior),
                    diagnostic=shared,
                    cites=(diagnostic.code,),
                )


def _supplied(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Answer]:
    """Fills the holes of the compiler's suggestion; one hole also moves among parameters of its type."""
    offered = next(
        (s for s in diagnostic.suggestions if any(_HOLE.search(r.text) for r in s.replacements)),
        None,
    )
    if offered is None or len(offered.replacements) != 1 or diagnostic.primary is None:
        return
    change = offered.replacements[0]
    listed = types.split_top(change.text.strip().removeprefix("(").removesuffix(")"))
    holes = [place for place, text in enumerate(listed) if _HOLE.fullmatch(text)]
    if not holes or not change.text.strip().startswith("("):
        return
    found = definition(diagnostic, index)
    wanted = parameters_of(found, situation)
    if isinstance(found, Function) and found.is_method and len(listed) == len(wanted) + 1:
        wanted = [Wanted("self", None), *wanted]
    told = _told(diagnostic)
    slots = [wanted[at] if at < len(wanted) else Wanted("", None) for at in range(len(listed))]
    slots = [_known(slot, told.get(at)) for at, slot in enumerate(slots)]
    if found is None:
        read = Types(situation.syntax(change.path).root_node, index)
        mine = elements_at(situation, change)
        rest = [at for at in range(len(listed)) if at not in holes]
        for at, node in zip(rest, mine, strict=False):
            slots[at] = _known(slots[at], read.of(node))
    values = Values(situation, change.path, change.start)
    name = situation.text(change.path, diagnostic.primary.start, diagnostic.primary.end)
    calls = _alike(situation, index, name, change, len(listed))
    for arranged, spots, factor in _arrangements(listed, holes, slots):
        others = {slot.name for slot in slots}
        choices = [
            _choices(values, slots[at], at, arranged, calls, found is not None, others)
            or _constants(situation.source(change.path), slots[at].type)
            for at in spots
        ]
        if all(choices):
            for title, texts, prior in _combined(arranged, spots, choices, factor):
                yield title, _written(situation, change, texts, spots), prior


def _known(slot: Wanted, told: str | None) -> Wanted:
    """The parameter with the compiler's type where its own is generic."""
    open_ended = slot.type is None or "_" in types.words(slot.type)
    return Wanted(slot.name, told) if open_ended and told is not None else slot


def elements_at(situation: Situation, change: Replacement) -> list[Node]:
    """The expressions of the argument list that the compiler's suggestion replaces."""
    holder = node_at(situation.syntax(change.path), change.start, change.end)
    return [node for node in holder.named_children if not node.type.endswith("comment")]


def _told(diagnostic: Diagnostic) -> dict[int, str]:
    """The types that labels give for missing arguments, by place."""
    found: dict[int, str] = {}
    for span in diagnostic.spans:
        for number, kind in _MISSING.findall(span.label or ""):
            kind = re.sub(r"<'\w+>", "", kind)
            if "'" not in kind or kind.startswith("&'"):
                found[int(number) - 1] = re.sub(r"^&'\w+ ", "&", kind)
    return found


def _alike(situation: Situation, index: ItemIndex, name: str, change: Replacement, count: int) -> list[list[str]]:
    last = re.sub(r"::<.*", "", name).rpartition("::")[2].strip()
    return [
        texts
        for path, place, texts in islice(other_calls(situation, index, last), 200)
        if len(texts) == count and (path, place) != (change.path, change.start)
    ]


def _arrangements(listed: list[str], holes: list[int], slots: list[Wanted]) -> list[tuple[list[str], list[int], float]]:
    """The compiler's list, and for one hole the lists with the hole moved among neighbours of the same type."""
    found = [(listed, holes, 1.0)]
    if len(holes) > 1:
        return found
    rest = [text for at, text in enumerate(listed) if at != holes[0]]
    for at in range(len(listed)):
        between = slots[min(at, holes[0]) : max(at, holes[0]) + 1]
        if at != holes[0] and between[0].type is not None and all(s.type == between[0].type for s in between):
            found.append(([*rest[:at], listed[holes[0]], *rest[at:]], [at], 0.8))
    return sorted(found, key=lambda entry: -_agreement(entry[0], slots) * entry[2])


def _agreement(arranged: list[str], slots: list[Wanted]) -> float:
    """How well the arguments' own names go with the parameters'."""
    score = 1.0
    for text, slot in zip(arranged, slots, strict=True):
        last = re.sub(r"^&(?:mut )?", "", text).rpartition(".")[2]
        score += likeness(last, slot.name) if slot.name and last.isidentifier() else 0.0
    return score


def _choices(
    values: Values,
    slot: Wanted,
    at: int,
    arranged: list[str],
    calls: list[list[str]],
    in_tree: bool,
    others: set[str],
) -> list[Offer]:
    best: dict[str, float] = {}
    # A local with the name of another parameter is for that one.
    taken = {re.sub(r"^&(?:mut )?", "", text) for text in arranged} | (others - {slot.name})
    for offer in values.offers(slot.name, slot.type, taken):
        best[offer.text] = max(best.get(offer.text, 0.0), offer.weight)
    here = set(names_of(values.visible))
    elsewhere = [texts[at] for texts in calls]
    for text, count in common(elsewhere)[:3]:
        if all(word in here or word in types.PRIMITIVES for word in _WORD.findall(re.sub(r'"[^"]*"', "", text))):
            weight = 0.25 + 0.25 * count / len(elsewhere)
            best[text] = max(best.get(text, 0.0), weight)
    if not best and slot.type is None and in_tree:
        best = {"0": 0.05, '""': 0.04, "()": 0.03}
    if slot.name == "self" and "self" in here:
        best["self"] = 0.7
    for text, weight in _twins(arranged, at, here):
        best[text] = max(best.get(text, 0.0), weight)
    return [Offer(text, weight) for text, weight in sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))]


def _twins(arranged: list[str], at: int, here: Collection[str]) -> Iterator[tuple[str, float]]:
    """What ``&rhs.len()`` is of the other side: of two arguments one is the other with ``lhs`` for ``rhs``."""
    if len(arranged) != 2:
        return
    given = arranged[1 - at]
    spoken = set(_WORD.findall(given))
    for pair in _PAIRS:
        for place, name in enumerate(pair):
            other = pair[1 - place]
            if name in spoken and other in here and other not in spoken:
                yield re.sub(rf"(?<![\w.]){name}\b", other, given), _TWIN if at == 1 - place else _TURNED


def _constants(source: bytes, kind: str | None) -> list[Offer]:
    """The values of a library's enum that the file names, the usual first: ``Ordering::SeqCst``."""
    head = types.head(kind or "")
    if "::" not in (kind or "") or not head.isidentifier():
        return []
    named = re.findall(rf"\b{head}::[A-Z]\w*\b(?!\s*[({{:])", source.decode("utf-8", "replace"))
    return [Offer(text, 0.7 / (rank + 1)) for rank, (text, _) in enumerate(common(named)[:2])]


def _combined(
    arranged: list[str], spots: list[int], choices: list[list[Offer]], factor: float
) -> Iterator[tuple[str, list[str], float]]:
    """The argument lists to try: the best of every choice, then one of them at its next best."""
    best = [choice[0] for choice in choices]
    rows = [best]
    for rank in range(1, 4):
        rows += [
            [*best[:which], choice[rank], *best[which + 1 :]]
            for which, choice in enumerate(choices)
            if rank < len(choice)
        ]
    for number, row in enumerate(rows):
        texts = list(arranged)
        for at, offer in zip(spots, row, strict=True):
            texts[at] = offer.text
        weight = min(offer.weight for offer in row) * factor * (1.0 if number == 0 or len(row) == 1 else 0.8)
        given = ", ".join(f"`{offer.text}`" for offer in row)
        yield f"pass {given}", texts, weight


def _written(situation: Situation, change: Replacement, texts: list[str], spots: list[int]) -> tuple[Replacement, ...]:
    """The new arguments put among those that are there, so that lines and comments stay; else the whole list anew."""
    source = situation.source(change.path)
    holder = node_at(situation.syntax(change.path), change.start, change.end)
    elements = edits.elements_of(holder)
    here = [source[start:end].decode("utf-8", "replace") for start, end in elements]
    if here != [text for at, text in enumerate(texts) if at not in spots]:
        return (edits.replace(change.path, change.start, change.end, f"({', '.join(texts)})"),)
    groups: dict[int, list[str]] = {}
    for number, at in enumerate(sorted(spots)):
        groups.setdefault(at - number, []).append(texts[at])
    opening, closing = holder.start_byte + 1, holder.end_byte - 1
    return tuple(
        edits.add_element(
            change.path,
            source,
            opening,
            closing,
            elements,
            ", ".join(group),
            at if at < len(elements) else None,
        )
        for at, group in groups.items()
    )


def _dropped(situation: Situation, _index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Answer]:
    """Leaves out what the compiler did not expect. One argument more than there are parameters may be any of them."""
    extra = [(span, m) for span in diagnostic.spans if (m := _EXTRA.search(span.label or "")) is not None]
    if not extra:
        return
    span = extra[0][0]
    source = situation.source(span.path)
    holder = node_at(situation.syntax(span.path), span.start, span.end).parent
    while holder is not None and holder.type not in ("arguments", "token_tree"):
        holder = holder.parent
    if holder is None:
        return
    elements = edits.elements_of(holder)
    which = [at for at, (start, end) in enumerate(elements) if any(start <= s.start < end for s, _ in extra)]
    texts = [source[start:end] for start, end in elements]
    twice = [at for at in range(1, len(texts)) if texts[at] == texts[at - 1]]
    if len(extra) == 1 and len(twice) == 1 and which != twice:
        gone = edits.delete_element(span.path, source, elements, twice[0])
        yield "leave out the argument that is given twice", (gone,), _TWICE
    elif len(which) == 1:
        yield (
            "leave out the argument that is not expected",
            (edits.delete_element(span.path, source, elements, which[0]),),
            0.6,
        )


def _declared(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Answer]:
    """Edits the signature: the calls are right and the declaration is not."""
    found = definition(diagnostic, index)
    if not isinstance(found, Function) or found.variadic:
        return
    agreeing = [d for d in situation.diagnostics if d.code == diagnostic.code and definition(d, index) is found]
    total = len(list(islice(other_calls(situation, index, found.name), 50)))
    all_agree = len(agreeing) >= max(1, total)
    extra = [(int(m[1] or 1) - 1, m[2], span) for span in diagnostic.spans if (m := _EXTRA.search(span.label or ""))]
    if len(extra) == 1:
        yield from _added(situation, found, extra[0], all_agree)
    missing = _told(diagnostic)
    if len(missing) == 1 and all_agree and (found.owner is None or getattr(found.owner, "trait", None) is None):
        at = next(iter(missing)) - (1 if found.is_method and "::" in _callee(situation, diagnostic) else 0)
        if 0 <= at < len(found.parameters) and _unread(found, found.parameters[at].name):
            source = situation.source(found.path)
            spans = _spans(found)
            which = at + (1 if found.is_method else 0)
            name = found.parameters[at].name
            change = edits.delete_element(found.path, source, spans, which)
            yield (
                f"drop the parameter `{name}` that no call gives",
                (change,),
                0.2 if total > 1 else 0.12,
            )


def _callee(situation: Situation, diagnostic: Diagnostic) -> str:
    place = diagnostic.primary
    return "" if place is None else situation.text(place.path, place.start, place.end)


def _added(
    situation: Situation, found: Function, extra: tuple[int, str | None, Span], all_agree: bool
) -> Iterator[Answer]:
    """A parameter for the argument that every call passes: under the name that the body misses, else the argument's."""
    at, kind, span = extra
    if found.body is None:
        return
    unknown = [
        name
        for d in situation.diagnostics
        if d.code == "E0425" and d.primary is not None and d.primary.path == found.path
        and found.body.start <= d.primary.start < found.body.end
        for name in quoted(d.message)[:1]
    ]  # fmt: skip
    source = situation.source(found.path)
    written = re.sub(r"&'\w+ ", "&", kind or "")
    unclear = {"": "i32", "{integer}": "i32", "integer": "i32", "{float}": "f64"}
    told = {name: usual_type(ItemIndex.of(situation), found, name) for name in unknown}
    if "{closure" in written or ("'" in written and not any(told.values())):
        return
    argument = situation.text(span.path, span.start, span.end)
    plain = re.sub(r"^&(?:mut )?", "", argument)
    names = [
        (name, (0.8 if all_agree else 0.5) + (_SAME_NAME if name == plain else 0.0)) for name in dict.fromkeys(unknown)
    ]
    if not names and all_agree:
        names = [(plain if plain.isidentifier() and plain not in ("self", "true", "false") else "_value", 0.12)]
    spans = _spans(found)
    place = min(at + (1 if found.is_method else 0), len(spans))
    opening, closing = found.parameters_span.start + 1, found.parameters_span.end - 1
    for name, prior in names[:2]:
        kind = unclear.get(written, written)
        if (usual := told.get(name)) is not None and (written in unclear or types.same(usual, written)):
            kind = usual
        text = f"{name}: {kind}"
        change = edits.add_element(
            found.path, source, opening, closing, spans, text, place if place < len(spans) else None
        )
        yield f"declare the parameter `{text}` that every call passes", (change,), prior


def _spans(found: Function) -> list[tuple[int, int]]:
    receiver = [] if found.receiver is None else [(found.receiver.start, found.receiver.end)]
    return [*receiver, *((p.start, p.end) for p in found.parameters)]


def _unread(found: Function, name: str) -> bool:
    body = found.body
    return bool(name) and body is not None and re.search(rf"\b{re.escape(name)}\b", body.text) is None
