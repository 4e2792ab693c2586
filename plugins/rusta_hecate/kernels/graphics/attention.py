"""Causal sliding-window attention in Triton (Dao et al. 2022, restricted to the band), as one step of PyTorch's graph.

    p_ts = softmax over s = t−window+1 … t of q_t·k_s / √D,   o_t = Σ_s p_ts v_s

One program has a block of queries (forward, and back to q) or a block of keys (back to k and v) of one head, and meets
only the blocks that the window reaches. All sums are f32.
"""

# mypy: ignore-errors
# ruff: noqa: N803  (Triton's language has no types, and its constants are capitals.)
from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

BLOCK = 32


@triton.jit
def _load(at, rows, columns, T, D):
    return tl.load(
        at + rows[:, None] * D + columns[None], mask=(rows[:, None] < T) & (columns[None] < D) & (rows[:, None] >= 0),
        other=0.0,
    ).to(tl.float32)  # fmt: skip


@triton.jit
def _store(at, rows, columns, T, D, x):
    tl.store(at + rows[:, None] * D + columns[None], x, mask=(rows[:, None] < T) & (columns[None] < D))


@triton.jit
def _scores(q, k, rows, columns, T, window, scale):
    far = rows[:, None] - columns[None]
    seen = (far >= 0) & (far < window) & (columns[None] < T) & (columns[None] >= 0)
    return tl.where(seen, tl.dot(q, tl.trans(k), input_precision="ieee") * scale, float("-inf"))


@triton.jit
def _forward(Q, K, V, OUT, LSE, T, D, window, scale, BLOCK: tl.constexpr, SIZE: tl.constexpr):
    base = tl.program_id(1).to(tl.int64) * T
    rows = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    lanes = tl.arange(0, SIZE)
    q = _load(Q + base * D, rows, lanes, T, D)
    highest = tl.full([BLOCK], float("-inf"), tl.float32)
    total = tl.zeros([BLOCK], tl.float32)
    out = tl.zeros([BLOCK, SIZE], tl.float32)
    first = tl.maximum(tl.program_id(0) * BLOCK - window + 1, 0) // BLOCK
    for block in range(first, tl.program_id(0) + 1):
        columns = block * BLOCK + tl.arange(0, BLOCK)
        s = _scores(q, _load(K + base * D, columns, lanes, T, D), rows, columns, T, window, scale)
        now = tl.maximum(highest, tl.max(s, 1))
        known = tl.where(now == float("-inf"), 0.0, now)
        p = tl.exp(s - known[:, None])
        fade = tl.exp(highest - known)
        total = total * fade + tl.sum(p, 1)
        out = out * fade[:, None] + tl.dot(p, _load(V + base * D, columns, lanes, T, D), input_precision="ieee")
        highest = now
    whole = tl.where(total > 0, total, 1.0)
    _store(OUT + base * D, rows, lanes, T, D, out / whole[:, None])
    tl.store(LSE + base + rows, highest + tl.log(whole), mask=rows < T)


@triton.jit
def _probabilities(q, k, lse, rows, columns, T, window, scale):
    return tl.exp(_scores(q, k, rows, columns, T, window, scale) - lse[:, None])


@triton.jit
def _to_queries(
    Q, K, V, DO, LSE, INNER, DQ, T, D, window, scale, BLOCK: tl.constexpr, SIZE: tl.constexpr
):  # fmt: skip
    base = tl.program_id(1).to(tl.int64) * T
    rows = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    lanes = tl.arange(0, SIZE)
    q, grad = _load(Q + base * D, rows, lanes, T, D), _load(DO + base * D, rows, lanes, T, D)
    lse = tl.load(LSE + base + rows, mask=rows < T, other=0.0)
    inner = tl.load(INNER + base + rows, mask=rows < T, other=0.0)
    back = tl.zeros([BLOCK, SIZE], tl.float32)
    first = tl.maximum(tl.program_id(0) * BLOCK - window + 1, 0) // BLOCK
    for block in range(first, tl.program_id(0) + 1):
        columns = block * BLOCK + tl.arange(0, BLOCK)
        k = _load(K + base * D, columns, lanes, T, D)
        p = _probabilities(q, k, lse, rows, columns, T, window, scale)
        v = _load(V + base * D, columns, lanes, T, D)
        to_scores = p * (tl.dot(grad, tl.trans(v), input_precision="ieee") - inner[:, None])
        back += tl.dot(to_scores, k, input_precision="ieee")
    _store(DQ + base * D, rows, lanes, T, D, back * scale)


@triton.jit
def _to_keys(
    Q, K, V, DO, LSE, INNER, DK, DV, T, D, window, scale, BLOCK: tl.constexpr, SIZE: tl.constexpr
):  # fmt: skip
    base = tl.program_id(1).to(tl.int64) * T
    columns = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    lanes = tl.arange(0, SIZE)
    k, v = _load(K + base * D, columns, lanes, T, D), _load(V + base * D, columns, lanes, T, D)
    back_k, back_v = tl.zeros([BLOCK, SIZE], tl.float32), tl.zeros([BLOCK, SIZE], tl.float32)
    last = tl.minimum((tl.program_id(0) + 1) * BLOCK - 1 + window - 1, T - 1) // BLOCK
    for block in range(tl.program_id(0), last + 1):
        rows = block * BLOCK + tl.arange(0, BLOCK)
        q, grad = _load(Q + base * D, rows, lanes, T, D), _load(DO + base * D, rows, lanes, T, D)
        lse = tl.load(LSE + base + rows, mask=rows < T, other=0.0)
        inner = tl.load(INNER + base + rows, mask=rows < T, other=0.0)
        p = tl.where(rows[:, None] < T, _probabilities(q, k, lse, rows, columns, T, window, scale), 0.0)
        back_v += tl.dot(tl.trans(p), grad, input_precision="ieee")
        to_scores = p * (tl.dot(grad, tl.trans(v), input_precision="ieee") - inner[:, None])
        back_k += tl.dot(tl.trans(to_scores), q, input_precision="ieee")
    _store(DK + base * D, columns, lanes, T, D, back_k * scale)
    _store(DV + base * D, columns, lanes, T, D, back_v)


class WindowedAttention(torch.autograd.Function):
    """q, k, v (B, H, T, D) → (B, H, T, D) in q's type."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, window: int) -> Tensor:
        q, k, v = (x.detach().contiguous() for x in (q, k, v))
        out, lse = torch.empty_like(q), torch.empty(q.shape[:-1], device=q.device)
        sizes = _sizes(q, window)
        _forward[_grid(q)](q, k, v, out, lse, *sizes, BLOCK=BLOCK, SIZE=_lanes(q))
        ctx.save_for_backward(q, k, v, out, lse)
        ctx.window = window
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, out, lse = ctx.saved_tensors
        grad = grads[0].contiguous()
        inner = (grad.float() * out.float()).sum(-1)
        back = [torch.empty_like(x) for x in (q, k, v)]
        given = (q, k, v, grad, lse, inner)
        sizes = _sizes(q, ctx.window)
        _to_queries[_grid(q)](*given, back[0], *sizes, BLOCK=BLOCK, SIZE=_lanes(q))
        _to_keys[_grid(q)](*given, back[1], back[2], *sizes, BLOCK=BLOCK, SIZE=_lanes(q))
        return (*back, None)


def _sizes(q: Tensor, window: int) -> tuple[int, int, int, float]:
    return q.shape[2], q.shape[3], window, q.shape[3] ** -0.5


def _grid(q: Tensor) -> tuple[int, int]:
    return triton.cdiv(q.shape[2], BLOCK), q.shape[0] * q.shape[1]


def _lanes(q: Tensor) -> int:
    return max(16, triton.next_power_of_2(q.shape[3]))


def windowed_attention(q: Tensor, k: Tensor, v: Tensor, window: int) -> Tensor:
    """The attention of turned queries and keys, (B, H, T, D)."""
    return WindowedAttention.apply(q, k, v, window)
