//! Products of int8 matrices with vectors, exact in integers.
//!
//! A vector is scaled to whole numbers of up to 16 bits, chosen so that no sum can leave 32 bits; weights are int8
//! with one factor per row. Between the two roundings everything is integer arithmetic, so every variant of this
//! kernel, and its NumPy twin, gives the same bits.

use super::workers;
use crate::abi::{guard, Error};

/// Largest magnitude of a weight.
const MOST_WEIGHT: i64 = 127;

/// The largest whole number a vector of this length may hold.
pub fn limit(columns: usize) -> i32 {
    let most = i64::from(i32::MAX) / (MOST_WEIGHT * columns.max(1) as i64);
    most.min(i64::from(i16::MAX)) as i32
}

/// Scales x to whole numbers within ±limit: the factor that brings them back (0 for a vector of zeros).
#[inline(always)]
pub fn quantise(x: &[f32], to: &mut [i16]) -> f32 {
    // Sixteen maxima side by side: which of them wins does not depend on the order.
    let mut most = [0.0f32; 16];
    let groups = x.chunks_exact(16);
    let rest = groups.remainder().iter().fold(0.0f32, |most, value| most.max(value.abs()));
    for group in groups {
        for (best, value) in most.iter_mut().zip(group) {
            let size = value.abs();
            *best = if size > *best { size } else { *best };
        }
    }
    let highest = most.iter().fold(rest, |a, b| a.max(*b));
    if highest == 0.0 {
        to[..x.len()].fill(0);
        return 0.0;
    }
    let limit = limit(x.len()) as f32;
    let factor = limit / highest;
    for (out, value) in to.iter_mut().zip(x) {
        *out = (value * factor).round_ties_even().clamp(-limit, limit) as i16;
    }
    highest / limit
}

/// An int8 matrix, row after row, with one factor per row.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    pub weights: &'a [i8],
    pub factors: &'a [f32],
    pub columns: usize,
}

fn dot_plain(weights: &[i8], x: &[i16]) -> i32 {
    weights.iter().zip(x).map(|(w, v)| i32::from(*w) * i32::from(*v)).sum()
}

/// out[r] = factor[r] · scale · Σ_c weights[r, c] · x[c] for rows from.. as many as `out` has.
fn rows_plain(matrix: Matrix, x: &[i16], scale: f32, first: usize, out: &mut [f32]) {
    for (i, to) in out.iter_mut().enumerate() {
        let row = &matrix.weights[(first + i) * matrix.columns..][..matrix.columns];
        *to = dot_plain(row, x) as f32 * (matrix.factors[first + i] * scale);
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use super::Matrix;
    use std::arch::x86_64::*;

    /// Rows that meet a piece of x together.
    const TOGETHER: usize = 4;

    #[target_feature(enable = "avx512f,avx512bw")]
    pub fn rows_512(matrix: Matrix, x: &[i16], scale: f32, first: usize, out: &mut [f32]) {
        let whole = out.len() / TOGETHER * TOGETHER;
        let (many, few) = out.split_at_mut(whole);
        for (i, group) in many.chunks_exact_mut(TOGETHER).enumerate() {
            some_512::<TOGETHER>(matrix, x, scale, first + i * TOGETHER, group);
        }
        for (i, one) in few.chunks_exact_mut(1).enumerate() {
            some_512::<1>(matrix, x, scale, first + whole + i, one);
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    fn some_512<const N: usize>(
        matrix: Matrix,
        x: &[i16],
        scale: f32,
        first: usize,
        out: &mut [f32],
    ) {
        let columns = matrix.columns;
        let whole = columns / 32 * 32;
        let weights = &matrix.weights[first * columns..(first + N) * columns];
        let mut sums = [_mm512_setzero_si512(); N];
        for at in (0..whole).step_by(32) {
            // SAFETY: 32 numbers follow `at` in x, and 32 weights in every row.
            let v = unsafe { _mm512_loadu_si512(x.as_ptr().add(at).cast()) };
            for (row, sum) in sums.iter_mut().enumerate() {
                // SAFETY: as above.
                let w =
                    unsafe { _mm256_loadu_si256(weights.as_ptr().add(row * columns + at).cast()) };
                *sum = _mm512_add_epi32(*sum, _mm512_madd_epi16(_mm512_cvtepi8_epi16(w), v));
            }
        }
        for (row, (to, sum)) in out.iter_mut().zip(sums).enumerate() {
            let rest = &weights[row * columns + whole..(row + 1) * columns];
            let total = _mm512_reduce_add_epi32(sum) + super::dot_plain(rest, &x[whole..]);
            *to = total as f32 * (matrix.factors[first + row] * scale);
        }
    }

    #[target_feature(enable = "avx2")]
    pub fn rows_256(matrix: Matrix, x: &[i16], scale: f32, first: usize, out: &mut [f32]) {
        let whole = matrix.columns / 16 * 16;
        for (i, to) in out.iter_mut().enumerate() {
            let row = &matrix.weights[(first + i) * matrix.columns..][..matrix.columns];
            let mut sum = _mm256_setzero_si256();
            for at in (0..whole).step_by(16) {
                // SAFETY: 16 weights and 16 numbers follow `at`.
                let (w, v) = unsafe {
                    (
                        _mm_loadu_si128(row.as_ptr().add(at).cast()),
                        _mm256_loadu_si256(x.as_ptr().add(at).cast()),
                    )
                };
                sum = _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_cvtepi8_epi16(w), v));
            }
            let mut parts = [0i32; 8];
            // SAFETY: eight numbers fit.
            unsafe { _mm256_storeu_si256(parts.as_mut_ptr().cast(), sum) };
            let rest = super::dot_plain(&row[whole..], &x[whole..]);
            let total: i32 = parts.iter().sum::<i32>() + rest;
            *to = total as f32 * (matrix.factors[first + i] * scale);
        }
    }
}

/// out[r] = factor[r] · scale · Σ_c weights[r, c] · x[c], starting at row `first`. `x` comes from [`quantise`].
pub fn rows(matrix: Matrix, x: &[i16], scale: f32, first: usize, out: &mut [f32]) {
    assert!(
        x.len() >= matrix.columns && matrix.weights.len() >= (first + out.len()) * matrix.columns
    );
    #[cfg(target_arch = "x86_64")]
    {
        let width = super::lane::width();
        if width >= 16 {
            // SAFETY: the CPU has the features.
            return unsafe { wide::rows_512(matrix, x, scale, first, out) };
        }
        if width >= 8 {
            // SAFETY: as above.
            return unsafe { wide::rows_256(matrix, x, scale, first, out) };
        }
    }
    rows_plain(matrix, x, scale, first, out);
}

/// out (count × rows) ← x (count × columns) · (factors · weights)ᵀ, all row-major.
///
/// # Safety
/// The arrays have these sizes.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_int8_product(
    weights: *const i8,
    factors: *const f32,
    x: *const f32,
    out: *mut f32,
    rows_count: usize,
    columns: usize,
    count: usize,
    threads: usize,
) -> i64 {
    guard(|| {
        let null = weights.is_null() || factors.is_null() || x.is_null() || out.is_null();
        if null || columns == 0 || columns > 1 << 24 {
            return Err(Error::BadArgument);
        }
        // SAFETY: the caller vouches for the sizes.
        let (matrix, x, out) = unsafe {
            (
                Matrix {
                    weights: std::slice::from_raw_parts(weights, rows_count * columns),
                    factors: std::slice::from_raw_parts(factors, rows_count),
                    columns,
                },
                std::slice::from_raw_parts(x, count * columns),
                std::slice::from_raw_parts_mut(out, count * rows_count),
            )
        };
        let mut whole = vec![0i16; count * columns];
        let mut scales = vec![0.0f32; count];
        for (i, scale) in scales.iter_mut().enumerate() {
            *scale = quantise(&x[i * columns..][..columns], &mut whole[i * columns..][..columns]);
        }
        let to = Output(out.as_mut_ptr());
        workers::split(rows_count, threads, |from, until| {
            // A few rows of the matrix stay in the first cache while all vectors meet them.
            for first in (from..until).step_by(ROWS) {
                let many = ROWS.min(until - first);
                for i in 0..count {
                    // SAFETY: rows first..first+many of vector i belong to this thread.
                    let part = unsafe {
                        std::slice::from_raw_parts_mut(to.at().add(i * rows_count + first), many)
                    };
                    rows(matrix, &whole[i * columns..][..columns], scales[i], first, part);
                }
            }
        });
        Ok(0)
    })
}

/// Rows of the matrix that are multiplied with one vector after the other.
const ROWS: usize = 16;

struct Output(*mut f32);

impl Output {
    fn at(&self) -> *mut f32 {
        self.0
    }
}

// SAFETY: threads write different rows.
unsafe impl Sync for Output {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sum_can_leave_32_bits() {
        for columns in [1usize, 3, 516, 1024, 1 << 20] {
            assert!(i64::from(limit(columns)) * 127 * columns as i64 <= i64::from(i32::MAX));
        }
    }

    #[test]
    fn every_width_gives_the_same_bits() {
        let columns = 77;
        let weights: Vec<i8> =
            (0..columns * 5).map(|i| ((i * 37 + 11) % 255) as u8 as i8).collect();
        let weights: Vec<i8> = weights.into_iter().map(|w| w.max(-127)).collect();
        let x: Vec<f32> = (0..columns).map(|i| ((i * 29 % 31) as f32 - 15.0) / 7.0).collect();
        let mut whole = vec![0i16; columns];
        let scale = quantise(&x, &mut whole);
        let factors = [0.5f32, 1.0, 0.25, 2.0, 1.5];
        let matrix = Matrix { weights: &weights, factors: &factors, columns };
        let (mut a, mut b) = ([0.0f32; 5], [0.0f32; 5]);
        rows_plain(matrix, &whole, scale, 0, &mut a);
        rows(matrix, &whole, scale, 0, &mut b);
        assert_eq!(a, b);
    }
}
