"""Rounding with regard to use, the report of what it costs, and the refusal to ship what costs too much."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_akida import (
    DeltaTooLarge,
    EchoStateNetwork,
    QuantiseConfig,
    QuantiseError,
    hessian_aware,
    mackey_glass,
    max_abs,
    nrmse,
    plot_report,
    quantise,
)
from rusta_akida.quantiser.packing import LARGEST


def correlated(rows: int = 120, inputs: int = 16, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((rows, 4)) @ rng.standard_normal((4, inputs)) + 0.1 * rng.standard_normal((rows, inputs))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.sampled_from([1, 2, 4]), st.booleans(), st.integers(1, 3))
def test_rounding_for_use_loses_no_more_than_the_recipe(seed: int, bits: int, per_channel: bool, outputs: int) -> None:
    x = correlated(seed=seed)
    hessian = x.T @ x + 1e-3 * np.eye(16)
    weights = np.random.default_rng(seed).standard_normal((outputs, 16))
    losses = []
    for integers, scales in (
        hessian_aware(weights, hessian, bits, per_channel=per_channel),
        max_abs(weights, bits, per_channel=per_channel),
    ):
        assert integers.dtype == np.int8
        assert np.abs(integers).max() <= LARGEST[bits]
        assert bits > 1 or integers.all()
        assert per_channel or len(set(scales.tolist())) == 1
        off = scales[:, None] * integers - weights
        losses.append(float(np.einsum("ij,jk,ik->", off, hessian, off)))
    assert losses[0] <= losses[1] * (1 + 1e-9)


def test_the_recipe_is_the_largest_magnitude_over_seven() -> None:
    integers, scales = max_abs([[0.7, -0.26], [0.1, 0.0]])
    assert integers.tolist() == [[7, -3], [1, 0]]
    assert scales == pytest.approx([0.1, 0.1])
    assert max_abs([[0.7], [0.14]], per_channel=True)[1] == pytest.approx([0.1, 0.02])


def test_weights_or_curvature_that_cannot_be_are_refused() -> None:
    with pytest.raises(QuantiseError, match="doesn't fit 2 inputs"):
        hessian_aware([[1.0, 2.0]], np.eye(3))
    with pytest.raises(QuantiseError, match="not positive definite"):
        hessian_aware([[1.0, 2.0]], np.zeros((2, 2)))
    with pytest.raises(QuantiseError, match="finite"):
        max_abs([[np.nan]])


@pytest.fixture(scope="module")
def task() -> tuple[np.ndarray, np.ndarray]:
    """States and targets of Mackey-Glass, five steps ahead."""
    series = mackey_glass(1605, substeps=1)[:, None]
    network = EchoStateNetwork(60, leak=0.5, bias=0.5, seed=2)
    return network.collect_activations(series[:-5], 100), series[105:]


def test_the_report_has_the_stages_side_by_side(task: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = task
    made = quantise(x[:1000], y[:1000], x[1000:], y[1000:])
    stages = made.report.stages
    assert [stage.counts.sum() for stage in stages] == [500, 500, 500]
    assert stages[2].figure == pytest.approx(nrmse(made.readout.predict(x[1000:]), y[1000:]))
    assert stages[0].figure < stages[1].figure <= stages[2].figure * 1.05
    assert made.report.delta == pytest.approx(stages[2].figure - stages[0].figure)
    assert stages[2].figure < made.report.max_abs
    table = made.report.table()
    assert all(stage.name in table for stage in stages)
    assert made.report.to_json()["delta"] == made.report.delta


def test_a_delta_over_the_limit_is_not_shipped_unless_told_to(task: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = task
    made = quantise(x[:1000], y[:1000], x[1000:], y[1000:], QuantiseConfig(1, 1))
    assert made.report.delta > 0.02
    with pytest.raises(DeltaTooLarge, match=r"2\.00% is allowed"):
        made.ship()
    assert made.ship(allow=True) is made.readout
    assert made.ship(limit=made.report.delta) is made.readout


def test_a_classifier_is_measured_by_its_errors() -> None:
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 600)
    states = np.eye(3)[true] + 0.1 * rng.standard_normal((600, 3))
    targets = np.eye(3)[true]
    made = quantise(
        states[:400], targets[:400], states[400:], targets[400:], task="classification", labels=("a", "b", "c")
    )
    assert made.report.measure == "error rate"
    assert made.report.stages[2].figure == 0
    assert made.ship().labels == ("a", "b", "c")
    with pytest.raises(QuantiseError, match="regression, classification"):
        quantise(states, targets, states, targets, task="ranking")


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_picture_is_the_same_each_time(task: tuple[np.ndarray, np.ndarray], tmp_path: Path, ending: str) -> None:
    pytest.importorskip("matplotlib")
    x, y = task
    report = quantise(x[:1000], y[:1000], x[1000:], y[1000:]).report
    first = plot_report(report, tmp_path / f"one.{ending}").read_bytes()
    assert first[:4] in (b"\x89PNG", b"<?xm")
    assert plot_report(report, tmp_path / f"two.{ending}").read_bytes() == first
    with pytest.raises(QuantiseError, match=r"\.png or \.svg"):
        plot_report(report, tmp_path / "three.jpg")
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"one.{ending}", f"two.{ending}"]
