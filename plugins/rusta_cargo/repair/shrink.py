"""Makes a proved patch smaller: an edit that is not needed is taken out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rusta_schemas.edits import Edit

# Beyond this many edits trying each costs more than a reviewer saves.
MOST_EDITS = 16


def shrink(
    edits: Sequence[Edit], compiles: Callable[[Sequence[Sequence[Edit]]], list[bool]], batch: int
) -> tuple[Edit, ...]:
    """``edits`` without those that can be dropped one by one, the last first; all of them when there are too many.

    Args:
        compiles: for several sets of edits, whether each compiles. batch: how many sets to ask about at once.
    """
    kept = list(edits)
    if not 1 < len(kept) <= MOST_EDITS:
        return tuple(kept)
    # Most edits are needed, so first all are tried alone, side by side; only the others are worth a second look.
    idle: list[Edit] = []
    for start in range(0, len(kept), batch):
        part = kept[start : start + batch]
        answers = compiles([[other for other in kept if other is not edit] for edit in part])
        idle += [edit for edit, fine in zip(part, answers, strict=True) if fine]
    if len(idle) == 1:
        return tuple(edit for edit in kept if edit is not idle[0])
    for edit in reversed(idle):
        without = [other for other in kept if other is not edit]
        if without and compiles([without])[0]:
            kept = without
    return tuple(kept)
