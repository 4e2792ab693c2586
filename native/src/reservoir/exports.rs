//! The exported functions.

use super::batch::{Batch, Batched};
use super::matrix::{Sliced, WIDTH};
use super::single::{Run, Single};
use crate::abi::{self, Error};
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// Weights as C sees them. `slots` is the last of `starts`; `values` hold eight entries a slot, and
/// so do `columns`, unless `grouped` is not 0: see [`Sliced`].
#[repr(C)]
pub struct Weights<T> {
    pub rows: usize,
    pub slots: usize,
    pub grouped: usize,
    pub starts: *const u32,
    pub columns: *const u16,
    pub values: *const T,
}

/// The rest of a run: `state` is (sequences, rows); step `t` of sequence `q` begins at
/// `q·apart + t·stride` of `out`. `plain` other than 0 keeps to code that every CPU has.
#[repr(C)]
pub struct Series<T> {
    pub sequences: usize,
    pub steps: usize,
    pub stride: usize,
    pub apart: usize,
    pub state: *mut T,
    pub out: *mut T,
    pub leak: T,
    pub plain: i32,
}

unsafe fn run<T: Single + Batched>(
    weights: *const Weights<T>,
    series: *const Series<T>,
) -> Result<i64, Error> {
    // SAFETY: the caller vouches for both, and for the arrays they name.
    let (weights, series) = unsafe { (weights.as_ref(), series.as_ref()) };
    let (Some(w), Some(s)) = (weights, series) else {
        return Err(Error::BadArgument);
    };
    let product = |a: usize, b: usize| a.checked_mul(b).ok_or(Error::BadArgument);
    let missing = w.starts.is_null() || w.columns.is_null() || w.values.is_null();
    if missing || s.state.is_null() || s.out.is_null() || s.stride < w.rows || w.rows == 0 {
        return Err(Error::BadArgument);
    }
    let entries = product(w.slots, WIDTH)?;
    let grouped = w.grouped != 0;
    let columns = product(w.slots, Sliced::<T>::columns_of_slot(grouped))?;
    let states = product(s.sequences, w.rows)?;
    // Up to the end of the last step of the last sequence.
    let one = product(s.steps, s.stride)?;
    if s.sequences > 1 && s.apart < one {
        return Err(Error::BadArgument);
    }
    let cells = match s.sequences.checked_sub(1) {
        Some(before) => product(before, s.apart)?.checked_add(one).ok_or(Error::BadArgument)?,
        None => 0,
    };
    // SAFETY: as above.
    let (starts, columns, values, state, out) = unsafe {
        (
            from_raw_parts(w.starts, w.rows.div_ceil(WIDTH) + 1),
            from_raw_parts(w.columns, columns),
            from_raw_parts(w.values, entries),
            from_raw_parts_mut(s.state, states),
            from_raw_parts_mut(s.out, cells),
        )
    };
    let matrix = Sliced::new(w.rows, starts, columns, values, grouped)?;
    if one == 0 || s.sequences == 0 {
        return Ok(0);
    }
    let run = Run { leak: s.leak, state, out, stride: s.stride };
    match (s.sequences, s.plain) {
        (1, 0) => T::run(&matrix, run),
        (1, _) => T::run_plain(&matrix, run),
        (sequences, plain) => {
            let batch = Batch { run, sequences, steps: s.steps, apart: s.apart };
            if plain == 0 {
                T::run_batch(&matrix, batch);
            } else {
                T::run_batch_plain(&matrix, batch);
            }
        }
    }
    Ok(s.steps as i64)
}

/// Runs sequences through a reservoir in f32; the number of steps, or a negative error.
///
/// # Safety
/// Both arguments and every array they name are valid for the sizes given beside them, and nothing
/// else uses `state` and `out` meanwhile.
#[no_mangle]
pub unsafe extern "C" fn rusta_reservoir_run_f32(
    weights: *const Weights<f32>,
    series: *const Series<f32>,
) -> i64 {
    // SAFETY: the caller vouches.
    abi::guard(|| unsafe { run(weights, series) })
}

/// The same in f64.
///
/// # Safety
/// As for [`rusta_reservoir_run_f32`].
#[no_mangle]
pub unsafe extern "C" fn rusta_reservoir_run_f64(
    weights: *const Weights<f64>,
    series: *const Series<f64>,
) -> i64 {
    // SAFETY: the caller vouches.
    abi::guard(|| unsafe { run(weights, series) })
}
