"""The native kernels by ctypes. Calls leave the interpreter lock; a burst makes no Python object but its counts."""

from __future__ import annotations

import ctypes
import functools
from ctypes import c_int32, c_int64, c_uint32, c_uint64, c_void_p
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rusta_burst.engine.table import U32, SynapseTable
from rusta_burst.errors import BurstError
from rusta_native.loader import load


class TableView(ctypes.Structure):
    """`burst::table::Table`."""

    _fields_: ClassVar = [
        ("sources", c_uint64),
        ("targets", c_uint64),
        ("synapses", c_uint64),
        ("segments", c_uint64),
        ("layout", c_uint32),
        ("parts", c_uint32),
        ("words", c_void_p),
        ("weights", c_void_p),
        ("psp", c_void_p),
        ("starts", c_void_p),
        ("factors", c_void_p),
        ("rows", c_void_p),
        ("cuts", c_void_p),
        ("column_sum", c_void_p),
        ("heads", c_void_p),
    ]


class WorkspaceView(ctypes.Structure):
    """`burst::propagate::Workspace`."""

    _fields_: ClassVar = [
        *[(name, c_void_p) for name in ("bitmap", "list", "partial")],
        ("helpers", c_uint64),
        ("narrow", c_void_p),
        ("unit", c_int32),
        ("reserved", c_uint32),
    ]


def address(array: NDArray[Any]) -> int | None:
    """Where an array's data lie; None for an empty one."""
    return int(array.__array_interface__["data"][0]) if array.size else None


_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "rusta_burst_threads": (c_int64, []),
    "rusta_burst_index_build": (c_void_p, [c_uint64, *[c_void_p] * 6, c_uint64, c_uint64, c_uint32, c_uint32]),
    "rusta_burst_index_sizes": (c_int64, [c_void_p, c_void_p]),
    "rusta_burst_index_take": (c_int64, [c_void_p] * 8),
    "rusta_burst_index_cut": (c_int64, [c_void_p, c_uint32, c_void_p]),
    "rusta_burst_index_heads": (c_int64, [c_void_p, c_void_p]),
    "rusta_burst_columns": (c_int64, [c_void_p, c_void_p]),
    "rusta_burst_propagate": (
        c_int64,
        [c_void_p, c_void_p, c_void_p, c_uint64, c_void_p, c_uint32, c_uint32, c_uint32],
    ),
    "rusta_burst_arrive": (c_int64, [c_void_p]),
    "rusta_burst_fire": (c_int64, [c_void_p]),
    "rusta_burst_run": (c_int64, [c_void_p, c_uint64, c_void_p, c_void_p, c_uint64]),
    "rusta_burst_adjust": (c_int64, [c_void_p, c_void_p, c_void_p, c_void_p, c_uint64]),
    "rusta_burst_reverse_build": (c_void_p, [c_void_p, c_void_p]),
    "rusta_burst_reverse_take": (c_int64, [c_void_p, c_void_p, c_void_p]),
    "rusta_burst_pair": (c_int64, [c_void_p, c_void_p, c_uint64, c_int64, c_void_p, c_void_p, c_int64, c_int64]),
    "rusta_burst_window": (c_int64, [c_void_p, c_void_p, c_uint64, c_void_p, c_void_p, c_uint64, c_int64, c_int64]),
    "rusta_burst_incoming": (c_int64, [*[c_void_p] * 4, c_uint64, c_void_p, c_uint64]),
}


@functools.cache
def _declared(handle: ctypes.CDLL) -> ctypes.CDLL:
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(handle, name)
        function.restype = result
        function.argtypes = arguments
    return handle


def kernels() -> ctypes.CDLL | None:
    """The native kernels; None where they are switched off or not there."""
    library = load()
    return None if library is None else _declared(library.handle)


def threads_available() -> int:
    """How many threads a burst can use; 1 without the native part."""
    native = kernels()
    return 1 if native is None else int(native.rusta_burst_threads())


def checked(code: int) -> int:
    """``code`` when it is no error.

    Raises:
        BurstError: the kernel refused its arguments or failed.
    """
    if code < 0:
        raise BurstError(f"the native kernel failed with {code}; run again with RUSTA_NATIVE=0 and report it")
    return code


def view_of(table: SynapseTable) -> TableView:
    """A table as the kernels see it; it points into the table's arrays and does not keep them."""
    view = TableView(table.sources, table.targets, table.synapses, table.segments, table.layout, table.parts)
    for name in ("words", "weights", "psp", "starts", "factors", "rows", "cuts", "column_sum", "heads"):
        setattr(view, name, address(getattr(table, name)))
    return view


def build(
    native: ctypes.CDLL,
    edges: tuple[NDArray[Any], ...],
    valid: NDArray[np.bool_] | None,
    sources: int,
    targets: int,
    keep_order: bool,
    threads: int,
) -> SynapseTable:
    """The same as `rusta_burst.engine.twin.build`, on so many threads."""
    columns = [address(column) for column in edges]
    mask = None if valid is None else address(valid)
    sizes = (sources, targets, int(keep_order), threads)
    handle = native.rusta_burst_index_build(edges[0].size, *columns, mask, *sizes)
    if not handle:
        raise BurstError("the native index could not be built; is there enough memory?")
    lengths = np.zeros(8, np.uint64)
    checked(native.rusta_burst_index_sizes(handle, lengths.ctypes.data))
    kinds = (np.uint32, np.uint8, np.uint8, np.uint32, np.int32, np.uint32, np.uint32)
    arrays: list[Any] = [np.empty(int(size), kind) for size, kind in zip(lengths[1:], kinds, strict=True)]
    checked(native.rusta_burst_index_take(handle, *[array.ctypes.data for array in arrays]))
    return SynapseTable(sources, targets, int(lengths[0]), *arrays)


def cuts(native: ctypes.CDLL, table: SynapseTable, parts: int) -> U32:
    """The same as `rusta_burst.engine.twin.cuts`."""
    made = np.empty((parts - 1) * table.segments, np.uint32)
    view = view_of(table)
    checked(native.rusta_burst_index_cut(ctypes.addressof(view), parts, address(made)))
    return made


def heads(native: ctypes.CDLL, table: SynapseTable) -> NDArray[np.uint64]:
    """What a burst needs of each segment in one word; empty where that does not fit."""
    made = np.empty(table.segments + 1, np.uint64)
    view = view_of(table)
    fits = checked(native.rusta_burst_index_heads(ctypes.addressof(view), made.ctypes.data))
    return made if fits else np.empty(0, np.uint64)


def columns(native: ctypes.CDLL, table: SynapseTable, sums: NDArray[np.int32]) -> tuple[bool, int]:
    """Write the sum of every target's synapses where all have one psp: (whether it was done, the psp or 0).

    The psp is 0 where the sums of a burst might not fit into 16 bits.
    """
    view = view_of(table)
    unit = checked(native.rusta_burst_columns(ctypes.addressof(view), address(sums))) - (1 << 32)
    return unit != 0, max(unit, 0)


def push(native: ctypes.CDLL, table: SynapseTable, work: WorkspaceView, ids: U32) -> None:
    """Write the sums of the rows ``ids`` to the column sums."""
    view = view_of(table)
    out = address(table.column_sum)
    parts = ctypes.addressof(view), ctypes.addressof(work)
    checked(native.rusta_burst_propagate(*parts, address(ids), ids.size, out, 0, 1, 1))
