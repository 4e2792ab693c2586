"""A running network: the neuron's rule, native and NumPy alike, delays, modes, replay, why, read-out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst.dynamics.burst import Burst, Report
from rusta_burst.dynamics.models import currents, leaky
from rusta_burst.dynamics.twin import chance
from rusta_burst.dynamics.why import why
from rusta_burst.errors import InvalidInput

NONE: tuple[Any, ...] = ((), (), (), (), ())


def current_model(n: int, *, single: bool = False, top: float = -50.0) -> Any:
    return currents(
        n, step=0.1, tau_membrane=20.0, tau_excitatory=5.0, tau_inhibitory=10.0, resting=-49.0, threshold=-50.0,
        reset=-60.0, refractory=50, gain_excitatory=1.6 / 25500, gain_inhibitory=9 / 25500,
        potential=np.linspace(-60, top, n), single=single,
    )  # fmt: skip


def pair(seed: int, mode: str, model: str) -> tuple[Burst, Burst, Burst]:
    """One random network on two threads, on one, and in NumPy."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 400)), int(rng.integers(0, 4000))
    edges = (rng.integers(0, n, m), rng.integers(0, n, m), rng.integers(0, 256, m), rng.integers(50, 101, m))
    ids = np.arange(n)
    if model.startswith("currents"):
        made = current_model(n, single=model == "currents, single", top=-49.0)
    else:
        made = leaky(
            n, threshold=rng.choice([10_000.0, 30_000.5], n), threshold_limit=rng.choice([math.inf, 60_000.5], n),
            leak=rng.choice([0.0, 0.1, 1.0]), refractory=rng.integers(0, 4, n), fire_limit=ids % 4, snooze=ids % 3,
            excitability=rng.choice([0.3, 1.0]), accumulates=(ids % 5 != 0).astype(int), forced=(ids % 97 == 3).astype(int),
            potential=rng.integers(-50_000, 50_000, n), fixed=model == "fixed",
        )  # fmt: skip
    options: tuple[dict[str, Any], ...] = ({"threads": 2}, {"threads": 1}, {"use_native": False})
    delay = rng.integers(1, 5, m) if m else 1
    bursts = [
        Burst(made, *edges, edges[0] % 4 == 0, delay=delay, mode=mode, seed=seed, window=7, **how) for how in options
    ]
    return bursts[0], bursts[1], bursts[2]


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(["dense", "candidates"]),
    st.sampled_from(["float", "fixed", "currents", "currents, single"]),
)
@settings(deadline=None, max_examples=25)
def test_threads_and_twin_give_the_same_bits(seed: int, mode: str, model: str) -> None:
    networks = pair(seed, "dense" if model.startswith("currents") else mode, model)
    stepped = []
    for network in networks:
        network.inject([0], [70_000])
        record = network.run(15)
        network.inject([0], [-1])
        stepped.append(
            (record.counts.tolist(), record.ids.tolist(), network.step().fired.tolist(), network.core.events)
        )
    assert stepped[0] == stepped[2]
    assert stepped[1] == stepped[2]
    for network in networks[:2]:
        for name, values in network.core.state.items():
            assert values.tobytes() == networks[2].core.state[name].tobytes(), name
        assert np.array_equal(network.ledger.bits, networks[2].ledger.bits)


@pytest.mark.parametrize("single", [False, True])
def test_few_events_arrive_in_each_part_s_own_neurons(single: bool) -> None:
    """Large enough for parts on several threads; two delays, and some neurons with several events."""
    rng = np.random.default_rng(5)
    n, m = 33_000, 330_000
    source, target = rng.integers(0, n, m), rng.integers(0, n, m)
    target[::7] %= 50
    made = currents(
        n, step=0.1, tau_membrane=20.0, tau_excitatory=5.0, tau_inhibitory=10.0, resting=-49.0, threshold=-50.0,
        reset=-60.0, refractory=50, gain_excitatory=1.62, gain_inhibitory=9.0,
        potential=-60 + 10 * rng.random(n), single=single,
    )  # fmt: skip
    rest = (rng.integers(1, 3, m), np.ones(m), source % 5 == 0)
    delay = rng.integers(1, 3, m)
    networks = [
        Burst(made, source, target, *rest, delay=delay, **how) for how in ({"threads": 2}, {"use_native": False})
    ]
    records = [network.run(30) for network in networks]
    few = records[1].counts * 10 * 4 < n
    assert few.sum() > 10
    assert records[1].counts.sum() > 500
    assert np.array_equal(records[0].ids, records[1].ids)
    assert networks[0].core.events == networks[1].core.events
    for name, values in networks[0].core.state.items():
        assert values.tobytes() == networks[1].core.state[name].tobytes(), name


def reference(inputs: list[int], **p: Any) -> list[bool]:
    """The rule of one neuron, told step by step."""
    v, rest, row, fired = 0.0, 0, 0, []
    for given_now in inputs:
        limit = p.get("fire_limit", 0)
        if rest:
            rest -= 1
            if rest == 0 and limit and row >= limit:
                row = 0
            fired.append(False)
            continue
        v = (v if p.get("accumulates", 1) else 0.0) + given_now
        reached = p["threshold"] <= v <= p.get("threshold_limit", math.inf)
        if reached and limit and row >= limit:
            row = 0
            fired.append(False)
        elif reached:
            v, row = 0.0, row + 1
            rest = p.get("refractory", 0) + (p.get("snooze", 0) if limit and row >= limit else 0)
            fired.append(True)
        else:
            row, v = 0, v * (1 - p.get("leak", 0.0))
            fired.append(False)
    return fired


@pytest.mark.parametrize(
    "parameters",
    [
        {"threshold": 100},
        {"threshold": 100, "leak": 0.5},
        {"threshold": 100, "refractory": 2},
        {"threshold": 100, "fire_limit": 2},
        {"threshold": 100, "fire_limit": 2, "snooze": 3},
        {"threshold": 100, "fire_limit": 1, "refractory": 1, "snooze": 1},
        {"threshold": 100, "threshold_limit": 150, "leak": 0.25},
        {"threshold": 60, "accumulates": 0},
    ],
)
@pytest.mark.parametrize("native", [None, False])
def test_a_neuron_follows_the_rule(parameters: dict[str, Any], native: bool | None) -> None:
    rng = np.random.default_rng(4)
    inputs = rng.integers(0, 120, 200).tolist()
    # Sixteen of them, so that the vector path has its share.
    network = Burst(leaky(16, **parameters), *NONE, use_native=native)
    found = []
    for given_now in inputs:
        network.inject(np.arange(16), given_now)
        report = network.step()
        assert report.fired.size in (0, 16)
        found.append(report.fired.size == 16)
    assert found == reference(inputs, **parameters)
    assert any(found)
    assert not all(found)


def test_delays_hold_to_the_burst() -> None:
    delays = [1, 2, 3, 255]
    network = Burst(leaky(5, threshold=60_000), [0] * 4, [1, 2, 3, 4], [255] * 4, [255] * 4, [0] * 4, delay=delays)
    network.inject([0])
    record = network.run(257)
    assert {int(n): int(b) for b, n in zip(*record.pairs(), strict=True)} == {0: 0, 1: 1, 2: 2, 3: 3, 4: 255}
    assert record.of(255).tolist() == [4]
    with pytest.raises(InvalidInput, match="300 was not recorded"):
        record.of(300)


def test_without_input_only_dense_neurons_leak_and_end_their_rest() -> None:
    for mode, left, rest in (("dense", 25.0, 1), ("candidates", 50.0, 3)):
        network = Burst(leaky(2, threshold=100, leak=0.5, refractory=3), *NONE, mode=mode)
        network.inject([0, 1], [100, 100])
        assert network.step().fired.tolist() == [0, 1]
        network = Burst(leaky(2, threshold=100, leak=0.5, refractory=3), *NONE, mode=mode)
        network.inject([0, 1], [100, 100 - 1])
        network.step()
        assert network.potentials.tolist() == [0.0, 49.5]
        network.run(2)
        assert network.core.state["rest"][0] == rest
        assert network.potentials[1] == pytest.approx(49.5 * left / 50 if mode == "candidates" else 49.5 / 4)


def test_excitability_depends_on_seed_burst_and_neuron_only() -> None:
    n = 20_000
    network = Burst(leaky(n, threshold=0, excitability=0.25), *NONE, seed=9)
    fired = network.run(2)
    expected = [np.flatnonzero(chance(9, b, np.arange(n, dtype=np.uint32)) < 2**30) for b in (0, 1)]
    assert np.array_equal(fired.of(0), expected[0])
    assert np.array_equal(fired.of(1), expected[1])
    assert abs(fired.counts[0] / n - 0.25) < 0.02


def test_why_names_the_events_that_brought_a_spike() -> None:
    network = Burst(
        leaky(4, threshold=60_000), [0, 1, 2], [3, 3, 3], [255, 100, 50], [255, 255, 255], [0, 0, 1], delay=[1, 2, 1]
    )
    with pytest.raises(InvalidInput, match="no burst was run"):
        why(network, 3)
    network.inject([1])
    network.step()
    network.inject([0, 2])
    network.run(2)
    told = why(network, 3)
    assert (told.fired, told.burst, told.total) == (True, 2, 65_025 + 25_500 - 12_750)
    assert [(c.source, c.burst, c.contribution) for c in told.causes] == [
        (0, 1, 65_025),
        (1, 0, 25_500),
        (2, 1, -12_750),
    ]
    assert "neuron 3 fired in burst 2: 3 events brought +77775" in str(told)
    assert network.read([3, 0]).tolist() == [True, False]


def test_runs_steps_and_observers_see_the_same() -> None:
    a, b, _ = pair(11, "dense", "float")
    seen: list[Report] = []
    b.observers.append(seen.append)
    record = a.run(12)
    b.run(5)
    for _ in range(7):
        b.step()
    assert [report.burst for report in seen] == list(range(12))
    assert np.array_equal(np.concatenate([report.fired for report in seen]), record.ids)
    assert sum(report.events for report in seen) == a.core.events
    assert a.ledger.fired(0).tolist() == record.of(11).tolist()
    assert a.ledger.count(np.arange(a.neurons, dtype=np.uint32)).sum() == record.counts[-7:].sum()
    with pytest.raises(InvalidInput, match="frame: expected 0 to 6, got 7"):
        a.ledger.fired(7)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": math.nan}, "threshold is nan"),
        ({"threshold": [1.0, math.nan, 2.0]}, r"threshold\[1\] is nan"),
        ({"leak": 1.5}, "leak is 1.5; expected a number from 0 to 1"),
        ({"leak": [0.5, 0.5]}, "leak: expected 3 values, got 2"),
        ({"refractory": -1}, r"refractory\[0\] is -1"),
        ({"fire_limit": 70_000}, r"fire_limit\[0\] is 70000"),
        ({"excitability": "x"}, "excitability: expected a number"),
        ({"accumulates": 2}, r"accumulates\[0\] is 2"),
    ],
)
def test_bad_parameters_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        leaky(3, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "sparse"}, "mode: 'sparse'"),
        ({"window": -1}, "window"),
        ({"seed": -1}, "seed"),
        ({"delay": 0}, r"delay\[0\] is 0"),
        ({"delay": [1, 256, 1]}, r"delay\[1\] is 256"),
        ({"delay": [1, 2]}, "delay: expected 3 values, got 2"),
        ({"plastic": [2, 0, 0]}, r"plastic\[0\] is 2"),
    ],
)
def test_bad_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Burst(leaky(4), [0, 1, 2], [3, 3, 3], [255] * 3, [255] * 3, [0] * 3, **options)


def test_bad_neurons_and_amounts_change_nothing() -> None:
    network = Burst(leaky(4), [0, 1, 2], [3, 3, 3], [255] * 3, [255] * 3, [0] * 3)
    for call, message in (
        (lambda: network.inject([4]), r"neurons\[0\] is 4"),
        (lambda: network.inject([1], [2.5]), "amount"),
        (lambda: network.inject([1], 2**31), "amount"),
        (lambda: network.inject([1, 2], [1]), "amount: expected 2 values"),
        (lambda: network.read([-1]), "neurons"),
        (lambda: network.run(-1), "bursts"),
        (lambda: why(network, 4), "neuron: expected 0 to 3"),
    ):
        with pytest.raises(ValueError, match=message):
            call()  # type: ignore[no-untyped-call]
    assert network.run(3).counts.sum() == 0
    with pytest.raises(InvalidInput, match=r"source\[0\] is 4"):
        Burst(leaky(4), [4], [0], [1], [1], [0])
    with pytest.raises(InvalidInput, match="tau_membrane"):
        currents(
            1, step=1, tau_membrane=5, tau_excitatory=5, tau_inhibitory=1, resting=0, threshold=1, reset=0,
            refractory=0, gain_excitatory=1, gain_inhibitory=1, potential=0,
        )  # fmt: skip
