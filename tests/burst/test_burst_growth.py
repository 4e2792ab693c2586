"""Synaptogenesis: seeded, exactly repeatable, and as the rules say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst import BurstError, InvalidInput
from rusta_burst.growth import degrees, places
from rusta_burst.growth.draws import Draws
from rusta_burst.growth.growing import grow
from rusta_burst.growth.presets import PRESETS, preset_recipe
from rusta_burst.growth.recipe import parse, read

SPOT = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2))
SPOTS = st.lists(SPOT, min_size=1, max_size=25).map(lambda rows: np.asarray(rows, np.int64))


def test_draws_are_the_same_everywhere() -> None:
    """Figures that must never change: a recipe's connectome depends on them."""
    draws = Draws(7, "projection", "0")
    assert draws.below(6, 1000).tolist() == [156, 760, 46, 601, 155, 447]
    assert draws.uniform(2).tolist() == [0.25972863364438004, 0.5969813001034273]
    assert Draws(7, "projection", "1").below(3, 1000).tolist() != [156, 760, 46]


def test_a_grown_preset_is_the_same_everywhere() -> None:
    assert grow(preset_recipe("balanced", 200)).digest[:16] == "2a4561600b57b91f"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.floats(0, 1), st.integers(0, 2**64 - 1))
def test_probability_joins_each_pair_at_most_once(n: int, m: int, p: float, seed: int) -> None:
    source, target = degrees.with_probability(n, m, p, Draws(seed))
    keys = source * max(1, m) + target
    assert (np.diff(keys) > 0).all()
    assert len(keys) == 0 or (keys[0] >= 0 and keys[-1] < n * m)
    assert p != 1.0 or len(keys) == n * m


@pytest.mark.parametrize("p", [1e-6, 1e-3, 0.3, 0.97])
def test_probability_makes_about_as_many_pairs_as_it_should(p: float) -> None:
    n, m = (3000, 3000) if p < 0.1 else (300, 300)
    source, _ = degrees.with_probability(n, m, p, Draws(11))
    mean, deviation = n * m * p, (n * m * p * (1 - p)) ** 0.5
    assert abs(len(source) - mean) <= 5 * deviation + 1


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 20), st.integers(1, 30), st.data())
def test_degrees_are_met_exactly(n: int, m: int, data: st.DataObject) -> None:
    degree = data.draw(st.integers(0, m))
    source, target = degrees.fixed_out_degree(n, m, degree, Draws(data.draw(st.integers(0, 99))))
    assert np.bincount(source, minlength=n).tolist() == [degree] * n
    assert len({*zip(source.tolist(), target.tolist(), strict=True)}) == n * degree
    back, there = degrees.fixed_in_degree(m, n, degree, Draws(3))
    assert np.bincount(there, minlength=n).tolist() == [degree] * n
    assert len(back) == 0 or back.max() < m


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 25), st.data())
def test_no_neuron_is_joined_to_itself_unless_wanted(n: int, data: st.DataObject) -> None:
    degree = data.draw(st.integers(0, n - 1))
    for choose in (degrees.fixed_in_degree, degrees.fixed_out_degree):
        source, target = choose(n, n, degree, Draws(1), self_joins=False)
        assert not (source == target).any()
        assert len({*zip(source.tolist(), target.tolist(), strict=True)}) == n * degree


def test_too_many_partners_are_refused() -> None:
    with pytest.raises(InvalidInput, match="out-degree is 4, but there are only 3 neurons"):
        degrees.fixed_out_degree(2, 3, 4, Draws(0))
    assert len(degrees.fixed_out_degree(2, 3, 4, Draws(0), repeats=True)[0]) == 8
    with pytest.raises(InvalidInput, match=r"probability is 1\.5"):
        degrees.with_probability(2, 2, 1.5, Draws(0))
    with pytest.raises(InvalidInput, match="seed is -1"):
        Draws(-1)


def pairs_of(found: places.Pairs) -> set[tuple[int, int]]:
    made = list(zip(found[0].tolist(), found[1].tolist(), strict=True))
    assert len(set(made)) == len(made)
    return set(made)


@settings(max_examples=60, deadline=None)
@given(SPOTS, SPOTS, st.lists(st.tuples(*[st.integers(-3, 3)] * 3), max_size=4))
def test_vectors_join_what_lies_there(sources: Any, targets: Any, vectors: list[tuple[int, int, int]]) -> None:
    expected = {
        (a, b)
        for a, spot in enumerate(sources.tolist())
        for b, other in enumerate(targets.tolist())
        if tuple(o - s for s, o in zip(spot, other, strict=True)) in set(vectors)
    }
    assert pairs_of(places.by_vectors(sources, targets, vectors)) == expected


TOKEN = st.one_of(st.integers(0, 4), st.just("*"))
TARGET_TOKEN = st.one_of(st.integers(0, 4), st.sampled_from(["*", "?", "!"]))


@settings(max_examples=50, deadline=None)
@given(SPOTS, SPOTS, st.lists(st.tuples(st.tuples(*[TOKEN] * 3), st.tuples(*[TARGET_TOKEN] * 3)), max_size=3))
def test_patterns_join_what_fits_them(sources: Any, targets: Any, patterns: list[Any]) -> None:
    def fits(spot: list[int], other: list[int], pattern: Any) -> bool:
        for axis in range(3):
            if pattern[0][axis] not in ("*", spot[axis]):
                return False
            token = pattern[1][axis]
            if token == "?" and other[axis] != spot[axis]:
                return False
            if token == "!" and other[axis] == spot[axis]:
                return False
            if token not in ("*", "?", "!", other[axis]):
                return False
        return True

    expected = {
        (a, b)
        for a, spot in enumerate(sources.tolist())
        for b, other in enumerate(targets.tolist())
        if any(fits(spot, other, pattern) for pattern in patterns)
    }
    assert pairs_of(places.by_patterns(sources, targets, patterns)) == expected


def test_the_projector_scales_places() -> None:
    spots = np.asarray([[0, 0, 0], [3, 0, 0]])
    assert places.projector(spots, (4, 1, 1), (8, 1, 1))[:, 0].tolist() == [1, 7]
    assert places.projector(spots, (4, 1, 1), (2, 1, 1))[:, 0].tolist() == [0, 1]
    assert places.expander(spots, (4, 1, 1), (8, 1, 1))[:, :, 0].tolist() == [[0, 1], [6, 7]]


RECIPE = {
    "seed": 4,
    "areas": [{"name": "a", "size": [3, 3, 1], "parameters": {"leak": [0.1, 0.2]}}, {"name": "b", "neurons": 5}],
    "projections": [
        {"from": "a", "to": "b", "rule": {"kind": "all_to_all"}, "weight": [3, 9], "delay": [1, 4], "plasticity": "p"},
        {"from": "a", "to": "a", "rule": {"kind": "vectors", "vectors": [[1, 0, 0]]}, "inhibitory": True},
        {"from": "b", "to": "b", "rule": {"kind": "one_to_one"}, "self_joins": True},
    ],
    "plasticity": {"p": {"kind": "stdp_pair"}},
}


def test_a_recipe_grows_what_it_says() -> None:
    made = grow(parse(RECIPE))
    assert [area.size for area in made.areas] == [(3, 3, 1), (5, 1, 1)]
    s = made.synapses
    assert len(s) == 45 + 6 + 5
    assert set(s.weight[:45].tolist()) <= set(range(3, 10))
    assert s.rule.tolist() == [1] * 45 + [0] * 11
    assert s.type.tolist() == [0] * 45 + [1] * 6 + [0] * 5
    leak = made.neurons.leak[:9]
    assert ((leak >= 0.1) & (leak < 0.2)).all()
    assert grow(parse(RECIPE)).equals(made)
    assert grow(parse(RECIPE), 4).equals(made)
    assert not grow(parse(RECIPE), 5).equals(made)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"areas": [{"name": "a"}]}, "recipe: areas.0: Value error, give either neurons or size"),
        ({"areas": [{"name": "a", "neurons": 1, "parameters": {"mood": 1}}], "projections": []}, "no parameter 'mood'"),
        ({"areas": [{"name": "a", "neurons": 1, "parameters": {"leak": [1, 0]}}], "projections": []}, "upside down"),
        ({"projections": [{"from": "a", "to": "c", "rule": {"kind": "all_to_all"}}]}, "projection 'a' -> 'c': there is no area 'c'"),
        ({"projections": [{"from": "a", "to": "b", "rule": {"kind": "one_to_one"}}]}, "9 neurons on one side, 5 on the other"),
        ({"projections": [{"from": "a", "to": "b", "rule": {"kind": "function", "name": "f"}}]}, "there is no function 'f'"),
        ({"projections": [{"from": "a", "to": "b", "rule": {"kind": "patterns", "patterns": [[["*"], ["*"]]]}}]}, "two sides of three"),
        ({"plasticity": {}}, "there is no plasticity 'p'"),
        ({"colour": 1}, "recipe: colour: Extra inputs"),
        ({"seed": -1}, "recipe: seed"),
        ({"areas": [{"name": "a", "size": [2**30, 2**30, 2**30]}], "projections": []}, "at most 4294967295 can be numbered"),
    ],
)  # fmt: skip
def test_a_recipe_that_does_not_fit_is_refused_by_place(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        grow(parse({**RECIPE, **change}))


def test_recipes_are_read_from_toml_and_json(tmp_path: Path) -> None:
    toml = tmp_path / "r.toml"
    toml.write_text('[[areas]]\nname = "a"\nneurons = 3\n', encoding="utf-8")
    assert len(grow(read(toml)).neurons) == 3
    bad = tmp_path / "r.json"
    bad.write_text("{", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"r\.json"):
        read(bad)
    bad.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="byte 0 is not UTF-8"):
        read(bad)
    with pytest.raises(BurstError, match="cannot read"):
        read(tmp_path / "none.toml")


@settings(max_examples=25, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["areas", "name", "rule", "kind", "from", "to", "neurons", "projections"]), inner, max_size=4), max_leaves=6))  # fmt: skip
def test_no_recipe_however_odd_does_more_than_be_refused(told: Any) -> None:
    try:
        grow(parse(told))
    except InvalidInput:
        return


@pytest.mark.parametrize("name", PRESETS)
def test_presets_grow_at_small_and_larger_sizes(name: str) -> None:
    for neurons in (10, 300):
        made = grow(preset_recipe(name, neurons))
        assert len(made.neurons) >= 10
        assert len(made.synapses) > 0
    with pytest.raises(InvalidInput, match="there is no preset 'nothing'"):
        preset_recipe("nothing", 10)
