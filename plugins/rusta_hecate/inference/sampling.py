"""Drawing bytes from a network: temperature, top-p, and an optional constraint on what may come next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.errors import ConfigError, HecateError
from rusta_hecate.inference.decoder import Decoder
from rusta_hecate.inference.network import Network, log_softmax, symbols_of

Constraint = Callable[[bytes], "frozenset[int] | None"]
"""From what was drawn so far to the bytes that may come next; None ends the text."""


class NothingAllowed(HecateError):
    """The constraint allows no byte at all."""


@dataclass(frozen=True)
class Choice:
    """How a byte is chosen: ``temperature`` 0 takes the likeliest; ``top_p`` keeps the likeliest with that mass."""

    temperature: float = 0.8
    top_p: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < float("inf") or not 0 < self.top_p <= 1:
            raise ConfigError(
                f"temperature {self.temperature} and top_p {self.top_p}: give at least 0, and above 0 up to 1"
            )


def pick(logits: NDArray[np.float32], choice: Choice, random: np.random.Generator) -> int:
    """One byte from (256,) logits; what is −inf is never drawn."""
    if choice.temperature == 0:
        return int(np.argmax(logits))
    scaled = log_softmax(logits / np.float32(choice.temperature)).astype(np.float64)
    order = np.argsort(-scaled, kind="stable")
    mass = np.exp(scaled[order])
    kept = int(np.searchsorted(np.cumsum(mass), choice.top_p * mass.sum())) + 1
    chosen = mass[:kept] / mass[:kept].sum()
    return int(order[min(int(np.searchsorted(np.cumsum(chosen), random.random(), side="right")), kept - 1)])


def generate(
    network: Network, prompt: bytes, count: int, choice: Choice, constraint: Constraint | None = None
) -> bytes:
    """Up to ``count`` bytes after ``prompt``; fewer when the constraint ends the text.

    :raises NothingAllowed: if the constraint allows no byte.
    """
    random = np.random.Generator(np.random.PCG64(choice.seed))
    decoder = Decoder(network)
    row = decoder.read(symbols_of(prompt)[0])[-1]
    made = bytearray()
    while len(made) < count:
        if constraint is not None:
            allowed = constraint(bytes(made))
            if allowed is None:
                break
            if not allowed:
                raise NothingAllowed(f"after {bytes(made)!r} nothing is allowed; the constraint leads nowhere")
            kept = np.full(256, -np.inf, np.float32)
            places = sorted(allowed)
            kept[places] = row[places]
            row = kept
        made.append(pick(row, choice, random))
        row = decoder.read(np.frombuffer(made[-1:], np.uint8).astype(np.int64))[-1]
    return bytes(made)
