"""The delta rule and the gated delta rule: recurrent, in chunks, and as an associative scan.

    S_t = a_t S_{t−1} + β_t k_t (v_t − a_t S_{t−1}ᵀ k_t)ᵀ,   o_t = S_tᵀ q_t

q, k: (N, T, K), v: (N, T, V), S: (N, K, V); a = 1 − ``forget`` (absent in the plain rule), β = ``write``. Yang et al.,
"Parallelizing linear transformers with the delta rule" (2024) and "Gated delta networks" (2024).
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor

from rusta_hecate.layers.rules.contract import Inputs, Pair, State
from rusta_hecate.layers.rules.scan import affine_scan


def _decay(inputs: Inputs) -> Tensor:
    forget = inputs.get("forget")
    return torch.ones_like(inputs["write"]) if forget is None else 1 - forget


def recurrent(inputs: Inputs, state: State) -> tuple[Tensor, State, Any]:
    """The definition, place by place. Keeps the states."""
    q, k, v, write = (inputs[name] for name in ("q", "k", "v", "write"))
    decay = _decay(inputs)
    (current,) = state
    kept, outputs = [current], []
    for t in range(q.shape[1]):
        faded = current * decay[:, t, None, None]
        error = v[:, t] - torch.einsum("nkv,nk->nv", faded, k[:, t])
        current = faded + write[:, t, None, None] * k[:, t, :, None] * error[:, None]
        kept.append(current)
        outputs.append(torch.einsum("nkv,nk->nv", current, q[:, t]))
    return torch.stack(outputs, 1), (current,), kept


def recurrent_backward(inputs: Inputs, kept: Any, grad: Tensor, grad_end: State) -> tuple[dict[str, Tensor], State]:
    """The same steps, last first."""
    q, k, v, write = (inputs[name] for name in ("q", "k", "v", "write"))
    decay = _decay(inputs)
    back = {name: torch.zeros_like(x) for name, x in inputs.items()}
    (slope,) = grad_end
    for t in reversed(range(q.shape[1])):
        faded = kept[t] * decay[:, t, None, None]
        error = v[:, t] - torch.einsum("nkv,nk->nv", faded, k[:, t])
        back["q"][:, t] = torch.einsum("nkv,nv->nk", kept[t + 1], grad[:, t])
        slope = slope + q[:, t, :, None] * grad[:, t, None]
        along = torch.einsum("nkv,nv->nk", slope, error)
        back["write"][:, t] = (along * k[:, t]).sum(-1)
        grad_error = write[:, t, None] * torch.einsum("nkv,nk->nv", slope, k[:, t])
        back["v"][:, t] = grad_error
        back["k"][:, t] = write[:, t, None] * along - torch.einsum("nkv,nv->nk", faded, grad_error)
        slope = slope - k[:, t, :, None] * grad_error[:, None]
        if "forget" in back:
            back["forget"][:, t] = -(slope * kept[t]).sum((-1, -2))
        slope = slope * decay[:, t, None, None]
    return back, (slope,)


def _chunk(inputs: Inputs, window: slice, state: Tensor) -> dict[str, Tensor]:
    """What both directions need of one chunk; names as in the module's and the native kernel's formulas."""
    q, k, v, b = (inputs[name][:, window] for name in ("q", "k", "v", "write"))
    g = _decay(inputs)[:, window].log().cumsum(1)
    size = q.shape[1]
    difference = (g[:, :, None] - g[:, None]).masked_fill(
        torch.ones(size, size, device=g.device).triu(1).bool(), float("-inf")
    )
    decay = difference.exp()
    kk = k @ k.mT
    a = torch.tril(b[..., None] * kk * decay, -1)
    ks = k @ state
    x = b[..., None] * (v - g.exp()[..., None] * ks)
    u = torch.linalg.solve_triangular(
        a + torch.eye(size, dtype=a.dtype, device=a.device), x, upper=False, unitriangular=True
    )
    p = (q @ k.mT) * decay
    return {"q": q, "k": k, "v": v, "b": b, "g": g, "decay": decay, "kk": kk, "a": a, "ks": ks, "u": u, "p": p}


def _chunkwise(chunk: int, inputs: Inputs, state: State) -> tuple[Tensor, State, Any]:
    """In chunks, through a triangular system (WY form). Keeps the states at chunk starts."""
    (current,) = state
    kept, outputs = [], []
    for first in range(0, inputs["q"].shape[1], chunk):
        window = slice(first, first + chunk)
        kept.append((window, current))
        c = _chunk(inputs, window, current)
        outputs.append(c["g"].exp()[..., None] * (c["q"] @ current) + c["p"] @ c["u"])
        last = c["g"][:, -1:]
        faded = c["k"] * (last - c["g"]).exp()[..., None]
        current = last.exp()[..., None] * current + faded.mT @ c["u"]
    return torch.cat(outputs, 1), (current,), kept


def chunkwise_backward(inputs: Inputs, kept: Any, grad: Tensor, grad_end: State) -> tuple[dict[str, Tensor], State]:
    """Exact reverse, chunk by chunk from the last."""
    parts: list[dict[str, Tensor]] = []
    (slope,) = grad_end
    for window, state in reversed(kept):
        part, slope = _chunk_backward(_chunk(inputs, window, state), state, grad[:, window], slope)
        parts.append(part)
    back = {name: torch.cat([part[name] for part in reversed(parts)], 1) for name in ("q", "k", "v", "write")}
    if "forget" in inputs:
        log_decay = torch.cat([part["log_decay"] for part in reversed(parts)], 1)
        back["forget"] = -log_decay / (1 - inputs["forget"])
    return back, (slope,)


def _chunk_backward(
    c: dict[str, Tensor], state: Tensor, grad: Tensor, slope: Tensor
) -> tuple[dict[str, Tensor], Tensor]:
    q, k, v, b, g = c["q"], c["k"], c["v"], c["b"], c["g"]
    grown, fade = g.exp()[..., None], (g[:, -1:] - g).exp()[..., None]
    # S' = e^{G_C} S + (fade K)ᵀ U
    grad_u = (k * fade) @ slope + c["p"].mT @ grad
    grad_k = fade * (c["u"] @ slope.mT)
    moved = (grad_k * k).sum(-1)
    grad_g = -moved
    total = moved.sum(1) + grown[:, -1, 0] * (slope * state).sum((-1, -2))
    slope = grown[:, -1:] * slope
    # O = e^G (Q S) + P U
    scaled = grown * grad
    grad_g = grad_g + (scaled * (q @ state)).sum(-1)
    grad_q = scaled @ state.mT
    slope = slope + q.mT @ scaled
    grad_p = torch.tril(grad @ c["u"].mT)
    shared = grad_p * c["p"]
    grad_g = grad_g + shared.sum(2) - shared.sum(1)
    grad_p = grad_p * c["decay"]
    grad_q, grad_k = grad_q + grad_p @ k, grad_k + grad_p.mT @ q
    # U = (I + A)^{-1} X
    system = (c["a"] + torch.eye(g.shape[1], dtype=g.dtype, device=g.device)).mT
    grad_x = torch.linalg.solve_triangular(system, grad_u, upper=True, unitriangular=True)
    grad_a = -torch.tril(grad_x @ c["u"].mT, -1)
    # X = β (V − e^G K S)
    grad_b = (grad_x * (v - grown * c["ks"])).sum(-1)
    grad_v = b[..., None] * grad_x
    grad_g = grad_g - (grown * grad_v * c["ks"]).sum(-1)
    grad_ks = -grown * grad_v
    grad_k = grad_k + grad_ks @ state.mT
    slope = slope + k.mT @ grad_ks
    # A = tril(β K Kᵀ ∘ decay, −1)
    shared = grad_a * c["a"]
    grad_g = grad_g + shared.sum(2) - shared.sum(1)
    grad_a = grad_a * c["decay"]
    grad_b = grad_b + (grad_a * c["kk"]).sum(2)
    grad_a = grad_a * b[..., None]
    grad_k = grad_k + (grad_a + grad_a.mT) @ k
    grad_g = torch.cat((grad_g[:, :-1], grad_g[:, -1:] + total[:, None]), 1)
    log_decay = grad_g.flip(1).cumsum(1).flip(1)
    return {"q": grad_q, "k": grad_k, "v": grad_v, "write": grad_b, "log_decay": log_decay}, slope


def scanned(inputs: Inputs, state: State) -> tuple[Tensor, State, Any]:
    """As a prefix product of the affine maps S ↦ a(I − β k kᵀ) S + β k vᵀ. Keeps the states."""
    q, k, v, write = (inputs[name] for name in ("q", "k", "v", "write"))
    decay = _decay(inputs)
    written = write[..., None] * k
    eye = torch.eye(k.shape[-1], dtype=k.dtype, device=k.device)
    maps = decay[..., None, None] * (eye - written[..., None] * k[..., None, :])
    states = affine_scan(maps, written[..., None] * v[..., None, :], state[0])
    outputs = torch.einsum("ntkv,ntk->ntv", states, q)
    return outputs, (states[:, -1],), [state[0], *states.unbind(1)]


def chunkwise(chunk: int) -> Pair:
    """The rule in chunks of so many places."""
    return Pair(functools.partial(_chunkwise, chunk), chunkwise_backward)


RECURRENT = Pair(recurrent, recurrent_backward)
# The gradient of a function does not depend on how its value was found: the kept states are all it needs.
SCAN = Pair(scanned, recurrent_backward)
