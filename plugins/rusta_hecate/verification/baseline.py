"""The same model in plain PyTorch, written apart from the production path: the anchor that curves are compared with.

It shares no layer, kernel or backward pass with the model: rotary positions are complex products, attention is
PyTorch's own with a band mask, the memory is a loop over places, and every gradient is automatic.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.nn import functional

from rusta_hecate.errors import ConfigError
from rusta_hecate.model.config import ModelConfig

Weights = Mapping[str, Tensor]
_FNV_OFFSET, _FNV_PRIME, _LOW = 2166136261, 16777619, 2**32 - 1


def logits(config: ModelConfig, weights: Weights, ids: Tensor) -> Tensor:
    """(B, T) inputs → (B, T, 256); weights are named as in the model's state."""
    x = weights["embedding.bytes"][ids]
    if config.ngrams:
        for i, order in enumerate(config.ngrams):
            rows = weights["embedding.ngrams"][i * config.buckets : (i + 1) * config.buckets]
            x = x + rows[_hashes(ids, order) % config.buckets]
    x = functional.rms_norm(x, x.shape[-1:], eps=1e-6)
    for index in range(config.layers):
        part = {k.removeprefix(f"blocks.{index}."): w for k, w in weights.items() if k.startswith(f"blocks.{index}.")}
        x = _block(config, part, x)
    x = functional.rms_norm(x, x.shape[-1:], weights["norm.weight"], eps=1e-6)
    return x @ (weights["embedding.bytes"][:256] if config.tied else weights["head"]).T


def _hashes(ids: Tensor, order: int) -> Tensor:
    value = torch.full_like(ids, _FNV_OFFSET)
    for back in reversed(range(order)):
        earlier = torch.zeros_like(ids)
        earlier[:, back:] = ids[:, : ids.shape[1] - back] + 1
        value = torch.bitwise_and(torch.bitwise_xor(value, earlier) * _FNV_PRIME, _LOW)
    return torch.bitwise_xor(value, value >> 15)


def _block(config: ModelConfig, w: Weights, x: Tensor) -> Tensor:
    normed = functional.rms_norm(x, x.shape[-1:], w["norm1.weight"], eps=1e-6)
    mixed = _attention(config, w["attention.qkv"], normed)
    if "memory.gate" in w:
        answer = torch.zeros_like(mixed)
        for level in range(len(config.frequencies)):
            prefix = f"memory.levels.{level}."
            answer = answer + _memory(
                config, {k.removeprefix(prefix): v for k, v in w.items() if k.startswith(prefix)}, normed
            )
        mixed = mixed * torch.sigmoid(answer @ w["memory.gate"].T)
    x = x + mixed @ w["attention.out"].T
    normed = functional.rms_norm(x, x.shape[-1:], w["norm2.weight"], eps=1e-6)
    inner = normed @ w["mlp.up"].T
    if config.mlp == "swiglu":
        gate, value = inner.chunk(2, -1)
        inner = gate * torch.sigmoid(gate) * value
    else:
        inner = torch.where(inner > 0, inner * inner, torch.zeros_like(inner))
    return x + inner @ w["mlp.down"].T


def _heads(config: ModelConfig, packed: Tensor, x: Tensor) -> list[Tensor]:
    """q, k, v as (B, H, T, D)."""
    shape = (x.shape[0], x.shape[1], config.heads, config.head_size)
    return [(x @ part.T).reshape(shape).transpose(1, 2) for part in packed.chunk(3, 0)]


def _attention(config: ModelConfig, packed: Tensor, x: Tensor) -> Tensor:
    q, k, v = _heads(config, packed, x)
    time = x.shape[1]
    if config.rotary:
        half = config.head_size // 2
        rates = torch.exp(-torch.arange(half, dtype=torch.float64) / half * torch.log(torch.tensor(config.rotary_base)))
        turn = torch.polar(torch.ones(time, half).double(), torch.arange(time).double()[:, None] * rates).to(
            torch.complex64
        )
        q, k = (
            torch.view_as_real(torch.complex(p[..., :half].contiguous(), p[..., half:].contiguous()) * turn)
            for p in (q, k)
        )
        q, k = (torch.cat((p[..., 0], p[..., 1]), -1) for p in (q, k))
    place = torch.arange(time)
    seen = (place[:, None] >= place) & (place[:, None] < place + config.window)
    mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=seen)
    return mixed.transpose(1, 2).reshape(x.shape)


def _memory(config: ModelConfig, w: Weights, x: Tensor) -> Tensor:
    if config.memory not in ("delta", "gated_delta"):
        raise ConfigError(f"the plain model knows the delta rules, not {config.memory!r}")
    q, k, v = _heads(config, w["qkv"], x)
    q, k = q / q.norm(dim=-1, keepdim=True).clamp_min(1e-6), k / k.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    gates = torch.sigmoid(x @ w["gates"].T + w["gate_bias"]).transpose(1, 2)  # (B, gates·heads, T)
    write = gates[:, : config.heads]
    keep = 1 - gates[:, config.heads :] if config.memory == "gated_delta" else torch.ones_like(write)
    state = torch.zeros(*q.shape[:2], q.shape[-1], v.shape[-1])
    said = []
    for t in range(x.shape[1]):
        state = keep[:, :, t, None, None] * state
        wrong = v[:, :, t] - (k[:, :, t, None] @ state)[:, :, 0]
        state = state + (write[:, :, t, None] * k[:, :, t])[..., None] * wrong[:, :, None]
        said.append((q[:, :, t, None] @ state)[:, :, 0])
    return torch.stack(said, 2).transpose(1, 2).reshape(x.shape)
