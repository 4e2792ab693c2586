//! Sums in 16 bits: half the memory that scattered additions touch, where no sum of a burst can leave them.
//!
//! They count in units of the one factor that all segments have, but for its sign, and become 32-bit sums in one sweep.

use super::propagate::Start;
use super::table::Table;

/// Writes the sums of all synapses a target, and gives what a unit of a 16-bit sum counts. Negative: the sums are right,
/// but 16 bits are not enough for those of a burst. 0: factors differ, and nothing was written.
///
/// # Safety
/// The table is consistent; `sums` has an element for each target.
pub unsafe fn columns(table: &Table, sums: &mut [i32]) -> i32 {
    let Some(unit) = (unsafe { unit_of(table) }) else {
        return 0;
    };
    let mut inhibits = vec![0i32; sums.len()];
    sums.fill(0);
    for segment in 0..table.segments as usize {
        // SAFETY: positions of the table, and targets below the number of sums.
        unsafe {
            let (from, to) = (*table.starts.add(segment), *table.starts.add(segment + 1));
            let excites = *table.factors.add(segment) > 0;
            let own = if excites { &mut *sums } else { &mut inhibits };
            for position in from as usize..to as usize {
                let word = *table.words.add(position);
                *own.get_unchecked_mut((word >> 8) as usize) += (word & 255) as i32;
            }
        }
    }
    let most = i32::from(i16::MAX);
    let fits = sums.iter().chain(&inhibits).all(|&sum| sum <= most);
    for (sum, less) in sums.iter_mut().zip(&inhibits) {
        *sum = (*sum - less) * unit;
    }
    if fits {
        unit
    } else {
        -unit
    }
}

/// The size of the factor that all segments with synapses have.
unsafe fn unit_of(table: &Table) -> Option<i32> {
    let mut unit = None;
    if table.layout != 0 {
        return None;
    }
    for segment in 0..table.segments as usize {
        // SAFETY: as promised by the caller.
        let (empty, size) = unsafe {
            let empty = *table.starts.add(segment) == *table.starts.add(segment + 1);
            (empty, (*table.factors.add(segment)).abs())
        };
        if empty {
            continue;
        }
        if size == 0 || unit.is_some_and(|unit| unit != size) {
            return None;
        }
        unit = Some(size);
    }
    unit
}

/// What `out` becomes when `sums` are added to its start; they are 0 afterwards.
pub fn widen(sums: &mut [i16], unit: i32, start: Start, column: &[i32], out: &mut [i32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the feature was detected.
        unsafe { widen_wide(sums, unit, start, column, out) };
        return;
    }
    widen_by(sums, unit, start, column, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn widen_wide(s: &mut [i16], unit: i32, start: Start, column: &[i32], out: &mut [i32]) {
    widen_by(s, unit, start, column, out);
}

#[inline(always)]
fn widen_by(sums: &mut [i16], unit: i32, start: Start, column: &[i32], out: &mut [i32]) {
    let each = out.iter_mut().zip(sums.iter_mut());
    match start {
        Start::Zero => each.for_each(|(out, sum)| *out = i32::from(*sum) * unit),
        Start::AsIs => {
            each.for_each(|(out, sum)| *out = out.wrapping_add(i32::from(*sum) * unit));
        }
        Start::Column => {
            each.zip(column).for_each(|((out, sum), column)| {
                *out = column.wrapping_add(i32::from(*sum) * unit);
            });
        }
        Start::PlusColumn => {
            each.zip(column).for_each(|((out, sum), column)| {
                let more = column.wrapping_add(i32::from(*sum) * unit);
                *out = out.wrapping_add(more);
            });
        }
    }
    sums.fill(0);
}
