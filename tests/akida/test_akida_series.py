"""The standard series, the measure of a prediction, and reservoirs made of several."""

from __future__ import annotations

import numpy as np
import pytest

from rusta_akida import (
    DeepReservoir,
    EchoStateNetwork,
    ParallelReservoir,
    ReservoirError,
    fit_readout,
    lorenz,
    mackey_glass,
    narma10,
    nrmse,
)


def test_mackey_glass_follows_its_equation() -> None:
    substeps = 20
    fine = mackey_glass(600, substeps=substeps, discard=0, seed=1)
    late, now, soon = fine[200 - 17 : -17 - 1], fine[200:-1], fine[201:]
    # The mean of a step's slope at both ends is near the change over the step.
    slope_now = 0.2 * late / (1 + late**10) - 0.1 * now
    later = fine[201 - 17 : -17]
    slope_soon = 0.2 * later / (1 + later**10) - 0.1 * soon
    assert np.abs(soon - now - (slope_now + slope_soon) / 2).max() < 5e-3
    assert 0.2 < fine.min() < 0.6
    assert 1.2 < fine.max() < 1.5


def test_finer_steps_of_mackey_glass_agree() -> None:
    coarse, fine = (mackey_glass(40, substeps=n, discard=0, seed=0) for n in (40, 80))
    assert np.abs(coarse - fine).max() < 2e-2


def test_narma10_is_its_recursion() -> None:
    u, y = narma10(200, seed=3)
    for t in range(30, 199):
        expected = 0.3 * y[t] + 0.05 * y[t] * y[t - 9 : t + 1].sum() + 1.5 * u[t - 8] * u[t + 1] + 0.1
        assert y[t + 1] == pytest.approx(expected, rel=1e-12)
    assert u.min() >= 0
    assert u.max() <= 0.5


def test_lorenz_agrees_with_smaller_steps_and_stays_on_the_attractor() -> None:
    path, finer = (lorenz(30, substeps=n, discard=0, seed=2) for n in (10, 40))
    assert np.abs(path - finer).max() < 1e-3
    assert np.abs(lorenz(200)).max() < 60


@pytest.mark.parametrize("make", [mackey_glass, lorenz, lambda n, seed: narma10(n, seed=seed)[1]])
def test_the_same_seed_gives_the_same_series(make: object) -> None:
    first, second, third = (make(50, seed=seed) for seed in (1, 1, 2))  # type: ignore[operator]
    assert (first == second).all()
    assert not np.array_equal(first, third)


def test_the_measure_is_the_error_over_the_spread() -> None:
    target = np.array([1.0, 2, 3, 4])
    assert nrmse(target, target) == 0
    assert nrmse(np.full(4, 2.5), target) == pytest.approx(1)
    both = np.stack([target, 10 * target], axis=1)
    assert nrmse(both + np.array([1, 10]), both) == pytest.approx(nrmse(target + 1, target))
    with pytest.raises(ReservoirError, match="constant"):
        nrmse(target, np.ones(4))
    with pytest.raises(ReservoirError, match="differ in shape"):
        nrmse(target[:2], target)
    with pytest.raises(ReservoirError, match="steps is 0"):
        mackey_glass(0)


def test_a_reservoir_predicts_mackey_glass() -> None:
    series = mackey_glass(1510, substeps=1)[:, None]
    states = EchoStateNetwork(100, leak=0.6, bias=0.5, seed=1).collect_activations(series[:-10], 100)
    readout = fit_readout(states[:1000], series[110:1110])
    assert nrmse(readout.predict(states[1000:]), series[1110:]) < 0.05


def test_a_deep_reservoir_drives_each_part_by_the_one_before() -> None:
    deep = DeepReservoir.build([12, 8], 1, seed=4, leak=0.5)
    inputs = np.random.default_rng(0).uniform(-1, 1, (15, 1))
    first, second = EchoStateNetwork(12, 1, seed=4, leak=0.5), EchoStateNetwork(8, 12, seed=5, leak=0.5)
    lower = first.collect_activations(inputs, 0)
    expected = np.concatenate([lower, second.collect_activations(lower, 0)], axis=1)
    assert np.allclose(deep.collect_activations(inputs, 3), expected[3:], rtol=0, atol=1e-13)
    assert deep.size == 20
    deep.reset()
    assert np.allclose(np.stack([deep.step(value) for value in inputs]), expected, rtol=0, atol=1e-13)


def test_parallel_reservoirs_see_the_same_input() -> None:
    parts = [EchoStateNetwork(6, 2, seed=seed, leak=leak) for seed, leak in ((1, 0.2), (2, 0.9))]
    both = ParallelReservoir(parts)
    batch = np.random.default_rng(0).uniform(-1, 1, (3, 10, 2))
    states = both.collect_activations(batch, 2)
    assert states.shape == (3, 8, 12)
    assert (states[..., 6:] == parts[1].collect_activations(batch, 2)).all()


def test_parts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ReservoirError, match="part 2 takes 3 inputs, the one before has 4"):
        DeepReservoir([EchoStateNetwork(4), EchoStateNetwork(4, 3)])
    with pytest.raises(ReservoirError, match="part 2 takes 3 inputs, the first 1"):
        ParallelReservoir([EchoStateNetwork(4), EchoStateNetwork(4, 3)])
    with pytest.raises(ReservoirError, match="at least one"):
        ParallelReservoir([])
