"""Recall: what is near comes to mind first, and the way it came is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst import InvalidInput
from rusta_burst.recalling import Associations, Link, recall

CODE = Associations(
    [
        Link("parse", "Token", 0.9),
        Link("Token", "Span", 0.5),
        Link("E0502 in parse", "parse", 1.0, "co_fix"),
        Link("E0502 in parse", "E0499 in lex", 0.7, "co_fix"),
        Link("render", "Canvas", 1.0),
    ]
)


def test_what_is_linked_comes_to_mind_with_the_way_it_came() -> None:
    found = {item.name: item for item in recall(CODE, ["parse"])}
    assert set(found) == {"Token", "Span", "E0502 in parse", "E0499 in lex"}
    assert found["Token"].step == 1
    assert found["Span"].path == ("Span", "Token", "parse")
    assert found["E0499 in lex"].path == ("E0499 in lex", "E0502 in parse", "parse")
    assert found["Token"].activation > found["Span"].activation


def test_a_reference_has_one_direction_and_a_shared_fix_has_two() -> None:
    assert recall(CODE, ["Canvas"]) == ()
    assert [item.name for item in recall(CODE, ["E0499 in lex"], steps=1)] == ["E0502 in parse"]


def test_two_cues_bring_more_of_what_both_know() -> None:
    memory = Associations([Link("a", "x"), Link("b", "x"), Link("a", "y"), Link("b", "z")])
    assert [item.name for item in recall(memory, ["a", "b"])] == ["x", "y", "z"]
    assert recall(memory, {"a": 1.0, "b": 0.1})[1].name == "y"


def test_what_is_linked_to_everything_says_little() -> None:
    memory = Associations(
        [Link("cue", "hub"), Link("cue", "rare"), *(Link("hub", f"t{k}") for k in range(50)), Link("rare", "gem")]
    )
    found = {item.name: item.activation for item in recall(memory, ["cue"], limit=100, threshold=1e-6)}
    assert found["gem"] > 20 * found["t0"]


@pytest.mark.parametrize("links", [1, 3, 200, 1000])
def test_what_is_passed_on_is_divided_among_all_links(links: int) -> None:
    memory = Associations([Link("hub", f"leaf {k}") for k in range(links)])
    found = recall(memory, ["hub"], spread=0.5, limit=links)
    assert len(found) == links
    assert all(item.activation == pytest.approx(0.5 / links) for item in found)


def test_a_thing_that_very_many_refer_to_is_no_trouble() -> None:
    memory = Associations([Link(f"leaf {k}", "Option") for k in range(40_000)])
    assert [item.name for item in recall(memory, ["leaf 7"])] == ["Option"]


def test_the_examples_of_the_documentation_say_what_they_print(capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(__file__).parents[2] / "docs" / "how-to" / "run-a-connectome.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, {})
    machine, memory = blocks
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == re.findall(r"# (\[\[.*)", machine)[0]
    assert printed[2:] == [line[2:] for line in memory.splitlines() if line.startswith("# ")]


def test_unknown_cues_are_passed_over_and_an_empty_memory_knows_nothing() -> None:
    assert recall(CODE, ["nobody"]) == ()
    assert recall(Associations([]), ["parse"]) == ()


@pytest.mark.parametrize(
    ("link", "told"),
    [
        (Link("", "a"), "at least one character"),
        (Link("a", "b", 0.0), "strength is 0.0"),
        (Link("a", "b", float("nan")), "strength is nan"),
        (Link("a", "b", 1.0, "love"), "kind is 'love'"),
    ],
)
def test_links_that_do_not_fit_are_refused(link: Link, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Associations([link])


@pytest.mark.parametrize("given_", [{"steps": 0}, {"spread": 0.0}, {"threshold": -1.0}, {"limit": 0}])
def test_numbers_out_of_range_are_refused(given_: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        recall(CODE, ["parse"], **given_)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="cue 'parse'"):
        recall(CODE, {"parse": -1.0})


NAMES = st.sampled_from("abcdefgh")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(Link, NAMES, NAMES, st.floats(0.05, 1.0), st.sampled_from(["reference", "co_fix"])), max_size=20), NAMES, st.randoms())  # fmt: skip
def test_recall_is_bounded_ordered_and_blind_to_the_order_of_links(
    links: list[Link], cue: str, chance: st.randoms
) -> None:  # type: ignore[valid-type]
    found = recall(Associations(links), [cue])
    shuffled = list(links)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    again = recall(Associations(shuffled), [cue])
    assert [item.name for item in found] == [item.name for item in again]
    assert [item.activation for item in found] == sorted((item.activation for item in found), reverse=True)
    for item in found:
        assert item.path[0] == item.name != cue
        assert item.path[-1] == cue
        assert len(item.path) == len(set(item.path)) == item.step + 1
