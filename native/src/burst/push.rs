//! The inner loop: rows of fired neurons are read ahead and added to the accumulators.

use std::ops::Range;

use super::heads;
use super::table::{prefetch, Layout, Table};

/// Events whose synapses are asked for before they are needed.
const AHEAD: usize = 512;
/// Rows whose place in the index is asked for before it is needed.
const ROWS_AHEAD: usize = 24;
/// Synapse bytes below which everything is in the cache anyway.
const SMALL: u64 = 1 << 18;

/// Adds `sign` times the contributions of the rows `ids` to `out`; the number of events.
///
/// `part`: only the targets of this part of `table.parts`, by its cuts; none: all. In 16 bits, contributions count in
/// units of the one factor that all segments have, but for its sign.
///
/// # Safety
/// The table is consistent, all ids are below its sources, `out` has an element for each target, and nobody else writes
/// to the targets of this part.
pub unsafe fn push<L: Layout, S: Sum>(
    table: &Table,
    layout: L,
    ids: &[u32],
    part: Option<usize>,
    sign: i32,
    out: *mut S,
) -> u64 {
    let ahead = if table.synapses < SMALL { 0 } else { AHEAD };
    let (plain, heads) = (table.rows.is_null(), !table.heads.is_null());
    let p = part.unwrap_or(0);
    // SAFETY: passed on.
    unsafe {
        match (plain, part.is_some(), heads) {
            (true, false, false) => {
                sweep::<L, S, true, false, false>(table, layout, ids, p, sign, out, ahead)
            }
            (true, true, false) => {
                sweep::<L, S, true, true, false>(table, layout, ids, p, sign, out, ahead)
            }
            (true, false, true) => {
                sweep::<L, S, true, false, true>(table, layout, ids, p, sign, out, ahead)
            }
            (true, true, true) => {
                sweep::<L, S, true, true, true>(table, layout, ids, p, sign, out, ahead)
            }
            (false, false, false) => {
                sweep::<L, S, false, false, false>(table, layout, ids, p, sign, out, ahead)
            }
            (false, true, false) => {
                sweep::<L, S, false, true, false>(table, layout, ids, p, sign, out, ahead)
            }
            (false, false, true) => {
                sweep::<L, S, false, false, true>(table, layout, ids, p, sign, out, ahead)
            }
            (false, true, true) => {
                sweep::<L, S, false, true, true>(table, layout, ids, p, sign, out, ahead)
            }
        }
    }
}

/// An accumulator of one target.
pub trait Sum: Copy {
    /// Only the sign of a segment's factor counts: its events are added or taken away, and nothing is multiplied.
    const SIGN_ONLY: bool;
    fn plus(self, contribution: i32) -> Self;
    fn minus(self, contribution: i32) -> Self;
}

impl Sum for i32 {
    const SIGN_ONLY: bool = false;
    #[inline(always)]
    fn plus(self, contribution: i32) -> i32 {
        self.wrapping_add(contribution)
    }
    #[inline(always)]
    fn minus(self, contribution: i32) -> i32 {
        self.wrapping_sub(contribution)
    }
}

impl Sum for i16 {
    const SIGN_ONLY: bool = true;
    #[inline(always)]
    fn plus(self, contribution: i32) -> i16 {
        self.wrapping_add(contribution as i16)
    }
    #[inline(always)]
    fn minus(self, contribution: i32) -> i16 {
        self.wrapping_sub(contribution as i16)
    }
}

/// Adds the events of a stretch of one segment.
///
/// # Safety
/// Positions of the table; `out` has an element for each target.
#[inline(always)]
unsafe fn add<L: Layout, S: Sum>(layout: L, span: Range<usize>, factor: i32, out: *mut S) {
    let (taken, factor) = (S::SIGN_ONLY && factor < 0, if S::SIGN_ONLY { 1 } else { factor });
    // SAFETY: as promised by the caller.
    unsafe {
        if taken {
            for position in span {
                let (target, contribution) = layout.event(position, factor);
                *out.add(target) = (*out.add(target)).minus(contribution);
            }
        } else {
            for position in span {
                let (target, contribution) = layout.event(position, factor);
                *out.add(target) = (*out.add(target)).plus(contribution);
            }
        }
    }
}

/// Where the events of a part begin and end in a segment, and the segment's factor.
#[inline(always)]
unsafe fn bounds<const PART: bool, const HEADS: bool>(
    table: &Table,
    segment: usize,
    part: usize,
) -> (usize, usize, i32) {
    // SAFETY: segment is below segments; cuts belong to parts, and heads to two parts.
    unsafe {
        if HEADS {
            let (head, next) = (*table.heads.add(segment), *table.heads.add(segment + 1));
            let (begin, cut, factor) = heads::open(head);
            let end = next as u32 as usize;
            return match (PART, part) {
                (false, _) => (begin, end, factor),
                (true, 0) => (begin, cut, factor),
                (true, _) => (cut, end, factor),
            };
        }
        let begin = *table.starts.add(segment) as usize;
        let end = *table.starts.add(segment + 1) as usize;
        let factor = *table.factors.add(segment);
        if !PART {
            return (begin, end, factor);
        }
        let segments = table.segments as usize;
        let from = if part == 0 {
            begin
        } else {
            *table.cuts.add((part - 1) * segments + segment) as usize
        };
        let last = part + 1 == table.parts as usize;
        let to = if last { end } else { *table.cuts.add(part * segments + segment) as usize };
        (from, to, factor)
    }
}

/// Asks for what `bounds` will read of a segment.
#[inline(always)]
fn prefetch_bounds<const PART: bool, const HEADS: bool>(
    table: &Table,
    segment: usize,
    part: usize,
) {
    if HEADS {
        prefetch(table.heads.wrapping_add(segment));
        return;
    }
    prefetch(table.starts.wrapping_add(segment));
    prefetch(table.factors.wrapping_add(segment));
    if PART {
        let row = part.min(table.parts as usize - 2) * table.segments as usize;
        prefetch(table.cuts.wrapping_add(row + segment));
    }
}

#[inline(always)]
unsafe fn sweep<L: Layout, S: Sum, const PLAIN: bool, const PART: bool, const HEADS: bool>(
    table: &Table,
    layout: L,
    ids: &[u32],
    part: usize,
    sign: i32,
    out: *mut S,
    ahead: usize,
) -> u64 {
    let mut asked = 0; // rows whose synapses were asked for
    let mut credit: usize = 0; // events asked for and not yet done
    let mut events = 0u64;
    for (place, &id) in ids.iter().enumerate() {
        if ahead != 0 {
            while asked < ids.len() && (credit < ahead || asked <= place) {
                if let Some(&later) = ids.get(asked + ROWS_AHEAD) {
                    let later = later as usize;
                    if PLAIN {
                        prefetch_bounds::<PART, HEADS>(table, later, part);
                    } else {
                        prefetch(table.rows.wrapping_add(later));
                    }
                }
                // SAFETY: ids are below sources.
                let (from, to) =
                    unsafe { row_bounds::<PLAIN, PART, HEADS>(table, ids[asked] as usize, part) };
                let mut line = from;
                while line < to {
                    // SAFETY: positions of the table.
                    unsafe { layout.prefetch(line) };
                    line += 16;
                }
                credit += to - from + 4;
                asked += 1;
            }
        }
        // SAFETY: ids are below sources; targets are below the length of out.
        unsafe {
            let (first, last) =
                if PLAIN { (id as usize, id as usize + 1) } else { table.segments_of(id as usize) };
            let mut count = 0;
            for segment in first..last {
                let (from, to, factor) = bounds::<PART, HEADS>(table, segment, part);
                add(layout, from..to, factor * sign, out);
                count += to - from;
            }
            events += count as u64;
            if ahead != 0 {
                let (from, to) = row_bounds::<PLAIN, PART, HEADS>(table, id as usize, part);
                credit = credit.saturating_sub(to - from + 4);
            }
        }
    }
    events
}

/// The span of a row that is asked for ahead: all its segments, which lie one after the other.
#[inline(always)]
unsafe fn row_bounds<const PLAIN: bool, const PART: bool, const HEADS: bool>(
    table: &Table,
    row: usize,
    part: usize,
) -> (usize, usize) {
    // SAFETY: row is below sources.
    unsafe {
        if PLAIN {
            let (from, to, _) = bounds::<PART, HEADS>(table, row, part);
            return (from, to);
        }
        let (first, last) = table.segments_of(row);
        (*table.starts.add(first) as usize, *table.starts.add(last) as usize)
    }
}
