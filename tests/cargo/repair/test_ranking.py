"""Second opinions on the order of candidates."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.proposer import Candidate, SourceUnavailable
from rusta_cargo.repair.ranking import AFTER, BEFORE, MOST_RANKED, moved, passage, ranked
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
    one, two = put(30, 33, "two"), put(30, 33, "toe")
    found = ranked([one, two], [RANKER], read, [ERROR], answering([3.0, -3.0], seen=seen))
    assert [c.title for c in found] == ["put two", "put toe"]
    assert found[0].prior > 0.5 > found[1].prior
    (asked,) = seen
    first: Any = asked.args["passages"]
    assert first[0]["new"] == "two"
    assert len(first) == 2


@pytest.mark.parametrize("scores", [[1.0], [1.0, "2"], None, [1.0, float("inf")], "ab"])
def test_a_tool_out_of_form_has_no_say(scores: Any) -> None:
    candidates = [put(30, 33, "two"), put(30, 33, "toe")]
    if scores is not None and isinstance(scores, list) and any(s == float("inf") for s in scores):
        scores = [1.0, None]
    assert ranked(candidates, [RANKER], read, [ERROR], answering(scores)) == candidates
    assert ranked(candidates, [RANKER], read, [ERROR], answering([], ok=False)) == candidates


def test_only_the_likeliest_are_shown() -> None:
    seen: list[Action] = []
    many = [put(i, i + 1, "x", 0.01 + i / 100) for i in range(40)]
    ranked(many, [RANKER], read, [ERROR], answering([0.0] * MOST_RANKED, seen=seen))
    shown: Any = seen[0].args["passages"]
    assert len(shown) == MOST_RANKED


def test_a_candidate_tells_who_made_it_and_what_it_answers() -> None:
    seen: list[Action] = []
    one, two = replace(put(30, 33, "two"), proposer="names", diagnostic=0), put(30, 33, "toe")
    ranked([one, two], [RANKER], read, [ERROR], answering([0.0, 0.0], seen=seen))
    words = "cannot find value `tow`\nnot found"
    assert seen[0].args["about"] == [
        {"proposer": "names", "message": words},
        {"proposer": "", "message": ""},
    ]


def test_what_is_no_single_place_has_no_passage() -> None:
    spread = Candidate("two files", (*put(0, 1, "a").replacements, *put(0, 1, "b", path="src/x.rs").replacements), 0.5)
    assert passage(spread, read) is None
    far = Candidate("far apart", (*put(0, 1, "a").replacements, *put(600, 601, "b").replacements), 0.5)
    assert passage(far, read) is None


def test_a_file_that_cannot_be_had_has_no_passage() -> None:
    def gone(path: str) -> bytes:
        raise SourceUnavailable(path)

    assert passage(put(0, 1, "a"), gone) is None
    assert ranked([put(0, 1, "a"), put(0, 1, "b")], [], gone, [], answering([])) != []


@given(st.integers(0, len(SOURCE)), st.integers(0, 60), st.text(max_size=40))
def test_a_passage_is_cut_out_of_the_text(start: int, length: int, text: str) -> None:
    end = min(len(SOURCE), start + length)
    found = passage(put(start, end, text), read)
    assert found is not None
    assert found["old"].encode() == SOURCE[start:end]
    assert SOURCE[:start].endswith(found["before"].encode())
    assert SOURCE[end:].startswith(found["after"].encode())
    assert len(found["before"]) <= BEFORE
    assert len(found["after"]) <= AFTER


@given(st.floats(1e-6, 1.0), st.floats(-100, 100))
def test_an_opinion_keeps_a_prior_a_share(prior: float, nats: float) -> None:
    value = moved(prior, nats)
    assert 0 < value <= 1
    assert math.isclose(moved(prior, 0.0), prior, rel_tol=1e-3, abs_tol=2e-6)
    if nats > 0:
        assert value >= prior - 2e-6
