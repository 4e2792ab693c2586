//! Weights that change: a u8 in the table and a residue of 1/256 each beside it.

use super::table::Table;

/// A position is not below the number of synapses.
pub const NO_SUCH_SYNAPSE: i64 = -1;

/// Adds `change` / 256 to the weight of each position, saturating at 0 and 255 whole; nothing is changed on an error.
///
/// # Safety
/// The table's weights may be written, `residue` has an element for each synapse.
pub unsafe fn adjust(table: &Table, residue: *mut u8, positions: &[i64], change: &[i32]) -> i64 {
    let synapses = table.synapses as i64;
    if positions.iter().any(|&p| p < 0 || p >= synapses) {
        return NO_SUCH_SYNAPSE;
    }
    for (&position, &change) in positions.iter().zip(change) {
        // SAFETY: positions were checked.
        unsafe { move_weight(table, residue, position as usize, i64::from(change)) };
    }
    positions.len() as i64
}

/// Adds `change` / 256 to the weight at position `k`, saturating at 0 and 255 whole.
///
/// # Safety
/// As `adjust`; `k` is below synapses.
#[inline(always)]
pub unsafe fn move_weight(table: &Table, residue: *mut u8, k: usize, change: i64) {
    // SAFETY: as promised by the caller.
    unsafe {
        let whole = i64::from(weight(table, k)) << 8 | i64::from(*residue.add(k));
        let new = (whole + change).clamp(0, 255 << 8);
        *residue.add(k) = (new & 255) as u8;
        set_weight(table, k, (new >> 8) as u8);
    }
}

unsafe fn weight(table: &Table, k: usize) -> u8 {
    // SAFETY: k is below synapses.
    unsafe {
        if table.layout == 2 {
            *table.weights.add(k)
        } else {
            (*table.words.add(k) & 255) as u8
        }
    }
}

unsafe fn set_weight(table: &Table, k: usize, weight: u8) {
    // SAFETY: k is below synapses, and the caller lets weights be written.
    unsafe {
        if table.layout == 2 {
            *table.weights.cast_mut().add(k) = weight;
        } else {
            let word = table.words.cast_mut().add(k);
            *word = *word & !255 | u32::from(weight);
        }
    }
}

/// For each target, its sources ascending as gaps of variable length (7 bits a byte, low first): about 2 bytes a synapse.
pub struct Reverse {
    pub bytes: Vec<u8>,
    /// `targets + 1` offsets.
    pub starts: Vec<u64>,
}

/// The sources of every target, each named once however many synapses join the pair.
///
/// # Safety
/// The table is consistent.
pub unsafe fn reverse(table: &Table) -> Reverse {
    let targets = table.targets as usize;
    let shift = if table.layout == 2 { 0 } else { 8 };
    let mut last = vec![u32::MAX; targets];
    let mut starts = vec![0u64; targets + 1];
    let mut bytes = Vec::new();
    for fill in [false, true] {
        let mut cursor: Vec<u64> = if fill { starts.clone() } else { Vec::new() };
        last.fill(u32::MAX);
        for row in 0..table.sources as usize {
            // SAFETY: as promised by the caller.
            let (begin, end) = unsafe {
                let (first, after) = table.segments_of(row);
                (*table.starts.add(first) as usize, *table.starts.add(after) as usize)
            };
            for k in begin..end {
                // SAFETY: a position of the table.
                let target = (unsafe { *table.words.add(k) } >> shift) as usize;
                let before = last[target];
                if before == row as u32 {
                    continue;
                }
                last[target] = row as u32;
                let mut gap = (row as u32).wrapping_sub(before.wrapping_add(1));
                loop {
                    let more = gap > 127;
                    if fill {
                        bytes[cursor[target] as usize] = (gap & 127) as u8 | u8::from(more) << 7;
                        cursor[target] += 1;
                    } else {
                        starts[target + 1] += 1;
                    }
                    gap >>= 7;
                    if !more {
                        break;
                    }
                }
            }
        }
        if !fill {
            for k in 1..starts.len() {
                starts[k] += starts[k - 1];
            }
            bytes = vec![0u8; *starts.last().unwrap_or(&0) as usize];
        }
    }
    Reverse { bytes, starts }
}

/// Calls `found` with the source and the position of every synapse that reaches `target`, sources ascending.
///
/// # Safety
/// `bytes` are this target's part of the table's reverse.
pub unsafe fn incoming(
    table: &Table,
    target: u32,
    bytes: &[u8],
    mut found: impl FnMut(u32, usize),
) {
    let shift = if table.layout == 2 { 0 } else { 8 };
    let mut next = 0u32;
    let mut at = 0;
    while at < bytes.len() {
        let (mut gap, mut bits) = (0u32, 0);
        loop {
            let byte = bytes[at];
            at += 1;
            gap |= u32::from(byte & 127) << bits;
            bits += 7;
            if byte & 128 == 0 {
                break;
            }
        }
        let row = next + gap;
        next = row + 1;
        // SAFETY: the reverse names rows of this table.
        unsafe {
            let (first, after) = table.segments_of(row as usize);
            for segment in first..after {
                let (begin, end) =
                    (*table.starts.add(segment) as usize, *table.starts.add(segment + 1) as usize);
                let from = {
                    let own = std::slice::from_raw_parts(table.words.add(begin), end - begin);
                    begin + own.partition_point(|&word| word >> shift < target)
                };
                // One word after the other: who is told of a position may change its weight.
                for position in from..end {
                    if *table.words.add(position) >> shift != target {
                        break;
                    }
                    found(row, position);
                }
            }
        }
    }
}
