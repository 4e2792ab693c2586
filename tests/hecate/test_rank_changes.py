"""The tool behind the ranker: what fits the text scores higher, whatever else is asked about with it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_conductor.host import PluginHost
from rusta_conductor.tool import ToolContext
from rusta_hecate import ranking
from rusta_hecate.kernels.binding import library
from rusta_hecate.ranking import Change, RankArgs, Ranked, gains, rank_changes

native = pytest.mark.skipif(library() is None, reason="the native library is not built")
TEXT = (
    b"fn first(values: &[u32], at: usize) -> bool {\n    if at >= values.len() {\n        return false;\n    }\n"
    b"    values[at] > 0\n}\n\nfn second(values: &[u32], at: usize) -> bool {\n    if at > values.len() {\n"
    b"        return false;\n    }\n    values[at] > 1\n}\n"
)
SLIP = TEXT.index(b"at > values")


def changes(*news: str, start: int = SLIP, length: int = 4) -> tuple[Change, ...]:
    return tuple(Change(text=0, start=start, end=start + length, new=new) for new in news)


@native
def test_what_the_file_does_elsewhere_is_likelier() -> None:
    right, odd, noise = gains([TEXT], changes("at >=", "at !=", "\u1234"))
    assert right > odd > noise


@native
def test_what_changes_nothing_gains_nothing() -> None:
    assert gains([TEXT], changes("at >")) == [0.0]


@native
def test_a_change_outside_its_text_gains_nothing_and_hurts_nobody() -> None:
    good = changes("at >=")
    outside = (Change(text=0, start=9, end=9999, new="x"), Change(text=7, start=0, end=1, new="x"))
    assert gains([TEXT], (*outside, *good))[2] == gains([TEXT], good)[0]
    assert gains([TEXT], outside) == [0.0, 0.0]
    assert gains([], ()) == []


@native
@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, 9), st.text(max_size=6)), max_size=6))
def test_scores_do_not_depend_on_company_or_order(asked: list[tuple[int, int, str]]) -> None:
    all_of_them = tuple(Change(text=0, start=a, end=min(len(TEXT), a + n), new=new) for a, n, new in asked)
    together = gains([TEXT], all_of_them)
    assert together == gains([TEXT], all_of_them[::-1])[::-1]
    assert np.isfinite(together).all()
    # Reading in pieces, a float32 sum may differ in its last bits.
    for change, score in zip(all_of_them, together, strict=True):
        assert gains([TEXT], (change,))[0] == pytest.approx(score, abs=1e-3)


@native
def test_the_tool_answers_one_number_for_each_change() -> None:
    args = RankArgs(
        texts=(TEXT.decode(), "let x = 1;\n"), changes=(*changes("at >="), Change(text=1, start=4, end=5, new="y"))
    )
    answer: Any = rank_changes(args, _context()).data
    assert len(answer.scores) == 2
    assert answer.scores[0] > 0


def test_without_the_native_part_there_is_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        native = False

        def __init__(self, _bits: int) -> None:
            pass

    monkeypatch.setattr(ranking, "Predictor", Slow)
    told = rank_changes(RankArgs(texts=(), changes=()), _context())
    assert told.data == Ranked(scores=())
    assert "native" in told.summary


def test_it_is_declared_as_a_ranker_of_repairs() -> None:
    host = PluginHost.from_environment()
    assert "rank_changes" in [spec.verb for spec in host.rankers_of("repair")]
    assert host.rankers_of("repair", without=["hecate"]) == []


def _context() -> ToolContext:
    return ToolContext(None, 60.0, threading.Event(), "key", 1, Path())
