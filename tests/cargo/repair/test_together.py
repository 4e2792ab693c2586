"""Several candidates as one step."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.proposer import STUB, Candidate
from rusta_cargo.repair.together import FEWEST, together
from rusta_schemas.diagnostic import Replacement


def put(index: int | None, start: int, prior: float = 0.8, text: str = "x", **more: tuple[str, ...]) -> Candidate:
    part = Replacement(path="src/lib.rs", start=start, end=start + 1, text=text)
    return Candidate(f"put {start}", (part,), prior, "p", index, **more)


def test_the_likeliest_of_each_error_is_taken() -> None:
    found = together([put(0, 0), put(0, 3, 0.9), put(1, 10), put(2, 20, risk=("r",))], 3)
    assert found is not None
    assert [part.start for part in found.replacements] == [3, 10, 20]
    assert found.risk == ("r",)
    assert 0.9 < found.prior < 0.901


def test_what_touches_or_is_unlikely_stays_out() -> None:
    assert together([put(0, 0), put(1, 1), put(2, 20)], 3) is None  # the first two touch
    assert together([put(0, 0), put(1, 10), put(2, 20, 0.2)], 3) is None
    assert together([put(0, 0), put(1, 10), put(2, 20, risk=(STUB,))], 3) is None
    assert together([put(0, 0), put(1, 10), put(2, 20, text="")], 3) is None  # deletes
    assert together([put(None, 0), put(1, 10), put(2, 20)], 3) is None
    assert together([put(0, 0), put(1, 10)], 2) is None


@given(
    st.lists(
        st.builds(put, st.one_of(st.none(), st.integers(0, 6)), st.integers(0, 60), st.floats(0.01, 1.0)), max_size=20
    )
)
def test_its_parts_never_touch(candidates: list[Candidate]) -> None:
    found = together(candidates, 7)
    if found is None:
        return
    spans = sorted((part.start, part.end) for part in found.replacements)
    assert all(first[1] < second[0] for first, second in pairwise(spans))
    assert len(spans) >= FEWEST
