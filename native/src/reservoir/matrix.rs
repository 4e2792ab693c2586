//! The recurrent weights in slices of eight rows.

use crate::abi::Error;

/// Rows in a slice.
pub const WIDTH: usize = 8;

/// Entries of a group: four neighbouring rows and four neighbouring columns.
pub const GROUP: usize = 4;

/// Slice `k` holds rows `8k..8k+8` in the slots `starts[k]..starts[k+1]`. A slot holds one entry of
/// each of its rows, with eight values. Rows with fewer entries are filled up with value 0.
///
/// `columns` has eight columns a slot; or, when `grouped`, one code for each half of a slot: lane
/// `l` of the half has the column `(code & !3) + ((code + l) & 3)`.
pub struct Sliced<'a, T> {
    pub rows: usize,
    pub starts: &'a [u32],
    pub columns: &'a [u16],
    pub values: &'a [T],
    pub grouped: bool,
}

impl<'a, T> Sliced<'a, T> {
    /// Checks everything that the kernels rely on.
    pub fn new(
        rows: usize,
        starts: &'a [u32],
        columns: &'a [u16],
        values: &'a [T],
        grouped: bool,
    ) -> Result<Self, Error> {
        let slices = rows.div_ceil(WIDTH);
        let ordered = starts.windows(2).all(|pair| pair[0] <= pair[1]);
        let slots = starts.last().map_or(0, |&last| last as usize);
        let fits = columns.len() == slots * Self::columns_of_slot(grouped);
        if rows == 0 || starts.len() != slices + 1 || starts[0] != 0 || !ordered || !fits {
            return Err(Error::BadArgument);
        }
        if values.len() != slots * WIDTH || (grouped && !rows.is_multiple_of(GROUP)) {
            return Err(Error::BadArgument);
        }
        // A maximum vectorises, a search does not.
        let highest = columns.iter().fold(0u16, |a, &b| a.max(b));
        if !columns.is_empty() && usize::from(highest) >= rows {
            return Err(Error::BadArgument);
        }
        Ok(Sliced { rows, starts, columns, values, grouped })
    }

    /// Numbers in `columns` for each slot.
    pub const fn columns_of_slot(grouped: bool) -> usize {
        if grouped {
            WIDTH / GROUP
        } else {
            WIDTH
        }
    }

    /// Rows, counting those that fill up the last slice.
    pub fn padded(&self) -> usize {
        (self.starts.len() - 1) * WIDTH
    }

    /// The column of a lane of a slot.
    ///
    /// # Safety
    /// `slot` and `lane` are within the matrix.
    #[inline(always)]
    pub unsafe fn column(&self, slot: usize, lane: usize) -> usize {
        // SAFETY: the caller vouches, and `new` checked the length.
        unsafe {
            if self.grouped {
                let code = usize::from(*self.columns.get_unchecked(slot * 2 + lane / GROUP));
                (code & !3) + ((code + lane) & 3)
            } else {
                usize::from(*self.columns.get_unchecked(slot * WIDTH + lane))
            }
        }
    }
}
