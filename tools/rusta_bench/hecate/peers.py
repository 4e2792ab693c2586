"""The delta rule as PyTorch code on the CPU, in the two forms that are in use elsewhere.

``rows`` follows the reference form of flash-linear-attention: the inverse of the triangular system is built row by row
in place. ``solved`` hands the system to ``solve_triangular``. Both are differentiated automatically.
"""

from __future__ import annotations

import torch
from torch import Tensor

CHUNK = 64


def _split(x: Tensor) -> Tensor:
    """(B, H, T, D) → (B, H, chunks, CHUNK, D)"""
    return x.reshape(*x.shape[:2], -1, CHUNK, x.shape[-1])


def _walk(q: Tensor, k: Tensor, w: Tensor, u: Tensor) -> Tensor:
    state = q.new_zeros(*q.shape[:2], k.shape[-1], u.shape[-1])
    said = []
    for i in range(q.shape[2]):
        written = u[:, :, i] - w[:, :, i] @ state
        near = (q[:, :, i] @ k[:, :, i].mT).tril()
        said.append(q[:, :, i] @ state + near @ written)
        state = state + k[:, :, i].mT @ written
    return torch.stack(said, 2).flatten(2, 3)


def rows(q: Tensor, k: Tensor, v: Tensor, beta: Tensor) -> Tensor:
    """q, k, v: (B, H, T, D), beta: (B, H, T); T is a multiple of 64."""
    weighted_v, weighted_k = _split(v * beta[..., None]), _split(k * beta[..., None])
    q, k = _split(q), _split(k)
    above = torch.ones(CHUNK, CHUNK).triu().bool()
    inverse = -(weighted_k @ k.mT).masked_fill(above, 0)
    for i in range(1, CHUNK):
        step = (inverse[..., i, :, None].clone() * inverse[..., :, :i].clone()).sum(-2)
        inverse[..., i, :i] = inverse[..., i, :i].clone() + step
    inverse = inverse + torch.eye(CHUNK)
    return _walk(q, k, inverse @ weighted_k, inverse @ weighted_v)


def solved(q: Tensor, k: Tensor, v: Tensor, beta: Tensor) -> Tensor:
    """The same through a triangular solve."""
    weighted_v, weighted_k = _split(v * beta[..., None]), _split(k * beta[..., None])
    q, k = _split(q), _split(k)
    system = (weighted_k @ k.mT).tril(-1) + torch.eye(CHUNK)
    both = torch.cat((weighted_k, weighted_v), -1)
    found = torch.linalg.solve_triangular(system, both, upper=False, unitriangular=True)
    return _walk(q, k, found[..., : k.shape[-1]], found[..., k.shape[-1] :])
