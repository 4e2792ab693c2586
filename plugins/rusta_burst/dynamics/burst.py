"""`Burst`: a network that runs. One call of `step` is one burst, its phases in this order:

1. injection: what was given to `inject` (sensory input, replayed input), what drives of plug-ins add (memory neurons);
2. propagation: what the spikes of earlier bursts bring, each synapse after its delay;
3. dynamics: potentials that don't accumulate start at 0, who rests counts down, the others add, fire or leak; power
   neurons fire;
4. fire ledger and fire queue: who fired is recorded;
5. plasticity: every plug-in is called once; weights change for the next burst;
6. sampling: observers see the report; inputs are cleared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.dynamics.assembly import projections_of
from rusta_burst.dynamics.core import Core
from rusta_burst.dynamics.hooks import Ids, Plasticity
from rusta_burst.dynamics.ledger import FireLedger
from rusta_burst.dynamics.models import Model
from rusta_burst.dynamics.synapses import RunningSynapses
from rusta_burst.engine.arrays import vector, whole
from rusta_burst.errors import InvalidInput

MODES = ("dense", "candidates")


@dataclass(frozen=True, eq=False)
class Report:
    """What one burst did. ``fired`` ascends; ``events``: synaptic events that arrived."""

    burst: int
    fired: Ids
    events: int


@dataclass(frozen=True, eq=False)
class Recording:
    """What several bursts did: how many fired in each, and who, one burst after the other."""

    first: int
    counts: NDArray[np.uint32]
    ids: Ids

    def of(self, burst: int) -> Ids:
        """Who fired in ``burst``."""
        place = burst - self.first
        if not 0 <= place < self.counts.size:
            raise InvalidInput(
                f"burst: {burst} was not recorded; there are {self.first} to {self.first + self.counts.size - 1}"
            )
        begin = int(self.counts[:place].sum(dtype=np.int64))
        return self.ids[begin : begin + int(self.counts[place])]

    def pairs(self) -> tuple[NDArray[np.int64], Ids]:
        """(burst, neuron) of every spike."""
        return np.repeat(np.arange(self.counts.size, dtype=np.int64) + self.first, self.counts), self.ids


class Burst:
    """A network, running.

    model: the neurons (`leaky` or `currents`). source … types: synapses as `SynapticPropagationEngine.build_index` takes
    them; delay: bursts from spike to arrival, 1 to 255; plastic: which synapses learn (else all do when there are
    plug-ins, and none otherwise). window: frames the fire ledger keeps. seed: for excitability and plug-ins. mode:
    "dense" steps every neuron in every burst; "candidates" only those that got something, as the original does: without
    input a neuron neither leaks nor ends its rest. Equality with other simulators needs "dense".

    Raises:
        InvalidInput: naming the argument, what was expected and what came.
    """

    def __init__(
        self,
        model: Model,
        source: object = (),
        target: object = (),
        weights: object = (),
        conductances: object = (),
        types: object = (),
        *,
        delay: object = 1,
        plastic: object = None,
        plasticity: Sequence[Plasticity] = (),
        window: int = 20,
        seed: int = 0,
        mode: str = "dense",
        threads: int | None = None,
        use_native: bool | None = None,
        keep_order: bool = True,
    ) -> None:
        if mode not in MODES:
            raise InvalidInput(f"mode: {mode!r} is none of {', '.join(MODES)}")
        if isinstance(window, bool) or not isinstance(window, int) or not 0 <= window <= 65536:
            raise InvalidInput(f"window: expected 0 to 65536 frames, got {window!r}")
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**64:
            raise InvalidInput(f"seed: expected 0 to 2^64 - 1, got {seed!r}")
        if mode == "candidates" and model.ports == 2:
            raise InvalidInput("mode: neurons with currents need 'dense'")
        self.model, self.seed, self.mode = model, seed, mode
        learns = bool(plasticity) if plastic is None else plastic
        columns = {
            "source": source, "target": target, "weights": weights, "conductances": conductances, "types": types,
        }  # fmt: skip
        parts = projections_of(
            model, columns, delay, learns, threads=threads, use_native=use_native, keep_order=keep_order
        )
        self.core = Core(
            model, parts, window=window, seed=seed, candidates=mode == "candidates", threads=parts[0].engine.threads
        )
        own = [p for p in parts if p.plastic]
        self.synapses = RunningSynapses([p.engine for p in own], [p.rows for p in own], model.count)
        self.plasticity = tuple(plasticity)
        self.observers: list[Callable[[Report], None]] = []
        self._pending: list[tuple[Ids, NDArray[np.int32]]] = []
        self._drives = [plugin for plugin in self.plasticity if hasattr(plugin, "drive")]
        self._watchers = [plugin for plugin in self.plasticity if hasattr(plugin, "before_fire")]
        for plugin in self.plasticity:
            plugin.attach(self)

    @property
    def neurons(self) -> int:
        return self.model.count

    @property
    def ledger(self) -> FireLedger:
        """Who fired in the last ``window`` bursts."""
        return self.core.ledger

    @property
    def number(self) -> int:
        """The number of the next burst; the first is 0."""
        return self.core.burst

    @property
    def potentials(self) -> NDArray[Any]:
        """The potentials, a read-only view of the running state."""
        view: NDArray[Any] = self.core.state["potential"].view()
        view.flags.writeable = False
        return view

    def inject(self, neurons: object, amount: object = 65025) -> None:
        """Add ``amount`` (whole numbers, one or one each) to the input of ``neurons`` in the next burst.

        Raises:
            InvalidInput: a neuron that does not exist, an amount that is no whole number of 32 bits.
        """
        ids: Ids = whole("neurons", neurons, np.uint32, self.neurons - 1)
        given = np.full(ids.size, amount) if np.ndim(amount) == 0 else vector("amount", amount, ids.size)  # type: ignore[arg-type]
        if given.size and (given.dtype.kind not in "iu" or given.min() < -(2**31) or given.max() >= 2**31):
            raise InvalidInput(f"amount: expected whole numbers of 32 bits, got {given.dtype} up to {given.max()}")
        self._pending.append((ids, given.astype(np.int32)))

    def step(self) -> Report:
        """One burst."""
        core = self.core
        number = core.burst
        self._inject()
        events = core.arrive()
        for plugin in self._watchers:
            plugin.before_fire(core.state["potential"], core.state["input"])
        fired = core.fire()
        for plugin in self.plasticity:
            plugin.after_fire(number, fired, core.ledger)
        report = Report(number, fired.copy(), events)
        for observer in self.observers:
            observer(report)
        return report

    def _inject(self) -> None:
        core = self.core
        for plugin in self._drives:
            driven = plugin.drive(core.burst, core.ledger)
            if driven is not None:
                self._pending.append(driven)
        for ids, amount in self._pending:
            core.inject(ids, amount)
        self._pending.clear()

    def run(self, bursts: int, *, record: bool = True) -> Recording:
        """So many bursts; without plug-ins and observers they run natively, at one go.

        record: False keeps only how many fired, and allocates nothing more.

        Raises:
            InvalidInput: bursts is no whole number from 0 on.
        """
        if isinstance(bursts, bool) or not isinstance(bursts, int | np.integer) or bursts < 0:
            raise InvalidInput(f"bursts: expected a whole number from 0 on, got {bursts!r}")
        first = self.number
        counts = np.zeros(int(bursts), np.uint32)
        kept: list[Ids] = []
        if self.plasticity or self.observers:
            for place in range(int(bursts)):
                report = self.step()
                counts[place] = report.fired.size
                if record:
                    kept.append(report.fired)
        else:
            self._inject()
            self._run(counts, kept, record)
        return Recording(first, counts, np.concatenate(kept) if kept else np.empty(0, np.uint32))

    def _run(self, counts: NDArray[np.uint32], kept: list[Ids], record: bool) -> None:
        room = np.empty(max(4 * self.neurons, 1 << 20), np.uint32) if record else None
        done = 0
        while done < counts.size:
            part = counts[done:]
            ran = self.core.run(part.size, part, room)
            if room is not None:
                kept.append(room[: int(part[:ran].sum(dtype=np.int64))].copy())
            done += ran

    def read(self, neurons: object) -> NDArray[np.bool_]:
        """Motor read-out: which of ``neurons`` fired in the burst that was run last."""
        ids: Ids = whole("neurons", neurons, np.uint32, self.neurons - 1)
        flags = np.zeros(self.neurons, np.bool_)
        if self.number:
            flags[self.core.fired_at(self.number - 1)] = True
        return flags[ids]
