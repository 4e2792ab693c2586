"""A text as one row of numbers: its bytes run through a reservoir, the states' means over the text.

Every byte is a fixed random vector. The reservoir mixes neighbouring bytes, so that the means count pieces of words,
not letters alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from rusta_akida.reservoir.network import EchoStateNetwork

SIZE = 512
WIDTH = 24
LONGEST = 240
BATCH = 64
SEED = 1

Float = npt.NDArray[np.float64]


@cache
def _network() -> EchoStateNetwork:
    return EchoStateNetwork(
        SIZE, WIDTH, spectral_radius=0.8, leak=0.6, input_scale=0.9, bias=0.2, sparsity=0.95, seed=SEED,
        topology="grouped", dtype="float32", washout=0,
    )  # fmt: skip


@cache
def _bytes() -> Float:
    table: Float = np.random.default_rng(SEED).standard_normal((256, WIDTH)) * (2 / np.sqrt(WIDTH))
    return table


def features(texts: Sequence[str]) -> Float:
    """(texts, 512): the mean state over the first 240 bytes of each; nothing but the text decides its row."""
    rows = np.zeros((len(texts), SIZE))
    coded = [text.encode("utf-8", "replace")[:LONGEST] or b" " for text in texts]
    # Neighbours in length share a batch: less of it is padding.
    order = sorted(range(len(coded)), key=lambda k: len(coded[k]))
    for start in range(0, len(order), BATCH):
        group = order[start : start + BATCH]
        length = max(len(coded[k]) for k in group)
        inputs = np.zeros((len(group), length, WIDTH))
        for row, k in enumerate(group):
            inputs[row, : len(coded[k])] = _bytes()[np.frombuffer(coded[k], np.uint8)]
        states = _network().collect_activations(inputs, 0)
        for row, k in enumerate(group):
            rows[k] = states[row, : len(coded[k])].mean(axis=0, dtype=np.float64)
    return rows
