"""Edits: all or none, always valid, and told where everything came from."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from burst_worlds import connectomes, example
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst import Area, Connectome, InvalidInput, Neurons, RuleSpec, Synapses
from rusta_burst.connectome.difference import difference
from rusta_burst.editing.applying import apply
from rusta_burst.editing.operations import parse


def edited(made: Connectome, *edits: dict[str, Any]) -> Connectome:
    return apply(made, parse(list(edits))).connectome


def test_areas_neurons_and_synapses_come_and_go() -> None:
    made = edited(
        example(),
        {"op": "add_area", "name": "side", "kind": "motor"},
        {"op": "add_neurons", "area": "side", "count": 3, "parameters": {"threshold": 7}, "places": [[0, 0, 0], [1, 0, 0], [2, 0, 0]]},
        {"op": "add_synapses", "source": [0, 1], "target": [20, 21], "weight": [5, 6], "delay": 3},
        {"op": "project", "from": "front", "to": "side", "rule": {"kind": "all_to_all"}, "inhibitory": True},
        {"op": "remove_neurons", "ids": [1]},
        {"op": "set_neurons", "area": "side", "parameters": {"leak": 0.5}},
    )  # fmt: skip
    assert [area.name for area in made.areas] == ["front", "back", "side"]
    assert made.neurons_of("side").tolist() == [20, 21, 22]
    assert made.neurons.leak[20:].tolist() == [0.5] * 3
    assert 1 not in made.synapses.source.tolist()
    assert (20, 5, 3) in zip(
        made.synapses.target.tolist(), made.synapses.weight.tolist(), made.synapses.delay.tolist(), strict=True
    )
    assert len(made.synapses) == 20 - 2 + 1 + 27


def test_a_removed_area_takes_its_neurons_and_their_synapses() -> None:
    made = edited(example(), {"op": "remove_area", "name": "front"})
    assert [area.name for area in made.areas] == ["back"]
    assert made.neurons_of("back").tolist() == list(range(10, 20))
    assert len(made.synapses) == 0
    assert len(edited(made, {"op": "compact"}).neurons) == 10
    assert len(edited(made, {"op": "remove_area", "name": "back"}, {"op": "compact"}).neurons) == 0


def test_synapses_are_chosen_by_number_pair_and_areas() -> None:
    made = edited(example(), {"op": "set_synapses", "ids": [0], "pairs": [[3, 13]], "weight": 9})
    assert np.flatnonzero(made.synapses.weight == 9).tolist() == [0, 3]
    made = edited(example(), {"op": "remove_synapses", "between": ["back", "front"]})
    assert made.synapses.source.tolist() == list(range(10))
    made = edited(
        example(),
        {"op": "add_rule", "kind": "stdp_pair"},
        {"op": "set_synapses", "between": ["front", "back"], "rule": 1},
    )
    assert made.rules == (RuleSpec("stdp_pair"),)
    assert made.synapses.rule.sum() == 10


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ({"op": "add_area", "name": "front"}, "operation 1 (add_area): there is an area 'front' already"),
        ({"op": "remove_area", "name": "side"}, "there is no area 'side'; there are: 'front', 'back'"),
        ({"op": "remove_neurons", "ids": [20]}, "neuron 20 is not there; the last one is 19"),
        ({"op": "remove_neurons", "ids": [0]}, "neuron 0 was removed"),
        ({"op": "add_synapses", "source": [0], "target": [1]}, "neuron 0 was removed"),
        ({"op": "add_synapses", "source": [1, 2], "target": [1]}, "expected 2 values"),
        ({"op": "add_synapses", "source": [1], "target": [1], "rule": 1}, "there are only 1 rules"),
        ({"op": "remove_synapses", "ids": [18]}, "synapse 18 is not there; there are 18"),
        ({"op": "remove_synapses", "pairs": [[1, 12]]}, "there is no synapse from 1 to 12"),
        ({"op": "set_neurons", "ids": [1], "parameters": {"mood": 1}}, "there is no parameter 'mood'"),
        ({"op": "set_neurons", "ids": [1], "parameters": {"leak": 2}}, "neurons.leak"),
        ({"op": "add_neurons", "area": "back", "count": 2, "places": [[0, 0, 0]]}, "1 places for 2 neurons"),
        ({"op": "project", "from": "front", "to": "back", "rule": {"kind": "in_degree", "degree": 10}}, "there are only 9"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_refused_and_nothing_is_changed(edit: dict[str, Any], told: str) -> None:
    made = example()
    digest = made.digest
    with pytest.raises(InvalidInput) as caught:
        edited(made, {"op": "remove_neurons", "ids": [0]}, edit)
    assert told in str(caught.value)
    assert Connectome(made.areas, made.neurons, made.synapses).digest == digest


@pytest.mark.parametrize(
    "told", [{"op": "fly"}, [{"op": "compact", "x": 1}], 3, [{"op": "set_synapses", "weight": 256}], [[]]]
)
def test_operations_have_a_closed_form(told: Any) -> None:
    with pytest.raises(InvalidInput, match="edit: operation"):
        parse(told)


SMALL = st.integers(0, 29)
OPERATIONS = st.one_of(
    st.builds(lambda ids: {"op": "remove_neurons", "ids": ids}, st.lists(SMALL, max_size=3)),
    st.builds(lambda n, a: {"op": "add_neurons", "area": f"area {a}", "count": n}, st.integers(1, 4), st.integers(0, 2)),
    st.builds(lambda s, t, w: {"op": "add_synapses", "source": [s], "target": [t], "weight": w}, SMALL, SMALL, st.integers(0, 255)),
    st.builds(lambda ids: {"op": "remove_synapses", "ids": ids}, st.lists(SMALL, max_size=4)),
    st.builds(lambda a: {"op": "remove_area", "name": f"area {a}"}, st.integers(0, 2)),
    st.builds(lambda ids, d: {"op": "set_synapses", "ids": ids, "delay": d}, st.lists(SMALL, max_size=4), st.integers(1, 9)),
    st.builds(lambda a, b: {"op": "project", "from": f"area {a}", "to": f"area {b}", "rule": {"kind": "probability", "p": 0.2}}, st.integers(0, 2), st.integers(0, 2)),
    st.just({"op": "compact"}),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(connectomes(rules=True), st.lists(OPERATIONS, max_size=6))
def test_whatever_is_edited_stays_a_connectome_and_knows_its_origins(
    made: Connectome, told: list[dict[str, Any]]
) -> None:
    try:
        result = apply(made, parse(told))
    except InvalidInput:
        return
    now = result.connectome
    alive = now.neurons.alive
    assert (alive[now.synapses.source] == 1).all()
    assert (alive[now.synapses.target] == 1).all()
    stays = result.neuron_origin >= 0
    assert (now.neurons.threshold[stays] == made.neurons.threshold[result.neuron_origin[stays]]).all()
    kept = result.synapse_origin >= 0
    assert (now.synapses.weight[kept] == made.synapses.weight[result.synapse_origin[kept]]).all()
    sources = result.neuron_origin[now.synapses.source[kept]]
    assert (sources == made.synapses.source[result.synapse_origin[kept]]).all()
    assert difference(made, made).equal


def test_a_difference_of_order_alone_is_told() -> None:
    made = example()
    order = np.arange(len(made.synapses))
    order[[2, 5]] = order[[5, 2]]
    columns = {name: values[order] for name, values in made.synapses.columns().items()}
    other = dataclasses.replace(made, synapses=Synapses.of(**columns))
    found = difference(made, other)
    assert (found.equal, found.synapses_reordered, found.areas_reordered) == (False, True, False)
    fewer = edited(made, {"op": "remove_synapses", "pairs": [[0, 10]]}, {"op": "compact"})
    assert not difference(made, fewer).synapses_reordered
    two = [Area("one"), Area("two")]
    found = difference(Connectome.of(two, Neurons.of(0)), Connectome.of(two[::-1], Neurons.of(0)))
    assert (found.equal, found.areas_reordered) == (False, True)


def test_a_difference_tells_counts_and_the_first_of_each_kind() -> None:
    made = example()
    found = difference(
        made,
        edited(
            made,
            {"op": "add_area", "name": "side"},
            {"op": "remove_neurons", "ids": [3]},
            {"op": "set_neurons", "ids": [5], "parameters": {"leak": 0.75}},
            {"op": "set_synapses", "pairs": [[0, 10]], "weight": 203},
            {"op": "add_synapses", "source": [0], "target": [10]},
        ),
    )
    assert not found.equal
    assert found.areas_added == ("side",)
    assert (found.neurons_added, found.neurons_removed, found.neurons_changed) == (0, 1, {"leak": 1})
    assert (found.synapses_added, found.synapses_removed, found.synapses_changed) == (1, 2, {"weight": 1})
    assert found.weight_moved == 3
    assert {"source": 0, "target": 10, "field": "weight", "before": 200, "after": 203} in found.first
    assert {"neuron": 5, "field": "leak", "before": 0.25, "after": 0.75} in found.first
    assert found.to_json()["first"]
