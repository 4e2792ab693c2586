//! The inner loop: rows of fired neurons are read ahead and added to the accumulators.

use super::table::{prefetch, Layout, Table};

/// Events whose synapses are asked for before they are needed.
const AHEAD: usize = 512;
/// Rows whose place in the index is asked for before it is needed.
const ROWS_AHEAD: usize = 24;
/// Synapse bytes below which everything is in the cache anyway.
const SMALL: u64 = 1 << 18;

/// Adds `sign` times the contributions of the rows `ids` to `out`; the number of events.
///
/// `part`: only the targets of this part of `table.parts`, by its cuts; none: all.
///
/// # Safety
/// The table is consistent, all ids are below its sources, `out` has an element for each target, and nobody else writes
/// to the targets of this part.
pub unsafe fn push<L: Layout>(
    table: &Table,
    layout: L,
    ids: &[u32],
    part: Option<usize>,
    sign: i32,
    out: *mut i32,
) -> u64 {
    let ahead = if table.synapses < SMALL { 0 } else { AHEAD };
    // SAFETY: passed on.
    unsafe {
        match (table.rows.is_null(), part) {
            (true, None) => sweep::<L, true, false>(table, layout, ids, 0, sign, out, ahead),
            (true, Some(p)) => sweep::<L, true, true>(table, layout, ids, p, sign, out, ahead),
            (false, None) => sweep::<L, false, false>(table, layout, ids, 0, sign, out, ahead),
            (false, Some(p)) => sweep::<L, false, true>(table, layout, ids, p, sign, out, ahead),
        }
    }
}

#[inline(always)]
unsafe fn bounds<const PART: bool>(table: &Table, segment: usize, part: usize) -> (usize, usize) {
    // SAFETY: segment is below segments; cuts belong to parts.
    unsafe {
        let begin = *table.starts.add(segment) as usize;
        let end = *table.starts.add(segment + 1) as usize;
        if !PART {
            return (begin, end);
        }
        let segments = table.segments as usize;
        let from = if part == 0 {
            begin
        } else {
            *table.cuts.add((part - 1) * segments + segment) as usize
        };
        let last = part + 1 == table.parts as usize;
        let to = if last { end } else { *table.cuts.add(part * segments + segment) as usize };
        (from, to)
    }
}

#[inline(always)]
unsafe fn sweep<L: Layout, const PLAIN: bool, const PART: bool>(
    table: &Table,
    layout: L,
    ids: &[u32],
    part: usize,
    sign: i32,
    out: *mut i32,
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
                        prefetch(table.starts.wrapping_add(later));
                        prefetch(table.factors.wrapping_add(later));
                        if PART {
                            let row = part.min(table.parts as usize - 2) * table.segments as usize;
                            prefetch(table.cuts.wrapping_add(row + later));
                        }
                    } else {
                        prefetch(table.rows.wrapping_add(later));
                    }
                }
                // SAFETY: ids are below sources.
                let (from, to) =
                    unsafe { row_bounds::<PLAIN, PART>(table, ids[asked] as usize, part) };
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
                let (from, to) = bounds::<PART>(table, segment, part);
                let factor = *table.factors.add(segment) * sign;
                for position in from..to {
                    let (target, contribution) = layout.event(position, factor);
                    let sum = out.add(target);
                    *sum = (*sum).wrapping_add(contribution);
                }
                count += to - from;
            }
            events += count as u64;
            if ahead != 0 {
                let (from, to) = row_bounds::<PLAIN, PART>(table, id as usize, part);
                credit = credit.saturating_sub(to - from + 4);
            }
        }
    }
    events
}

/// The span of a row that is asked for ahead: all its segments, which lie one after the other.
#[inline(always)]
unsafe fn row_bounds<const PLAIN: bool, const PART: bool>(
    table: &Table,
    row: usize,
    part: usize,
) -> (usize, usize) {
    // SAFETY: row is below sources.
    unsafe {
        if PLAIN {
            return bounds::<PART>(table, row, part);
        }
        let (first, last) = table.segments_of(row);
        (*table.starts.add(first) as usize, *table.starts.add(last) as usize)
    }
}
