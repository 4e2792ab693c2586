"""Rules of plasticity in native code: what the kernels get of the synapses that learn by a rule."""

from __future__ import annotations

import ctypes
from ctypes import c_uint64, c_void_p
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rusta_burst.dynamics.hooks import Ids
from rusta_burst.engine import native
from rusta_burst.engine.table import I64, U8, SynapseTable


class LearnerView(ctypes.Structure):
    """`burst::learning::Learner`."""

    _fields_: ClassVar = [
        *[(name, c_void_p) for name in ("table", "residue", "bytes", "byte_starts", "order", "rows", "mine")],
        ("start", c_uint64),
    ]


class TracesView(ctypes.Structure):
    """`burst::learning::Traces`."""

    _fields_: ClassVar = [*[(name, c_void_p) for name in ("value", "last", "decay")], ("decays", c_uint64)]


@dataclass(frozen=True, eq=False)
class TraceArrays:
    """The value of each neuron's trace, the burst it was right in, and what is left of it after so many bursts."""

    value: I64
    last: I64
    decay: I64

    def view(self) -> TracesView:
        """It points into the arrays and does not keep them."""
        of = native.address
        return TracesView(of(self.value), of(self.last), of(self.decay), self.decay.size)


@dataclass(frozen=True, eq=False)
class Part:
    """The learning synapses of one index.

    residue: 1/256 of a weight each; back and back_starts: the way from targets to sources; rows: which row of the network's
    synapses each of the index's input was, empty where they are the same.
    """

    table: SynapseTable
    residue: U8
    back: U8
    back_starts: NDArray[np.uint64]
    rows: NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Learners:
    """The synapses of one rule: ``mine`` says by row of the network which they are."""

    kernels: ctypes.CDLL
    parts: list[Part]
    mine: NDArray[np.bool_]

    def pair(
        self, fired: Ids, burst: int, start: int, traces: tuple[TraceArrays, TraceArrays], up: int, down: int
    ) -> None:
        """`burst::learning::shrink`, then `grow`; traces: senders' and receivers'; start: hash of seed and burst."""
        sender, receiver = (trace.view() for trace in traces)
        told = native.address(fired), fired.size, burst, ctypes.addressof(sender), ctypes.addressof(receiver), up, down
        self._each(self.kernels.rusta_burst_pair, start, *told)

    def window(self, some: NDArray[np.bool_], each: NDArray[np.bool_], start: int, up: int, down: int) -> None:
        """`burst::learning::window`; some, each: who fired in any and in every burst of the window."""
        active = np.flatnonzero(some).astype(np.uint32)
        of = native.address
        told = of(active), active.size, of(some), of(each), some.size, up, down
        self._each(self.kernels.rusta_burst_window, start, *told)

    def _each(self, kernel: Any, start: int, *arguments: Any) -> None:
        of = native.address
        for part in self.parts:
            table = native.view_of(part.table)
            learner = LearnerView(
                ctypes.addressof(table),
                *(of(part.residue), of(part.back), of(part.back_starts), of(part.table.order), of(part.rows)),
                *(of(self.mine), start),
            )
            native.checked(kernel(ctypes.addressof(learner), *arguments))


__all__ = ["Learners", "Part", "TraceArrays"]
