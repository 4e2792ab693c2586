"""A proposer of names: where the compiler does not know a name, the crate's own names and the library's, as likely as
the model finds them in that place.

It looks at names a few letters away from what stands there, and at holes (``todo``, ``hole``), for which the names that
stand nearest to the place are looked at. The order is the model's; without a model file it offers nothing.

A hole is not known by its letters, and the model likes to say again what it has just read: of six holes in small functions
its first name was right in one. Such offers have a low prior, so that nearly everything else is tried before them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from importlib.resources import files

from rusta_cargo.repair import Candidate, Replacement, Situation, SourceUnavailable

CODES = frozenset({
    "E0405", "E0412", "E0422", "E0423", "E0425", "E0432", "E0433", "E0531", "E0559", "E0560", "E0574", "E0599", "E0609",
})  # fmt: skip
HOLES = frozenset({b"todo", b"hole", b"xxx", b"fixme"})
_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = frozenset(
    b"_ as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut "
    b"pub ref return self Self static struct super trait true type unsafe use where while".split()
)
_ERRORS_LOOKED_AT, _LOOKED_AT, _OFFERED = 3, 16, 4
_SUFFIX = 24
# The likeliest of the names is right about this often; what is far from what stands there, less often.
_BEST, _BEST_OF_HOLE = 0.35, 0.05


def names_in_place(situation: Situation) -> Iterator[Candidate]:
    """Candidates that put a known name where the compiler does not know one."""
    looked = 0
    for index, error in enumerate(situation.diagnostics):
        place = error.primary
        if error.code not in CODES or place is None or place.macro is not None or looked == _ERRORS_LOOKED_AT:
            continue
        try:
            source = situation.source(place.path)
        except SourceUnavailable:
            continue
        found = _NAME.search(source, place.start, place.end)
        if found is None or found[0] in _WORDS:
            continue
        looked += 1
        wrong, start, end = found[0], found.start(), found.end()
        best = _BEST_OF_HOLE if wrong.lower() in HOLES else _BEST
        for name, share in likeliest(source, start, end, situation.cache):
            yield Candidate(
                title=f"put `{name}` for `{wrong.decode()}`, as the model finds likely here",
                replacements=(Replacement(path=place.path, start=start, end=end, text=name),),
                prior=max(0.01, round(best * share, 3)),
                diagnostic=index,
            )


def likeliest(source: bytes, start: int, end: int, cache: object = None) -> list[tuple[str, float]]:
    """The names that may stand at ``source[start:end]``, each with its share (0 … 1), the likeliest first."""
    kept = cache if isinstance(cache, dict) else {}
    key = ("rusta_hecate.names", source, start, end)
    if key not in kept:
        kept[key] = _likeliest(source, start, end)
    found: list[tuple[str, float]] = kept[key]
    return found


def near(wrong: bytes, names: list[bytes]) -> list[bytes]:
    """The names that ``wrong`` may be a slip of, the nearest first; all of them as they come for a hole."""
    if wrong.lower() in HOLES:
        return names
    limit = max(1, len(wrong) // 3)
    far = [(distance(wrong, name, limit), name) for name in names if abs(len(name) - len(wrong)) <= limit]
    return [name for steps, name in sorted(far, key=lambda pair: pair[0]) if steps <= limit]


def distance(a: bytes, b: bytes, limit: int) -> int:
    """Insertions, deletions, replacements and exchanges of neighbours between two names; above ``limit``, limit + 1."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        earlier, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            step = min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                step = min(step, earlier[j - 2] + 1)
            row.append(step)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def _likeliest(source: bytes, start: int, end: int) -> list[tuple[str, float]]:
    wrong = source[start:end]
    places = [m for m in _NAME.finditer(source) if m.start() != start]
    hole = wrong.lower() in HOLES
    if hole:
        places.sort(key=lambda m: abs(m.start() - start))
    own = [m[0] for m in places]
    names = [n for n in dict.fromkeys((*own, *_library())) if n != wrong and n not in _WORDS and (hole or len(n) > 1)]
    chosen = near(wrong, names)[:_LOOKED_AT]
    if not chosen:
        return []
    # NumPy and the network are loaded for those errors alone that have such a name.
    from rusta_hecate.scoring import Edit, NoModel, rank

    edits = [Edit(source[:start], wrong, name, source[end : end + _SUFFIX]) for name in chosen]
    try:
        scores = rank(edits)
    except NoModel:
        return []
    # Rounded, so that the last bits of another machine's arithmetic change no order.
    gains = [round(score.gain, 2) for score in scores]
    top = max(gains)
    weights = [math.exp(max(-30.0, gain - top)) for gain in gains]
    order = sorted(range(len(chosen)), key=lambda i: (-gains[i], chosen[i]))[:_OFFERED]
    return [(chosen[i].decode(), weights[i] / sum(weights)) for i in order]


def _library() -> list[bytes]:
    text = files("rusta_hecate").joinpath("data", "library_names.txt").read_bytes()
    return [line for line in text.split() if not line.startswith(b"#")]
