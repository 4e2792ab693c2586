"""The gated delta rule in Triton, in chunks (WY form), forward and exact backward, as one step of PyTorch's graph.

The formulas and their names are those of :mod:`rusta_hecate.layers.rules.delta`. One program walks the chunks of one head
with the state in registers; the forward pass keeps the state at each chunk's start and the written values U. The unit
lower triangular system is inverted row by row. All sums are f32.
"""

# mypy: ignore-errors
# ruff: noqa: N803  (Triton's language has no types, and its constants are capitals.)
from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

CHUNK = 32


@triton.jit
def _dot(a, b):
    return tl.dot(a, b, input_precision="ieee")


@triton.jit
def _tile(at, rows, columns, T, D):
    """Rows of an array of heads' rows, zero outside."""
    inside = (rows[:, None] < T) & (columns[None] < D)
    return tl.load(at + rows[:, None] * D + columns[None], mask=inside, other=0.0).to(tl.float32)


@triton.jit
def _put(at, rows, columns, T, D, x):
    tl.store(at + rows[:, None] * D + columns[None], x, mask=(rows[:, None] < T) & (columns[None] < D))


@triton.jit
def _system(k, b, g, C: tl.constexpr):
    """The decay within a chunk, A, and (I + A)⁻¹. Places behind the end have b = 0 and stand alone."""
    i = tl.arange(0, C)
    below = i[:, None] >= i[None]
    decay = tl.where(below, tl.exp(tl.where(below, g[:, None] - g[None], 0.0)), 0.0)
    kk = _dot(k, tl.trans(k))
    a = tl.where(i[:, None] > i[None], b[:, None] * kk * decay, 0.0)
    inverse = -a
    for row in range(1, C):
        this = tl.sum(tl.where(i[:, None] == row, inverse, 0.0), 0)
        this += tl.sum(this[:, None] * inverse, 0)
        inverse = tl.where(i[:, None] == row, this[None], inverse)
    return decay, kk, a, inverse + tl.where(i[:, None] == i[None], 1.0, 0.0)


@triton.jit
def _forward(
    Q, K, V, B, G, START, OUT, END, STATES, T, KEYS, VALUES, chunks,
    C: tl.constexpr, KS: tl.constexpr, VS: tl.constexpr,
):  # fmt: skip
    head = tl.program_id(0).to(tl.int64)
    i, ks, vs = tl.arange(0, C), tl.arange(0, KS), tl.arange(0, VS)
    state = _tile(START + head * KEYS * VALUES, ks, vs, KEYS, VALUES)
    for chunk in range(chunks):
        rows = chunk * C + i
        _put(STATES + (head * chunks + chunk) * KEYS * VALUES, ks, vs, KEYS, VALUES, state)
        q, k = _tile(Q + head * T * KEYS, rows, ks, T, KEYS), _tile(K + head * T * KEYS, rows, ks, T, KEYS)
        v = _tile(V + head * T * VALUES, rows, vs, T, VALUES)
        b = tl.load(B + head * T + rows, mask=rows < T, other=0.0)
        g = tl.cumsum(tl.load(G + head * T + rows, mask=rows < T, other=0.0), 0)
        decay, _, _, inverse = _system(k, b, g, C)
        grown = tl.exp(g)
        u = _dot(inverse, b[:, None] * (v - grown[:, None] * _dot(k, state)))
        out = grown[:, None] * _dot(q, state) + _dot(_dot(q, tl.trans(k)) * decay, u)
        _put(OUT + head * T * VALUES, rows, vs, T, VALUES, out)
        last = tl.sum(tl.where(i == C - 1, g, 0.0), 0)
        state = tl.exp(last) * state + _dot(tl.trans(k * tl.exp(last - g)[:, None]), u)
    _put(END + head * KEYS * VALUES, ks, vs, KEYS, VALUES, state)


@triton.jit
def _backward(
    Q, K, V, B, G, STATES, DO, DEND, DQ, DK, DV, DB, DG, DSTART, T, KEYS, VALUES, chunks,
    C: tl.constexpr, KS: tl.constexpr, VS: tl.constexpr,
):  # fmt: skip
    head = tl.program_id(0).to(tl.int64)
    i, ks, vs = tl.arange(0, C), tl.arange(0, KS), tl.arange(0, VS)
    below, strictly = i[:, None] >= i[None], i[:, None] > i[None]
    slope = _tile(DEND + head * KEYS * VALUES, ks, vs, KEYS, VALUES)
    for back in range(chunks):
        chunk = chunks - 1 - back
        rows = chunk * C + i
        state = _tile(STATES + (head * chunks + chunk) * KEYS * VALUES, ks, vs, KEYS, VALUES)
        q, k = _tile(Q + head * T * KEYS, rows, ks, T, KEYS), _tile(K + head * T * KEYS, rows, ks, T, KEYS)
        v = _tile(V + head * T * VALUES, rows, vs, T, VALUES)
        grad = _tile(DO + head * T * VALUES, rows, vs, T, VALUES)
        b = tl.load(B + head * T + rows, mask=rows < T, other=0.0)
        g = tl.cumsum(tl.load(G + head * T + rows, mask=rows < T, other=0.0), 0)
        decay, kk, a, inverse = _system(k, b, g, C)
        grown = tl.exp(g)
        read = _dot(k, state)
        u = _dot(inverse, b[:, None] * (v - grown[:, None] * read))
        p = _dot(q, tl.trans(k)) * decay
        last = tl.sum(tl.where(i == C - 1, g, 0.0), 0)
        fade = tl.exp(last - g)
        # S' = e^{G_C} S + (fade K)ᵀ U
        to_u = _dot(k * fade[:, None], slope) + _dot(tl.trans(p), grad)
        to_k = fade[:, None] * _dot(u, tl.trans(slope))
        moved = tl.sum(to_k * k, 1)
        to_g = -moved
        total = tl.sum(moved, 0) + tl.exp(last) * tl.sum(tl.sum(slope * state, 1), 0)
        slope = tl.exp(last) * slope
        # O = e^G (Q S) + P U
        scaled = grown[:, None] * grad
        to_g += tl.sum(scaled * _dot(q, state), 1)
        to_q = _dot(scaled, tl.trans(state))
        slope += _dot(tl.trans(q), scaled)
        to_p = tl.where(below, _dot(grad, tl.trans(u)), 0.0)
        shared = to_p * p
        to_g += tl.sum(shared, 1) - tl.sum(shared, 0)
        to_p = to_p * decay
        to_q += _dot(to_p, k)
        to_k += _dot(tl.trans(to_p), q)
        # U = (I + A)⁻¹ X, X = β (V − e^G K S)
        to_x = _dot(tl.trans(inverse), to_u)
        to_a = tl.where(strictly, -_dot(to_x, tl.trans(u)), 0.0)
        to_b = tl.sum(to_x * (v - grown[:, None] * read), 1)
        to_v = b[:, None] * to_x
        to_g -= tl.sum(grown[:, None] * to_v * read, 1)
        to_read = -grown[:, None] * to_v
        to_k += _dot(to_read, tl.trans(state))
        slope += _dot(tl.trans(k), to_read)
        # A = tril(β K Kᵀ ∘ decay, −1)
        shared = to_a * a
        to_g += tl.sum(shared, 1) - tl.sum(shared, 0)
        to_a = to_a * decay
        to_b += tl.sum(to_a * kk, 1)
        to_a = to_a * b[:, None]
        to_k += _dot(to_a, k) + _dot(tl.trans(to_a), k)
        to_g += tl.where(i == C - 1, total, 0.0)
        # g is a running sum of the logarithms
        to_log = tl.sum(tl.where(i[:, None] >= i[None], to_g[:, None], 0.0), 0)
        _put(DQ + head * T * KEYS, rows, ks, T, KEYS, to_q)
        _put(DK + head * T * KEYS, rows, ks, T, KEYS, to_k)
        _put(DV + head * T * VALUES, rows, vs, T, VALUES, to_v)
        tl.store(DB + head * T + rows, to_b, mask=rows < T)
        tl.store(DG + head * T + rows, to_log, mask=rows < T)
    _put(DSTART + head * KEYS * VALUES, ks, vs, KEYS, VALUES, slope)


class DeltaRule(torch.autograd.Function):
    """q, k (N, T, K), v (N, T, V), beta and log_decay (N, T), start (N, K, V), f32 → out like v, end like start."""

    @staticmethod
    def forward(ctx: Any, *given: Tensor) -> tuple[Tensor, Tensor]:
        q, k, v, beta, log_decay, start = (x.detach().float().contiguous() for x in given)
        heads, time, keys, values, chunks = _shape(q, v)
        out, end = torch.empty_like(v), torch.empty_like(start)
        states = torch.empty(heads, chunks, keys, values, device=q.device)
        _forward[(heads,)](
            q, k, v, beta, log_decay, start, out, end, states, time, keys, values, chunks, **_constants(keys, values)
        )
        ctx.save_for_backward(q, k, v, beta, log_decay, states)
        return out, end

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, ...]:
        q, k, v, beta, log_decay, states = ctx.saved_tensors
        heads, time, keys, values, chunks = _shape(q, v)
        grad, grad_end = (x.float().contiguous() for x in grads)
        back = [torch.empty_like(x) for x in (q, k, v, beta, log_decay)]
        start = torch.empty(heads, keys, values, device=q.device)
        _backward[(heads,)](
            q, k, v, beta, log_decay, states, grad, grad_end, *back, start, time, keys, values, chunks,
            **_constants(keys, values),
        )  # fmt: skip
        return (*back, start)


def _shape(q: Tensor, v: Tensor) -> tuple[int, int, int, int, int]:
    heads, time, keys = q.shape
    return heads, time, keys, v.shape[-1], triton.cdiv(time, CHUNK)


def _constants(keys: int, values: int) -> dict[str, int]:
    return {"C": CHUNK, "KS": max(16, triton.next_power_of_2(keys)), "VS": max(16, triton.next_power_of_2(values))}


def delta_rule(
    q: Tensor, k: Tensor, v: Tensor, beta: Tensor, log_decay: Tensor | None, start: Tensor
) -> tuple[Tensor, Tensor]:
    """The rule over heads of their own; without log_decay nothing is forgotten."""
    decay = torch.zeros_like(beta) if log_decay is None else log_decay
    return DeltaRule.apply(q, k, v, beta, decay, start)
