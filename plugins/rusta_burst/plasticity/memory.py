"""Memory neurons: each stands for a pattern of spikes that was seen, and fires when it is seen again.

A memory area watches other areas. After every burst the spikes of its last ``window`` bursts, neuron for neuron, are one
pattern. A pattern that is new takes a free neuron of the area, with a life of ``LIFE`` bursts; one that is known gets
``GROWTH`` more. A life of ``LONG_TERM`` makes it permanent; all others lose 1 a burst and are free again at 0. The neuron of
the pattern fires in the next burst. Windows in which nothing fired are no pattern. (Figures after FEAGI.)
"""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import FireHistory, Ids, PlasticNetwork
from rusta_burst.errors import InvalidInput
from rusta_burst.plasticity.own import array_of

LIFE = 20
GROWTH = 3
LONG_TERM = 100


@dataclass
class MemoryCounts:
    """What has become of the patterns so far. ``refused``: no neuron was free."""

    formed: int = 0
    recalled: int = 0
    forgotten: int = 0
    refused: int = 0


class MemoryArea:
    """The memory neurons of one area.

    Raises:
        InvalidInput: the area is no memory area, or watches nothing.
    """

    def __init__(self, connectome: Connectome, name: str) -> None:
        area = connectome.areas[connectome.area_index(name)]
        if area.kind != "memory" or not area.watches:
            raise InvalidInput(f"area {name!r} is no memory area that watches another one")
        self.name, self.window = name, area.window
        self._slots = connectome.neurons_of(name)
        enough = np.ceil(connectome.neurons.threshold[self._slots])
        self._enough = np.clip(enough, 1, 2**31 - 1).astype(np.int32)
        self._watched = np.zeros(len(connectome.neurons), bool)
        for other in area.watches:
            self._watched[connectome.neurons_of(other)] = True
        self._life = np.zeros(len(self._slots), np.int64)
        self._pattern = np.zeros((len(self._slots), 2), np.uint64)
        self._slot_of: dict[bytes, int] = {}
        self.counts = MemoryCounts()

    @property
    def living(self) -> int:
        """How many neurons stand for a pattern now."""
        return int((self._life > 0).sum())

    @property
    def permanent(self) -> int:
        """How many of them will not be forgotten."""
        return int((self._life >= LONG_TERM).sum())

    def attach(self, network: PlasticNetwork) -> None:
        """It has no synapses of its own."""

    def after_fire(self, burst: int, fired: Ids, ledger: FireHistory) -> None:
        """It looks before a burst, not after it."""

    def drive(self, burst: int, ledger: FireHistory) -> tuple[Ids, npt.NDArray[np.int32]] | None:
        """Before a burst: the neuron of the pattern that has just been seen, and enough potential for it to fire."""
        slots = self.look(ledger)
        if not len(slots):
            return None
        return slots, self._enough[np.searchsorted(self._slots, slots)]

    def look(self, ledger: FireHistory) -> Ids:
        """Look at the burst that has just ended; gives the neurons that fire in the next one.

        Raises:
            InvalidInput: the ledger keeps fewer bursts than the area's window.
        """
        if ledger.window < self.window:
            raise InvalidInput(
                f"memory area {self.name!r} looks at {self.window} bursts, but the fire ledger keeps {ledger.window}"
            )
        self._age()
        key = self._key(ledger)
        if key is None:
            return np.empty(0, np.uint32)
        slot = self._slot_of.get(key)
        if slot is not None:
            self._life[slot] = min(self._life[slot] + GROWTH, LONG_TERM)
            self.counts.recalled += 1
            return self._slots[slot : slot + 1]
        free = np.flatnonzero(self._life == 0)
        if not len(free):
            self.counts.refused += 1
            return np.empty(0, np.uint32)
        slot = int(free[0])
        self._slot_of[key] = slot
        self._life[slot], self._pattern[slot] = LIFE, np.frombuffer(key, "<u8")
        self.counts.formed += 1
        return self._slots[slot : slot + 1]

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """For a snapshot."""
        c = self.counts
        counts = np.asarray([c.formed, c.recalled, c.forgotten, c.refused], np.int64)
        return {"life": self._life.copy(), "pattern": self._pattern.ravel().copy(), "counts": counts}

    def restore(self, state: dict[str, npt.NDArray[Any]]) -> None:
        """What :meth:`state` gave."""
        self._life = array_of(state, "life", self._life)
        self._pattern = array_of(state, "pattern", self._pattern.ravel()).reshape(-1, 2)
        counts = array_of(state, "counts", np.zeros(4, np.int64))
        self.counts = MemoryCounts(*(int(n) for n in counts))
        self._slot_of = {self._pattern[k].astype("<u8").tobytes(): int(k) for k in np.flatnonzero(self._life)}

    def _age(self) -> None:
        mortal = (self._life > 0) & (self._life < LONG_TERM)
        self._life[mortal] -= 1
        for slot in np.flatnonzero(mortal & (self._life == 0)):
            del self._slot_of[self._pattern[slot].astype("<u8").tobytes()]
            self._pattern[slot] = 0
            self.counts.forgotten += 1

    def _key(self, ledger: FireHistory) -> bytes | None:
        if ledger.frames < self.window:
            return None
        seen = hashlib.sha256()
        any_fired = False
        for frame in range(self.window):
            fired = ledger.fired(frame)
            mine = fired[self._watched[fired]].astype("<u4")
            any_fired = any_fired or bool(len(mine))
            seen.update(len(mine).to_bytes(8, "little") + mine.tobytes())
        return seen.digest()[:16] if any_fired else None


def memory_areas(connectome: Connectome) -> list[MemoryArea]:
    """The memory areas that watch something."""
    return [MemoryArea(connectome, area.name) for area in connectome.areas if area.kind == "memory" and area.watches]
