"""Which windows of which documents a training step sees: a mixture with weights, a seed, and a state that can be kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_datasets.corpus import Corpus
from rusta_datasets.errors import DatasetError

START = 256
"""Stands before the first byte of a document; is an input, never a target."""
IGNORED = -1
"""The target where nothing is to be predicted."""


class MixtureSampler:
    """Draws windows of ``length`` places from one side of a corpus.

    A document is drawn with probability proportional to its size times the weight of its source; then a window of it,
    every place equally often, its beginning included. A window that outlasts its document goes on with another one.
    The same seed gives the same windows on every machine (PCG64); :meth:`state` and :meth:`restore` continue a run.
    """

    def __init__(
        self,
        corpus: Corpus,
        length: int,
        seed: int,
        weights: Mapping[str, float] | None = None,
        side: str = "train",
    ) -> None:
        if length < 1:
            raise DatasetError(f"a window of {length} places is too short; give at least 1")
        entries = corpus.entries(side)
        if not entries:
            raise DatasetError(f"{corpus.folder}: no documents on the side {side!r}; the corpus is too small to split")
        known = {**corpus.weights(), **(weights or {})}
        self._bytes = corpus.bytes_of(side)
        self._starts = np.array([entry.offset for entry in entries], np.int64)
        self._sizes = np.array([entry.length for entry in entries], np.int64)
        mass = self._sizes * np.array([known.get(entry.source, 1.0) for entry in entries])
        if not mass.sum() > 0 or (mass < 0).any():
            raise DatasetError(f"the mixture weights {dict(known)} leave nothing to draw; give positive numbers")
        self._up_to = np.cumsum(mass / mass.sum())
        self._length = length
        self.seed = seed
        self._random = np.random.Generator(np.random.PCG64(seed))

    def window(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Inputs and targets, each ``(length,)``: ``targets[i]`` is the byte after ``inputs[i]``."""
        symbols = np.empty(self._length + 1, np.int64)
        filled = 0
        first = True
        while filled <= self._length:
            one = self._pick()
            size = int(self._sizes[one])
            # Only the first document of a window may be entered in its middle.
            at = max(0, int(self._random.integers(-self._length, size))) if first else 0
            first = False
            if at == 0:
                symbols[filled] = START
                filled += 1
            take = min(size - at, self._length + 1 - filled)
            begin = int(self._starts[one]) + at
            symbols[filled : filled + take] = self._bytes[begin : begin + take]
            filled += take
        inputs, targets = symbols[:-1], symbols[1:].copy()
        targets[targets == START] = IGNORED
        return inputs, targets

    def batch(self, rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """``rows`` windows: inputs and targets, each ``(rows, length)``."""
        windows = [self.window() for _ in range(rows)]
        return np.stack([w[0] for w in windows]), np.stack([w[1] for w in windows])

    def state(self) -> dict[str, Any]:
        """Plain values from which :meth:`restore` goes on exactly here."""
        return {"seed": self.seed, "random": self._random.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where :meth:`state` was taken."""
        self.seed = int(state["seed"])
        self._random.bit_generator.state = state["random"]

    def _pick(self) -> int:
        return min(int(np.searchsorted(self._up_to, self._random.random(), side="right")), len(self._sizes) - 1)
