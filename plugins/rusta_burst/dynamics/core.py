"""State of a running network and its two steps: what arrives, and who fires. Native, or NumPy with the same bits."""

from __future__ import annotations

import ctypes
from ctypes import c_uint32, c_uint64, c_void_p
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rusta_burst.dynamics import twin
from rusta_burst.dynamics.hooks import Ids
from rusta_burst.dynamics.ledger import FireLedger
from rusta_burst.dynamics.models import Model
from rusta_burst.engine import native
from rusta_burst.engine.cost import crossovers, narrow_from
from rusta_burst.engine.memory import arrays
from rusta_burst.engine.propagation import SynapticPropagationEngine
from rusta_burst.engine.table import I32


class ProjectionView(ctypes.Structure):
    """`burst::network::Projection`."""

    _fields_: ClassVar = [
        ("table", c_void_p),
        ("work", c_void_p),
        ("delay", c_uint32),
        ("split_from", c_uint32),
        ("complement_from", c_uint32),
        ("narrow_from", c_uint32),
    ]


class NetworkView(ctypes.Structure):
    """`burst::network::Network`."""

    _fields_: ClassVar = [
        ("neurons", c_uint64),
        ("projections", c_void_p),
        ("projection_count", c_uint64),
        *[(name, c_void_p) for name in ("input", "potential", "excitatory", "inhibitory", "rest", "spikes", "runs")],
        ("run_count", c_uint64),
        ("classes", c_void_p),
        ("queue", c_void_p),
        ("queue_lengths", c_void_p),
        ("ledger", c_void_p),
        ("burst", c_uint64),
        ("seed", c_uint64),
        ("events", c_uint64),
        *[(name, c_uint32) for name in ("depth", "window", "model", "candidates", "threads", "injected")],
    ]


@dataclass(frozen=True, eq=False)
class Projection:
    """Synapses of one delay: an engine over them, and which rows of the network's synapses they are."""

    engine: SynapticPropagationEngine
    delay: int
    plastic: bool
    rows: NDArray[np.uint32]


class Core:
    """The arrays a burst reads and writes, and its two steps."""

    def __init__(
        self, model: Model, projections: list[Projection], *, window: int, seed: int, candidates: bool, threads: int
    ) -> None:
        n = model.count
        self.model, self.projections, self.seed, self.candidates = model, projections, seed, candidates
        self.depth = max((p.delay for p in projections), default=1) + 1
        real = model.potential.dtype.type
        wanted: dict[str, tuple[int, type[np.generic]]] = {
            "input": (n * model.ports, np.int32),
            "potential": (n, real),
            "rest": (n, np.uint16),
            "spikes": (n, np.uint16),
        }
        if model.has_currents:
            wanted |= {"excitatory": (n, real), "inhibitory": (n, real)}
        self.state: dict[str, NDArray[Any]] = arrays(wanted)
        self.state["potential"][:] = model.potential
        # Untouched pages of the queue cost no memory.
        self.queue = np.empty((self.depth, n), np.uint32)
        self.lengths = np.zeros(self.depth, np.uint32)
        self.ledger = FireLedger(n, window)
        self.burst = 0
        self.events = 0
        self._native = native.kernels() if projections and projections[0].engine.uses_native else None
        if self._native is not None:
            self._bind(threads)

    def _bind(self, threads: int) -> None:
        ways = (ProjectionView * max(len(self.projections), 1))()
        for way, projection in zip(ways, self.projections, strict=False):
            engine = projection.engine
            way.table, way.work = engine.addresses
            way.delay = projection.delay
            way.split_from, way.complement_from = crossovers(engine.shape)
            way.narrow_from = narrow_from(engine.shape)
        of = native.address
        state = self.state
        empty = np.empty(0)
        self._ways = ways
        self._view = NetworkView(
            self.model.count,
            ctypes.addressof(ways),
            len(self.projections),
            *(of(state["input"]), of(state["potential"])),
            *(of(state.get("excitatory", empty)), of(state.get("inhibitory", empty))),
            *(of(state["rest"]), of(state["spikes"]), of(self.model.runs), self.model.runs.size),
            *(of(self.model.classes), of(self.queue), of(self.lengths), of(self.ledger.bits)),
            *(self.burst, self.seed, 0, self.depth, self.ledger.window, self.model.kind),
            *(int(self.candidates), threads, 0),
        )
        self._address = ctypes.addressof(self._view)

    def inject(self, ids: Ids, amount: I32) -> None:
        """Add to the input of the next dynamics."""
        np.add.at(self.state["input"], ids, amount)
        if self._native is not None:
            self._view.injected = 1

    def fired_at(self, burst: int) -> Ids:
        """Who fired in ``burst``, one of the last ``depth``: a view that later bursts write over."""
        slot = burst % self.depth
        return self.queue[slot, : self.lengths[slot]]

    def arrive(self) -> int:
        """Add the contributions that are due in this burst to the input; the number of events."""
        if self._native is not None:
            done = native.checked(self._native.rusta_burst_arrive(self._address))
            self.events += done
            return done
        total = 0
        for projection in self.projections:
            if self.burst >= projection.delay:
                fired = self.fired_at(self.burst - projection.delay)
                total += projection.engine.propagate_into(fired, self.state["input"], clear=False)
        self.events += total
        return total

    def fire(self) -> Ids:
        """The dynamics; queue and ledger are written and the burst is over. Who fired: a view as of `fired_at`."""
        slot = self.burst % self.depth
        if self._native is not None:
            native.checked(self._native.rusta_burst_fire(self._address))
            self.ledger.recorded += 1
        else:
            fired = twin.fire(self.model, self.state, self.burst, self.seed, self.candidates)
            self.queue[slot, : fired.size] = fired
            self.lengths[slot] = fired.size
            self.ledger.record(fired)
        self.burst += 1
        return self.queue[slot, : self.lengths[slot]]

    def run(self, bursts: int, counts: NDArray[np.uint32], ids: Ids | None) -> int:
        """Up to ``bursts`` bursts at one go; how many were done: fewer when ``ids`` might not take another one's.

        ids has room for at least all neurons once.
        """
        if self._native is not None:
            before = int(self._view.events)
            room = 0 if ids is None else ids.size
            where = None if ids is None else native.address(ids)
            done = native.checked(
                self._native.rusta_burst_run(self._address, bursts, native.address(counts), where, room)
            )
            self.events += int(self._view.events) - before
            self.burst += done
            self.ledger.recorded += done
            return done
        used = 0
        for done in range(bursts):
            if ids is not None and used + self.model.count > ids.size:
                return done
            self.arrive()
            fired = self.fire()
            counts[done] = fired.size
            if ids is not None:
                ids[used : used + fired.size] = fired
            used += fired.size
        return bursts

    def seek(self, burst: int, events: int) -> None:
        """Say which burst is next, after the arrays were written from a snapshot."""
        self.burst, self.events = burst, events
        self.ledger.recorded = burst
        if self._native is not None:
            self._view.burst = burst
            self._view.injected = int(self.state["input"].any())
