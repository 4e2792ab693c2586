"""How likely texts are: the shipped network joined with a predictor that reads along.

The network knows the language; the predictor learns, while it reads, the names and habits of the very text. Neither
needs PyTorch.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.errors import HecateError
from rusta_hecate.inference.network import Network, State, log_softmax, symbols_of
from rusta_hecate.mixing.predictor import DEFAULT, Predictor

Floats = NDArray[np.float32]
SHIPPED = "nano.rhc"
NETWORK_SEES = 512
"""Bytes before a place that the network reads anew; its windows do not reach much further."""
PREDICTOR_SEES = 32768
TWIN_SEES = 1024
"""Bytes that the predictor reads of each text: the native one, and its slower twin."""
_BATCH = 32


class NoModel(HecateError):
    """The package was installed without its model file."""


@dataclass(frozen=True)
class Edit:
    """A change at one place of a text: ``before`` was there, ``after`` is to be, between ``prefix`` and ``suffix``."""

    prefix: bytes
    before: bytes
    after: bytes
    suffix: bytes = b""


@dataclass(frozen=True)
class Score:
    """What the model thinks of an edit. Higher is likelier, all in nats.

    after, before: logarithm of the probability of the changed (former) text with the suffix that follows it.
    typical: what a byte of the text around costs. gain: ``after − before``, plus ``typical`` for each byte by which
    the text grew, so that a deletion is no gain by itself.
    """

    after: float
    before: float
    typical: float
    gain: float


@functools.lru_cache(maxsize=1)
def shipped() -> Network:
    """The network that comes with the package, loaded once.

    :raises NoModel: if its file is not there.
    """
    place = files("rusta_hecate").joinpath("data", SHIPPED)
    if not place.is_file():
        raise NoModel("the package has no model; train one with `rusta train nano`, or reinstall rusta")
    return Network.load(Path(str(place)))


class Reader:
    """Reads one text and scores what could follow; ``continuations`` leave it as it was.

    ``network`` None: the predictor alone.
    """

    def __init__(self, network: Network | None, predictor: Predictor) -> None:
        self._network = network
        self._predictor = predictor
        self._state: State | None = None
        self._next: Floats | None = None

    def feed(self, text: bytes, begins: bool = False) -> float:
        """Read on; what the text cost, in nats (the first byte after a break is charged without the network)."""
        if not text:
            return 0.0
        if self._network is None:
            return float(self._predictor.read(text).sum())
        state = self._state or self._network.start()
        # Where nothing stands before the first byte, START does: a file's middle is entered like its beginning.
        fresh = begins or self._next is None
        state, logits = self._network.read(state, symbols_of(text, begins=fresh))
        known = np.exp(log_softmax(logits[0]))
        before = known[:-1] if fresh else np.concatenate((self._next_row(), known[:-1]))
        self._state, self._next = state, known[-1:]
        return float(self._predictor.read(text, before).sum())

    def continuations(self, texts: Sequence[bytes]) -> list[float]:
        """The logarithm of the probability of each text as what comes next, in nats."""
        found: list[float] = []
        for first in range(0, len(texts), _BATCH):
            found += self._batch(texts[first : first + _BATCH])
        return found

    def _batch(self, texts: Sequence[bytes]) -> list[float]:
        if self._network is None or self._state is None:
            return [-float(self._predictor.read(text, keep=False).sum()) for text in texts]
        longest = max((len(text) for text in texts), default=0)
        if longest == 0:
            return [0.0] * len(texts)
        padded = np.zeros((len(texts), longest), np.int64)
        for row, text in zip(padded, texts, strict=True):
            row[: len(text)] = np.frombuffer(text, np.uint8)
        _, logits = self._network.read(self._state, padded[:, :-1])
        known = np.exp(log_softmax(logits))
        first = np.broadcast_to(self._next_row()[None], (len(texts), 1, 256))
        rows = np.concatenate((first, known), axis=1)
        return [
            -float(self._predictor.read(text, rows[i, : len(text)], keep=False).sum()) for i, text in enumerate(texts)
        ]

    def _next_row(self) -> Floats:
        assert self._next is not None
        return self._next


def rank(edits: Sequence[Edit], context: Iterable[bytes] = (), network: Network | None = None) -> list[Score]:
    """A score for each edit, in their order; the higher ``gain``, the sooner it should be tried.

    ``context``: other texts of the same project, read first by the predictor so that its names are known.
    Deterministic: the same edits and context give the same scores.
    """
    network = network or shipped()
    groups: dict[bytes, list[int]] = {}
    for i, edit in enumerate(edits):
        groups.setdefault(edit.prefix, []).append(i)
    predictor = Predictor(DEFAULT)
    sees = PREDICTOR_SEES if predictor.native else TWIN_SEES
    for text in context:
        predictor.read(text[:sees])
    scores: dict[int, Score] = {}
    for prefix, members in groups.items():
        scores.update(_group(network, predictor, prefix, {i: edits[i] for i in members}))
    return [scores[i] for i in range(len(edits))]


def _group(network: Network, predictor: Predictor, prefix: bytes, edits: dict[int, Edit]) -> dict[int, Score]:
    reader = Reader(network, predictor)
    near = prefix[-NETWORK_SEES:]
    if len(prefix) > len(near):
        sees = PREDICTOR_SEES if predictor.native else TWIN_SEES
        predictor.read(prefix[-sees : -len(near)])
    cost = reader.feed(near or b"\n", begins=True)
    typical = cost / max(1, len(near))
    texts = list(dict.fromkeys(text for e in edits.values() for text in (e.before + e.suffix, e.after + e.suffix)))
    known = dict(zip(texts, reader.continuations(texts), strict=True))
    found = {}
    for i, edit in edits.items():
        after, before = known[edit.after + edit.suffix], known[edit.before + edit.suffix]
        gain = after - before + typical * (len(edit.after) - len(edit.before))
        found[i] = Score(after, before, typical, gain)
    return found
