//! What a burst needs of a segment in one word: a fired row costs one line of memory before its synapses, not three.
//!
//! Low to high: 32 bits where it begins, 10 bits its factor + 512, 22 bits how many events the first of two parts has.

use super::index::reaching;
use super::table::Table;

const ZERO: i32 = 512;
const FACTOR: u64 = 1023;
/// More events than this in the first part of a segment don't fit.
const MOST: u32 = (1 << 22) - 1;

/// Begin, cut and factor of a head.
#[inline(always)]
pub fn open(head: u64) -> (usize, usize, i32) {
    let begin = head as u32 as usize;
    (begin, begin + (head >> 42) as usize, (head >> 32 & FACTOR) as i32 - ZERO)
}

/// Fills `heads`, one more than there are segments; false: a segment is too long, or there are more than two parts.
///
/// # Safety
/// The table is consistent but for its heads.
pub unsafe fn fill(table: &Table, heads: &mut [u64]) -> bool {
    if table.parts > 2 || heads.len() != table.segments as usize + 1 {
        return false;
    }
    // SAFETY: as promised by the caller, all through.
    let starts = unsafe { table.starts() };
    let split = table.parts == 2;
    for (segment, (head, &begin)) in heads.iter_mut().zip(starts).enumerate() {
        *head = u64::from(begin);
        if segment == table.segments as usize {
            break;
        }
        let (cut, factor) = unsafe {
            let cut = if split { reaching(table, segment, table.targets / 2) } else { begin };
            (cut - begin, *table.factors.add(segment))
        };
        if cut > MOST || factor.abs() >= ZERO {
            return false;
        }
        *head |= u64::from(cut) << 42 | ((factor + ZERO) as u64) << 32;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_holds_its_extremes() {
        for (begin, cut, factor) in [(0, 0, -255), (u32::MAX, MOST, 255), (7, 1, 0), (9, 5, -1)] {
            let head = u64::from(begin) | u64::from(cut) << 42 | ((factor + ZERO) as u64) << 32;
            assert_eq!(open(head), (begin as usize, begin as usize + cut as usize, factor));
        }
    }
}
