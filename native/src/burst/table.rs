//! A synapse table as the caller lays it out, and the three layouts of a synapse in it.

use std::slice;

/// Arrays of one index; the caller owns them. Rows are sources, segments are parts of rows with one factor.
#[repr(C)]
pub struct Table {
    pub sources: u64,
    pub targets: u64,
    pub synapses: u64,
    pub segments: u64,
    /// 0: `words` = target << 8 | weight; 1: the same with a psp each; 2: `words` = target, a weight and a psp each.
    pub layout: u32,
    /// The threads that `cuts` was made for; 0 when there is none.
    pub parts: u32,
    pub words: *const u32,
    pub weights: *const u8,
    pub psp: *const u8,
    /// `segments + 1` positions.
    pub starts: *const u32,
    /// One a segment: sign, or sign times psp in layout 0.
    pub factors: *const i32,
    /// `sources + 1` segments; null when segment k is row k.
    pub rows: *const u32,
    /// `(parts - 1) * segments`: where the targets of part p + 1 begin in a segment.
    pub cuts: *const u32,
    /// One a target: the sum over all its synapses; null when it is not kept.
    pub column_sum: *const i32,
    /// `segments + 1` times what a burst needs of a segment in one word, see `heads`; null: `starts`, `factors`, `cuts`.
    pub heads: *const u64,
}

// SAFETY: a table is only read while a burst runs; who changes weights does so between bursts.
unsafe impl Sync for Table {}

impl Table {
    /// Whether pointers and sizes can belong together.
    pub fn plausible(&self) -> bool {
        let needed = [self.starts.is_null(), self.factors.is_null()];
        let arrays = match self.layout {
            0 => self.words.is_null(),
            1 => self.words.is_null() || self.psp.is_null(),
            2 => self.words.is_null() || self.weights.is_null() || self.psp.is_null(),
            _ => return false,
        };
        !needed.contains(&true)
            && (!arrays || self.synapses == 0)
            && self.synapses < u64::from(u32::MAX)
            && (self.layout == 2 || self.targets <= 1 << 24)
            && (!self.rows.is_null() || self.segments == self.sources)
    }

    /// # Safety
    /// `starts` has `segments + 1` elements.
    #[inline]
    pub unsafe fn starts(&self) -> &[u32] {
        // SAFETY: as promised by the caller.
        unsafe { slice::from_raw_parts(self.starts, self.segments as usize + 1) }
    }

    /// The segments of a row.
    ///
    /// # Safety
    /// `row` is below `sources` and `rows` is null or has `sources + 1` elements.
    #[inline(always)]
    pub unsafe fn segments_of(&self, row: usize) -> (usize, usize) {
        if self.rows.is_null() {
            return (row, row + 1);
        }
        // SAFETY: as promised by the caller.
        unsafe { (*self.rows.add(row) as usize, *self.rows.add(row + 1) as usize) }
    }
}

/// How one synapse is read: its target and its contribution.
pub trait Layout: Copy + Sync {
    /// # Safety
    /// `position` is below the table's number of synapses.
    unsafe fn event(self, position: usize, factor: i32) -> (usize, i32);
    /// # Safety
    /// As for `event`.
    unsafe fn prefetch(self, position: usize);
}

/// Layout 0: four bytes a synapse.
#[derive(Clone, Copy)]
pub struct Uniform(pub *const u32);
/// Layout 1: five bytes.
#[derive(Clone, Copy)]
pub struct Mixed(pub *const u32, pub *const u8);
/// Layout 2: six bytes, for more than 2^24 targets.
#[derive(Clone, Copy)]
pub struct Wide(pub *const u32, pub *const u8, pub *const u8);

// SAFETY: only read.
unsafe impl Sync for Uniform {}
// SAFETY: only read.
unsafe impl Sync for Mixed {}
// SAFETY: only read.
unsafe impl Sync for Wide {}

/// Asks for a cache line that is needed soon; any address is allowed.
#[inline(always)]
pub fn prefetch<T>(address: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch never faults.
    unsafe {
        use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
        _mm_prefetch::<_MM_HINT_T0>(address.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

impl Layout for Uniform {
    #[inline(always)]
    unsafe fn event(self, position: usize, factor: i32) -> (usize, i32) {
        // SAFETY: as promised by the caller.
        let word = unsafe { *self.0.add(position) };
        ((word >> 8) as usize, (word & 255) as i32 * factor)
    }

    #[inline(always)]
    unsafe fn prefetch(self, position: usize) {
        prefetch(self.0.wrapping_add(position));
    }
}

impl Layout for Mixed {
    #[inline(always)]
    unsafe fn event(self, position: usize, factor: i32) -> (usize, i32) {
        // SAFETY: as promised by the caller.
        let (word, psp) = unsafe { (*self.0.add(position), *self.1.add(position)) };
        ((word >> 8) as usize, (word & 255) as i32 * i32::from(psp) * factor)
    }

    #[inline(always)]
    unsafe fn prefetch(self, position: usize) {
        prefetch(self.0.wrapping_add(position));
        prefetch(self.1.wrapping_add(position));
    }
}

impl Layout for Wide {
    #[inline(always)]
    unsafe fn event(self, position: usize, factor: i32) -> (usize, i32) {
        // SAFETY: as promised by the caller.
        let (target, weight, psp) =
            unsafe { (*self.0.add(position), *self.1.add(position), *self.2.add(position)) };
        (target as usize, i32::from(weight) * i32::from(psp) * factor)
    }

    #[inline(always)]
    unsafe fn prefetch(self, position: usize) {
        prefetch(self.0.wrapping_add(position));
        prefetch(self.1.wrapping_add(position));
        prefetch(self.2.wrapping_add(position));
    }
}

/// Runs `$body` with `$layout` bound to the layout of a table.
#[macro_export]
macro_rules! with_layout {
    ($table:expr, $layout:ident => $body:expr) => {
        match $table.layout {
            0 => {
                let $layout = $crate::burst::table::Uniform($table.words);
                $body
            }
            1 => {
                let $layout = $crate::burst::table::Mixed($table.words, $table.psp);
                $body
            }
            _ => {
                let $layout = $crate::burst::table::Wide($table.words, $table.weights, $table.psp);
                $body
            }
        }
    };
}
