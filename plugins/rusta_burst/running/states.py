"""The state of a machine as arrays: taken, put back, kept in files, and one digest of it.

A machine that is made from the same connectome and settings and given the state goes on exactly as the first one would.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.errors import DamagedFile, InvalidInput
from rusta_burst.running.machine import Machine
from rusta_burst.storage import container

KIND = "snapshot"
Arrays = dict[str, npt.NDArray[Any]]


def capture(machine: Machine) -> Arrays:
    """Copies of everything that bursts change. Arrays have one dimension."""
    core, synapses = machine.network.core, machine.network.synapses
    every = np.arange(synapses.count, dtype=np.int64)
    made: Arrays = {f"c.{name}": values.copy() for name, values in core.state.items()}
    made["clock"] = np.asarray([core.burst, core.events], np.int64)
    spikes = [core.fired_at(core.burst - back) for back in range(1, min(core.depth, core.burst) + 1)]
    made["queue"] = np.concatenate([*spikes, np.empty(0, np.uint32)]).astype(np.uint32)
    made["queue_sizes"] = np.asarray([len(fired) for fired in spikes], np.int64)
    made["ledger"] = core.ledger.bits.ravel().copy()
    made["weights"] = synapses.weights(every)
    made["residues"] = np.concatenate([*synapses.residues, np.empty(0, np.uint8)]).astype(np.uint8)
    for number, plugin in enumerate(machine.network.plasticity):
        for name, values in plugin.state().items():
            made[f"p{number}.{name}"] = np.asarray(values)
    return made


def put_back(machine: Machine, arrays: Arrays) -> None:
    """Give a machine a captured state. It is checked as a whole first.

    Raises:
        InvalidInput: the state is that of another network; the machine is as before.
    """
    core, synapses = machine.network.core, machine.network.synapses
    own = {**{f"c.{name}": values for name, values in core.state.items()}, "ledger": core.ledger.bits.ravel()}
    own |= {"weights": np.empty(synapses.count, np.uint8), "residues": np.empty(synapses.count, np.uint8)}
    own |= {
        f"p{number}.{name}": np.asarray(values)
        for number, plugin in enumerate(machine.network.plasticity)
        for name, values in plugin.state().items()
    }
    for name, like in own.items():
        if name not in arrays or arrays[name].shape != like.shape or arrays[name].dtype != like.dtype:
            found = "nothing" if name not in arrays else f"{arrays[name].dtype} {arrays[name].shape}"
            raise InvalidInput(
                f"state: {name!r} is {found}, expected {like.dtype} {like.shape}; it is of another network"
            )
    burst, events = (int(n) for n in _sized(arrays, "clock", 2))
    sizes = arrays.get("queue_sizes", np.empty(0, np.int64))
    queue = arrays.get("queue", np.empty(0, np.uint32))
    if len(sizes) != min(core.depth, burst) or int(sizes.sum()) != len(queue) or (sizes < 0).any():
        raise InvalidInput("state: the fire queue does not fit its sizes")
    if len(queue) and int(queue.max()) >= machine.network.neurons:
        raise InvalidInput("state: the fire queue names a neuron that is not there")
    _write(machine, arrays, burst, events)


def digest_of(arrays: Arrays) -> str:
    """SHA-256 over a state: equal for equal states."""
    made = hashlib.sha256()
    for name in sorted(arrays):
        values = np.ascontiguousarray(arrays[name])
        made.update(f"{name}\0{values.dtype.str}\0{values.size}\0".encode() + values.tobytes())
    return made.hexdigest()


def save(machine: Machine, path: Path, about: dict[str, Any] | None = None) -> str:
    """Write a snapshot whole; gives the digest of the state.

    Raises:
        BurstError: it cannot be written.
    """
    arrays = capture(machine)
    digest = digest_of(arrays)
    told = {"connectome": machine.connectome.digest, "state": digest, "names": list(arrays), "about": about or {}}
    sections = {f"a{number}": values for number, values in enumerate(arrays.values())}
    head = np.frombuffer(json.dumps(told, sort_keys=True).encode(), np.uint8)
    container.write(path, KIND, {"head": head, **sections})
    return digest


def load(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """A snapshot's state, and what was written about it.

    Raises:
        DamagedFile: it is no snapshot, or damaged; the message names the byte.
        BurstError: it cannot be opened.
    """
    file = container.read(path, KIND)
    try:
        told = json.loads(file.section("head", "u1").tobytes())
        arrays = {str(name): file.sections[f"a{number}"] for number, name in enumerate(told["names"])}
        if digest_of(arrays) != told["state"]:
            raise KeyError("state")
        return arrays, {**dict(told["about"]), "connectome": str(told["connectome"]), "state": str(told["state"])}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, DamagedFile):
            raise
        raise DamagedFile(f"{path}: the head at byte {file.offsets['head']} does not fit the rest ({error})") from None


def resume(machine: Machine, path: Path) -> dict[str, Any]:
    """Give a machine the state in a snapshot; what was written about it is returned.

    Raises:
        InvalidInput: it is a snapshot of another connectome.
        DamagedFile: it is damaged.
    """
    arrays, about = load(path)
    if about["connectome"] != machine.connectome.digest:
        raise InvalidInput(f"{path}: a snapshot of connectome {about['connectome'][:12]}, not of "
                           f"{machine.connectome.digest[:12]}; give the connectome it was taken of")  # fmt: skip
    put_back(machine, arrays)
    return about


def _sized(arrays: Arrays, name: str, count: int) -> npt.NDArray[Any]:
    if name not in arrays or arrays[name].shape != (count,):
        raise InvalidInput(f"state: {name!r} should have {count} numbers")
    return arrays[name]


def _write(machine: Machine, arrays: Arrays, burst: int, events: int) -> None:
    core, synapses = machine.network.core, machine.network.synapses
    for number, plugin in enumerate(machine.network.plasticity):
        prefix = f"p{number}."
        plugin.restore({name[len(prefix) :]: v.copy() for name, v in arrays.items() if name.startswith(prefix)})
    for name, values in core.state.items():
        values[:] = arrays[f"c.{name}"]
    core.ledger.bits[:] = arrays["ledger"].reshape(core.ledger.bits.shape)
    at = 0
    for back, size in enumerate(arrays["queue_sizes"].tolist(), start=1):
        slot = (burst - back) % core.depth
        core.queue[slot, :size] = arrays["queue"][at : at + size]
        core.lengths[slot] = size
        at += size
    if synapses.count:
        synapses.set_weights(np.arange(synapses.count, dtype=np.int64), np.asarray(arrays["weights"]))
    at = 0
    for residue in synapses.residues:
        residue[:] = arrays["residues"][at : at + len(residue)]
        at += len(residue)
    core.seek(burst, events)
