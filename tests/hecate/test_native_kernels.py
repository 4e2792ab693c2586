"""The native kernels against the definitions in double precision, at every register width."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from rusta_hecate.errors import ShapeError
from rusta_hecate.kernels import KernelError, fused, int8, lanes, library, threads
from rusta_hecate.kernels.attention import windowed_attention
from rusta_hecate.kernels.delta import delta_rule
from rusta_hecate.layers import windowed
from rusta_hecate.layers.norm import rms_norm
from rusta_hecate.layers.rotary import rotate, tables
from rusta_hecate.layers.rules import pair, run

torch.set_num_threads(1)

needs_native = pytest.mark.skipif(library() is None, reason="the native part is not built")
WIDTHS = (16, 8, 1)


def near(ours: Tensor, truth: Tensor, tolerance: float = 5e-6) -> None:
    worst = (ours.double() - truth).abs().max() / truth.abs().max().clamp_min(1e-30)
    assert worst < tolerance, f"off by {worst:.1e} of the largest entry"


def attention_in_double(qkv: Tensor, rotary: bool, window: int) -> Tensor:
    q, k, v = qkv.unbind(2)
    if rotary:
        turn = tables(qkv.shape[1], qkv.shape[-1], 10_000.0, torch.float64)
        q, k = rotate(q, *turn), rotate(k, *turn)
    return windowed.full(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), window).transpose(1, 2)


@needs_native
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize(
    ("time", "heads", "size", "window"), [(70, 2, 8, 16), (33, 1, 64, 128), (5, 3, 6, 1), (1, 1, 2, 9)]
)
def test_attention_and_its_gradient(width: int, rotary: bool, time: int, heads: int, size: int, window: int) -> None:
    g = torch.Generator().manual_seed(3)
    exact = torch.randn(2, time, 3, heads, size, generator=g).double().requires_grad_()
    grad = torch.randn(2, time, heads, size, generator=g).double()
    truth = attention_in_double(exact, rotary, window)
    truth.backward(grad)
    ours = exact.detach().float().requires_grad_()
    turn = tables(time, size, 10_000.0) if rotary else (None, None)
    with lanes(width):
        out = windowed_attention(ours, *turn, window)
        out.backward(grad.float())
    near(out.detach(), truth.detach())
    near(ours.grad, exact.grad)


@needs_native
def test_attention_takes_and_gives_back_bfloat16() -> None:
    g = torch.Generator().manual_seed(4)
    short = torch.randn(1, 40, 3, 2, 16, generator=g).bfloat16()
    grad = torch.randn(1, 40, 2, 16, generator=g)
    leaves = [short.clone().requires_grad_(), short.float().requires_grad_()]
    outs = [windowed_attention(leaf, *tables(40, 16, 10_000.0), 16) for leaf in leaves]
    assert torch.equal(outs[0], outs[1])
    for out in outs:
        out.backward(grad)
    assert torch.equal(leaves[0].grad, leaves[1].grad.bfloat16())


@needs_native
def test_scores_of_any_size_give_probabilities() -> None:
    """Scores far apart neither overflow nor become NaN."""
    for scale in (1e-30, 1.0, 1e4, 1e12):
        qkv = (torch.randn(1, 40, 3, 1, 16, generator=torch.Generator().manual_seed(5)) * scale).requires_grad_()
        out = windowed_attention(qkv, None, None, 16)
        out.sum().backward()
        assert torch.isfinite(out).all()
        assert torch.isfinite(qkv.grad).all()
        assert out.abs().max() <= qkv[:, :, 2].abs().max() * (1 + 1e-5)


@needs_native
@settings(max_examples=12, deadline=None)
@given(
    time=st.integers(1, 80), heads=st.integers(1, 3), keys=st.integers(1, 20), values=st.integers(1, 20),
    chunk=st.integers(1, 64), gated=st.booleans(), width=st.sampled_from(WIDTHS), seed=st.integers(0, 10_000),
)  # fmt: skip
def test_delta_rule_and_its_gradient(
    time: int, heads: int, keys: int, values: int, chunk: int, gated: bool, width: int, seed: int
) -> None:
    g = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=g).double()

    q, k, v = (
        draw(1, time, heads, keys),
        functional.normalize(draw(1, time, heads, keys), dim=-1),
        draw(1, time, heads, values),
    )
    write, forget = (
        torch.rand(1, time, heads, generator=g).double(),
        torch.rand(1, time, heads, generator=g).double() * 0.5,
    )
    start, grad, grad_end = draw(1, heads, keys, values), draw(1, time, heads, values), draw(1, heads, keys, values)
    given_to = [q, k, v, write, *([forget] if gated else []), start]
    exact = [x.clone().requires_grad_() for x in given_to]
    flat = [x.transpose(1, 2)[0] for x in exact[:-1]]
    names = ("q", "k", "v", "write", "forget")
    truth, end = run(
        pair("gated_delta" if gated else "delta", "recurrent"), dict(zip(names, flat, strict=False)), (exact[-1][0],)
    )
    ((truth * grad.transpose(1, 2)[0]).sum() + (end[0] * grad_end[0]).sum()).backward()
    ours = [x.float().requires_grad_() for x in given_to]
    with lanes(width):
        decay = torch.log1p(-ours[4]) if gated else None
        out, last = delta_rule(*ours[:4], decay, ours[-1], chunk)
        ((out * grad.float()).sum() + (last * grad_end.float()).sum()).backward()
    near(out.detach()[0].transpose(0, 1), truth.detach(), 3e-5)
    near(last.detach()[0], end[0].detach(), 3e-5)
    for a, b in zip(ours, exact, strict=True):
        near(a.grad, b.grad, 1e-4)


@needs_native
@pytest.mark.parametrize("count", [1, 2])
def test_more_threads_give_the_same_bits(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    g = torch.Generator().manual_seed(6)
    qkv = torch.randn(2, 50, 3, 3, 16, generator=g)
    k = functional.normalize(qkv[:, :, 1], dim=-1)
    write = torch.rand(2, 50, 3, generator=g)

    def both() -> tuple[Tensor, Tensor]:
        return windowed_attention(qkv, None, None, 16), delta_rule(qkv[:, :, 0], k, qkv[:, :, 2], write)[0]

    alone = both()
    monkeypatch.setenv("RUSTA_HECATE_THREADS", str(count))
    for a, b in zip(both(), alone, strict=True):
        assert torch.equal(a, b)


@needs_native
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("size", [2, 7, 32, 50])
def test_norm_and_its_gradient(width: int, size: int) -> None:
    g = torch.Generator().manual_seed(7)
    x, w, grad = (torch.randn(*shape, generator=g).double() for shape in ((5, size), (size,), (5, size)))
    exact = [x.clone().requires_grad_(), w.clone().requires_grad_()]
    truth = rms_norm(*exact)
    truth.backward(grad)
    ours = [x.float().requires_grad_(), w.float().requires_grad_()]
    with lanes(width):
        out = fused.norm(*ours)
        out.backward(grad.float())
    near(out.detach(), truth.detach())
    near(ours[0].grad, exact[0].grad, 2e-5)
    near(ours[1].grad, exact[1].grad)


@settings(max_examples=40, deadline=None)
@given(
    count=st.integers(1, 4),
    rows=st.integers(1, 40),
    columns=st.integers(1, 90),
    seed=st.integers(0, 9999),
    width=st.sampled_from(WIDTHS),
)
def test_int8_products_have_the_twins_bits(count: int, rows: int, columns: int, seed: int, width: int) -> None:
    g = np.random.default_rng(seed)
    weights = g.integers(-127, 128, (rows, columns)).astype(np.int8)
    factors = g.random(rows, dtype=np.float32)
    x = (g.standard_normal((count, columns)) * 10.0 ** g.integers(-20, 20)).astype(np.float32)
    x[g.random(count) < 0.2] = 0
    twin = int8.product_numpy(weights, factors, x)
    truth = x.astype(np.float64) @ (weights * factors[:, None].astype(np.float64)).T
    assert np.abs(twin - truth).max() <= 1e-3 * np.abs(x).max() * np.sqrt(columns) * 127 + 1e-300
    if library() is not None:
        with lanes(width):
            assert np.array_equal(int8.product(weights, factors, x), twin)


def test_int8_products_refuse_what_does_not_fit() -> None:
    good = np.zeros((2, 3), np.int8), np.zeros(2, np.float32), np.zeros((1, 3), np.float32)
    with pytest.raises(ShapeError, match="int16"):
        int8.product(good[0].astype(np.int16), good[1], good[2])
    with pytest.raises(ShapeError, match=r"\(1, 4\)"):
        int8.product(good[0], good[1], np.zeros((1, 4), np.float32))


@needs_native
def test_kernels_refuse_bad_arguments() -> None:
    kernels = library()
    assert kernels is not None
    with pytest.raises(KernelError, match="swa_forward"):
        kernels.call("rusta_hecate_swa_forward", 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 1, 1)
    room = (ctypes.c_uint64 * 2)()
    with pytest.raises(KernelError, match="delta_room"):
        kernels.call("rusta_hecate_delta_room", 1, 1, 1, 1, 1, 65, ctypes.addressof(room))


@pytest.mark.parametrize("text", ["0", "17", "two", "-1"])
def test_a_wrong_number_of_threads_is_told(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTA_HECATE_THREADS", text)
    with pytest.raises(KernelError, match="not a number from 1 to 16"):
        threads()
