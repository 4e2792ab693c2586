"""Synapses of a running network: both ways through the index, weights with residues, and what the static part sees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst.dynamics.burst import Burst
from rusta_burst.dynamics.models import leaky
from rusta_burst.errors import InvalidInput


def network(seed: int, native: bool | None = None) -> tuple[Burst, list[np.ndarray]]:
    """A network whose synapses learn in part, with delays and many repeated pairs; and its columns."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(1, 300)), int(rng.integers(1, 3000))
    columns = [rng.integers(0, n, m), rng.integers(0, n, m), rng.integers(0, 256, m), rng.integers(0, 9, m)]
    columns += [rng.integers(0, 2, m), rng.integers(1, 4, m), rng.integers(0, 2, m)]
    *edges, delay, plastic = columns
    return Burst(leaky(n, threshold=1e6), *edges, delay=delay, plastic=plastic, use_native=native), columns


@given(st.integers(0, 2**32 - 1), st.booleans())
@settings(deadline=None, max_examples=20)
def test_positions_lead_back_to_the_input(seed: int, native: bool) -> None:
    burst, (source, target, weight, _, _, _, plastic) = network(seed, None if native else False)
    synapses = burst.synapses
    every = np.arange(synapses.count, dtype=np.int64)
    rows = synapses.input_rows(every)
    assert sorted(rows.tolist()) == np.flatnonzero(plastic).tolist()
    assert np.array_equal(synapses.sources(every), source[rows])
    assert np.array_equal(synapses.targets(every), target[rows])
    assert np.array_equal(synapses.weights(every), weight[rows])
    some = np.random.default_rng(seed).permutation(burst.neurons)[:5].astype(np.uint32)
    outgoing, incoming = synapses.outgoing(some), synapses.incoming(some)
    assert sorted(outgoing.tolist()) == np.flatnonzero(np.isin(source[rows], some)).tolist()
    assert sorted(incoming.tolist()) == np.flatnonzero(np.isin(target[rows], some)).tolist()


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=20)
def test_changes_add_up_to_the_last_step_and_saturate(seed: int) -> None:
    bursts = [network(seed)[0], network(seed, False)[0]]
    rng = np.random.default_rng(seed)
    positions = rng.permutation(bursts[0].synapses.count).astype(np.int64)
    changes = [rng.choice([-70_000, -300, -1, 1, 255, 70_000], positions.size).astype(np.int32) for _ in range(4)]
    expected = bursts[0].synapses.weights(positions).astype(np.int64) * 256
    for burst in bursts:
        for change in changes:
            burst.synapses.adjust(positions, change)
    for change in changes:
        expected = np.clip(expected + change, 0, 255 * 256)
    for burst in bursts:
        assert np.array_equal(burst.synapses.fine_weights(positions) * 256, expected)
        assert np.array_equal(burst.synapses.weights(positions), expected // 256)


def test_propagation_follows_a_changed_weight_and_leaves_static_synapses_alone() -> None:
    burst = Burst(leaky(3, threshold=1e9), [0, 0], [1, 2], [100, 100], [10, 10], [0, 0], plastic=[1, 0])
    assert [p.engine.table.column_sum.size > 0 for p in burst.core.projections] == [True, False]
    burst.synapses.adjust(np.array([0]), np.array([512], np.int32))
    burst.inject([0], 10**9)
    burst.run(2)
    assert burst.potentials.tolist() == [0.0, 1020.0, 1000.0]
    burst.synapses.set_weights(np.array([0]), np.array([7], np.uint8))
    burst.inject([0], 10**9)
    burst.run(2)
    assert burst.potentials.tolist() == [0.0, 1090.0, 2000.0]


def test_memory_of_a_plastic_synapse() -> None:
    """At most 8 bytes each at 100 synapses a neuron, the way back included."""
    rng = np.random.default_rng(0)
    n = 20_000
    source = np.repeat(np.arange(n), 100)
    target = np.sort(rng.integers(0, n, (n, 100)), axis=1).reshape(-1)
    weight = rng.integers(0, 256, source.size)
    burst = Burst(leaky(n), source, target, weight, np.full(source.size, 9), source % 5 == 0, plastic=True)
    if not burst.core.projections[0].engine.uses_native:
        pytest.skip("the way back is compressed by the native part only")
    assert burst.synapses.incoming(np.array([5], np.uint32)).size == np.count_nonzero(target == 5)
    assert burst.synapses.nbytes / source.size <= 8


def test_bad_positions_and_changes_are_refused() -> None:
    burst = Burst(leaky(3), [0, 0], [1, 2], [100, 100], [10, 10], [0, 0], plastic=True)
    synapses = burst.synapses
    one = np.array([0])
    for call, message in (
        (lambda: synapses.adjust(np.array([0, 2]), np.array([1, 1])), r"positions\[1\] is 2"),
        (lambda: synapses.adjust(np.array([0, 1]), np.array([1])), "change: expected 2 values"),
        (lambda: synapses.adjust(one, np.array([0.5])), "change: expected whole numbers"),
        (lambda: synapses.set_weights(one, np.array([256])), r"weights\[0\] is 256"),
        (lambda: synapses.outgoing(np.array([3])), r"neurons\[0\] is 3"),
        (lambda: synapses.weights(np.array([-1])), r"positions\[0\] is -1"),
    ):
        with pytest.raises(InvalidInput, match=message):
            call()  # type: ignore[no-untyped-call]
    assert synapses.fine_weights(np.arange(2)).tolist() == [100.0, 100.0]
