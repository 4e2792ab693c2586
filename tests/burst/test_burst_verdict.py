"""Why a neuron fired or not, in a sentence: potential, input, threshold, and what held it back."""

from __future__ import annotations

from typing import Any

import pytest

from rusta_burst import Area, Connectome, Machine, Neurons, Settings, Stimulus, Synapses, why
from rusta_burst.running.verdict import state_of, verdict


def told(bursts: int, given: list[tuple[int, int, int]], kind: str = "cortical", **neuron: Any) -> str:
    """What is said of neuron 1, which neuron 0 reaches with 40,000, about the last of ``bursts``."""
    made = Connectome.of(
        [Area("row", kind=kind)],
        Neurons.of(2, **{"threshold": 50_000, "leak": 0.5, **neuron}),
        Synapses.of([0], [1], weight=200, psp=200),
    )
    machine = Machine(made, Settings(stimulus=Stimulus.of(given)))
    for _ in range(bursts):
        was = state_of(machine, 1)
        fired = 1 in machine.step().fired
    came = why(machine.network, 1).total + machine.from_outside(1, bursts - 1)
    return verdict(machine, 1, was, came, fired)


def test_it_fires_from_what_was_there_and_what_came() -> None:
    assert told(2, [(0, 1, 30_000), (1, 1, 36_000)]) == (
        "potential 15,000 and 36,000 more make 51,000, which reaches its threshold of 50,000"
    )


def test_it_stays_below_its_threshold() -> None:
    assert told(2, [(0, 0, 60_000)]) == "potential 0 and 40,000 more make 40,000, below its threshold of 50,000"


def test_it_rests() -> None:
    said = told(2, [(0, 1, 60_000), (1, 1, 60_000)], refractory=2)
    assert said == "it rests for 2 more bursts, this one included: the 60,000 that came are lost"


def test_above_its_limit_it_does_not_fire() -> None:
    assert "above its threshold limit of 55,000" in told(1, [(0, 1, 60_000)], threshold_limit=55_000)


def test_it_pauses_after_so_many_spikes_in_a_row() -> None:
    given = [(burst, 1, 60_000) for burst in range(3)]
    assert "it fired 2 times in a row and has to pause" in told(3, given, fire_limit=2)


def test_chance_held_it_back() -> None:
    given = [(burst, 1, 60_000) for burst in range(1)]
    assert told(1, given, excitability=0.0).endswith("but chance held it back: its excitability is 0")


def test_power_needs_nothing() -> None:
    assert told(1, [], kind="power") == "it belongs to a power area, which fires in every burst"


@pytest.mark.parametrize("accumulates", [0, 1])
def test_a_potential_that_does_not_accumulate_begins_at_nothing(accumulates: int) -> None:
    said = told(2, [(0, 1, 40_000), (1, 1, 40_000)], accumulates=accumulates)
    assert ("reaches" in said) == bool(accumulates)
