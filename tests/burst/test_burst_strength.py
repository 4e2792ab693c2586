"""Areas with psp_from_potential: the potential at which a neuron fires is the strength of its spike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from rusta_burst import Area, Connectome, InvalidInput, Neurons, RuleSpec, Synapses
from rusta_burst.dynamics.loading import burst_of
from rusta_burst.dynamics.why import why
from rusta_burst.editing.operations import parse
from rusta_burst.running import states
from rusta_burst.running.carrying import edited
from rusta_burst.running.drives import Background
from rusta_burst.running.machine import Machine, Settings


def pair(**synapse: Any) -> Connectome:
    """Neuron 0 fires from 100 on; neuron 1 only adds up what it brings."""
    areas = [Area("strong", psp_from_potential=True), Area("listening")]
    neurons = Neurons.of(2, area=[0, 1], threshold=[100.0, 1e9])
    return Connectome.of(areas, neurons, Synapses.of([0], [1], **{"weight": 200, "psp": 9, **synapse}))


@pytest.mark.parametrize("use_native", [None, False])
@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize(("given", "psp"), [(99, 0), (100, 100), (255, 255), (70_000, 255)])
def test_the_psp_is_the_potential_at_firing(given: int, psp: int, fixed: bool, use_native: bool | None) -> None:
    network = burst_of(pair(delay=2, type=1), fixed=fixed, use_native=use_native)
    network.inject([0], given)
    for expected in (0, 0, -200 * psp):
        network.step()
        assert network.potentials[1] == expected
    if psp:
        told = why(network, 1)
        assert [(c.source, c.burst, c.contribution) for c in told.causes] == [(0, 0, -200 * psp)]


def test_what_was_left_over_counts_and_what_does_not_accumulate_does_not() -> None:
    for accumulates, expected in ((1, 90 + 110), (0, 110)):
        made = pair()
        neurons = Neurons.of(2, **{**made.neurons.columns(), "accumulates": [accumulates, 1]})
        network = burst_of(replace(made, neurons=neurons))
        for given in (90, 110, 0):
            network.inject([0], given)
            network.step()
        assert network.potentials[1] == 200 * expected


def test_with_fanout_the_psp_is_divided() -> None:
    areas = [Area("strong", psp_from_potential=True, psp_by_fanout=True), Area("listening")]
    neurons = Neurons.of(4, area=[0, 1, 1, 1], threshold=[100.0, 1e9, 1e9, 1e9])
    network = burst_of(Connectome.of(areas, neurons, Synapses.of([0, 0, 0], [1, 2, 3], weight=200, psp=9)))
    network.inject([0], 100)
    network.step()
    network.step()
    assert network.potentials[1:].tolist() == [200 * (100 // 3)] * 3


def random(seed: int = 3) -> Connectome:
    rng = np.random.default_rng(seed)
    n, m = 60, 900
    areas = [Area("strong", psp_from_potential=True), Area("plain")]
    neurons = Neurons.of(n, area=rng.integers(0, 2, n), threshold=rng.integers(1, 60_000, n).astype(float), leak=0.1)
    ends = rng.integers(0, n, (2, m))
    columns = {"weight": rng.integers(0, 256, m), "psp": rng.integers(0, 256, m), "type": rng.integers(0, 2, m)}
    return Connectome.of(areas, neurons, Synapses.of(*ends, **columns, delay=rng.integers(1, 4, m)))


def machine(made: Connectome) -> Machine:
    return Machine(made, Settings(seed=1, drives=tuple(Background(a.name, 30_000, 0.3) for a in made.areas)))


def test_native_and_numpy_agree_and_a_snapshot_or_an_edit_loses_no_spike() -> None:
    made = random()
    a, b = machine(made), machine(made)
    twin = burst_of(made, plasticity=[p for p in machine(made).network.plasticity if p.name != "psp_from_potential"],
                    use_native=False, seed=1)  # fmt: skip
    for _ in range(20):
        assert a.step().fired.tolist() == twin.step().fired.tolist()
    states.put_back(b, states.capture(a))
    c = edited(a, parse([{"op": "add_neurons", "area": "plain", "count": 1}]))
    for _ in range(20):
        fired = a.step().fired.tolist()
        assert b.step().fired.tolist() == fired
        assert [k for k in c.step().fired.tolist() if k < 60] == fired
    assert states.digest_of(states.capture(a)) == states.digest_of(states.capture(b))


def test_such_synapses_do_not_learn() -> None:
    made = replace(pair(), rules=(RuleSpec("stdp_window", {}),), synapses=Synapses.of([0], [1], rule=1))
    with pytest.raises(InvalidInput, match="synapse 0: it learns, and its area has psp_from_potential"):
        burst_of(made, plasticity=[])
