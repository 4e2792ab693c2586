"""Making a proved patch smaller."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.shrink import MOST_EDITS, shrink
from rusta_schemas.edits import Edit


def edits(count: int) -> list[Edit]:
    return [Edit(path="a.rs", start=i, end=i, removed="", inserted=str(i)) for i in range(count)]


class Needs:
    """Compiles when all needed edits are there, and counts how often it was asked."""

    def __init__(self, *needed: str) -> None:
        self.needed, self.asked = set(needed), 0

    def __call__(self, patches: Sequence[Sequence[Edit]]) -> list[bool]:
        self.asked += len(patches)
        return [self.needed <= {edit.inserted for edit in patch} for patch in patches]


def names(patch: Sequence[Edit]) -> set[str]:
    return {edit.inserted for edit in patch}


@given(st.integers(2, 10), st.data(), st.integers(1, 4))
def test_exactly_what_is_needed_is_left(count: int, data: st.DataObject, batch: int) -> None:
    needed = data.draw(st.sets(st.sampled_from([str(i) for i in range(count)]), min_size=1))
    assert names(shrink(edits(count), Needs(*needed), batch)) == needed


@given(st.integers(0, 10), st.integers(1, 4))
def test_what_is_left_compiles_and_is_never_nothing(count: int, batch: int) -> None:
    left = shrink(edits(count), Needs(), batch)
    assert len(left) == min(count, 1)


def test_of_two_that_replace_each_other_one_stays() -> None:
    def either(patches: Sequence[Sequence[Edit]]) -> list[bool]:
        return [bool(names(patch) & {"0", "1"}) for patch in patches]

    assert len(shrink(edits(2), either, 2)) == 1


def test_one_edit_is_left_alone() -> None:
    needs = Needs()
    assert len(shrink(edits(1), needs, 2)) == 1
    assert needs.asked == 0


def test_a_needed_patch_costs_one_check_an_edit() -> None:
    needs = Needs("0", "1", "2")
    assert len(shrink(edits(3), needs, 2)) == 3
    assert needs.asked == 3


def test_a_very_long_patch_is_not_tried() -> None:
    needs = Needs()
    assert len(shrink(edits(MOST_EDITS + 1), needs, 2)) == MOST_EDITS + 1
    assert needs.asked == 0
