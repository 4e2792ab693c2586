"""The gated delta rule by the native kernel, as one step of PyTorch's graph."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from rusta_hecate.kernels.binding import Kernels, library, threads

CHUNK = 64
"""Most places per chunk."""

# The order of the pointers in the kernel's table.
FIELDS = (
    *("q", "k", "v", "beta", "log_decay", "start", "out", "end", "states", "written"),
    *("grad_out", "grad_end", "grad_q", "grad_k", "grad_v", "grad_beta", "grad_log_decay", "grad_start"),
)


@dataclass(frozen=True)
class _Sizes:
    batch: int
    time: int
    heads: int
    keys: int
    values: int
    chunk: int

    @property
    def all(self) -> tuple[int, ...]:
        return (self.batch, self.time, self.heads, self.keys, self.values, self.chunk)


def _run(name: str, sizes: _Sizes, arrays: dict[str, Tensor | None]) -> None:
    pointers = [0 if (array := arrays.get(field)) is None else array.data_ptr() for field in FIELDS]
    table = (ctypes.c_void_p * len(FIELDS))(*pointers)
    _kernels().call(f"rusta_hecate_delta_{name}", ctypes.addressof(table), *sizes.all, threads())


def _kernels() -> Kernels:
    kernels = library()
    assert kernels is not None
    return kernels


class DeltaRule(torch.autograd.Function):
    """q, k (B, T, H, K), v (B, T, H, V), beta and log_decay (B, T, H), start (B, H, K, V) → out like v, end like start."""

    @staticmethod
    def forward(
        ctx: Any, q: Tensor, k: Tensor, v: Tensor, beta: Tensor, log_decay: Tensor | None, start: Tensor | None,
        chunk: int,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        inputs = [None if x is None else x.detach().float().contiguous() for x in (q, k, v, beta, log_decay, start)]
        ctx.kinds = [None if x is None else x.dtype for x in (q, k, v, beta, log_decay, start)]
        ctx.sizes = _Sizes(q.shape[0], q.shape[1], q.shape[2], q.shape[3], v.shape[-1], chunk)
        sizes = ctx.sizes
        needed = (ctypes.c_uint64 * 2)()
        _kernels().call("rusta_hecate_delta_room", *sizes.all, ctypes.addressof(needed))
        states, written = torch.empty(needed[0]), torch.empty(needed[1])
        out = torch.empty(v.shape)
        end = torch.empty(sizes.batch, sizes.heads, sizes.keys, sizes.values)
        named: dict[str, Tensor | None] = dict(zip(FIELDS, inputs, strict=False))
        _run("forward", sizes, {**named, "out": out, "end": end, "states": states, "written": written})
        ctx.save_for_backward(*inputs, states, written)
        return out, end

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        *inputs, states, written = ctx.saved_tensors
        arrays: dict[str, Tensor | None] = dict(zip(FIELDS, inputs, strict=False))
        back = {name: torch.empty_like(x) for name, x in zip(("q", "k", "v", "beta"), inputs, strict=False)}
        if inputs[4] is not None:
            back["log_decay"] = torch.empty_like(inputs[4])
        back["start"] = torch.empty(ctx.sizes.batch, ctx.sizes.heads, ctx.sizes.keys, ctx.sizes.values)
        arrays.update({f"grad_{name}": array for name, array in back.items()})
        arrays.update(states=states, written=written)
        arrays.update(grad_out=grads[0].float().contiguous(), grad_end=grads[1].float().contiguous())
        _run("backward", ctx.sizes, arrays)
        named = zip(FIELDS, ctx.kinds, strict=False)
        return (*(None if kind is None else back[name].to(kind) for name, kind in named), None)


def delta_rule(
    q: Tensor, k: Tensor, v: Tensor, beta: Tensor,
    log_decay: Tensor | None = None, start: Tensor | None = None, chunk: int = CHUNK,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The rule over (B, T, H, ·) on the CPU in f32, in chunks of up to 64; without log_decay nothing is forgotten."""
    out, end = DeltaRule.apply(q, k, v, beta, log_decay, start, chunk)  # type: ignore[no-untyped-call]
    return out, end
