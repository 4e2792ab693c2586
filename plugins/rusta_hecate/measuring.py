"""Bits per byte on held-out documents: of the network, of the predictor, and of both together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from rusta_hecate.inference.network import Network, log_softmax, symbols_of
from rusta_hecate.mixing.predictor import Predictor

_PIECE = 4096


@dataclass(frozen=True)
class Measured:
    """Bits per byte over ``bytes`` bytes of ``documents`` documents."""

    documents: int
    bytes: int
    network: float
    predictor: float | None = None
    mixed: float | None = None


def network_bits(network: Network, documents: Iterable[bytes]) -> Measured:
    """What the network alone needs; every document begins anew."""
    cost, count, size = 0.0, 0, 0
    for text in documents:
        for piece, known in _read(network, text):
            cost -= float(np.log(known[np.arange(len(piece)), np.frombuffer(piece, np.uint8)]).sum())
        count, size = count + 1, size + len(text)
    return Measured(count, size, _bits(cost, size))


def mixed_bits(network: Network, documents: Iterable[bytes], primer: Iterable[bytes] = (), bits: int = 22) -> Measured:
    """What the product needs: network and predictor together, the predictor going on from document to document.

    ``primer``: texts that the predictor reads before anything is counted. It reads them without the network: what is
    measured is a predictor that knows the documentation, joined with the network from the first counted byte on.
    """
    joined, alone = Predictor(bits), Predictor(bits)
    for text in primer:
        joined.read(text)
        alone.read(text)
    costs = np.zeros(3)
    count, size = 0, 0
    for text in documents:
        for piece, known in _read(network, text):
            costs[0] -= float(np.log(known[np.arange(len(piece)), np.frombuffer(piece, np.uint8)]).sum())
            costs[1] += float(alone.read(piece).sum())
            costs[2] += float(joined.read(piece, known).sum())
        count, size = count + 1, size + len(text)
    return Measured(count, size, *(_bits(float(cost), size) for cost in costs))


def sample(documents: Iterable[bytes], most: int) -> list[bytes]:
    """At most ``most`` bytes of documents, each cut to its first 8 KiB, so that many are heard."""
    found: list[bytes] = []
    left = most
    for text in documents:
        if left <= 0:
            break
        found.append(text[: min(left, 8192)])
        left -= len(found[-1])
    return found


def _read(network: Network, text: bytes) -> Iterator[tuple[bytes, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]:
    """Pieces of a document, each with the network's probabilities of its bytes."""
    inputs = symbols_of(text)[:, :-1]
    state = network.start()
    for first in range(0, len(text), _PIECE):
        state, logits = network.read(state, inputs[:, first : first + _PIECE])
        known = np.exp(log_softmax(logits[0]))
        yield text[first : first + _PIECE], np.maximum(known, np.float32(1e-12))


def _bits(cost: float, size: int) -> float:
    return cost / math.log(2) / size if size else 0.0
