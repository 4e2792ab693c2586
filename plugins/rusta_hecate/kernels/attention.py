"""Sliding-window attention by the native kernel, as one step of PyTorch's graph."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rusta_hecate.kernels.binding import library, threads


def forward(qkv: Tensor, cos: Tensor | None, sin: Tensor | None, window: int) -> tuple[Tensor, Tensor]:
    """qkv (B, T, 3, H, D), contiguous f32 or bfloat16 → the attention (B, T, H, D) and lse (B, H, T), both f32."""
    batch, time, _, heads, size = qkv.shape
    out, lse = torch.empty(batch, time, heads, size), torch.empty(batch, heads, time)
    kernels = library()
    assert kernels is not None
    kernels.call(
        "rusta_hecate_swa_forward",
        qkv.data_ptr(), int(qkv.dtype == torch.bfloat16), out.data_ptr(), lse.data_ptr(), *_pointers(cos, sin),
        batch, time, heads, size, window, threads(),
    )  # fmt: skip
    return out, lse


def backward(
    qkv: Tensor, out: Tensor, lse: Tensor, grad_out: Tensor, cos: Tensor | None, sin: Tensor | None, window: int
) -> Tensor:
    """What comes back to qkv, in its own type; grad_out (B, T, H, D) is contiguous f32."""
    batch, time, _, heads, size = qkv.shape
    grad = torch.empty_like(qkv)
    kernels = library()
    assert kernels is not None
    kernels.call(
        "rusta_hecate_swa_backward",
        qkv.data_ptr(), int(qkv.dtype == torch.bfloat16), out.data_ptr(), lse.data_ptr(), grad_out.data_ptr(),
        grad.data_ptr(), *_pointers(cos, sin), batch, time, heads, size, window, threads(),
    )  # fmt: skip
    return grad


class WindowedAttention(torch.autograd.Function):
    """(B, T, 3, H, D) packed projections → (B, T, H, D) f32; rotary tables (T, D/2) or None."""

    @staticmethod
    def forward(ctx: Any, qkv: Tensor, cos: Tensor | None, sin: Tensor | None, window: int) -> Tensor:
        packed = qkv.detach().contiguous()
        out, lse = forward(packed, cos, sin, window)
        ctx.rest = (cos, sin, window)
        ctx.save_for_backward(packed, out, lse)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        packed, out, lse = ctx.saved_tensors
        return backward(packed, out, lse, grads[0].contiguous().float(), *ctx.rest), None, None, None


def _pointers(cos: Tensor | None, sin: Tensor | None) -> tuple[int, int]:
    return (0, 0) if cos is None or sin is None else (cos.data_ptr(), sin.data_ptr())


def windowed_attention(qkv: Tensor, cos: Tensor | None, sin: Tensor | None, window: int) -> Tensor:
    """The attention of packed projections on the CPU."""
    out: Tensor = WindowedAttention.apply(qkv, cos, sin, window)  # type: ignore[no-untyped-call]
    return out
