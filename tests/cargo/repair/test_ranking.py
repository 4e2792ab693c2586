"""Second opinions on the order of candidates."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.proposer import Candidate, SourceUnavailable
from rusta_cargo.repair.ranking import AFTER, BEFORE, LONGEST_TEXT, MOST_RANKED, moved, place_of, question, ranked
from rusta_conductor.specs import RankerSpec
from rusta_schemas.action import Action
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Replacement, Span
from rusta_schemas.observation import Observation

SOURCE = b"fn main() {\n    let total = one + tow;\n}\n" * 20
PLACE = Span(path="src/lib.rs", start=0, end=1, line=1, column=1, end_line=1, end_column=2, label="not found")
ERROR = Diagnostic(
    level=Level.ERROR, code="E0425", category=Category.NAME, phase=1, message="cannot find value `tow`", spans=(PLACE,)
)  # fmt: skip
RANKER = RankerSpec("opinion", "repair", "For tests", "opinion")


def put(start: int, end: int, text: str, prior: float = 0.5, path: str = "src/lib.rs") -> Candidate:
    return Candidate(f"put {text}", (Replacement(path=path, start=start, end=end, text=text),), prior)


def read(_path: str) -> bytes:
    return SOURCE


def answering(scores: Any, ok: bool = True, seen: list[Action] | None = None) -> Any:
    def ask(action: Action) -> Observation:
        if seen is not None:
            seen.append(action)
        status = "ok" if ok else "error"
        return Observation(verb=action.verb, status=status, summary="", data={"scores": scores} if ok else {})

    return ask


def test_an_opinion_moves_candidates_and_keeps_them_all() -> None:
    seen: list[Action] = []
    three = [put(30, 33, "two"), put(30, 33, "toe"), put(30, 33, "t")]
    found = ranked(three, [RANKER], read, [ERROR], answering([3.0, -3.0, 0.0], seen=seen))
    assert [c.title for c in found] == ["put two", "put toe", "put t"]
    assert found[0].prior > 0.5 > found[1].prior
    assert found[2].prior == 0.5
    (asked,) = seen
    changes: Any = asked.args["changes"]
    assert [change["new"] for change in changes] == ["two", "toe", "t"]


@pytest.mark.parametrize("scores", [[], [1.0], [1.0, "2", 3.0], None, [1.0, None, 3.0], "abc"])
def test_a_tool_out_of_form_has_no_say(scores: Any) -> None:
    candidates = [put(30, 33, "two"), put(30, 33, "toe"), put(30, 33, "t")]
    assert ranked(candidates, [RANKER], read, [ERROR], answering(scores)) == candidates
    assert ranked(candidates, [RANKER], read, [ERROR], answering([], ok=False)) == candidates


def test_two_candidates_are_not_worth_a_question() -> None:
    seen: list[Action] = []
    ranked([put(30, 33, "two"), put(30, 33, "toe")], [RANKER], read, [ERROR], answering([1.0, 2.0], seen=seen))
    assert not seen


def test_only_the_likeliest_are_shown() -> None:
    seen: list[Action] = []
    many = [put(i % 800, i % 800 + 1, "x", 0.01 + i / 1000) for i in range(MOST_RANKED + 9)]
    found = ranked(many, [RANKER], read, [ERROR], answering([1.0] * (MOST_RANKED - 1) + [5.0], seen=seen))
    shown: Any = seen[0].args["changes"]
    assert len(shown) == MOST_RANKED
    assert [c.prior for c in found[:9]] == [c.prior for c in many[:9]]


def test_a_candidate_tells_who_made_it_and_what_it_answers() -> None:
    seen: list[Action] = []
    one = replace(put(30, 33, "two"), proposer="names", diagnostic=0)
    two, three = put(30, 33, "toe"), put(30, 33, "t")
    ranked([one, two, three], [RANKER], read, [ERROR], answering([0.0, 0.0, 0.0], seen=seen))
    words = "cannot find value `tow`\nnot found"
    assert seen[0].args["about"] == [
        {"proposer": "names", "message": words},
        {"proposer": "", "message": ""},
        {"proposer": "", "message": ""},
    ]


def test_what_is_no_single_place_is_not_asked_about() -> None:
    spread = Candidate("two files", (*put(0, 1, "a").replacements, *put(0, 1, "b", path="src/x.rs").replacements), 0.5)
    assert place_of(spread, read) is None
    far = Candidate("far apart", (*put(0, 1, "a").replacements, *put(600, 601, "b").replacements), 0.5)
    assert place_of(far, read) is None
    assert place_of(put(0, len(SOURCE) + 1, "beyond"), read) is None


def test_a_file_that_cannot_be_had_has_no_place() -> None:
    def gone(path: str) -> bytes:
        raise SourceUnavailable(path)

    assert place_of(put(0, 1, "a"), gone) is None
    assert ranked([put(0, 1, "a"), put(0, 1, "b")], [], gone, [ERROR], answering([])) != []


def test_each_file_is_shown_once_and_what_is_far_in_a_large_one_is_left_out() -> None:
    large = "fn é() {}\n".encode() * 20_000
    texts = {"a.rs": large, "b.rs": SOURCE, "c.rs": b"\xff" * 40}
    candidates = [
        put(100_000, 100_001, "x", path="a.rs"),
        put(100_200, 100_201, "y", path="a.rs"),
        put(5, 6, "far", path="a.rs"),
        put(7, 8, "z", path="b.rs"),
        put(7, 8, "not text", path="c.rs"),
    ]
    places = {i: place for i, c in enumerate(candidates) if (place := place_of(c, texts.__getitem__))}
    chosen, args = question(places, texts.__getitem__)
    shown: Any = args["texts"]
    assert chosen == [0, 1, 3]
    assert [len(text.encode()) <= LONGEST_TEXT for text in shown] == [True, True]
    changes: Any = args["changes"]
    for i, change in zip(chosen, changes, strict=True):
        place = places[i]
        piece = shown[change["text"]].encode()
        assert piece[change["start"] : change["end"]] == texts[place.path][place.start : place.end]


@given(st.integers(0, len(SOURCE)), st.integers(0, 60), st.text(max_size=40))
def test_a_place_is_cut_out_of_the_text(start: int, length: int, text: str) -> None:
    end = min(len(SOURCE), start + length)
    found = place_of(put(start, end, text), read)
    assert found is not None
    chosen, args = question({0: found}, read)
    shown: Any = args
    (piece,), (change,) = shown["texts"], shown["changes"]
    data = piece.encode()
    assert chosen == [0]
    assert data[change["start"] : change["end"]] == SOURCE[start:end]
    assert data in SOURCE
    assert change["start"] <= BEFORE
    assert len(data) - change["end"] <= AFTER


@given(st.floats(1e-6, 1.0), st.floats(-100, 100))
def test_an_opinion_keeps_a_prior_a_share(prior: float, nats: float) -> None:
    value = moved(prior, nats)
    assert 0 < value <= 1
    assert math.isclose(moved(prior, 0.0), prior, rel_tol=1e-3, abs_tol=2e-6)
    if nats > 0:
        assert value >= prior - 2e-6
