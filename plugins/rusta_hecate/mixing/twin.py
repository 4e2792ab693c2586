"""The predictor of ``native/src/hecate/mixing`` in Python: the same counters bit for bit, the same mixing in float64.

For machines without the native library, and for the tests that compare the two. About a hundred times slower.
"""

from __future__ import annotations

import copy
import math

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.mixing.contexts import COUNT, Contexts, second_half

_M = 0xFFFFFFFF
_FRESH = 2048 << 4
_RATES = [(65536 * 2) // (2 * n + 3) for n in range(15)] + [65536 // 24]
_LOGITS = [math.log((p + 0.5) / (4096 - p - 0.5)) for p in range(4096)]
_CLASSES = 24
_SHORTEST, _LONGEST = 6, 400
_NEAR = 3
INPUTS = 2 * COUNT + 4


def updated(counter: int, bit: int) -> int:
    """A counter (12 bits of probability, 4 of count) after a bit."""
    p, n = counter >> 4, counter & 15
    p += (((4095 if bit else 0) - p) * _RATES[n] + 32768) >> 16
    return (min(max(p, 1), 4095) << 4) | min(n + 1, 15)


class _Mixer:
    def __init__(self, sets: int, inputs: int, start: float, rate: float) -> None:
        self.weights = np.full((sets, inputs), start)
        self.rate, self.chosen, self.output = rate, 0, 0.5

    def mix(self, inputs: NDArray[np.float64], which: int) -> float:
        self.chosen = which
        total = float(self.weights[which] @ inputs)
        self.output = _squash(total)
        return min(max(total, -15.0), 15.0)

    def learn(self, inputs: NDArray[np.float64], bit: int) -> None:
        self.weights[self.chosen] += (bit - self.output) * self.rate * inputs


class _Learned:
    def __init__(self) -> None:
        start = 0.28 / 2
        self.by_tree = _Mixer(256, INPUTS, start, 0.015)
        self.by_match = _Mixer(_CLASSES * 2, INPUTS, start, 0.015)
        self.by_byte = _Mixer(256, INPUTS, start, 0.015)
        self.last = _Mixer(_CLASSES * 8, 5, 0.25, 0.002)
        self.hits = [[_FRESH, _FRESH] for _ in range(_CLASSES)]


class Twin:
    """A predictor; see :class:`rusta_hecate.mixing.predictor.Predictor`."""

    def __init__(self, bits: int) -> None:
        self._mask = (1 << bits) - 1
        self._slots: dict[int, list[int]] = {}
        self._journal: dict[int, list[int] | None] | None = None
        self._history = bytearray()
        self._contexts = Contexts()
        self._positions: dict[int, int] = {}
        self._at, self._length = 0, 0
        self._learned = _Learned()

    def read(self, text: bytes, network: NDArray[np.float32] | None, keep: bool) -> NDArray[np.float32]:
        """What each byte cost, in nats."""
        before = None
        if not keep:
            self._journal = {}
            before = (
                len(self._history), copy.copy(self._contexts), self._at, self._length, copy.deepcopy(self._learned),
            )  # fmt: skip
        costs = [self._byte(byte, None if network is None else network[i], keep) for i, byte in enumerate(text)]
        if before is not None:
            length, self._contexts, self._at, self._length, self._learned = before
            del self._history[length:]
            self._take_back()
        return np.array(costs, np.float32)

    def _byte(self, byte: int, network: NDArray[np.float32] | None, learn: bool) -> float:
        hashes = self._contexts.hashes(self._history)
        slots = self._taken(hashes)
        predicted = self._history[self._at] if self._length else None
        kind, newest = self._class(), self._contexts.newest
        low, high, tree, node, cost = 0, 256, 1, 1, 0.0
        total = 1.0 if network is None else float(network.sum())
        learned = self._learned
        for place in range(8):
            if place == 4:
                node = 1
                slots = self._taken([second_half(h, tree) for h in hashes])
            bit = byte >> (7 - place) & 1
            middle = (low + high) // 2
            upper = 0.5 if network is None else float(network[middle:high].sum())
            from_network = 0.0 if network is None else _logit(upper / max(total, 1e-30))
            guess = None
            if predicted is not None and (predicted | 256) >> (8 - place) == tree:
                guess = predicted >> (7 - place) & 1
            inputs = np.zeros(INPUTS)
            for i, slot in enumerate(slots):
                counter = slot[node]
                if counter & 15:
                    inputs[2 * i] = _LOGITS[counter >> 4]
                    inputs[2 * i + 1] = ((counter >> 4) / 4096 - 0.5) * (counter & 15) * 0.25
            if guess is not None:
                x = _LOGITS[learned.hits[kind][place >= 4] >> 4]
                inputs[2 * COUNT] = x if guess else -x
                inputs[2 * COUNT + 1] = inputs[2 * COUNT] if kind > 15 else 0.0
            inputs[2 * COUNT + 2], inputs[2 * COUNT + 3] = from_network, 0.4
            running = kind if guess is not None else 0
            finals = np.array([
                learned.by_tree.mix(inputs, tree),
                learned.by_match.mix(inputs, running * 2 + (network is not None)),
                learned.by_byte.mix(inputs, newest),
                from_network,
                0.4,
            ])  # fmt: skip
            p = min(max(_squash(learned.last.mix(finals, running * 8 + place)), 1e-5), 1 - 1e-5)
            cost -= math.log(p if bit else 1 - p)
            learned.last.learn(finals, bit)
            for mixer in (learned.by_tree, learned.by_match, learned.by_byte):
                mixer.learn(inputs, bit)
            for slot in slots:
                slot[node] = updated(slot[node], bit)
            if guess is not None:
                hit = learned.hits[kind]
                hit[place >= 4] = updated(hit[place >= 4], int(guess == bit))
            if bit:
                low, total = middle, upper
            else:
                high, total = middle, 1.0 if network is None else float(network[low:middle].sum())
            tree, node = tree * 2 + bit, node * 2 + bit
        self._history.append(byte)
        self._contexts.push(byte, len(self._history))
        self._match(learn)
        return cost

    def _find(self, value: int) -> int:
        check = (value >> 16) | 1
        first = ((value * 0x9E3779B1 & _M) >> 3) & self._mask
        least, fewest = first, 65535
        for step in range(_NEAR):
            slot = self._slots.get(first ^ step)
            if slot is not None and slot[0] == check:
                return first ^ step
            used = 0 if slot is None else 1 + (slot[1] & 15)
            if used < fewest:
                least, fewest = first ^ step, used
        self._keep(least)
        self._slots[least] = [check] + [_FRESH] * 15
        return least

    def _taken(self, hashes: list[int]) -> list[list[int]]:
        places = [self._find(value) for value in hashes]
        for at in places:
            self._keep(at)
        return [self._slots[at] for at in places]

    def _keep(self, at: int) -> None:
        """Remember a slot as it was before the text that is to be forgotten."""
        if self._journal is not None and at not in self._journal:
            old = self._slots.get(at)
            self._journal[at] = None if old is None else list(old)

    def _take_back(self) -> None:
        for at, old in (self._journal or {}).items():
            if old is None:
                del self._slots[at]
            else:
                self._slots[at] = old
        self._journal = None

    def _class(self) -> int:
        length = self._length
        if length <= 15:
            return length
        return 16 + (length - 16) // 8 if length <= 31 else min(18 + (length - 32) // 32, _CLASSES - 1)

    def _match(self, learn: bool) -> None:
        history = self._history
        if self._length and history[self._at] == history[-1]:
            self._at, self._length = self._at + 1, min(self._length + 1, _LONGEST)
        else:
            self._length = 0
        if len(history) < _SHORTEST:
            return
        value = 0
        for byte in history[-_SHORTEST:]:
            value = (value ^ byte) * 0x01000193 & _M
            value = (value << 5 | value >> 27) & _M
        key = (value * 0x9E3779B1 & _M) >> 12
        at = self._positions.get(key, 0)
        if self._length == 0 and at > 0:
            most = min(at, len(history) - at, 32)
            length = next((n for n in range(most) if history[at - 1 - n] != history[len(history) - 1 - n]), most)
            if length >= _SHORTEST:
                self._at, self._length = at, length
        if learn:
            self._positions[key] = len(history)


def _logit(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))


def _squash(x: float) -> float:
    return 1 / (1 + math.exp(-min(max(x, -15.0), 15.0)))
