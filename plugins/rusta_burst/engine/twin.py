"""The kernels in NumPy: the same bits, slower. They are what the native ones are tested against, and the fallback."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_burst.engine.table import I32, I64, MAX_PACKED_TARGETS, MIXED, U8, U32, UNIFORM, WIDE, SynapseTable

#: Events that are added up at once: bounds the memory of a sweep.
_BATCH = 1 << 22


def build(
    edges: tuple[U32, U32, U8, U8, U8], valid: NDArray[np.bool_] | None, sources: int, targets: int, keep_order: bool
) -> SynapseTable:
    """An index of ``edges`` = (source, target, weight, psp, type), whose ids have been checked."""
    place = np.arange(edges[0].size, dtype=np.uint32) if valid is None else np.flatnonzero(valid).astype(np.uint32)
    columns: list[NDArray[Any]] = [column[place] for column in edges]
    source, target, weight, psp, kind = columns
    inhibitory = (kind != 0).astype(np.int64)
    pairs = inhibitory * 256 + psp
    used = np.unique(source.astype(np.int64) * 512 + pairs)
    by_psp_segments = used.size + sources - np.unique(used // 512).size
    by_psp = targets <= MAX_PACKED_TARGETS and (by_psp_segments - sources) * 8 <= place.size
    layout = WIDE if targets > MAX_PACKED_TARGETS else (UNIFORM if by_psp else MIXED)
    key = pairs if by_psp else inhibitory
    order = np.lexsort((target, key, source))
    source, target, weight, psp, key = source[order], target[order], weight[order], psp[order], key[order]
    sign = (1 - 2 * inhibitory[order]).astype(np.int32)
    starts, factors, rows = _segments(source, key, sign * psp.astype(np.int32) if by_psp else sign, sources)
    packed = (target << np.uint32(8)) | weight
    none = np.empty(0, np.uint8)
    came = place[order]
    return SynapseTable(
        sources,
        targets,
        layout,
        words=target if layout == WIDE else packed,
        weights=weight if layout == WIDE else none,
        psp=none if layout == UNIFORM else psp,
        starts=starts,
        factors=factors,
        rows=rows,
        order=came if keep_order and not _identity(came) else np.empty(0, np.uint32),
    )


def _identity(order: U32) -> bool:
    return bool((order == np.arange(order.size, dtype=np.uint32)).all())


def _segments(source: U32, key: I64, factor: I32, sources: int) -> tuple[U32, I32, U32]:
    """Starts, factors and rows; a source without synapses has one empty segment."""
    change = np.ones(source.size, np.bool_)
    change[1:] = (source[1:] != source[:-1]) | (key[1:] != key[:-1])
    begins = np.flatnonzero(change)
    owners = source[begins].astype(np.int64)
    empty = np.setdiff1d(np.arange(sources), owners)
    row_begin = np.searchsorted(source, empty)
    all_owners = np.concatenate([owners, empty])
    order = np.argsort(all_owners, kind="stable")
    starts = np.concatenate([begins, row_begin])[order]
    factors = np.concatenate([factor[begins], np.zeros(empty.size, np.int32)])[order]
    rows = np.searchsorted(all_owners[order], np.arange(sources + 1)).astype(np.uint32)
    if factors.size == sources:
        rows = np.empty(0, np.uint32)
    return np.append(starts, source.size).astype(np.uint32), factors.astype(np.int32), rows


def propagate(table: SynapseTable, ids: U32, out: I32, *, clear: bool) -> int:
    """Add up the contributions of the rows ``ids`` in ``out``; the number of events."""
    if clear:
        out[:] = 0
    starts = table.row_starts()
    lengths = (starts[1:] - starts[:-1])[ids]
    events = 0
    batches = np.searchsorted(np.cumsum(lengths, dtype=np.int64) // _BATCH, np.arange(1, _batches(lengths)))
    for part in np.split(ids, batches):
        positions = table.positions_of(part)
        np.add.at(out, table.targets_of(positions), table.contributions_of(positions))
        events += positions.size
    return events


def _batches(lengths: U32) -> int:
    return int(lengths.sum(dtype=np.int64)) // _BATCH + 1


def cuts(table: SynapseTable, parts: int) -> U32:
    """For each part but the first, where its targets begin in each segment."""
    made = np.empty((parts - 1, table.segments), np.uint32)
    shift = 0 if table.layout == WIDE else 8
    ends = table.starts.astype(np.int64)
    lengths = ends[1:] - ends[:-1]
    segment = np.repeat(np.arange(table.segments), lengths)
    for part in range(1, parts):
        below = (table.words >> np.uint32(shift)) < table.targets * part // parts
        counts = np.bincount(segment[below], minlength=table.segments)
        made[part - 1] = table.starts[:-1] + counts
    return made.reshape(-1)


def adjust(table: SynapseTable, residue: U8, positions: I64, change: I32) -> None:
    """Add ``change`` / 256 to the weights, saturating at 0 and 255 whole; every position is named once."""
    whole = table.weights_of(positions).astype(np.int64) * 256 + residue[positions]
    new = np.clip(whole + change, 0, 255 * 256)
    residue[positions] = (new & 255).astype(np.uint8)
    table.set_weights(positions, (new >> 8).astype(np.uint8))
