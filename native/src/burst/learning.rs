//! Two rules of plasticity over the synapses of one table: pairs of spikes with traces, and the window of bursts.
//!
//! Amounts are whole numbers of 2^-16 of a weight. What is finer than a residue is rounded by a hash of the synapse's row in
//! the input, so neither the order of synapses nor the layout of the index matters.

use std::slice;

use super::plastic::{incoming, move_weight};
use super::table::Table;

const SCALE_BITS: u32 = 16;
const ONE: i64 = 1 << SCALE_BITS;
/// Bits that are finer than a residue.
const FINE_BITS: u32 = 8;
/// More than a weight can move, in residues.
const MOST: i64 = 255 << 8;

/// Synapses that learn, and whose they are; the caller owns all arrays.
#[repr(C)]
pub struct Learner {
    pub table: *const Table,
    /// 1/256 of a weight each, by position.
    pub residue: *mut u8,
    /// The way back: see `plastic::Reverse`.
    pub bytes: *const u8,
    pub byte_starts: *const u64,
    /// From a position to its place in the table's input, and from there to a row; null: the same number.
    pub order: *const u32,
    pub rows: *const u32,
    /// By row: whether the synapse belongs to the rule.
    pub mine: *const u8,
    /// Hash of seed and burst.
    pub start: u64,
}

/// Decaying traces, one a neuron; as `rusta_burst.plasticity.traces`.
#[repr(C)]
pub struct Traces {
    pub value: *const i64,
    pub last: *const i64,
    pub decay: *const i64,
    pub decays: u64,
}

impl Traces {
    /// # Safety
    /// `which` is a neuron, and the arrays are as long as was said.
    #[inline(always)]
    unsafe fn read(&self, which: usize, burst: i64) -> i64 {
        // SAFETY: as promised by the caller; the place in the table is bounded.
        unsafe {
            let value = *self.value.add(which);
            if value == 0 {
                return 0;
            }
            let passed = (burst - *self.last.add(which)).clamp(0, self.decays as i64 - 1);
            let factor = *self.decay.add(passed as usize);
            let size = value.abs();
            let high = (size >> SCALE_BITS).wrapping_mul(factor) >> (30 - SCALE_BITS);
            let low = (size & (ONE - 1)).wrapping_mul(factor) >> 30;
            value.signum() * high.wrapping_add(low)
        }
    }
}

impl Learner {
    /// Changes the weight at a position by `amount`, if it belongs to the rule.
    ///
    /// # Safety
    /// The learner is consistent and `position` is below the table's synapses.
    #[inline(always)]
    unsafe fn change(&self, table: &Table, position: usize, amount: i64) {
        // SAFETY: as promised by the caller.
        unsafe {
            let mut row = position;
            if !self.order.is_null() {
                row = *self.order.add(row) as usize;
            }
            if !self.rows.is_null() {
                row = *self.rows.add(row) as usize;
            }
            if *self.mine.add(row) == 0 {
                return;
            }
            let dice = (mix(self.start, row as u64) & ((1 << FINE_BITS) - 1)) as i64;
            let steps = (amount.wrapping_add(dice) >> FINE_BITS).clamp(-MOST, MOST);
            move_weight(table, self.residue, position, steps);
        }
    }

    /// # Safety
    /// The learner is consistent and `id` is below the table's targets.
    unsafe fn way_back(&self, id: u32) -> &[u8] {
        // SAFETY: as promised by the caller.
        unsafe {
            let from = *self.byte_starts.add(id as usize);
            let to = *self.byte_starts.add(id as usize + 1);
            if from == to {
                return &[];
            }
            slice::from_raw_parts(self.bytes.add(from as usize), (to - from) as usize)
        }
    }
}

/// SplitMix64's finaliser (Steele et al., 2014).
#[inline(always)]
fn mix(start: u64, row: u64) -> u64 {
    let z = row.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(start);
    let z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ z >> 31
}

/// Calls `found` with every position of a row and its target.
#[inline(always)]
unsafe fn outgoing(table: &Table, row: u32, mut found: impl FnMut(usize, usize)) {
    let shift = if table.layout == 2 { 0 } else { 8 };
    // SAFETY: row is below sources, the caller says.
    unsafe {
        let (first, after) = table.segments_of(row as usize);
        for position in *table.starts.add(first) as usize..*table.starts.add(after) as usize {
            found(position, (*table.words.add(position) >> shift) as usize);
        }
    }
}

/// What shrinks of a burst: the synapses that leave who fired, by the traces of their receivers.
///
/// # Safety
/// The learner is consistent, ids and targets are neurons of the traces.
pub unsafe fn shrink(of: &Learner, fired: &[u32], receiver: &Traces, minus: i64, burst: i64) {
    // SAFETY: as promised by the caller.
    unsafe {
        let table = &*of.table;
        for &id in fired {
            outgoing(table, id, |position, target| {
                let down = receiver.read(target, burst).wrapping_mul(minus) >> SCALE_BITS;
                if down != 0 {
                    of.change(table, position, -down);
                }
            });
        }
    }
}

/// What grows: the synapses that reach who fired, by the traces of their senders.
///
/// # Safety
/// As `shrink`.
pub unsafe fn grow(of: &Learner, fired: &[u32], sender: &Traces, plus: i64, burst: i64) {
    // SAFETY: as promised by the caller.
    unsafe {
        let table = &*of.table;
        for &id in fired {
            incoming(table, id, of.way_back(id), |source, position| {
                let up = sender.read(source as usize, burst).wrapping_mul(plus) >> SCALE_BITS;
                if up != 0 {
                    of.change(table, position, up);
                }
            });
        }
    }
}

/// The window rule: a synapse grows when both its neurons fired in `each` burst, and shrinks when one of `active` is at an end.
///
/// # Safety
/// The learner is consistent; `some` and `each` have an element for each neuron, `active` lists the neurons of `some`.
pub unsafe fn window(
    of: &Learner,
    active: &[u32],
    some: &[u8],
    each: &[u8],
    (up, down): (i64, i64),
) {
    // SAFETY: as promised by the caller.
    unsafe {
        let table = &*of.table;
        for &id in active {
            let steady = each[id as usize] != 0;
            outgoing(table, id, |position, target| {
                let both = steady && each[target] != 0;
                of.change(table, position, if both { up } else { -down });
            });
            incoming(table, id, of.way_back(id), |source, position| {
                // A sender of `active` has had its turn.
                if some[source as usize] == 0 {
                    of.change(table, position, -down);
                }
            });
        }
    }
}
