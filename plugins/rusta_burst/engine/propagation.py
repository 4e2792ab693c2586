"""`SynapticPropagationEngine`: who fired goes in, what reaches every target comes out."""

from __future__ import annotations

import ctypes
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from rusta_burst.engine import native, twin
from rusta_burst.engine.arrays import MAX_NEURONS, MAX_SYNAPSES, buffer, distinct_ids, whole
from rusta_burst.engine.cost import (
    COMPLEMENT,
    DENSE,
    DESTINATION_SPLIT,
    NARROW,
    PUSH,
    SOURCE_SPLIT,
    STRATEGIES,
    Choice,
    Shape,
    choose,
)
from rusta_burst.engine.events import AreaView, EventView
from rusta_burst.engine.memory import arrays
from rusta_burst.engine.table import I32, I64, LAYOUTS, U32, SynapseTable
from rusta_burst.errors import BurstError, InvalidInput

#: Contributions are added in 32 bits: more than this for one target would not fit.
LARGEST_SUM = 2**31 - 1
#: The seed's view of a contribution: weight, psp and sign as shares of 1.
UNIT_SCALE = 1 / (255 * 255)

_NOT_PREPARED = -3


@dataclass
class Statistics:
    """Counts since the index was built."""

    total_propagations: int = 0
    total_synapses_processed: int = 0
    unmapped_events: int = 0
    by_strategy: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STRATEGIES, 0))


class SynapticPropagationEngine:
    """An index of synapses and the propagation of bursts through it.

    A synapse contributes sign x weight x psp, a whole number up to 65,025; sums of whole numbers do not depend on the
    order of adding, so every strategy and every number of threads gives the same bits, and so does NumPy.
    ``scale`` is for `propagate`, which gives contributions as shares of 1.

    threads: at most this many, the caller's included; None: two, or as many as the CPU has when it has fewer.
    complement: keep the sum of every target's synapses (4 bytes a target), so that bursts in which most neurons fire
    are computed from those that don't. Not for weights that change.
    use_native: False runs the NumPy twins.
    """

    def __init__(
        self,
        *,
        threads: int | None = None,
        complement: bool = True,
        scale: float = UNIT_SCALE,
        use_native: bool | None = None,
    ) -> None:
        if threads is not None and (
            isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= 64
        ):
            raise InvalidInput(f"threads: expected 1 to 64, got {threads!r}")
        if not (scale > 0 and math.isfinite(scale)):
            raise InvalidInput(f"scale: expected more than 0, got {scale!r}")
        self.scale = scale
        self.statistics = Statistics()
        self._native = native.kernels() if use_native is None or use_native else None
        if use_native and self._native is None:
            raise BurstError("use_native: the native part is not there; build it with `python3 hatch_build.py`")
        most = native.threads_available() if self._native is not None else 1
        self.threads = min(threads or 2, most)
        self._complement = complement
        self._table: SynapseTable | None = None
        self._areas: AreaView | None = None
        self._events: EventView | None = None
        self._choices: dict[tuple[int, bool, bool], Choice] = {}

    def build_index(
        self,
        source: object,
        target: object,
        weights: object,
        conductances: object,
        types: object,
        valid_mask: object = None,
        *,
        neurons: int | None = None,
        targets: int | None = None,
        keep_order: bool = True,
    ) -> None:
        """Index the synapses; the old index is replaced only when all is well.

        source, target: ids (u32), one a synapse. weights, conductances (psp): 0 to 255. types: 0 excitatory, else
        inhibitory. valid_mask: False leaves a synapse out. Several synapses of one pair and synapses of a neuron onto
        itself count each. neurons: how many there are (else one more than the largest id); targets: the same for
        targets where they are counted apart. keep_order: keep the order of the input where it differs from the index's
        (4 bytes a synapse), which `propagate`, `events` and plasticity need.

        Raises:
            InvalidInput: naming the argument, what was expected and what came.
        """
        top = MAX_NEURONS - 1 if neurons is None else neurons - 1
        if neurons is not None and (isinstance(neurons, bool) or not 0 <= neurons <= MAX_NEURONS):
            raise InvalidInput(f"neurons: expected 0 to {MAX_NEURONS}, got {neurons!r}")
        sources: U32 = whole("source", source, np.uint32, top)
        count = sources.size
        if count > MAX_SYNAPSES:
            raise InvalidInput(f"source: {count} synapses; at most {MAX_SYNAPSES} fit into one index")
        reached: U32 = whole("target", target, np.uint32, top if targets is None else targets - 1, count)
        weight = whole("weights", weights, np.uint8, 255, count)
        psp = whole("conductances", conductances, np.uint8, 255, count)
        kind = whole("types", types, np.uint8, 255, count)
        valid = None
        if valid_mask is not None:
            valid = np.ascontiguousarray(whole("valid_mask", valid_mask, np.uint8, 1, count)).view(np.bool_)
        size = neurons
        if size is None:
            size = max((int(ids.max()) + 1 for ids in (sources, reached) if ids.size), default=0)
        edges = (sources, reached, weight, psp, kind)
        self._refuse_overflow(reached, psp, valid, size if targets is None else targets)
        reach = size if targets is None else targets
        if self._native is None:
            table = twin.build(edges, valid, size, reach, keep_order)
        else:
            table = native.build(self._native, edges, valid, size, reach, keep_order, self.threads)
        self._install(table)

    def _refuse_overflow(
        self, target: U32, psp: NDArray[np.uint8], valid: NDArray[np.bool_] | None, targets: int
    ) -> None:
        if target.size * 65025 <= LARGEST_SUM:
            return
        strength = psp if valid is None else psp * valid
        most = np.bincount(target, weights=strength, minlength=targets) * 255
        worst = int(np.argmax(most))
        if most[worst] > LARGEST_SUM:
            raise InvalidInput(
                f"target {worst}: its synapses could add up to {int(most[worst])}, more than {LARGEST_SUM}; "
                "give it fewer synapses or smaller conductances"
            )

    def _install(self, table: SynapseTable) -> None:
        kernels = self._native
        table = replace(table)  # what is added to it belongs to this engine
        if kernels is not None and table.segments:
            table.parts = self.threads if self.threads > 1 else 0
            table.heads = native.heads(kernels, table)
            if table.parts and not table.heads.size:
                table.cuts = native.cuts(kernels, table, self.threads)
        self._table = table
        self._choices.clear()
        self._events = None
        self.statistics = Statistics()
        self._bitmap = np.zeros(table.sources // 64 + 1, np.uint64)
        self._list = np.empty(table.sources + 1, np.uint32)
        helpers = self.threads - 1
        unit = self._sum_columns(table) if self._complement and table.targets else 0
        # No burst works in both: sums in 16 bits are not split by source.
        needed = max(helpers * table.targets, -(-table.targets // 2) if unit else 0)
        scratch = arrays({"sums": (needed, np.int32)})["sums"]
        self._partial = scratch[: helpers * table.targets]
        self._narrow = scratch.view(np.int16)[: table.targets if unit else 0]
        self._scratch_bytes = scratch.nbytes
        self._shape = Shape(
            *(table.sources, table.targets, table.synapses, self.threads),
            has_cuts=table.parts > 1,
            has_partial=helpers > 0,
            has_column_sum=self._complement,
            has_list=True,
            has_narrow=bool(unit),
        )
        if kernels is None:
            return
        places = [native.address(part) for part in (self._bitmap, self._list, self._partial)]
        self._work_view = native.WorkspaceView(*places, helpers, native.address(self._narrow), unit)
        self._view = native.view_of(table)
        # Bound once: a burst passes numbers only.
        self._call = functools.partial(
            kernels.rusta_burst_propagate, ctypes.addressof(self._view), ctypes.addressof(self._work_view)
        )

    def _sum_columns(self, table: SynapseTable) -> int:
        """Fill the column sums; what a unit of a 16-bit sum counts, 0 where such sums are not for this table."""
        table.column_sum = np.zeros(table.targets, np.int32)
        everybody = np.arange(table.sources, dtype=np.uint32)
        if self._native is None:
            twin.propagate(table, everybody, table.column_sum, clear=True)
            return 0
        done, unit = native.columns(self._native, table, table.column_sum)
        if not done:
            native.push(self._native, table, native.WorkspaceView(native.address(self._bitmap)), everybody)
        return unit

    @property
    def table(self) -> SynapseTable:
        """The index.

        Raises:
            InvalidInput: there is none yet.
        """
        if self._table is None:
            raise InvalidInput("the engine has no index yet; call build_index first")
        return self._table

    @property
    def uses_native(self) -> bool:
        """Whether the native kernels run; else the NumPy twins do."""
        return self._native is not None

    @property
    def shape(self) -> Shape:
        """What the choice of a strategy depends on."""
        return self._shape

    @property
    def addresses(self) -> tuple[int, int]:
        """Where the kernels find the table and the workspace; they hold as long as the index."""
        return ctypes.addressof(self._view), ctypes.addressof(self._work_view)

    @property
    def layout(self) -> str:
        """How synapses lie in memory: uniform (4 bytes), mixed (5) or wide (6)."""
        return LAYOUTS[self.table.layout]

    @property
    def nbytes(self) -> int:
        """Bytes of the index and of what a burst works in."""
        return self.table.nbytes + self._bitmap.nbytes + self._list.nbytes + self._scratch_bytes

    def set_neuron_mapping(self, mapping: Mapping[int, int]) -> None:
        """Which area each neuron belongs to: {neuron: area}, for `propagate`.

        Raises:
            InvalidInput: a neuron that is none, or an area that is no whole number from 0 on.
        """
        targets = self.table.targets
        neurons = whole("mapping", list(mapping.keys()), np.int64, 2**32 - 1).astype(np.int64)
        areas = whole("mapping's areas", list(mapping.values()), np.int64, 2**32 - 1).astype(np.int64)
        self._areas = AreaView(targets, neurons, areas)

    def choice(self, fired: int, *, ordered: bool = True, clear: bool = True) -> Choice:
        """The strategy for a burst of so many neurons, with the reason.

        ordered: their ids ascend. clear: the sums start at 0.
        """
        key = (
            fired.bit_length() if fired < 1024 else fired >> (fired.bit_length() - 8) << 32 | fired.bit_length(),
            ordered,
            clear,
        )
        found = self._choices.get(key)
        if found is None:
            found = self._choices[key] = choose(self._shape, fired, ordered=ordered, clear=clear)
            if len(self._choices) > 4096:  # a bound for runs that never end
                self._choices.clear()
        return found

    def propagate_into(
        self, fired: object, out: I32, *, strategy: str | None = None, narrow: bool = False, clear: bool = True
    ) -> int:
        """Write what reaches every target into ``out`` (i32, one a target); nothing is allocated.

        clear: False adds to what is there. strategy: one of `STRATEGIES` instead of the chosen one; narrow: with it, sums
        in 16 bits on the way. The number of synaptic events is returned.

        Raises:
            InvalidInput: an id that is out of range or stands twice, a buffer that does not fit. ``out`` is as before.
        """
        table = self.table
        buffer("out", out, table.targets)
        ids = self._ids(fired)
        count = ids.size
        if self._native is None:
            distinct_ids("fired", ids, table.sources)
            events = twin.propagate(table, ids, out, clear=clear)
            number = PUSH
        else:
            if strategy is None:
                chosen = self.choice(count, ordered=count < 2 or bool(ids[0] < ids[-1]), clear=clear)
                number, threads, narrow = chosen.strategy, chosen.threads, chosen.narrow
            else:
                number, threads = self._named(strategy), self.threads
            events = 0
            if table.targets:
                where, to = native.address(ids), native.address(out)
                events = int(self._call(where, count, to, number + NARROW * narrow, threads, clear))
            if events < 0:
                self._explain(events, ids, number, narrow)
        counts = self.statistics
        counts.total_propagations += 1
        counts.total_synapses_processed += events
        counts.by_strategy[STRATEGIES[number]] += 1
        return events

    def _ids(self, fired: object) -> U32:
        if isinstance(fired, np.ndarray) and fired.dtype == np.uint32 and fired.ndim == 1 and fired.flags.c_contiguous:
            return fired
        ids: U32 = whole("fired", fired, np.uint32, max(self.table.sources - 1, 0))
        return ids

    def _named(self, strategy: str) -> int:
        if strategy not in STRATEGIES:
            raise InvalidInput(f"strategy: {strategy!r} is none of {', '.join(STRATEGIES)}")
        return STRATEGIES.index(strategy)

    def _explain(self, code: int, ids: U32, strategy: int, narrow: bool) -> None:
        if code == _NOT_PREPARED:
            if narrow and (strategy == SOURCE_SPLIT or not self._narrow.size):
                raise InvalidInput(
                    "narrow: sums in 16 bits need complement=True, one psp for all synapses, weights whose sums fit, and "
                    "another strategy than source split"
                )
            lacks = {COMPLEMENT: "complement=True", DESTINATION_SPLIT: "two threads", SOURCE_SPLIT: "two threads"}
            need = lacks.get(strategy, "an index")
            raise InvalidInput(f"strategy: {STRATEGIES[strategy]} needs an engine made with {need}")
        distinct_ids("fired", ids, self.table.sources)
        native.checked(code)

    def sums(self, fired: object, *, strategy: str | None = None) -> I32:
        """What reaches every target, as a new array (i32)."""
        out = np.empty(self.table.targets, np.int32)
        self.propagate_into(fired, out, strategy=strategy)
        return out

    def events(self, fired: object) -> tuple[U32, I32]:
        """Every event: (targets, contributions), in the order of ``fired``, then of the input."""
        targets, contributions, _ = self.traced_events(fired)
        return targets, contributions

    def traced_events(self, fired: object) -> tuple[U32, I32, I64]:
        """`events`, and the position of the synapse each came through."""
        ids = distinct_ids("fired", self._ids(fired), self.table.sources)
        if self._events is None:
            self._events = EventView(self.table)
        return self._events.of(ids)

    def propagate(self, fired: object) -> dict[int, list[tuple[int, float]]]:
        """{area: [(target, contribution), …]}, contributions times ``scale``; the order is that of `events`.

        Targets that the mapping does not know are left out and counted in ``statistics.unmapped_events``.

        Raises:
            InvalidInput: no mapping was set, or ids do not fit.
        """
        if self._areas is None:
            raise InvalidInput("the engine has no mapping yet; call set_neuron_mapping first")
        targets, contributions = self.events(fired)
        made, unmapped = self._areas.of(targets, contributions, self.scale)
        self.statistics.total_propagations += 1
        self.statistics.total_synapses_processed += targets.size
        self.statistics.unmapped_events += unmapped
        return made


__all__ = ["DENSE", "STRATEGIES", "Statistics", "SynapticPropagationEngine"]
