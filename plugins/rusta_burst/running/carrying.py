"""Edits of a network while it runs: the network is indexed anew, and everything that lives on keeps its state.

Neurons and synapses that stay have their potentials, rests, residues, traces and spikes on their way; new ones begin as the
edited connectome says. Indexing costs time in proportion to all synapses, so edits are collected (:class:`LiveEdits`) and made
together, once they are asked for or have grown to a share of the network: the cost of one edit is then constant on average.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.editing.applying import Edited, apply
from rusta_burst.editing.operations import AddNeurons, AddSynapses, Operation, RemoveNeurons, RemoveSynapses
from rusta_burst.running import states
from rusta_burst.running.machine import Machine

I8 = npt.NDArray[np.int64]
_SHARE = 0.05


def edited(machine: Machine, edits: Iterable[Operation]) -> Machine:
    """A machine with the edits made, in the state of the given one. The given one is left as it is.

    Raises:
        InvalidInput: an edit cannot be made.
    """
    made = apply(machine.learned(), edits)
    grown = Machine(made.connectome, machine.settings)
    fresh, old = states.capture(grown), states.capture(machine)
    states.put_back(grown, _carried(machine, grown, made, old, fresh))
    return grown


class LiveEdits:
    """Edits of a running machine, made when they are due.

    Attributes:
        machine: the running machine; another object after edits were made.
        indexed: how often the network was indexed anew.
    """

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.indexed = 0
        self._waiting: list[Operation] = []
        self._size = 0

    def add(self, edits: Iterable[Operation]) -> None:
        """Take edits; they are made at once when a twentieth of the network is waiting, else before the next burst.

        Raises:
            InvalidInput: they were made at once, and one cannot be; see :meth:`flush`.
        """
        new = list(edits)
        self._waiting += new
        self._size += sum(_size(edit) for edit in new)
        limit = max(1000, int(_SHARE * (len(self.machine.connectome.synapses) + len(self.machine.connectome.neurons))))
        if self._size >= limit:
            self.flush()

    def flush(self) -> None:
        """Make all waiting edits.

        Raises:
            InvalidInput: one cannot be made; the machine is as before, and none is waiting any more.
        """
        waiting, self._waiting, self._size = self._waiting, [], 0
        if waiting:
            self.machine = edited(self.machine, waiting)
            self.indexed += 1

    def step(self) -> Any:
        """One burst of the machine, after what is waiting was made."""
        self.flush()
        return self.machine.step()


def _size(edit: Operation) -> int:
    if isinstance(edit, AddSynapses):
        return len(edit.source)
    if isinstance(edit, AddNeurons):
        return edit.count
    if isinstance(edit, RemoveNeurons):
        return len(edit.ids)
    if isinstance(edit, RemoveSynapses):
        return len(edit.ids) + len(edit.pairs)
    return 1


def _carried(
    old_machine: Machine, machine: Machine, made: Edited, old: states.Arrays, fresh: states.Arrays
) -> states.Arrays:
    result = dict(fresh)
    stays, came = _kept(made.neuron_origin)
    for name in fresh:
        if name.startswith("c."):
            result[name] = _moved(fresh[name], old[name], stays, came)
    number = np.full(old_machine.network.neurons, -1, np.int64)
    number[came] = stays
    number[made.connectome.neurons.alive[number] == 0] = -1
    _queue(result, old, number, machine)
    result["ledger"] = _ledger(old_machine, machine, number)
    result["clock"] = old["clock"].copy()
    result["residues"] = _residues(old_machine, machine, made.synapse_origin)
    _plugins(old_machine, machine, made, result)
    return result


def _kept(origin: I8) -> tuple[I8, I8]:
    """New numbers and old numbers of what stays."""
    stays = np.flatnonzero(origin >= 0)
    return stays, origin[stays]


def _moved(fresh: npt.NDArray[Any], old: npt.NDArray[Any], stays: I8, came: I8) -> npt.NDArray[Any]:
    made = fresh.copy()
    made[stays] = old[came]
    return made


def _queue(result: states.Arrays, old: states.Arrays, number: I8, machine: Machine) -> None:
    depth, burst = machine.network.core.depth, int(old["clock"][0])
    frames: list[npt.NDArray[np.uint32]] = []
    at = 0
    for size in old["queue_sizes"].tolist():
        now = number[old["queue"][at : at + size]]
        frames.append(np.sort(now[now >= 0]).astype(np.uint32))
        at += size
    # Older spikes than the old queue held have arrived everywhere, as far as old synapses go.
    wanted = min(depth, burst)
    frames = (frames + [np.empty(0, np.uint32)] * wanted)[:wanted]
    result["queue"] = np.concatenate([*frames, np.empty(0, np.uint32)]).astype(np.uint32)
    result["queue_sizes"] = np.asarray([len(frame) for frame in frames], np.int64)


def _ledger(old_machine: Machine, machine: Machine, number: I8) -> npt.NDArray[Any]:
    before, after = old_machine.network.ledger, machine.network.ledger
    bits = np.zeros_like(after.bits)
    for frame in range(min(before.frames, after.window)):
        now = number[before.fired(frame)]
        flags = np.zeros(bits.shape[1] * 64, np.uint8)
        flags[now[now >= 0]] = 1
        bits[(before.recorded - 1 - frame) % after.window] = np.packbits(flags, bitorder="little").view(np.uint64)
    return bits.ravel()


def _residues(old_machine: Machine, machine: Machine, origin: I8) -> npt.NDArray[np.uint8]:
    by_row = np.zeros(len(old_machine.connectome.synapses), np.uint8)
    running = old_machine.network.synapses
    if running.count:
        by_row[running.input_rows(np.arange(running.count, dtype=np.int64))] = np.concatenate(running.residues)
    running = machine.network.synapses
    if not running.count:
        return np.empty(0, np.uint8)
    came = origin[running.input_rows(np.arange(running.count, dtype=np.int64))]
    return np.where(came >= 0, by_row[np.maximum(came, 0)] if len(by_row) else 0, 0).astype(np.uint8)


def _plugins(old_machine: Machine, machine: Machine, made: Edited, result: states.Arrays) -> None:
    """State of plug-ins: what belongs to neurons or synapses moves with them, what fits otherwise is taken over."""
    before = old_machine.network.plasticity
    origins = {"neuron": made.neuron_origin, "synapse": made.synapse_origin}
    for k, plugin in enumerate(machine.network.plasticity):
        if k >= len(before) or before[k].name != plugin.name:
            continue
        axes: dict[str, str] = getattr(plugin, "axes", {})
        earlier = before[k].state()
        for name, fresh in plugin.state().items():
            old = earlier.get(name)
            if old is None:
                continue
            if name in axes:
                result[f"p{k}.{name}"] = _moved(np.asarray(fresh), np.asarray(old), *_kept(origins[axes[name]]))
            elif np.shape(old) == np.shape(fresh):
                result[f"p{k}.{name}"] = np.asarray(old).copy()
