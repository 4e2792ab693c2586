"""Items of an impl that do not agree with the trait: E0049, E0050, E0053, E0185, E0186, E0195, E0643, E0323 to E0325.

The trait's signature is copied part by part (generics, parameters, result, where clause), the parameters keep the
names that the impl gave them. When the impls agree among themselves, the trait may be what is wrong. An item of the
wrong kind is written anew as the kind that the trait has.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import delete, insert, replace
from rusta_cargo.repair.code.items import (
    Alias,
    Function,
    Impl,
    Item,
    ItemIndex,
    Piece,
    Trait,
    Value,
)
from rusta_cargo.repair.code.labels import all_spans, quoted
from rusta_cargo.repair.code.own_names import as_written
from rusta_cargo.repair.code.reference_marks import marks, only_marks_differ, remarked
from rusta_cargo.repair.code.signatures import as_used, counterpart, parameter_list, trait_of, type_here
from rusta_cargo.repair.code.std_traits import STD, fellow
from rusta_cargo.repair.code.values import Values
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0049", "E0050", "E0053", "E0185", "E0186", "E0195", "E0643")
KINDS = ("E0323", "E0324", "E0325")
_MARKED_TOO = 0.5

Answer = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for impl items that differ from their declaration."""
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in (*CODES, *KINDS) or place is None:
            continue
        index = index or ItemIndex.of(situation)
        item = index.at(place.path, place.start)
        while item is not None and not isinstance(item.parent, Impl):
            item = item.parent
        if item is None:
            continue
        answers = _kind if diagnostic.code in KINDS else _copied
        for title, parts, prior in islice(answers(situation, index, item, diagnostic), 8):
            yield Candidate(title[:160], parts, prior, diagnostic=number, cites=(diagnostic.code,))


def _copied(situation: Situation, index: ItemIndex, item: Item, diagnostic: Diagnostic) -> Iterator[Answer]:
    declared, impl = counterpart(item, index), item.parent
    trait = trait_of(impl, index) if isinstance(impl, Impl) else None
    if not isinstance(item, Function) or not isinstance(declared, Function) or trait is None:
        return
    if not isinstance(impl, Impl):
        return
    like = fellow(impl, item.name, index)
    parts = _parts(situation, index, item, declared, impl, trait, like)
    marked = _marked(item, declared, impl, trait)
    if marked:
        yield f"make the references of `{item.name}` as mutable as `{trait.name}` has them", marked, 0.93
    shown = f"`{item.name}` of `{trait.name}`"
    prior = 0.9 if diagnostic.code != "E0050" else 0.7
    if marked:
        prior = _MARKED_TOO  # only `mut` is wrong: what else the author wrote stays
    if any(" as " in part.text for suggestion in diagnostic.suggestions for part in suggestion.replacements):
        prior = 0.96  # the compiler offers `<T as Iterator>::Item` where the trait says `Self::Item`
    if diagnostic.code in ("E0185", "E0186"):
        prior = 0.65
        only = _receiver_only(item, declared)
        if only is not None and only != parts:
            yield f"take the receiver of {shown}", only, 0.7
    yield f"copy the signature of {shown}", parts, prior
    agreeing = _implementers(index, trait, item)
    others = len(index_impls(index, trait)) - len(agreeing)
    back = () if trait.path == STD else _back(declared, item, impl, trait)
    share = min(0.9, (0.5 if len(agreeing) > 1 else 0.25) + 0.4 * _calls_against(situation, declared))
    if back:
        yield (
            f"change the declaration of {shown} to what the impl has",
            back,
            share if not others else 0.12,
        )


def _calls_against(situation: Situation, declared: Function) -> int:
    """How many calls do not agree with the declaration either: where impls and callers are at one, it is outvoted."""
    return sum(
        diagnostic.code in ("E0061", "E0308")
        and any((span.path, span.start) == (declared.path, declared.name_start) for span in all_spans(diagnostic))
        for diagnostic in situation.diagnostics
    )


def _marked(item: Function, declared: Function, impl: Impl, trait: Trait) -> tuple[Replacement, ...]:
    """The edits of ``mut`` alone, when nothing else differs in the types."""
    pairs = [(mine.type, theirs.type) for mine, theirs in zip(item.parameters, declared.parameters, strict=False)]
    if item.returns is not None and declared.returns is not None:
        pairs.append((item.returns, declared.returns))
    if item.receiver is not None and declared.receiver is not None:
        pairs.append((item.receiver, declared.receiver))
    if len(item.parameters) != len(declared.parameters):
        return ()
    found: list[Replacement] = []
    own = {"Self": impl.self_type.text}
    for mine, theirs in pairs:
        wanted = type_here(theirs.text, impl, trait)
        if types.same(types.substitute(mine.text, own), types.substitute(wanted, own)):
            continue
        if only_marks_differ(mine.text, wanted):
            found += remarked(item.path, mine.start, mine.text, marks(wanted))
        elif types.short(mine.text) != types.short(wanted) and not _is_self(mine.text, theirs.text, impl):
            return ()
    return tuple(found)


def _parts(
    situation: Situation,
    index: ItemIndex,
    item: Function,
    declared: Function,
    impl: Impl,
    trait: Trait,
    like: Function | None,
) -> tuple[Replacement, ...]:
    """The parts of the impl's signature that differ, as the trait has them."""
    parts: list[Replacement] = []
    written = type_here(declared.generics_span.text, impl, trait) if declared.generics_span else ""
    parts += _changed(item, item.generics_span, written, item.name_end)
    unknown = _unknown(situation, item)
    listed = parameter_list(declared, impl, trait, item, unknown, like)
    if _plain(listed) != _plain(item.parameters_span.text):
        parts.append(_narrow(item, declared, impl, trait, listed))
    returns = type_here(declared.returns.text, impl, trait) if declared.returns else ""
    parts += _returns(item, as_written(returns, impl, index), impl)
    where = type_here(types.tidy(declared.where.text), impl, trait) if declared.where else ""
    parts += _where(item, where)
    return tuple(parts)


def _unknown(situation: Situation, item: Function) -> list[str]:
    """The names that the body misses, in order."""
    if item.body is None:
        return []
    names = [
        name
        for d in situation.diagnostics
        if d.code == "E0425" and d.primary is not None and d.primary.path == item.path
        and item.body.start <= d.primary.start < item.body.end
        for name in quoted(d.message)[:1]
    ]  # fmt: skip
    return list(dict.fromkeys(names))


def _narrow(item: Function, declared: Function, impl: Impl, trait: Trait, listed: str) -> Replacement:
    """Only the parameter that differs, when it is one; else the whole list."""
    if len(item.parameters) == len(declared.parameters) and _same_receiver(item, declared):
        wrong = [
            (mine, type_here(theirs.type.text, impl, trait))
            for mine, theirs in zip(item.parameters, declared.parameters, strict=True)
            if _plain(mine.type.text) != _plain(type_here(theirs.type.text, impl, trait))
            and not _is_self(mine.type.text, theirs.type.text, impl)
        ]
        if len(wrong) == 1 and wrong[0][0].pattern.text in listed:
            kind = wrong[0][0].type
            wanted = as_used(wrong[0][1], item) if trait.path == STD else wrong[0][1]
            return replace(item.path, kind.start, kind.end, wanted)
    added = _one_more(item, listed)
    span = item.parameters_span
    return added or replace(item.path, span.start, span.end, listed)


def _one_more(item: Function, listed: str) -> Replacement | None:
    """The insertion of one parameter, when that is all the list needs."""
    wanted = types.split_top(listed[1:-1])
    receiver = [] if item.receiver is None else [item.receiver]
    mine = [(piece.start, piece.end, piece.text) for piece in receiver]
    mine += [(p.start, p.end, f"{p.pattern.text}: {p.type.text}") for p in item.parameters]
    texts = [text for _, _, text in mine]
    if len(wanted) != len(texts) + 1:
        return None
    for at in range(len(wanted)):
        if [*wanted[:at], *wanted[at + 1 :]] == texts:
            if at < len(mine):
                return insert(item.path, mine[at][0], f"{wanted[at]}, ")
            place = mine[-1][1] if mine else item.parameters_span.start + 1
            return insert(item.path, place, f", {wanted[at]}" if mine else wanted[at])
    return None


def _same_receiver(item: Function, declared: Function) -> bool:
    mine = "" if item.receiver is None else item.receiver.text
    theirs = "" if declared.receiver is None else declared.receiver.text
    kinds = [types.short(part.partition(":")[2].strip()) for part in (mine, theirs)]
    return mine == theirs or (kinds[0] == kinds[1] != "")


def _is_self(mine: str, theirs: str, impl: Impl) -> bool:
    return _plain(types.substitute(theirs, {"Self": impl.self_type.text})) == _plain(mine)


def _plain(text: str) -> str:
    return "".join(types.tidy(text).split()).replace(",)", ")")


def _changed(item: Function, old: Piece | None, new: str, at: int) -> list[Replacement]:
    if _plain("" if old is None else old.text) == _plain(new):
        return []
    return [insert(item.path, at, new)] if old is None else [replace(item.path, old.start, old.end, new)]


def _returns(item: Function, wanted: str, impl: Impl) -> list[Replacement]:
    mine = "" if item.returns is None else item.returns.text
    own = {"Self": impl.self_type.text}
    if types.short(types.substitute(mine, own)) == types.short(types.substitute(wanted, own)):
        return []
    if "Self::" in wanted and mine:  # it may be the same type written out
        return []
    end = item.parameters_span.end
    if item.returns is None:
        return [insert(item.path, end, f" -> {wanted}")]
    if not wanted:
        return [delete(item.path, end, item.returns.end)]
    return [replace(item.path, item.returns.start, item.returns.end, wanted)]


def _where(item: Function, wanted: str) -> list[Replacement]:
    mine = "" if item.where is None else item.where.text
    if not mine and wanted.startswith("where Self:") and "," not in wanted.rstrip(","):
        return []  # bounds on Self alone need no repeating
    if _plain(mine).rstrip(",") == _plain(wanted).rstrip(","):
        return []
    end = item.parameters_span.end if item.returns is None else item.returns.end
    if item.where is None:
        return [insert(item.path, end, f" {wanted}")]
    return [replace(item.path, end, item.where.end, f" {wanted}" if wanted else "")]


def _receiver_only(item: Function, declared: Function) -> tuple[Replacement, ...] | None:
    """Only ``self`` comes or goes."""
    opening = item.parameters_span.start + 1
    if item.receiver is None and declared.receiver is not None:
        gap = ", " if item.parameters else ""
        return (insert(item.path, opening, f"{declared.receiver.text}{gap}"),)
    if item.receiver is not None and declared.receiver is None:
        end = item.parameters[0].start if item.parameters else item.receiver.end
        return (delete(item.path, item.receiver.start, end),)
    return None


def index_impls(index: ItemIndex, trait: Trait) -> list[Impl]:
    """The impls of a trait in the tree."""
    return [
        impl for impl in index.of_kind(Impl) if impl.trait is not None and types.head(impl.trait.text) == trait.name
    ]


def _implementers(index: ItemIndex, trait: Trait, item: Function) -> list[Impl]:
    """The impls whose function has the same parameters as ``item``."""
    return [
        impl
        for impl in index_impls(index, trait)
        for other in impl.items
        if isinstance(other, Function) and other.name == item.name
        and _plain(other.parameters_span.text) == _plain(item.parameters_span.text)
    ]  # fmt: skip


def _back(declared: Function, item: Function, impl: Impl, trait: Trait) -> tuple[Replacement, ...]:
    """The impl's signature put into the trait; only where no generics of either are in the way."""
    spoken = types.words(f"{item.parameters_span.text} {'' if item.returns is None else item.returns.text}")
    if trait.generics or any(generic.name in spoken for generic in impl.generics):
        return ()
    own = {impl.self_type.text: "Self"} if impl.self_type.text.isidentifier() else {}
    parts = _changed(
        declared,
        declared.generics_span,
        item.generics_span.text if item.generics_span else "",
        declared.name_end,
    )
    listed = types.substitute(_with_names_of(declared, item), own)
    parts += _changed(declared, declared.parameters_span, listed, declared.parameters_span.start)
    mine = "" if item.returns is None else types.substitute(item.returns.text, own)
    if "Self::" not in (declared.returns.text if declared.returns else ""):
        parts += _returns(declared, mine, impl)
    return tuple(parts)


def _with_names_of(declared: Function, item: Function) -> str:
    """The parameter list of ``item``; what stays of ``declared`` keeps its name (an impl may call it ``_name``)."""
    text, start = item.parameters_span.text, item.parameters_span.start
    data = text.encode()
    for mine, theirs in reversed(list(zip(item.parameters, declared.parameters, strict=False))):
        if theirs.name and mine.pattern.text == f"_{theirs.name}" and types.same(mine.type.text, theirs.type.text):
            data = data[: mine.pattern.start - start] + theirs.name.encode() + data[mine.pattern.end - start :]
    return data.decode()


def _kind(situation: Situation, index: ItemIndex, item: Item, _diagnostic: Diagnostic) -> Iterator[Answer]:
    """A constant where the trait has a type, and the like."""
    declared, impl = counterpart(item, index), item.parent
    trait = trait_of(impl, index) if isinstance(impl, Impl) else None
    if declared is None or trait is None or not isinstance(impl, Impl):
        return
    for text, prior in _rewritten(situation, item, declared, impl, trait):
        change = replace(item.path, item.start, item.end, text)
        yield f"write `{item.name}` as `{trait.name}` declares it: `{text}`", (change,), prior


def _rewritten(
    situation: Situation, item: Item, declared: Item, impl: Impl, trait: Trait
) -> Iterator[tuple[str, float]]:
    values = Values(situation, item.path, item.start)
    if isinstance(declared, Alias):
        kind = item.type.text if isinstance(item, Value) and item.type is not None else None
        if isinstance(item, Function) and item.returns is not None:
            kind = item.returns.text
        yield f"type {item.name} = {kind or '()'};", 0.7 if kind else 0.2
    elif isinstance(declared, Value) and declared.type is not None:
        kind = type_here(declared.type.text, impl, trait)
        if isinstance(item, Function) and item.body is not None:
            body = item.body.text.strip()[1:-1].strip()
            if body and ";" not in body and "self" not in body:
                yield f"const {item.name}: {kind} = {body};", 0.7
        for offer in values.offers(item.name.lower(), kind)[:3]:
            yield f"const {item.name}: {kind} = {offer.text};", max(0.1, offer.weight)
    elif isinstance(declared, Function) and isinstance(item, Value) and item.value is not None:
        listed = parameter_list(declared, impl, trait)
        returns = "" if declared.returns is None else f" -> {type_here(declared.returns.text, impl, trait)}"
        yield f"fn {item.name}{listed}{returns} {{ {item.value.text} }}", 0.6
