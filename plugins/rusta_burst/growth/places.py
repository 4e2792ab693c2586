"""Joins by place: offsets (vectors), patterns of coordinates, and functions of them.

Places are (n, 3) whole numbers. All rules give (source, target) as positions in the two lists, sorted by source, then by
target. Several neurons may share a place; then all of them are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from rusta_burst.errors import InvalidInput

I8 = npt.NDArray[np.int64]
Pairs = tuple[I8, I8]
Size = tuple[int, int, int]
Mapper = Callable[[I8, Size, Size], I8]
Token = int | str

ANY, SAME, OTHER = "*", "?", "!"
_LIMIT = 2**31


def by_vectors(sources: I8, targets: I8, vectors: Sequence[Sequence[int]]) -> Pairs:
    """Each source joined to the neurons at its own place plus each vector.

    Raises:
        InvalidInput: a vector is not three whole numbers.
    """
    parts: list[Pairs] = []
    for vector in vectors:
        whole = [isinstance(n, int | np.integer) and not isinstance(n, bool) and abs(n) < _LIMIT for n in vector]
        if len(vector) != 3 or not all(whole):
            raise InvalidInput(f"vectors: {list(vector)!r} should be three whole numbers")
        parts.append(_join_at(sources + np.asarray(vector, np.int64), targets))
    return _merged(parts)


def by_function(sources: I8, targets: I8, source_size: Size, target_size: Size, mapper: Mapper) -> Pairs:
    """Each source joined to the neurons at the places a function names for it.

    Args:
        mapper: gets the sources' places (n, 3), the extents of both areas, and gives (n, 3) or (n, k, 3) places.

    Raises:
        InvalidInput: the function gives something else.
    """
    made = np.asarray(mapper(sources, source_size, target_size))
    if made.ndim == 2:
        made = made[:, None, :]
    if made.ndim != 3 or made.shape[0] != len(sources) or made.shape[2] != 3 or made.dtype.kind not in "iu":
        raise InvalidInput(
            f"the function gave shape {made.shape} of {made.dtype}; expected whole numbers ({len(sources)}, k, 3)"
        )
    return _merged([_join_at(made[:, k].astype(np.int64), targets) for k in range(made.shape[1])])


def by_patterns(sources: I8, targets: I8, patterns: Sequence[Sequence[Sequence[Token]]]) -> Pairs:
    """Patterns of coordinates: ``[[x, y, z], [x, y, z]]`` for source and target.

    On the source's side a number stands for itself and ``*`` for all; on the target's side ``?`` stands for the source's
    own coordinate and ``!`` for every other one.

    Raises:
        InvalidInput: something else stands in a pattern.
    """
    parts: list[Pairs] = []
    for pattern in patterns:
        if len(pattern) != 2 or any(isinstance(side, str) or len(side) != 3 for side in pattern):
            raise InvalidInput(f"patterns: {pattern!r} should be two sides of three coordinates each")
        from_side, to_side = pattern
        chosen = np.flatnonzero(_fits(sources, from_side))
        parts.append(_join_pattern(sources, chosen, targets, to_side))
    return _merged(parts)


def one_to_one(sources: int, targets: int) -> Pairs:
    """The n-th to the n-th; the two lists must have one length.

    Raises:
        InvalidInput: they have not.
    """
    if sources != targets:
        raise InvalidInput(f"one_to_one: {sources} neurons on one side, {targets} on the other; expected as many")
    return np.arange(sources), np.arange(targets)


def all_to_all(sources: int, targets: int) -> Pairs:
    """Every source to every target."""
    return np.repeat(np.arange(sources), targets), np.tile(np.arange(targets), sources)


# -- functions of places that have a name ----------------------------------------------------


def projector(places: I8, source_size: Size, target_size: Size) -> I8:
    """The place that lies in the target as the source lies in its own area, the middle of it where the target is finer."""
    made: I8 = (places * np.asarray(target_size) + np.asarray(target_size) // 2) // np.asarray(source_size)
    return made


def expander(places: I8, source_size: Size, target_size: Size) -> I8:
    """All places of the target that the projector of the way back would bring to the source's place.

    Sources are cells of the coarser grid; where the target is not finer along an axis, one place is taken.
    """
    factor = np.maximum(1, np.asarray(target_size) // np.asarray(source_size))
    steps = np.stack(np.meshgrid(*(np.arange(f) for f in factor), indexing="ij"), axis=-1).reshape(-1, 3)
    made: I8 = places[:, None, :] * factor + steps[None]
    return made


def reflector_x(places: I8, source_size: Size, target_size: Size) -> I8:
    """The mirror image along x."""
    made = projector(places, source_size, target_size)
    made[:, 0] = target_size[0] - 1 - made[:, 0]
    return made


def lateral_pairs_x(places: I8, _source_size: Size, _target_size: Size) -> I8:
    """The neighbour within pairs along x: 0 and 1, 2 and 3, and so on."""
    made = places.copy()
    made[:, 0] ^= 1
    return made


def rotator_z(places: I8, _source_size: Size, _target_size: Size) -> I8:
    """x and y exchanged."""
    return places[:, [1, 0, 2]]


FUNCTIONS: dict[str, Mapper] = {
    "projector": projector,
    "expander": expander,
    "reflector_x": reflector_x,
    "lateral_pairs_x": lateral_pairs_x,
    "rotator_z": rotator_z,
}


# -- inside ----------------------------------------------------------------------------------


def _join_at(wanted: I8, targets: I8) -> Pairs:
    """Rows of ``wanted`` joined to the rows of ``targets`` that are equal to them."""
    if not len(wanted) or not len(targets):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    size = targets.max(axis=0) + 1
    inside = ((wanted >= 0) & (wanted < size)).all(axis=1)
    rows = np.flatnonzero(inside)
    keys = _keys(wanted[rows], size)
    target_keys = _keys(targets, size)
    order = np.argsort(target_keys, kind="stable")
    ordered = target_keys[order]
    first, last = np.searchsorted(ordered, keys, "left"), np.searchsorted(ordered, keys, "right")
    counts = last - first
    offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(rows, counts), order[np.repeat(first, counts) + offsets]


def _keys(places: I8, size: I8) -> I8:
    if float(size[0]) * float(size[1]) * float(size[2]) < 2**62:
        keys: I8 = (places[:, 0] * size[1] + places[:, 1]) * size[2] + places[:, 2]
        return keys
    raise InvalidInput(f"places reach {size.tolist()}; the product of the extents must be below 2**62")


def _fits(places: I8, side: Sequence[Token]) -> npt.NDArray[np.bool_]:
    good = np.ones(len(places), bool)
    for axis, token in enumerate(side):
        if token == ANY:
            continue
        good &= places[:, axis] == _number(token, "the source's side")
    return good


def _join_pattern(sources: I8, chosen: I8, targets: I8, side: Sequence[Token]) -> Pairs:
    fixed = np.ones(len(targets), bool)
    for axis, token in enumerate(side):
        if token not in (ANY, SAME, OTHER):
            fixed &= targets[:, axis] == _number(token, "the target's side")
    candidates = np.flatnonzero(fixed)
    same = [axis for axis, token in enumerate(side) if token == SAME]
    other = [axis for axis, token in enumerate(side) if token == OTHER]
    zeroed_sources, zeroed_targets = np.zeros((len(chosen), 3), np.int64), np.zeros((len(candidates), 3), np.int64)
    zeroed_sources[:, same] = sources[chosen][:, same]
    zeroed_targets[:, same] = targets[candidates][:, same]
    source, target = _join_at(zeroed_sources, zeroed_targets)
    source, target = chosen[source], candidates[target]
    for axis in other:
        differs = sources[source, axis] != targets[target, axis]
        source, target = source[differs], target[differs]
    return source, target


def _number(token: Token, where: str) -> int:
    if isinstance(token, int | np.integer) and not isinstance(token, bool) and 0 <= token < _LIMIT:
        return int(token)
    allowed = "a whole number or '*'" if "source" in where else "a whole number, '*', '?' or '!'"
    raise InvalidInput(f"patterns: {token!r} on {where}; expected {allowed}")


def _merged(parts: Sequence[Pairs]) -> Pairs:
    """All pairs once, sorted by source, then target."""
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    source = np.concatenate([part[0] for part in parts])
    target = np.concatenate([part[1] for part in parts])
    if not len(source):
        return source, target
    width = int(target.max()) + 1
    merged = np.unique(source * width + target)
    return merged // width, merged % width
