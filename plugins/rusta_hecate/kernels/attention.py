"""Sliding-window attention by the native kernel, as one step of PyTorch's graph."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from rusta_hecate.kernels.binding import library, threads


class WindowedAttention(torch.autograd.Function):
    """(B, T, 3, H, D) packed projections → (B, T, H, D); rotary tables (T, D/2) or None; f32 inside."""

    @staticmethod
    def forward(ctx: Any, qkv: Tensor, cos: Tensor | None, sin: Tensor | None, window: int) -> Tensor:
        batch, time, _, heads, size = qkv.shape
        packed = qkv.detach().contiguous().float()
        out = torch.empty(batch, time, heads, size)
        lse = torch.empty(batch, heads, time)
        ctx.sizes = (batch, time, heads, size, window, threads())
        ctx.turn = (cos, sin)
        ctx.kind = qkv.dtype
        kernels = library()
        assert kernels is not None
        kernels.call(
            "rusta_hecate_swa_forward",
            packed.data_ptr(), out.data_ptr(), lse.data_ptr(), *_pointers(cos, sin), *ctx.sizes,
        )  # fmt: skip
        ctx.save_for_backward(packed, out, lse)
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        packed, out, lse = ctx.saved_tensors
        grad_out = grads[0].contiguous().float()
        grad = torch.empty_like(packed)
        kernels = library()
        assert kernels is not None
        kernels.call(
            "rusta_hecate_swa_backward",
            packed.data_ptr(), out.data_ptr(), lse.data_ptr(), grad_out.data_ptr(), grad.data_ptr(),
            *_pointers(*ctx.turn), *ctx.sizes,
        )  # fmt: skip
        return grad.to(ctx.kind), None, None, None


def _pointers(cos: Tensor | None, sin: Tensor | None) -> tuple[int, int]:
    return (0, 0) if cos is None or sin is None else (cos.data_ptr(), sin.data_ptr())


def windowed_attention(qkv: Tensor, cos: Tensor | None, sin: Tensor | None, window: int) -> Tensor:
    """The attention of packed projections on the CPU."""
    out: Tensor = WindowedAttention.apply(qkv, cos, sin, window)  # type: ignore[no-untyped-call]
    return out
