"""What a run did: who fired in each burst, and potentials of the neurons that were watched (``.spikes``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.errors import DamagedFile, InvalidInput
from rusta_burst.storage import container

KIND = "spikes"


@dataclass(frozen=True, eq=False)
class Recording:
    """Spikes of consecutive bursts: those of burst ``first + k`` are ``neurons[offsets[k]:offsets[k + 1]]``, ascending.

    ``watched`` are neurons whose ``potentials`` were noted after each burst, one row a burst. ``about`` says which
    connectome, seed and input it was.
    """

    first: int
    offsets: npt.NDArray[np.uint64]
    neurons: npt.NDArray[np.uint32]
    watched: npt.NDArray[np.uint32]
    potentials: npt.NDArray[np.float64]
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def bursts(self) -> int:
        """How many bursts."""
        return len(self.offsets) - 1

    def fired(self, burst: int) -> npt.NDArray[np.uint32]:
        """Who fired in a burst.

        Raises:
            InvalidInput: it is not in the recording.
        """
        k = burst - self.first
        if not 0 <= k < self.bursts:
            raise InvalidInput(
                f"burst {burst} is not recorded; there are {self.first} to {self.first + self.bursts - 1}"
            )
        return self.neurons[int(self.offsets[k]) : int(self.offsets[k + 1])]

    def counts(self) -> npt.NDArray[np.int64]:
        """Spikes in each burst."""
        return np.asarray(np.diff(self.offsets.astype(np.int64)), np.int64)

    def times(self) -> npt.NDArray[np.int64]:
        """The burst of every spike."""
        return np.repeat(np.arange(self.first, self.first + self.bursts), self.counts())

    @property
    def digest(self) -> str:
        """SHA-256 over the spikes alone: equal for equal spikes."""
        import hashlib

        state = hashlib.sha256(np.int64(self.first).tobytes())
        state.update(self.offsets.astype("<u8").tobytes() + self.neurons.astype("<u4").tobytes())
        return state.hexdigest()


class Recorder:
    """Collects a recording burst by burst."""

    def __init__(self, first: int, watched: npt.ArrayLike = ()) -> None:
        self._first = first
        self._fired: list[npt.NDArray[np.uint32]] = []
        self._watched = np.asarray(watched, np.uint32)
        self._rows: list[npt.NDArray[np.float64]] = []

    def note(self, fired: npt.NDArray[np.uint32], potentials: npt.NDArray[Any] | None = None) -> None:
        """A burst has ended; ``potentials`` are those of all neurons."""
        self._fired.append(np.array(fired, np.uint32))
        if len(self._watched) and potentials is not None:
            self._rows.append(np.asarray(potentials[self._watched], np.float64))

    def recording(self, about: Mapping[str, Any]) -> Recording:
        """What was collected."""
        lengths = [len(fired) for fired in self._fired]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint64)
        neurons = np.concatenate(self._fired) if self._fired else np.empty(0, np.uint32)
        rows = np.stack(self._rows) if self._rows else np.empty((0, len(self._watched)))
        return Recording(self._first, offsets, neurons, self._watched, rows, dict(about))


def save(recording: Recording, path: Path) -> None:
    """Write a recording whole.

    Raises:
        BurstError: it cannot be written.
    """
    head = json.dumps({"first": recording.first, "about": dict(recording.about)}, sort_keys=True).encode()
    container.write(
        path,
        KIND,
        {
            "head": np.frombuffer(head, np.uint8),
            "offsets": recording.offsets,
            "neurons": recording.neurons,
            "watched": recording.watched,
            "potentials": recording.potentials.ravel(),
        },
    )


def load(path: Path) -> Recording:
    """Map a recording.

    Raises:
        DamagedFile: it is no such file, or damaged; the message names the byte.
        BurstError: it cannot be opened.
    """
    file = container.read(path, KIND)
    try:
        told = json.loads(file.section("head", "u1").tobytes())
        first, about = int(told["first"]), dict(told["about"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedFile(f"{path}: the head at byte {file.offsets['head']} is not valid ({error})") from None
    offsets, neurons = file.section("offsets", "u8"), file.section("neurons", "u4")
    watched, flat = file.section("watched", "u4"), file.section("potentials", "f8")
    wide = offsets.astype(np.int64)
    if not len(wide) or wide[0] != 0 or (np.diff(wide) < 0).any() or wide[-1] != len(neurons):
        raise DamagedFile(f"{path}: the offsets do not fit the spikes", file.offsets["offsets"])
    width = len(watched)
    if len(flat) not in (0, width * (len(wide) - 1)):
        raise DamagedFile(f"{path}: {len(flat)} potentials for {width} neurons", file.offsets["potentials"])
    return Recording(first, offsets, neurons, watched, flat.reshape(-1, width) if width else flat.reshape(0, 0), about)
