"""Reading a memory without writing to it: what a level does on the steps on which it is frozen."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from rusta_hecate.layers.rules.contract import State
from rusta_hecate.layers.rules.mlp_memory import silu
from rusta_hecate.layers.rules.retentions import Entropic, Momentum, Normed


def _matrix(q: Tensor, state: State) -> Tensor:
    return q @ state[0]


def _turned_matrix(q: Tensor, state: State) -> Tensor:
    return q @ state[0].mT


def _slots(q: Tensor, state: State) -> Tensor:
    return (q @ state[0].mT).softmax(-1) @ state[0]


def _network(q: Tensor, first: Tensor, second: Tensor) -> Tensor:
    out: Tensor = silu(q @ first.mT) @ second.mT
    return out


def _normed(q: Tensor, state: State) -> Tensor:
    read = Normed().weights
    return _network(q, read(state[:1]), read(state[1:]))


def _plain_network(q: Tensor, state: State) -> Tensor:
    return _network(q, state[0], state[-1])


def _momentum_network(q: Tensor, state: State) -> Tensor:
    return _network(q, state[0], state[Momentum().parts])


READERS: dict[str, Callable[[Tensor, State], Tensor]] = {
    "delta": _matrix,
    "gated_delta": _matrix,
    "titans": _turned_matrix,
    "titans_mlp": _momentum_network,
    "moneta": _normed,
    "yaad": _plain_network,
    "memora": _plain_network,
    "lattice": _slots,
}


def read(rule: str, q: Tensor, state: State) -> Tensor:
    """q (N, T, K), any state of the rule → (N, T, V)."""
    return READERS[rule](q, state)


def on_its_set(rule: str, part: int, raw: Tensor) -> Tensor:
    """A learned starting state brought to where the rule keeps it: slots to length 1, MEMORA's rows to the simplex."""
    if rule == "lattice":
        return torch.nn.functional.normalize(raw, dim=-1)
    if rule == "memora":
        assert part < 2 * Entropic().parts
        return raw.softmax(-1)
    return raw
