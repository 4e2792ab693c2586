"""Titans' long-term memory with a linear memory: momentum on surprise, and forgetting.

    S_t = η_t S_{t−1} + θ_t (v_t − M_{t−1} k_t) k_tᵀ,   M_t = (1 − α_t) M_{t−1} + S_t,   y_t = M_t q_t

M, S: (N, V, K); gates: ``write`` θ, ``forget`` α, ``momentum`` η. Behrouz et al., "Titans" (2024), equations 9–14. The
chunked form here is exact: the errors of a chunk solve a unit lower triangular system. (The paper's own form takes
every error at the chunk's first memory, which is a different rule.)
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor

from rusta_hecate.layers.rules.contract import Inputs, Pair, State
from rusta_hecate.layers.rules.scan import affine_scan

NAMES = ("q", "k", "v", "write", "forget", "momentum")


def recurrent(inputs: Inputs, state: State) -> tuple[Tensor, State, Any]:
    """The definition. Keeps both parts of the state."""
    q, k, v, write, forget, momentum = (inputs[name] for name in NAMES)
    memory, surprise = state
    kept, outputs = [state], []
    for t in range(q.shape[1]):
        error = v[:, t] - torch.einsum("nvk,nk->nv", memory, k[:, t])
        fresh = write[:, t, None, None] * error[..., None] * k[:, t, None]
        surprise = momentum[:, t, None, None] * surprise + fresh
        memory = (1 - forget[:, t, None, None]) * memory + surprise
        kept.append((memory, surprise))
        outputs.append(torch.einsum("nvk,nk->nv", memory, q[:, t]))
    return torch.stack(outputs, 1), (memory, surprise), kept


def backward(inputs: Inputs, kept: Any, grad: Tensor, grad_end: State) -> tuple[dict[str, Tensor], State]:
    """Two recurrences backwards: what comes back to the memory and to the surprise."""
    q, k, v, write, forget, momentum = (inputs[name] for name in NAMES)
    back = {name: torch.zeros_like(x) for name, x in inputs.items()}
    to_memory, to_surprise = grad_end
    for t in reversed(range(q.shape[1])):
        (before, surprise_before), (after, _) = kept[t], kept[t + 1]
        error = v[:, t] - torch.einsum("nvk,nk->nv", before, k[:, t])
        back["q"][:, t] = torch.einsum("nvk,nv->nk", after, grad[:, t])
        to_memory = to_memory + grad[:, t, :, None] * q[:, t, None]
        to_surprise = to_surprise + to_memory
        back["forget"][:, t] = -(to_memory * before).sum((-1, -2))
        back["momentum"][:, t] = (to_surprise * surprise_before).sum((-1, -2))
        along = torch.einsum("nvk,nv->nk", to_surprise, error)
        back["write"][:, t] = (along * k[:, t]).sum(-1)
        to_error = write[:, t, None] * torch.einsum("nvk,nk->nv", to_surprise, k[:, t])
        back["v"][:, t] = to_error
        back["k"][:, t] = write[:, t, None] * along - torch.einsum("nvk,nv->nk", before, to_error)
        to_memory = (1 - forget[:, t, None, None]) * to_memory - to_error[..., None] * k[:, t, None]
        to_surprise = momentum[:, t, None, None] * to_surprise
    return back, (to_memory, to_surprise)


def _chunkwise(chunk: int, inputs: Inputs, state: State) -> tuple[Tensor, State, Any]:
    """The exact chunked form. Keeps the state at chunk starts."""
    kept, outputs = [], []
    for first in range(0, inputs["q"].shape[1], chunk):
        window = slice(first, first + chunk)
        kept.append((window, state))
        out, state = _chunk({name: x[:, window] for name, x in inputs.items()}, state)
        outputs.append(out)
    return torch.cat(outputs, 1), state, kept


def _chunk(inputs: Inputs, state: State) -> tuple[Tensor, State]:
    q, k, v, write, forget, momentum = (inputs[name] for name in NAMES)
    memory, surprise = state
    size = q.shape[1]
    above = torch.ones(size, size, device=k.device).triu(1).bool()
    speed, age = momentum.log().cumsum(1), (1 - forget).log().cumsum(1)

    def products(logs: Tensor) -> Tensor:
        """(t, i): the product of the gates after i up to t; 0 for i > t."""
        return (logs[:, :, None] - logs[:, None]).masked_fill(above, float("-inf")).exp()

    # What an error at i has become in the memory at t: it was carried as surprise, and forgotten as memory.
    carried = products(age) @ products(speed)
    from_memory, from_surprise = age.exp(), (products(age) @ speed.exp()[..., None])[..., 0]
    none = torch.zeros_like(from_memory[:, :1])
    memory_before = torch.cat((none + 1, from_memory[:, :-1]), 1)
    surprise_before = torch.cat((none, from_surprise[:, :-1]), 1)
    carried_before = torch.cat((torch.zeros_like(carried[:, :1]), carried[:, :-1]), 1)
    system = torch.tril(carried_before * write[:, None] * (k @ k.mT), -1) + torch.eye(
        size, dtype=k.dtype, device=k.device
    )
    known = v - memory_before[..., None] * (k @ memory.mT) - surprise_before[..., None] * (k @ surprise.mT)
    errors = torch.linalg.solve_triangular(system, known, upper=False, unitriangular=True)
    out = from_memory[..., None] * (q @ memory.mT) + from_surprise[..., None] * (q @ surprise.mT)
    out = out + ((q @ k.mT) * carried * write[:, None]) @ errors
    last = (write * carried[:, -1])[..., None]
    next_memory = from_memory[:, -1, None, None] * memory + from_surprise[:, -1, None, None] * surprise
    next_memory = next_memory + (errors * last).mT @ k
    fresh = (write * (speed[:, -1:] - speed).exp())[..., None]
    next_surprise = speed[:, -1].exp()[:, None, None] * surprise + (errors * fresh).mT @ k
    return out, (next_memory, next_surprise)


def chunkwise_backward(inputs: Inputs, kept: Any, grad: Tensor, grad_end: State) -> tuple[dict[str, Tensor], State]:
    """Chunk by chunk from the last: each chunk's states are made anew, then walked back."""
    parts = []
    for window, state in reversed(kept):
        part = {name: x[:, window] for name, x in inputs.items()}
        states = recurrent(part, state)[2]
        back, grad_end = backward(part, states, grad[:, window], grad_end)
        parts.append(back)
    return {name: torch.cat([part[name] for part in reversed(parts)], 1) for name in inputs}, grad_end


def scanned(inputs: Inputs, state: State) -> tuple[Tensor, State, Any]:
    """As a prefix product: (Mᵀ; Sᵀ) goes through one affine map per place."""
    q, k, v, write, forget, momentum = (inputs[name] for name in NAMES)
    size = k.shape[-1]
    eye = torch.eye(size, dtype=k.dtype, device=k.device)
    pull = -write[..., None, None] * k[..., None] * k[..., None, :]  # what the error's memory part does
    carry = momentum[..., None, None] * eye
    fade = (1 - forget)[..., None, None] * eye
    maps = torch.cat((torch.cat((fade + pull, carry), -1), torch.cat((pull, carry), -1)), -2)
    fresh = write[..., None, None] * k[..., None] * v[..., None, :]
    both = affine_scan(maps, torch.cat((fresh, fresh), -2), torch.cat((state[0].mT, state[1].mT), -2))
    memory, surprise = both[..., :size, :].mT, both[..., size:, :].mT
    kept = [state, *zip(memory.unbind(1), surprise.unbind(1), strict=True)]
    return torch.einsum("ntvk,ntk->ntv", memory, q), (memory[:, -1], surprise[:, -1]), kept


def chunkwise(chunk: int) -> Pair:
    """The rule in chunks of so many places."""
    return Pair(functools.partial(_chunkwise, chunk), chunkwise_backward)


RECURRENT = Pair(recurrent, backward)
SCAN = Pair(scanned, backward)
