"""Brackets that are missing, too many, or of the wrong kind.

The compiler notices such a fault far from where it is. Here the indentation of the lines says where it lies (see
:mod:`rusta_cargo.repair.code.brackets`), and the grammar judges what each fix leaves before the compiler is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code.brackets import EMPTY, Brackets, Fix
from rusta_cargo.repair.code.brokenness import Brokenness
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import replace
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Category

_OFFERED = 12
_JUDGED = 60
_TITLES = {
    "close": "close the bracket: add `{}`",
    "delete": "remove the bracket that closes nothing",
    "open": "open the bracket: add `{}`",
    "change": "use the bracket that fits: `{}`",
}
_GROWN_PRIOR, _BESIDE_GROWN = 0.97, 0.7
_GROWN = "part two words that have grown together: add `{}`"


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Balance the brackets of every file that the parser refuses."""
    seen: set[str] = set()
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        if place is None or error.category is not Category.SYNTAX or place.path in seen:
            continue
        seen.add(place.path)
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        judged = _judged(source)
        parted = any(not broken and _is_grown(fix) for broken, fix in judged)
        for rank, (broken, fix) in enumerate(judged[:_OFFERED]):
            # Some right code the grammar does not know: what leaves least broken may still leave something.
            best = broken == judged[0][0]
            grown = _is_grown(fix)
            tidy = not broken and not fix.disorder
            sure = _GROWN_PRIOR if grown and not broken else 0.9 if tidy else 0.6 if best else 0.2
            if parted and not grown:
                sure *= _BESIDE_GROWN
            yield Candidate(
                title=(_GROWN if grown else _TITLES[fix.kind]).format(fix.text.strip()),
                replacements=(replace(place.path, fix.start, fix.end, fix.text),),
                prior=sure * 0.85**rank,
                diagnostic=number,
            )


def _is_grown(fix: Fix) -> bool:
    """It parts two known words that were written as one: a slip that does not come about otherwise."""
    return fix.kind == "open" and not fix.rank


def _judged(source: bytes) -> list[tuple[int, Fix]]:
    """The fixes with the number of broken places that each leaves, best first."""
    fixes = Brackets(source).fixes()[:_JUDGED]
    text = Brokenness(source)
    rated = [(text.after(fix.start, fix.end, fix.text), fix) for fix in fixes]
    # An empty pair of brackets looks tidy and means nothing.
    return sorted(rated, key=lambda item: (item[0], item[1].rank >= EMPTY, item[1].disorder, item[1].rank))


__all__ = ["propose"]
