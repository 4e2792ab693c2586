"""The connectome as a value: what it takes, what it refuses and in which words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from burst_worlds import connectomes, example
from hypothesis import HealthCheck, given, settings

from rusta_burst import Area, Connectome, InvalidInput, Neurons, RuleSpec, Synapses
from rusta_burst.connectome.fields import NEURON_FIELDS, SYNAPSE_FIELDS


def test_a_connectome_holds_what_it_was_given() -> None:
    made = example()
    assert made.neurons_of("back").tolist() == list(range(10, 20))
    assert made.area_index("back") == 1
    assert made.synapses.weight.dtype == np.uint8
    assert len(made.neurons) == len(made.synapses) == 20


def test_every_array_is_read_only_and_of_its_type() -> None:
    made = example()
    for fields, columns in ((NEURON_FIELDS, made.neurons.columns()), (SYNAPSE_FIELDS, made.synapses.columns())):
        for field in fields:
            assert columns[field.name].dtype == np.dtype(field.dtype)
            assert not columns[field.name].flags.writeable


def test_a_given_array_is_neither_changed_nor_locked() -> None:
    source = np.asarray([0, 1], np.uint32)
    made = Connectome.of(["a"], Neurons.of(2), Synapses.of(source, [1, 0]))
    source.flags.writeable = True
    assert source.flags.writeable
    assert not made.synapses.source.flags.writeable


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (lambda: Neurons.of(2, area=[0, -1]), r"neurons.area\[1\] is -1; expected whole numbers from 0"),
        (lambda: Neurons.of(2, threshold=[1, float("nan")]), r"neurons.threshold\[1\] is nan"),
        (lambda: Neurons.of(2, leak=1.5), r"neurons.leak\[0\] is 1.5; expected numbers from 0 to 1"),
        (lambda: Neurons.of(2, leak=[0.1]), "expected 2 values, one for each of the neurons, got 1"),
        (lambda: Neurons.of(2, colour=1), "neurons have no field 'colour'; there are: area"),
        (lambda: Neurons.of(-1), "neurons: count is -1"),
        (lambda: Neurons.of(True), "neurons: count is True"),
        (lambda: Neurons.of(2, refractory=[[1], [2]]), r"expected one dimension, got shape \(2, 1\)"),
        (lambda: Synapses.of([1, 2], [3]), "synapses.target: expected 2 values"),
        (lambda: Synapses.of(["a"], [3]), "synapses.source: expected numbers, got dtype"),
        (lambda: Synapses.of([0.5], [3]), r"synapses.source\[0\] is 0.5; expected whole numbers"),
        (lambda: Synapses.of([2**32], [3]), r"synapses.source\[0\] is 4294967296"),
        (lambda: Synapses.of([1], [3], weight=256), "expected whole numbers from 0 to 255"),
        (lambda: Synapses.of([1], [3], delay=0), "expected whole numbers from 1 to 255"),
        (lambda: Synapses.of([[1, 2], [3]], [3]), "expected an array of neurons"),
        (lambda: Connectome.of(["a"], Neurons.of(2), Synapses.of([1], [2])), r"synapses.target\[0\] is 2, but there are only 2"),
        (lambda: Connectome.of(["a"], Neurons.of(2), Synapses.of([1], [0], rule=1)), "but there are only 1 rules"),
        (lambda: Connectome.of(["a"], Neurons.of(2, area=1)), r"neurons.area\[0\] is 1, but there are only 1 areas"),
        (lambda: Connectome.of(["a", "a"], Neurons.of(0)), "the name 'a' is used twice"),
        (lambda: Area(""), "must have 1 to 200 characters"),
        (lambda: Area("a", kind="brain"), "kind is 'brain'; expected one of cortical"),
        (lambda: Area("a", size=(1, 0, 1)), "expected three whole numbers from 1 on"),
        (lambda: Area("a", watches=("b",)), "only memory areas watch others"),
        (lambda: Connectome.of([Area("m", kind="memory", watches=("x",))], Neurons.of(0)), "watches 'x', which is no other"),
        (lambda: RuleSpec("r", {"p": float("inf")}), "rule 'r': p is inf; expected a finite number"),
        (lambda: example().area_index("side"), "there is no area 'side'; there are: 'front', 'back'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(what: Any, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        what()
    with pytest.raises(ValueError, match=told):
        what()


def test_repeated_synapses_and_self_joins_are_synapses_like_others() -> None:
    made = Connectome.of(["a"], Neurons.of(2), Synapses.of([0, 0, 1], [1, 1, 1]))
    assert len(made.synapses) == 3


def test_empty_sets_are_connectomes_too() -> None:
    for made in (Connectome.of([], Neurons.of(0)), Connectome.of(["a"], Neurons.of(3), Synapses.of())):
        assert len(made.synapses) == 0
        assert len(made.digest) == 64


# How long it takes to make a connectome says nothing on a busy machine.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(connectomes(rules=True))
def test_equal_parts_have_equal_digests(made: Connectome) -> None:
    again = Connectome(made.areas, Neurons.of(len(made.neurons), **made.neurons.columns()), made.synapses, made.rules)
    assert again.equals(made)
    other = Neurons.of(len(made.neurons), **{**made.neurons.columns(), "threshold": made.neurons.threshold + 1})
    assert not Connectome(made.areas, other, made.synapses, made.rules).equals(made)
