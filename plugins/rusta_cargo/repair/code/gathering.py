"""Candidates of readers that answer one diagnostic each, where several errors may ask for one and the same edit.

A reader gives (title, replacements, weight). What more than one error asks for is one candidate, and each error that
asks for it makes it likelier.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from rusta_cargo.repair.code.distinct import distinct as offered_once
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.proposer import STUB, Candidate, Replacement, Situation
from rusta_cargo.repair.syntax import parse
from rusta_cargo.repair.tree import BASE
from rusta_schemas.diagnostic import Diagnostic

Change = tuple[str, tuple[Replacement, ...], float]
Reader = Callable[[Situation, ItemIndex, Diagnostic], Iterator[Change]]
Found = dict[tuple[Replacement, ...], tuple[str, float, list[int]]]
MOST, CONFIRMED = 12, 0.15
SUREST = 0.93
_LONG = 200_000


def sound(
    propose: Callable[[Situation], Iterable[Candidate]],
) -> Callable[[Situation], Iterator[Candidate]]:
    """A proposer like ``propose``, the likeliest first, without what changes nothing, is there already or
    breaks the syntax."""

    @functools.wraps(propose)
    def ordered(situation: Situation) -> Iterator[Candidate]:
        yield from sorted(propose(situation), key=lambda item: -item.prior)

    once = offered_once(ordered)

    @functools.wraps(propose)
    def checked(situation: Situation) -> Iterator[Candidate]:
        for candidate in once(situation):
            if _parses(situation, candidate):
                yield candidate

    return checked


def _parses(situation: Situation, candidate: Candidate) -> bool:
    """No file that parsed is broken by it. Long files are not looked at; the compiler says the same."""
    tree = BASE.replace(candidate.replacements, situation.source)
    for path, after in tree.overrides.items():
        before = situation.source(path)
        if len(before) < _LONG and not parse(before).root_node.has_error and parse(after).root_node.has_error:
            return False
    return True


def gathered(
    situation: Situation,
    readers: Mapping[str, tuple[Reader, ...]],
    most: int = MOST,
    confirmed: float = CONFIRMED,
    risk: tuple[str, ...] = (),
    shared: Callable[[Situation, ItemIndex], Iterable[tuple[Change, list[int]]]] | None = None,
) -> Iterator[Candidate]:
    """The candidates of ``readers`` (by error code) for a situation.

    Args:
        most: candidates of one diagnostic. confirmed: what each further error adds to the prior.
        risk: said of every candidate. shared: changes that answer several errors (by index) at once.
    """
    index: ItemIndex | None = None
    found: Found = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        mine = readers.get(diagnostic.code or "", ())
        if not mine or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        changes = [change for reader in mine for change in reader(situation, index, diagnostic) if change[1]]
        merge(found, islice(distinct(changes), most), [number])
    if index is not None and shared is not None:
        for change, numbers in shared(situation, index):
            merge(found, [change], numbers)
    yield from candidates(situation, found, confirmed, risk)


def distinct(changes: Iterable[Change]) -> Iterator[Change]:
    """The likeliest first, each edit once."""
    seen: set[tuple[Replacement, ...]] = set()
    for change in sorted(changes, key=lambda item: -item[2]):
        key = tuple(sorted(change[1], key=lambda r: (r.path, r.start, r.end, r.text)))
        if key not in seen:
            seen.add(key)
            yield change


def merge(found: Found, changes: Iterable[Change], numbers: list[int]) -> None:
    """Adds changes that answer the errors ``numbers``."""
    for title, parts, weight in changes:
        known = found.get(parts)
        if known is None:
            found[parts] = (title, weight, list(numbers))
        else:
            more = [number for number in numbers if number not in known[2]]
            found[parts] = (known[0], max(weight, known[1]), [*known[2], *more])


def candidates(situation: Situation, found: Found, confirmed: float, risk: tuple[str, ...] = ()) -> Iterator[Candidate]:
    """Candidates with priors raised by the number of errors that ask for them."""
    for parts, (title, weight, numbers) in found.items():
        prior = max(0.01, min(max(SUREST, weight), weight + confirmed * (len(numbers) - 1), 0.95))
        code = situation.diagnostics[numbers[0]].code
        stub = (STUB,) if any("todo!()" in part.text for part in parts) else ()
        yield Candidate(
            " ".join(title.split())[:160],
            parts,
            prior,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            risk=(*risk, *stub),
            cites=() if code is None else (code,),
        )
