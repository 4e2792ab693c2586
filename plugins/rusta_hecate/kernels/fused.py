"""The two halves of a block, each as one step of PyTorch's graph with its chain rule written out by hand.

    attention half   y = x + attention(norm(x)) outᵀ
    MLP half         y = x + relu(norm(x) upᵀ)² downᵀ

Composing them by hand saves what automatic composition costs on a CPU: a pass over memory for every small
operation, and every conversion between f32 and bfloat16. Matrix products are PyTorch's; the rest are native kernels.
Under autocast the products run in bfloat16 and the residual stream stays in f32.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rusta_hecate.kernels import attention
from rusta_hecate.kernels.binding import library, threads


def working_type() -> torch.dtype:
    """What products are computed in: bfloat16 under CPU autocast, else f32."""
    return torch.bfloat16 if torch.is_autocast_enabled("cpu") else torch.float32


def norm_forward(x: Tensor, weight: Tensor, kind: torch.dtype) -> tuple[Tensor, Tensor]:
    """x (…, D) f32 contiguous → norm(x) in ``kind`` and 1/√(mean(x²) + ε) of every row."""
    width = x.shape[-1]
    rows = x.numel() // width
    y, scales = torch.empty_like(x, dtype=kind), torch.empty(rows)
    kernels = library()
    assert kernels is not None
    kernels.call(
        "rusta_hecate_norm_forward",
        x.data_ptr(), weight.data_ptr(), y.data_ptr(), scales.data_ptr(),
        int(kind == torch.bfloat16), rows, width, threads(),
    )  # fmt: skip
    return y, scales


def norm_backward(
    x: Tensor, weight: Tensor, scales: Tensor, grad: Tensor, beside: Tensor | None
) -> tuple[Tensor, Tensor]:
    """What comes back to x (plus ``beside``) and to the weight; grad is f32 or bfloat16, contiguous."""
    width = x.shape[-1]
    grad_x, grad_weight = torch.empty_like(x), torch.empty_like(weight)
    kernels = library()
    assert kernels is not None
    kernels.call(
        "rusta_hecate_norm_backward",
        x.data_ptr(), weight.data_ptr(), scales.data_ptr(), grad.data_ptr(),
        0 if beside is None else beside.data_ptr(), grad_x.data_ptr(), grad_weight.data_ptr(),
        int(grad.dtype == torch.bfloat16), x.numel() // width, width,
    )  # fmt: skip
    return grad_x, grad_weight


class Norm(torch.autograd.Function):
    """RMS normalisation of f32 rows; under autocast the result is bfloat16."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        x = x.contiguous()
        y, scales = norm_forward(x, weight, working_type())
        ctx.save_for_backward(x, weight, scales)
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        x, weight, scales = ctx.saved_tensors
        return norm_backward(x, weight, scales, grads[0].contiguous(), None)


class AttentionHalf(torch.autograd.Function):
    """x (B, T, D) f32 → x + attention(norm(x)) outᵀ."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, scale: Tensor, qkv: Tensor, out: Tensor,
        cos: Tensor | None, sin: Tensor | None, heads: int, window: int,
    ) -> Tensor:  # fmt: skip
        kind = working_type()
        x = x.contiguous()
        batch, time, width = x.shape
        normed, scales = norm_forward(x, scale, kind)
        rows = normed.view(-1, width)
        w_qkv, w_out = qkv.to(kind), out.to(kind)
        packed = (rows @ w_qkv.T).view(batch, time, 3, heads, width // heads)
        mixed, lse = attention.forward(packed, cos, sin, window)
        y = (mixed.view(-1, width).to(kind) @ w_out.T).view_as(x)
        ctx.rest = (cos, sin, window)
        ctx.save_for_backward(x, scale, scales, rows, w_qkv, w_out, packed, mixed, lse)
        return x + y

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        x, scale, scales, rows, w_qkv, w_out, packed, mixed, lse = ctx.saved_tensors
        width, kind = x.shape[-1], rows.dtype
        grad = grads[0].contiguous()
        short = grad.view(-1, width).to(kind)
        grad_out = short.T @ mixed.view(-1, width).to(kind)
        grad_mixed = (short @ w_out).float().view_as(mixed)
        grad_packed = attention.backward(packed, mixed, lse, grad_mixed, *ctx.rest).view(-1, 3 * width)
        grad_qkv = grad_packed.T @ rows
        grad_x, grad_scale = norm_backward(x, scale, scales, grad_packed @ w_qkv, grad)
        return grad_x, grad_scale, grad_qkv.float(), grad_out.float(), None, None, None, None


class MlpHalf(torch.autograd.Function):
    """x (B, T, D) f32 → x + relu(norm(x) upᵀ)² downᵀ."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, up: Tensor, down: Tensor) -> Tensor:
        kind = working_type()
        x = x.contiguous()
        normed, scales = norm_forward(x, scale, kind)
        rows = normed.view(-1, x.shape[-1])
        w_up, w_down = up.to(kind), down.to(kind)
        kept = rows @ w_up.T
        squared = torch.empty_like(kept)
        _relu2("forward", kept, squared)
        ctx.save_for_backward(x, scale, scales, rows, w_up, w_down, kept, squared)
        return x + (squared @ w_down.T).view_as(x)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x, scale, scales, rows, w_up, w_down, kept, squared = ctx.saved_tensors
        grad = grads[0].contiguous()
        short = grad.view(-1, x.shape[-1]).to(rows.dtype)
        grad_down = short.T @ squared
        grad_hidden = short @ w_down
        _relu2("backward", kept, grad_hidden)
        grad_up = grad_hidden.T @ rows
        grad_x, grad_scale = norm_backward(x, scale, scales, grad_hidden @ w_up, grad)
        return grad_x, grad_scale, grad_up.float(), grad_down.float()


def _relu2(direction: str, kept: Tensor, other: Tensor) -> None:
    kernels = library()
    assert kernels is not None
    half = int(kept.dtype == torch.bfloat16)
    kernels.call(f"rusta_hecate_relu2_{direction}", kept.data_ptr(), other.data_ptr(), half, kept.numel())


def norm(x: Tensor, weight: Tensor) -> Tensor:
    """RMS normalisation by the kernel."""
    y: Tensor = Norm.apply(x, weight)  # type: ignore[no-untyped-call]
    return y


def attention_half(
    x: Tensor, scale: Tensor, qkv: Tensor, out: Tensor, turn: tuple[Tensor, Tensor] | None, heads: int, window: int
) -> Tensor:
    """The first half of a block."""
    cos, sin = turn if turn is not None else (None, None)
    y: Tensor = AttentionHalf.apply(x, scale, qkv, out, cos, sin, heads, window)  # type: ignore[no-untyped-call]
    return y


def mlp_half(x: Tensor, scale: Tensor, up: Tensor, down: Tensor) -> Tensor:
    """The second half of a block, for squared ReLU."""
    y: Tensor = MlpHalf.apply(x, scale, up, down)  # type: ignore[no-untyped-call]
    return y
