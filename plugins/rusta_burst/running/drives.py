"""Input from outside: a seeded background for whole areas, and stimuli listed burst by burst."""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.dynamics.hooks import FireHistory, Ids, PlasticNetwork
from rusta_burst.errors import DamagedFile, InvalidInput
from rusta_burst.exchange.whole import reading
from rusta_burst.plasticity.own import mix

_DRIVE = re.compile(r"(?P<area>.+)=(?P<amount>-?\d+)(?:@(?P<chance>[0-9.eE+-]+))?")
_LIMIT = 2**31 - 1


@dataclass(frozen=True)
class Background:
    """Each neuron of an area gets ``amount`` with probability ``chance`` in every burst, independently."""

    area: str
    amount: int
    chance: float = 1.0

    def __post_init__(self) -> None:
        if not abs(self.amount) <= _LIMIT:
            raise InvalidInput(f"drive of {self.area!r}: amount {self.amount} does not fit into 32 bits")
        if not (math.isfinite(self.chance) and 0 <= self.chance <= 1):
            raise InvalidInput(f"drive of {self.area!r}: chance is {self.chance!r}; expected 0 to 1")

    @classmethod
    def parse(cls, text: str) -> Background:
        """``AREA=AMOUNT`` or ``AREA=AMOUNT@CHANCE``.

        Raises:
            InvalidInput: it has another form.
        """
        found = _DRIVE.fullmatch(text)
        try:
            if found is None:
                raise ValueError
            return cls(found["area"], int(found["amount"]), float(found["chance"] or 1))
        except InvalidInput:
            raise
        except ValueError:
            raise InvalidInput(f"drive {text!r} must look like AREA=AMOUNT or AREA=AMOUNT@CHANCE") from None

    def __str__(self) -> str:
        return f"{self.area}={self.amount}" + ("" if self.chance == 1 else f"@{self.chance:g}")


@dataclass(frozen=True, eq=False)
class Stimulus:
    """Input listed as (burst, neuron, amount); several for one neuron add up."""

    burst: npt.NDArray[np.int64]
    neuron: npt.NDArray[np.uint32]
    amount: npt.NDArray[np.int32]

    @classmethod
    def of(cls, rows: Any) -> Stimulus:
        """From rows of three whole numbers.

        Raises:
            InvalidInput: they are something else.
        """
        table = np.asarray(rows)
        if table.size == 0:
            table = np.empty((0, 3), np.int64)
        if table.ndim != 2 or table.shape[1] != 3 or table.dtype.kind not in "iu":
            raise InvalidInput(f"stimulus: expected rows of burst, neuron, amount; got {table.dtype} {table.shape}")
        low, high = np.asarray([0, 0, -_LIMIT]), np.asarray([2**62, 2**32 - 1, _LIMIT])
        good = ((table >= low) & (table <= high)).all(axis=1)
        if not good.all():
            raise InvalidInput(
                f"stimulus: row {int(np.argmin(good))} is {table[int(np.argmin(good))].tolist()}, out of range"
            )
        order = np.argsort(table[:, 0], kind="stable")
        table = table[order]
        return cls(table[:, 0].astype(np.int64), table[:, 1].astype(np.uint32), table[:, 2].astype(np.int32))

    @classmethod
    def read(cls, path: Path) -> Stimulus:
        """From CSV: a line of names, then ``burst,neuron,amount``.

        Raises:
            DamagedFile: naming the line that is something else.
            BurstError: it cannot be opened.
        """
        with reading(path):
            try:
                lines = path.read_text(encoding="utf-8-sig").splitlines()
            except UnicodeDecodeError as error:
                raise DamagedFile(f"{path}: byte {error.start} is not text; expected CSV", error.start) from None
        names = [name.strip().lower() for name in lines[0].split(",")] if lines else []
        if names != ["burst", "neuron", "amount"]:
            raise DamagedFile(f"{path}: line 1 must be 'burst,neuron,amount'")
        rows = []
        for number, line in enumerate(lines[1:], start=2):
            if not line.strip():
                continue
            try:
                burst, neuron, amount = (int(cell) for cell in line.split(","))
            except ValueError:
                raise DamagedFile(f"{path}: line {number}: {line[:80]!r} should be three whole numbers") from None
            rows.append((burst, neuron, amount))
        try:
            return cls.of(np.asarray(rows, dtype=object).astype(np.int64) if rows else rows)
        except (InvalidInput, OverflowError) as error:
            raise DamagedFile(f"{path}: {error}") from None


class Driver:
    """Gives a running network its input; a plug-in beside the rules. It has no state: input follows from seed and burst."""

    name = "drive"

    def __init__(
        self, connectome: Connectome, backgrounds: tuple[Background, ...], stimulus: Stimulus, seed: int
    ) -> None:
        self._areas = [(connectome.neurons_of(b.area), b) for b in backgrounds]
        self._stimulus, self._seed = stimulus, seed
        if len(stimulus.neuron) and int(stimulus.neuron.max()) >= len(connectome.neurons):
            raise InvalidInput(
                f"stimulus: neuron {int(stimulus.neuron.max())} is not there; the last one is {len(connectome.neurons) - 1}"
            )

    def attach(self, network: PlasticNetwork) -> None:
        """Nothing to prepare."""

    def drive(self, burst: int, ledger: FireHistory) -> tuple[Ids, npt.NDArray[np.int32]] | None:
        """The input of a burst."""
        parts: list[tuple[Ids, npt.NDArray[np.int32]]] = []
        for number, (neurons, background) in enumerate(self._areas):
            chosen = neurons
            if background.chance < 1:
                limit = int(background.chance * 2.0**53)
                bits = mix(self._seed ^ (number + 1) * 0x5851F42D4C957F2D, burst, neurons.astype(np.int64))
                chosen = neurons[(bits >> np.uint64(11)) < np.uint64(limit)]
            parts.append((chosen, np.full(len(chosen), background.amount, np.int32)))
        s = self._stimulus
        low, high = np.searchsorted(s.burst, [burst, burst + 1])
        if high > low:
            parts.append((s.neuron[low:high], s.amount[low:high]))
        if not parts:
            return None
        return np.concatenate([ids for ids, _ in parts]), np.concatenate([amount for _, amount in parts])

    def after_fire(self, burst: int, fired: Ids, ledger: FireHistory) -> None:
        """Nothing to learn."""

    def state(self) -> dict[str, npt.NDArray[np.generic]]:
        """Nothing to keep."""
        return {}

    def restore(self, state: dict[str, npt.NDArray[Any]]) -> None:
        """Nothing to restore."""
