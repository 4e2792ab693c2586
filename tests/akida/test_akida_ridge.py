"""Readouts: ridge regression, the choice of lambda, sums in pieces, and learning row by row."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_akida import Moments, OnlineReadout, ReservoirError, fit_moments, fit_readout, ridge_regression
from rusta_akida.reservoir.ridge import select_lambda_gcv, select_lambda_loo
from rusta_akida.reservoir.solving import cholesky, solve_factored


def data(rows: int = 80, size: int = 6, outputs: int = 2, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, size)) + 3
    y = x @ rng.standard_normal((size, outputs)) - 1 + noise * rng.standard_normal((rows, outputs))
    return x, y


def test_weights_solve_the_normal_equations() -> None:
    x, y = data()
    weights = ridge_regression(x, y, lambda_=0.5)
    assert weights.shape == (2, 6)
    assert np.allclose(weights @ (x.T @ x + 0.5 * np.eye(6)), y.T @ x)


def test_an_offset_takes_up_the_means() -> None:
    x, y = data()
    readout = fit_readout(x, y, 1e-3)
    assert np.allclose((readout.predict(x) - y).mean(axis=0), 0)
    shifted = fit_readout(x + 50, y - 9, 1e-3)
    assert np.allclose(shifted.weights, readout.weights)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), st.booleans())
def test_sums_in_pieces_are_the_sums_of_all(sizes: list[int], merged: bool) -> None:
    x, y = data(sum(sizes) + 2)
    whole = Moments(6, 2)
    whole.add(x, y)
    pieces = Moments(6, 2)
    for start, end in zip([0, *np.cumsum(sizes)], [*np.cumsum(sizes), len(x)], strict=True):
        if merged:
            part = Moments(6, 2)
            part.add(x[start:end], y[start:end])
            pieces.merge(part)
        else:
            pieces.add(x[start:end], y[start:end])
    assert pieces.count == whole.count
    for ours, theirs in zip(pieces.centred() + pieces.means(), whole.centred() + whole.means(), strict=True):
        assert np.allclose(ours, theirs, rtol=1e-9, atol=1e-8)
    assert np.allclose(fit_moments(pieces, 0.1).weights, fit_readout(x, y, 0.1).weights)


def test_leave_one_out_is_what_leaving_one_out_gives() -> None:
    x, y = data(25, 4)
    chosen, score = select_lambda_loo(x, y)
    errors = []
    for row in range(len(x)):
        rest = np.arange(len(x)) != row
        # The closed form keeps the overall mean: so does this.
        inner = ridge_regression(
            np.vstack([x[rest] - x.mean(0), np.zeros(4)]), np.vstack([y[rest] - y.mean(0), np.zeros(2)]), chosen
        )
        errors.append((y[row] - y.mean(0)) - inner @ (x[row] - x.mean(0)))
    assert score == pytest.approx(float(np.mean(np.square(errors))), rel=0.15)


@pytest.mark.parametrize("select", ["gcv", "loo"])
def test_the_chosen_lambda_is_near_the_best_on_fresh_rows(select: str) -> None:
    rng = np.random.default_rng(1)
    truth = rng.standard_normal((40, 1)) / 10
    x, fresh = rng.standard_normal((70, 40)), rng.standard_normal((2000, 40))
    y = x @ truth + rng.standard_normal((70, 1))
    chosen = fit_readout(x, y, select)
    losses = {}
    for lambda_ in (1e-8, 0.1, 1.0, 10.0, 100.0, 1000.0, chosen.lambda_):
        losses[lambda_] = float(np.mean((fit_readout(x, y, lambda_).predict(fresh) - fresh @ truth) ** 2))
    assert losses[chosen.lambda_] < 0.3 * losses[1e-8]
    assert losses[chosen.lambda_] < 2 * min(losses.values())
    assert np.isfinite(chosen.score)


def test_generalised_cross_validation_is_its_formula() -> None:
    x, y = data(50, 5)
    moments = Moments(5, 2)
    moments.add(x, y)
    chosen, score = select_lambda_gcv(moments)
    centred = x - x.mean(0)
    hat = centred @ np.linalg.inv(centred.T @ centred + chosen * np.eye(5)) @ centred.T + 1 / 50
    rss = np.sum((y - hat @ y) ** 2)
    assert score == pytest.approx(50 * rss / (50 - np.trace(hat)) ** 2 / 2, rel=1e-6)


@pytest.mark.parametrize("size", [1, 5, 96, 97, 300])
def test_blocks_of_a_factor_solve_the_system(size: int) -> None:
    rng = np.random.default_rng(size)
    half = rng.standard_normal((size, size + 3))
    matrix = half @ half.T + np.eye(size)
    right = rng.standard_normal((size, 2))
    assert np.allclose(matrix @ solve_factored(cholesky(matrix), right), right, atol=1e-7)


def test_online_learning_ends_where_ridge_regression_does() -> None:
    x, y = data(60, 5)
    online = OnlineReadout(5, 2, lambda_=0.3)
    errors = [float(np.abs(online.update(row, target)).max()) for row, target in zip(x, y, strict=True)]
    assert np.allclose(online.weights, ridge_regression(x, y, 0.3), rtol=1e-6, atol=1e-8)
    assert np.mean(errors[-10:]) < 0.5 * np.mean(errors[:10])
    assert np.allclose(online.readout().predict(x), online.predict(x))


def test_online_learning_with_forgetting_follows_a_change() -> None:
    rng = np.random.default_rng(0)
    online = OnlineReadout(3, 1, forgetting=0.9)
    for step in range(200):
        x = rng.standard_normal(3)
        online.update(x, x[0] if step < 100 else -x[0])
    assert np.allclose(online.weights, [[-1, 0, 0]], atol=1e-3)


def test_what_cannot_be_fitted_is_said() -> None:
    x, y = data()
    repeated = np.hstack([x, x])
    with pytest.raises(ReservoirError, match="larger lambda_"):
        ridge_regression(repeated, y, 0)
    with pytest.raises(ReservoirError, match="lambda_ is -1"):
        ridge_regression(x, y, -1)
    with pytest.raises(ReservoirError, match="one row each"):
        ridge_regression(x, y[:-1])
    with pytest.raises(ReservoirError, match="not finite"):
        fit_readout(x, np.where(y > 0, np.inf, y))
    with pytest.raises(ReservoirError, match="leave-one-out needs the rows"):
        fit_moments(Moments(2, 1), "loo")
    with pytest.raises(ReservoirError, match="too few"):
        fit_moments(Moments(2, 1), 1.0)
    online = OnlineReadout(2)
    with pytest.raises(ReservoirError, match="nothing was learnt"):
        online.update([np.nan, 1], 1)
    assert not online.weights.any()
