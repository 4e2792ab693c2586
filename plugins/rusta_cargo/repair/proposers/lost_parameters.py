"""A body that uses a parameter which its signature does not have: E0425.

A name that is bound nowhere may be a parameter that was lost. Its type is a generic parameter that nothing uses, or
what parameters of that name are in the functions beside it. (Where calls still pass the argument, see :mod:`arguments`;
where a trait declares it, see :mod:`trait_signatures`.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.calls import usual_type
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import insert
from rusta_cargo.repair.code.items import Function, Impl, ItemIndex
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

_NAMED, _SLIP = 0.97, 0.3
_VALUE = re.compile(r"cannot find (?:value|function) `([a-z_]\w*)` in this scope")


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates that declare a parameter under a name that the body misses."""
    index: ItemIndex | None = None
    done: set[tuple[int, str]] = set()
    yield from _nameless(situation)
    for diagnostic in situation.diagnostics:
        place = diagnostic.primary
        found = _VALUE.match(diagnostic.message) if diagnostic.code == "E0425" else None
        if place is None or found is None:
            continue
        index = index or ItemIndex.of(situation)
        item = index.at(place.path, place.start)
        if not isinstance(item, Function) or item.body is None or (item.start, found[1]) in done:
            continue
        done.add((item.start, found[1]))
        if isinstance(item.owner, Impl) and item.owner.trait is not None:
            continue  # its signature is the trait's
        if _is_assigned(situation, place.path, place.end):
            continue  # what is given a value first is a local
        if place.start < item.body.start or _is_test(item) or item.name == "main":
            continue
        # The compiler knows a name that is alike: a slip is likelier than a parameter that is gone.
        slip = _SLIP if any("similar name" in one.message for one in diagnostic.suggestions) else 1.0
        for kind, prior in _types(situation, index, item, found[1], diagnostic):
            yield _declared(item, found[1], kind, prior * slip)


def _nameless(situation: Situation) -> Iterator[Candidate]:
    """``fn from(io::Error)`` whose body speaks of ``err``: the compiler would call it ``_``."""
    for number, diagnostic in enumerate(situation.diagnostics):
        for suggestion in diagnostic.suggestions:
            parts = suggestion.replacements
            if not suggestion.message.startswith("explicitly ignore the parameter name") or len(parts) != 1:
                continue
            path, start = parts[0].path, parts[0].start
            source = situation.source(path)
            following = source.find(b"\nfn ", start) if source.find(b"\nfn ", start) >= 0 else len(source)
            missed = [
                found[1] for d in situation.diagnostics if d.code == "E0425" and d.primary is not None
                and (found := _VALUE.match(d.message)) and d.primary.path == path
                and start < d.primary.start < following
            ]  # fmt: skip
            if missed:
                named = parts[0].model_copy(update={"text": parts[0].text.replace("_", missed[0], 1)})
                yield Candidate(f"call the parameter `{missed[0]}`", (named,), _NAMED, diagnostic=number)


def _is_assigned(situation: Situation, path: str, end: int) -> bool:
    return re.match(rb"\s*=(?![=>])", situation.source(path)[end : end + 40]) is not None


def _is_test(item: Function) -> bool:
    return any(attribute.name.rpartition("::")[2] == "test" for attribute in item.attributes)


def _types(
    situation: Situation, index: ItemIndex, item: Function, name: str, diagnostic: Diagnostic
) -> Iterator[tuple[str, float]]:
    """Types for the parameter, the likeliest first."""
    head = situation.source(item.path)[item.parameters_span.start : item.body.start if item.body else item.end]
    words = set(types.words(head.decode("utf-8", "replace")))
    unused = [g.name for g in item.generics if g.kind == "type" and g.name not in words - _bounded(item)]
    if "cannot find function" in diagnostic.message:
        unused = [g for g in unused if re.search(rf"\b{g}\s*:\s*Fn", _bounds_text(item))]
    for kind in unused[:2]:
        yield kind, 0.6 / len(unused)
    usual = usual_type(index, item, name)
    if usual is not None:
        uses = sum(1 for d in situation.diagnostics if d.code == "E0425" and quoted(d.message)[:1] == [name])
        yield usual, 0.45 if uses > 1 else 0.35


def _bounds_text(item: Function) -> str:
    where = "" if item.where is None else item.where.text
    return where + ", " + ("" if item.generics_span is None else item.generics_span.text)


def _bounded(item: Function) -> set[str]:
    """Words of the where clause: a bound alone is no use of a parameter."""
    return set() if item.where is None else set(types.words(item.where.text))


def _declared(item: Function, name: str, kind: str, prior: float) -> Candidate:
    last = item.parameters[-1].end if item.parameters else item.receiver.end if item.receiver else None
    text = f"{name}: {kind}"
    change = (
        insert(item.path, item.parameters_span.start + 1, text)
        if last is None
        else insert(item.path, last, f", {text}")
    )
    title = f"declare the parameter `{text}` of `{item.name}`"
    return Candidate(title, (change,), prior, risk=("changes a signature",), cites=("E0425",))
