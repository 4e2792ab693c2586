"""Echo state networks: the formula, the native kernel and its twin, batches and chunks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rusta_native
from rusta_akida import EchoStateNetwork, ReservoirConfig, ReservoirError
from rusta_akida.reservoir.sparse import SparseMatrix, random_matrix, spectral_radius

needs_native = pytest.mark.skipif(not rusta_native.status().available, reason="the native library is not built")
SERIES = np.random.default_rng(0).uniform(-1, 1, (60, 2))


def network(size: int = 40, **options: object) -> EchoStateNetwork:
    fields = {"leak": 0.4, "bias": 0.3, "seed": 3, "washout": 5, "native": False}
    return EchoStateNetwork(size, 2, **{**fields, **options})  # type: ignore[arg-type]


def test_a_step_is_the_formula() -> None:
    made = network()
    dense = made.recurrent.dense()
    state = np.zeros(40)
    for value in SERIES[:10]:
        state = 0.6 * state + 0.4 * np.tanh(dense @ state + made.entering @ value + made.biases)
        assert np.allclose(made.step(value), state, rtol=0, atol=1e-13)


@needs_native
@settings(deadline=None, max_examples=15)
@given(
    size=st.integers(1, 45),
    sparsity=st.floats(0, 0.99),
    topology=st.sampled_from(["random", "grouped"]),
    dtype=st.sampled_from(["float32", "float64"]),
    leak=st.floats(0.05, 1),
    sequences=st.integers(1, 40),
)
def test_the_native_kernel_does_what_its_twin_does(
    size: int, sparsity: float, topology: str, dtype: str, leak: float, sequences: int
) -> None:
    size = size * 4 if topology == "grouped" else size
    rng = np.random.default_rng(size)
    config = ReservoirConfig(size, 2, leak=leak, dtype=dtype)
    matrix = random_matrix(size, sparsity, rng, topology)
    weights = (matrix.scaled(0.8 / np.sqrt(len(matrix.values) / size)), rng.uniform(-1, 1, (size, 2)), np.zeros(size))
    inputs = rng.uniform(-1, 1, (sequences, 9, 2))
    ours, twin = (
        EchoStateNetwork.from_weights(config, *weights, native=native).collect_activations(inputs, 2)
        for native in (True, False)
    )
    assert ours.dtype == twin.dtype == np.dtype(dtype)
    assert np.allclose(ours, twin, rtol=0, atol=1e-4 if dtype == "float32" else 1e-12)


@needs_native
@pytest.mark.parametrize("topology", ["random", "grouped"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sequences", [1, 50])
def test_code_for_any_cpu_agrees_with_vector_code(topology: str, dtype: str, sequences: int) -> None:
    made = network(100, topology=topology, dtype=dtype, native=True)
    drive = np.random.default_rng(2).standard_normal((sequences, 7, 100)).astype(dtype)
    results = []
    for plain in (False, True):
        state, out = np.zeros((sequences, 100), dtype), drive.copy()
        made.kernel.advance(state, out, plain=plain)
        assert (out[:, -1] == state).all()
        results.append(out)
    assert np.allclose(*results, rtol=0, atol=1e-5 if dtype == "float32" else 1e-13)


@needs_native
def test_native_arguments_that_do_not_fit_are_refused() -> None:
    made = network(native=True)
    with pytest.raises(ReservoirError, match="don't fit 40 units"):
        made.kernel.advance(np.zeros((1, 39)), np.zeros((1, 3, 39)))
    with pytest.raises(ReservoirError, match="don't fit"):
        made.kernel.advance(np.zeros((1, 40)), np.zeros((1, 6, 40))[:, ::2])
    with pytest.raises(ReservoirError, match="float32"):
        made.kernel.advance(np.zeros((1, 40), np.float32), np.zeros((1, 3, 40)))


@pytest.mark.parametrize("native", [False, pytest.param(True, marks=needs_native)])
def test_a_batch_gives_what_its_sequences_give_alone(native: bool) -> None:
    made = network(native=native)
    batch = np.random.default_rng(1).uniform(-1, 1, (5, 30, 2))
    together = made.collect_activations(batch, 4)
    assert together.shape == (5, 26, 40)
    assert not made.state.any()
    for inputs, states in zip(batch, together, strict=True):
        made.reset()
        assert np.allclose(made.collect_activations(inputs, 4), states, rtol=0, atol=1e-12)


def test_a_sequence_goes_on_where_the_last_one_ended() -> None:
    whole = network().collect_activations(SERIES, 0)
    made = network()
    parts = [made.collect_activations(SERIES[:25], 0), made.collect_activations(SERIES[25:], 0)]
    assert np.allclose(np.concatenate(parts), whole, rtol=0, atol=1e-14)
    assert np.allclose(network().step(SERIES[0]), whole[0], rtol=0, atol=1e-14)
    assert np.allclose(np.concatenate(list(network().chunks(SERIES, 7, rows=11))), whole[7:], rtol=0, atol=1e-14)


def test_the_same_config_gives_the_same_network_and_another_seed_another() -> None:
    first, second, third = network(), network(), network(seed=4)
    assert (first.recurrent.values == second.recurrent.values).all()
    assert (first.entering == second.entering).all()
    assert not np.array_equal(first.recurrent.values, third.recurrent.values)


@pytest.mark.parametrize("size", [15, 52])
@pytest.mark.parametrize("topology", ["random", "grouped"])
def test_the_spectral_radius_is_what_was_asked_for(size: int, topology: str) -> None:
    made = EchoStateNetwork(size * 4, spectral_radius=0.7, topology=topology, native=False)
    largest = np.abs(np.linalg.eigvals(made.recurrent.dense())).max()
    assert largest == pytest.approx(0.7, rel=1e-3)
    assert spectral_radius(made.recurrent) == pytest.approx(0.7, rel=1e-3)


def test_the_past_is_forgotten() -> None:
    """The echo state property: two different pasts become one."""
    made = network(spectral_radius=0.8)
    made.state = np.random.default_rng(0).uniform(-1, 1, 40)
    first = made.collect_activations(SERIES, 0)
    second = network(spectral_radius=0.8).collect_activations(SERIES, 0)
    assert np.abs(first[0] - second[0]).max() > 0.05
    assert np.abs(first[-1] - second[-1]).max() < 1e-3


@given(st.integers(1, 12), st.floats(0, 0.95))
def test_grouped_rows_share_groups_of_columns_without_repeats(quarter: int, sparsity: float) -> None:
    made = random_matrix(quarter * 4, sparsity, np.random.default_rng(0), "grouped")
    columns, _ = made.even
    assert all(len(set(row)) == len(row) for row in columns.tolist())
    groups = (columns // 4).reshape(quarter, 4, -1)
    assert (groups == groups[:, :1]).all()
    assert made.sliced().grouped


def test_weights_of_your_own() -> None:
    dense = np.array([[0.0, 0.5, 0], [0.25, 0, 0], [0, 0, 0]])
    config = ReservoirConfig(3, 1, leak=1.0)
    made = EchoStateNetwork.from_weights(config, SparseMatrix.from_dense(dense), [[1.0], [0], [0]], [0, 0, 0.5])
    first = made.step(2.0)
    assert np.allclose(first, np.tanh([2.0, 0, 0.5]))
    assert np.allclose(made.step(0.0), np.tanh([0, 0.25 * np.tanh(2.0), 0.5]))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"size": 0}, "size is 0"),
        ({"leak": 0}, "leak is 0"),
        ({"sparsity": 1.0}, "sparsity is 1.0"),
        ({"spectral_radius": float("nan")}, "spectral_radius is nan"),
        ({"dtype": "float16"}, "float32 or float64"),
        ({"topology": "ring"}, "random, grouped"),
        ({"topology": "grouped", "size": 6}, "multiple of 4"),
        ({"seed": -1}, "seed is -1"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_config_that_cannot_be_is_refused(options: dict[str, object], says: str) -> None:
    with pytest.raises(ReservoirError, match=says):
        network(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("inputs", "washout", "says"),
    [
        (np.zeros((4, 3)), 0, r"\(4, 3\)"),
        (np.array([[0.0, np.nan]]), 0, "nan at"),
        (np.zeros((4, 2)), 5, "washout is 5 of 4"),
        (np.zeros(4), 0, r"\(4,\)"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_and_change_nothing(inputs: np.ndarray, washout: int, says: str) -> None:
    made = network()
    made.step([1.0, 1.0])
    before = made.state.copy()
    with pytest.raises(ReservoirError, match=says):
        made.collect_activations(inputs, washout)
    assert (made.state == before).all()
