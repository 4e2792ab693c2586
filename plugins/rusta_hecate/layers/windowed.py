"""Causal sliding-window attention: each place sees itself and the ``window − 1`` places before it.

    O_t = Σ_{s = t−window+1 … t}  softmax_s(q_t·k_s / √D)  v_s

Three forms of the same mathematics in PyTorch: ``full`` (a masked T×T matrix: the definition), ``banded`` (PyTorch's
fused attention with a band mask) and ``local`` (blocks of one window against themselves and the block before: the
fastest form that plain PyTorch has on a CPU).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def band(length: int, window: int, device: torch.device | None = None) -> Tensor:
    """(length, length), True where place t (row) sees place s (column)."""
    place = torch.arange(length, device=device)
    distance = place[:, None] - place[None]
    seen: Tensor = (distance >= 0) & (distance < window)
    return seen


def full(q: Tensor, k: Tensor, v: Tensor, window: int) -> Tensor:
    """q, k, v: (B, H, T, D) → (B, H, T, D). The definition; memory grows with T²."""
    scores = (q @ k.transpose(-1, -2)) * q.shape[-1] ** -0.5
    scores = scores.masked_fill(~band(q.shape[-2], window, q.device), float("-inf"))
    out: Tensor = scores.softmax(-1) @ v
    return out


def banded(q: Tensor, k: Tensor, v: Tensor, window: int) -> Tensor:
    """The same through ``scaled_dot_product_attention`` with a band mask."""
    return functional.scaled_dot_product_attention(q, k, v, attn_mask=band(q.shape[-2], window, q.device))


def local(q: Tensor, k: Tensor, v: Tensor, window: int) -> Tensor:
    """The same by blocks of one window; memory grows with T·window."""
    batch, heads, length, size = q.shape
    if length <= window:
        return functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    blocks = -(-length // window)
    pad = blocks * window - length
    if pad:
        q, k, v = (functional.pad(x, (0, 0, 0, pad)) for x in (q, k, v))
    q, k, v = (x.reshape(batch, heads, blocks, window, size) for x in (q, k, v))
    before_k, before_v = (functional.pad(x[:, :, :-1], (0, 0, 0, 0, 1, 0)) for x in (k, v))
    keys, values = torch.cat((before_k, k), dim=3), torch.cat((before_v, v), dim=3)
    scores = (q @ keys.transpose(-1, -2)) * size**-0.5  # (B, H, blocks, window, 2·window)
    row = torch.arange(window, device=q.device)[:, None] + window
    column = torch.arange(2 * window, device=q.device)[None]
    seen = (row - column >= 0) & (row - column < window)
    first = seen & (column >= window)  # the first block has nothing before it
    mask = torch.cat((first[None], seen[None].expand(blocks - 1, -1, -1)))
    out: Tensor = scores.masked_fill(~mask, float("-inf")).softmax(-1) @ values
    return out.reshape(batch, heads, blocks * window, size)[:, :, :length]


FORMS = {"full": full, "banded": banded, "local": local}
