//! Many sequences at once: every weight is loaded once for a whole group of sequences.
//!
//! Within a group the states lie row by row, one lane a sequence, so that a weight meets a run of
//! neighbouring lanes. The buffers that come and go keep each sequence by itself.

use super::matrix::{Sliced, WIDTH};
use super::real::Real;
use super::single::Run;

/// Vectors of lanes in the largest group.
const MOST: usize = 8;

/// What a batch reads and writes: `state` is (sequences, rows), `out` (sequences, steps, stride).
pub struct Batch<'a, T> {
    pub run: Run<'a, T>,
    pub sequences: usize,
    pub steps: usize,
}

type Product<T> = unsafe fn(&Sliced<T>, &[T], &mut [T], usize);
type Finish<T> = unsafe fn(T, &[T], &mut [T], &mut [T]);

fn groups<T: Real>(
    matrix: &Sliced<T>,
    batch: Batch<T>,
    lanes: usize,
    product: Product<T>,
    finish: Finish<T>,
) {
    let Batch { run, sequences, steps } = batch;
    let one = steps * run.stride;
    let most = lanes * MOST;
    for first in (0..sequences).step_by(most) {
        let here = (sequences - first).min(most);
        let state = &mut run.state[first * matrix.rows..(first + here) * matrix.rows];
        let out = &mut run.out[first * one..(first + here) * one];
        let width = here.div_ceil(lanes) * lanes;
        group(matrix, run.leak, state, out, (here, width, run.stride), product, finish);
    }
}

fn group<T: Real>(
    matrix: &Sliced<T>,
    leak: T,
    state: &mut [T],
    out: &mut [T],
    (here, width, stride): (usize, usize, usize),
    product: Product<T>,
    finish: Finish<T>,
) {
    let rows = matrix.rows;
    let one = out.len() / here;
    let mut lanes = vec![T::default(); matrix.padded() * width];
    let mut sums = vec![T::default(); matrix.padded() * width];
    let mut tile = vec![T::default(); WIDTH * width];
    for (sequence, state) in state.chunks_exact(rows).enumerate() {
        for (row, &value) in state.iter().enumerate() {
            lanes[row * width + sequence] = value;
        }
    }
    for step in 0..one / stride {
        // SAFETY: the caller chose variants that this CPU has; Sliced::new checked every column.
        unsafe { product(matrix, &lanes, &mut sums, width) };
        for start in (0..rows).step_by(WIDTH) {
            let count = (rows - start).min(WIDTH);
            for sequence in 0..here {
                let from = sequence * one + step * stride + start;
                for (row, &value) in out[from..from + count].iter().enumerate() {
                    tile[row * width + sequence] = value;
                }
            }
            let range = start * width..(start + count) * width;
            // SAFETY: as above.
            unsafe {
                finish(leak, &sums[range.clone()], &mut lanes[range], &mut tile[..count * width]);
            }
            for sequence in 0..here {
                let from = sequence * one + step * stride + start;
                for (row, value) in out[from..from + count].iter_mut().enumerate() {
                    *value = tile[row * width + sequence];
                }
            }
        }
    }
    for (sequence, state) in state.chunks_exact_mut(rows).enumerate() {
        for (row, value) in state.iter_mut().enumerate() {
            *value = lanes[row * width + sequence];
        }
    }
}

unsafe fn product_plain<T: Real>(matrix: &Sliced<T>, state: &[T], sums: &mut [T], width: usize) {
    for (row, sums) in sums.chunks_exact_mut(width).enumerate() {
        sums.fill(T::default());
        let (slice, lane) = (row / WIDTH, row % WIDTH);
        for slot in matrix.starts[slice] as usize..matrix.starts[slice + 1] as usize {
            // SAFETY: the slots of a slice, eight lanes each.
            let at = unsafe { matrix.column(slot, lane) } * width;
            let value = matrix.values[slot * WIDTH + lane];
            for (sum, &there) in sums.iter_mut().zip(&state[at..at + width]) {
                *sum = value.fma::<false>(there, *sum);
            }
        }
    }
}

unsafe fn finish_plain<T: Real>(leak: T, sums: &[T], state: &mut [T], tile: &mut [T]) {
    super::single::finish_rows::<T, false>(leak, sums, state, tile);
}

/// Runs the batch with what this CPU has.
pub trait Batched: Real {
    fn run_batch(matrix: &Sliced<Self>, batch: Batch<Self>);

    fn run_batch_plain(matrix: &Sliced<Self>, batch: Batch<Self>) {
        groups(matrix, batch, 1, product_plain, finish_plain);
    }
}

#[cfg(target_arch = "x86_64")]
mod vector {
    use super::{Sliced, WIDTH};
    use std::arch::x86_64::*;

    macro_rules! product {
        ($name:ident, $inner:ident, $t:ty, $vector:ty, $lanes:literal, $zero:ident, $load:ident,
         $store:ident, $splat:ident, $fma:ident) => {
            #[target_feature(enable = "avx2,fma")]
            unsafe fn $inner<const K: usize>(matrix: &Sliced<$t>, state: &[$t], sums: &mut [$t]) {
                let width = K * $lanes;
                let values = matrix.values.as_ptr();
                for row in 0..sums.len() / width {
                    let (slice, lane) = (row / WIDTH, row % WIDTH);
                    let range = matrix.starts[slice] as usize..matrix.starts[slice + 1] as usize;
                    // SAFETY: columns are below the rows of state, each `width` long.
                    unsafe {
                        let mut total: [$vector; K] = [$zero(); K];
                        for slot in range {
                            let at = matrix.column(slot, lane) * width;
                            let value = $splat(*values.add(slot * WIDTH + lane));
                            let there = state.as_ptr().add(at);
                            for (k, total) in total.iter_mut().enumerate() {
                                *total = $fma(value, $load(there.add(k * $lanes)), *total);
                            }
                        }
                        for (k, total) in total.iter().enumerate() {
                            $store(sums.as_mut_ptr().add(row * width + k * $lanes), *total);
                        }
                    }
                }
            }

            pub unsafe fn $name(matrix: &Sliced<$t>, state: &[$t], sums: &mut [$t], width: usize) {
                // SAFETY: the caller has found the features.
                unsafe {
                    match width / $lanes {
                        1 => $inner::<1>(matrix, state, sums),
                        2 => $inner::<2>(matrix, state, sums),
                        3 => $inner::<3>(matrix, state, sums),
                        4 => $inner::<4>(matrix, state, sums),
                        5 => $inner::<5>(matrix, state, sums),
                        6 => $inner::<6>(matrix, state, sums),
                        7 => $inner::<7>(matrix, state, sums),
                        8 => $inner::<8>(matrix, state, sums),
                        _ => unreachable!("groups have one to eight vectors"),
                    }
                }
            }
        };
    }

    product!(
        product_f32,
        inner_f32,
        f32,
        __m256,
        8,
        _mm256_setzero_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_set1_ps,
        _mm256_fmadd_ps
    );
    product!(
        product_f64,
        inner_f64,
        f64,
        __m256d,
        4,
        _mm256_setzero_pd,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_set1_pd,
        _mm256_fmadd_pd
    );
}

macro_rules! batched {
    ($t:ty, $lanes:literal, $product:ident, $finish:ident) => {
        impl Batched for $t {
            fn run_batch(matrix: &Sliced<Self>, batch: Batch<Self>) {
                #[cfg(target_arch = "x86_64")]
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    let finish = super::single::vector::$finish;
                    return groups(matrix, batch, $lanes, vector::$product, finish);
                }
                Self::run_batch_plain(matrix, batch);
            }
        }
    };
}

batched!(f32, 8, product_f32, finish_f32);
batched!(f64, 4, product_f64, finish_f64);
