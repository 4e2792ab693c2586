"""The kernels' NumPy twins: right by PyTorch's automatic gradients, equal to the native kernels, and alone enough."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from rusta_hecate.kernels import fused, lanes, library, twins
from rusta_hecate.kernels.attention import windowed_attention
from rusta_hecate.kernels.delta import delta_rule
from rusta_hecate.layers import mlp, norm, windowed
from rusta_hecate.layers.rotary import rotate, tables
from rusta_hecate.layers.rules import pair, run

torch.set_num_threads(1)

Array = NDArray[np.float64]
needs_native = pytest.mark.skipif(library() is None, reason="the native part is not built")
WIDTHS = (16, 8, 1)
# batch, time, heads, key size, value size, window or chunk
SHAPES = [(1, 1, 1, 2, 2, 1), (2, 19, 2, 6, 6, 5), (1, 40, 3, 16, 16, 64), (1, 23, 1, 8, 8, 8)]


def close(ours: object, truth: object, tolerance: float) -> None:
    a, b = (np.asarray(x.detach() if isinstance(x, torch.Tensor) else x, np.float64) for x in (ours, truth))
    assert a.shape == b.shape
    assert np.abs(a - b).max() <= tolerance * max(np.abs(b).max(), 1e-30)


def drawn(seed: int, *shapes: tuple[int, ...]) -> list[Array]:
    g = np.random.default_rng(seed)
    return [g.standard_normal(shape) for shape in shapes]


def leaves(*arrays: Array, single: bool = False) -> list[torch.Tensor]:
    kind = torch.float32 if single else torch.float64
    return [torch.tensor(a, dtype=kind, requires_grad=True) for a in arrays]


def turn_of(time: int, size: int) -> tuple[Array, Array]:
    return tuple(table.numpy() for table in tables(time, size, 10_000.0, torch.float64))  # type: ignore[return-value]


@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize(("batch", "time", "heads", "size", "_values", "window"), SHAPES)
def test_attention(batch: int, time: int, heads: int, size: int, _values: int, window: int, rotary: bool) -> None:
    qkv, grad = drawn(1, (batch, time, 3, heads, size), (batch, time, heads, size))
    turn = turn_of(time, size) if rotary else None
    out, lse = twins.attention(qkv, window, turn)
    back = twins.attention_backward(qkv, out, lse, grad, window, turn)
    (exact,) = leaves(qkv)
    q, k, v = (part.transpose(1, 2) for part in exact.unbind(2))
    if turn is not None:
        q, k = (rotate(x.transpose(1, 2), *map(torch.from_numpy, turn)).transpose(1, 2) for x in (q, k))
    truth = windowed.full(q, k, v, window).transpose(1, 2)
    truth.backward(torch.from_numpy(grad))
    close(out, truth, 1e-12)
    close(back, exact.grad, 1e-11)
    if library() is None:
        return
    single = tuple(torch.from_numpy(t).float() for t in turn) if turn is not None else (None, None)
    for width in WIDTHS:
        (ours,) = leaves(qkv, single=True)
        with lanes(width):
            said = windowed_attention(ours, *single, window)
            said.backward(torch.from_numpy(grad).float())
        close(said, out, 5e-6)
        close(ours.grad, back, 1e-5)


@pytest.mark.parametrize("gated", [False, True])
@pytest.mark.parametrize(("batch", "time", "heads", "keys", "values", "chunk"), SHAPES)
def test_delta_rule(batch: int, time: int, heads: int, keys: int, values: int, chunk: int, gated: bool) -> None:
    places = (batch, time, heads)
    q, k, v, raw, grad = drawn(2, (*places, keys), (*places, keys), (*places, values), places, (*places, values))
    k /= np.linalg.norm(k, axis=-1, keepdims=True)
    beta, decay = 1 / (1 + np.exp(-raw)), -0.3 * np.abs(raw)
    start, grad_end = drawn(3, (batch, heads, keys, values), (batch, heads, keys, values))
    log_decay = decay if gated else None
    out, end = twins.delta_rule(q, k, v, beta, log_decay, start)
    back = twins.delta_rule_backward(q, k, v, beta, log_decay, start, grad, grad_end)
    given = [q, k, v, beta, *([decay] if gated else []), start]
    names = ["q", "k", "v", "beta", *(["log_decay"] if gated else []), "start"]
    exact = leaves(*given)
    inputs = {
        name: x.transpose(1, 2).flatten(0, 1)
        for name, x in zip(("q", "k", "v", "write"), exact[:4], strict=True)
    }  # fmt: skip
    if gated:
        inputs["forget"] = 1 - exact[4].exp().transpose(1, 2).flatten(0, 1)
    said, state = run(pair("gated_delta" if gated else "delta", "recurrent"), inputs, (exact[-1].flatten(0, 1),))
    truth = said.reshape(batch, heads, time, values).transpose(1, 2)
    ((truth * torch.from_numpy(grad)).sum() + (state[0] * torch.from_numpy(grad_end).flatten(0, 1)).sum()).backward()
    close(out, truth, 1e-12)
    close(end, state[0].reshape(end.shape), 1e-12)
    for name, x in zip(names, exact, strict=True):
        close(back[name], x.grad, 1e-10)
    if library() is None:
        return
    for width in WIDTHS:
        ours = leaves(*given, single=True)
        with lanes(width):
            told, last = delta_rule(*ours[:4], ours[4] if gated else None, ours[-1], chunk)
            ends = (torch.from_numpy(x).float() for x in (grad, grad_end))
            torch.autograd.backward((told, last), list(ends))
        close(told, out, 3e-5)
        close(last, end, 3e-5)
        for name, x in zip(names, ours, strict=True):
            close(x.grad, back[name], 1e-4)


def test_a_rule_without_a_start_begins_with_nothing() -> None:
    q, k, v, beta = drawn(4, (1, 3, 1, 2), (1, 3, 1, 2), (1, 3, 1, 2), (1, 3, 1))
    zero = np.zeros((1, 1, 2, 2))
    for a, b in zip(twins.delta_rule(q, k, v, beta), twins.delta_rule(q, k, v, beta, start=zero), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("size", [2, 7, 32])
def test_norm_and_squared_relu(size: int) -> None:
    x, weight, grad = drawn(5, (5, size), (size,), (5, size))
    y, scales = twins.rms_norm(x, weight)
    back = twins.rms_norm_backward(x, weight, scales, grad)
    exact = leaves(x, weight)
    truth = norm.rms_norm(*exact)
    truth.backward(torch.from_numpy(grad))
    close(y, truth, 1e-13)
    for a, b in zip(back, exact, strict=True):
        close(a, b.grad, 1e-12)
    (z,) = leaves(x)
    eye = torch.eye(size, dtype=torch.float64)
    squared = mlp.relu2(z, eye, eye)
    squared.backward(torch.from_numpy(grad))
    close(twins.relu2(x), squared, 1e-15)
    close(twins.relu2_backward(x, grad), z.grad, 1e-15)


@needs_native
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("size", [2, 7, 32])
def test_the_native_norm_and_mlp_are_the_twins(width: int, size: int) -> None:
    x, weight, grad, up, down = drawn(6, (5, size), (size,), (5, size), (size, size), (size, size))
    y, scales = twins.rms_norm(x, weight)
    ours = leaves(x, weight, single=True)
    half = leaves(x, weight, up, down, single=True)
    with lanes(width):
        said = fused.norm(*ours)
        said.backward(torch.from_numpy(grad).float())
        whole = fused.mlp_half(*half)
        whole.backward(torch.from_numpy(grad).float())
    close(said, y, 5e-6)
    for a, b in zip(ours, twins.rms_norm_backward(x, weight, scales, grad), strict=True):
        close(a.grad, b, 2e-5)
    inner = y @ up.T
    close(whole, x + twins.relu2(inner) @ down.T, 2e-5)
    to_inner = twins.relu2_backward(inner, grad @ down)
    close(half[3].grad, grad.T @ twins.relu2(inner), 2e-5)
    close(half[2].grad, to_inner.T @ y, 2e-5)
    close(half[0].grad, grad + twins.rms_norm_backward(x, weight, scales, to_inner @ up)[0], 5e-5)


def test_twins_keep_the_precision_they_are_given() -> None:
    (qkv,) = drawn(7, (1, 4, 3, 1, 2))
    x = np.ones((2, 3), np.float32)
    assert twins.attention(qkv.astype(np.float32), 2)[0].dtype == np.float32
    assert twins.rms_norm(x, x[0])[0].dtype == np.float32


def test_twins_need_neither_pytorch_nor_the_native_part() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; import numpy as np; from rusta_hecate.kernels import twins; "
        "print(twins.attention(np.ones((1, 2, 3, 1, 2)), 2)[0].shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "RUSTA_NATIVE": "0"}
    )
    assert done.stdout.strip() == "(1, 2, 1, 2)", done.stderr
