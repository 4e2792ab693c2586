//! One sequence: each step is a sparse product and a pass over the rows.

use super::matrix::{Sliced, WIDTH};
use super::real::Real;

/// What a run reads and writes. `out` holds `steps` rows of `stride` numbers, drive in, states out.
pub struct Run<'a, T> {
    pub leak: T,
    pub state: &'a mut [T],
    pub out: &'a mut [T],
    pub stride: usize,
}

type Product<T> = unsafe fn(&Sliced<T>, &[T], &mut [T]);
type Finish<T> = unsafe fn(T, &[T], &mut [T], &mut [T]);

fn steps<T: Real>(matrix: &Sliced<T>, run: Run<T>, product: Product<T>, finish: Finish<T>) {
    // Padded to whole groups, so that vectors may be loaded at the end.
    let mut state = vec![T::default(); matrix.padded()];
    let mut sums = vec![T::default(); matrix.padded()];
    state[..matrix.rows].copy_from_slice(run.state);
    for row in run.out.chunks_mut(run.stride) {
        // SAFETY: the caller chose variants that this CPU has; Sliced::new checked every column.
        unsafe {
            product(matrix, &state, &mut sums);
            finish(run.leak, &sums, &mut state[..matrix.rows], &mut row[..matrix.rows]);
        }
    }
    run.state.copy_from_slice(&state[..matrix.rows]);
}

#[inline(always)]
pub fn finish_rows<T: Real, const FUSED: bool>(
    leak: T,
    sums: &[T],
    state: &mut [T],
    row: &mut [T],
) {
    let keep = leak.rest();
    for ((s, x), &sum) in state.iter_mut().zip(row.iter_mut()).zip(sums) {
        let fresh = sum.plus(*x).tanh_fast::<FUSED>().times(leak);
        *s = s.fma::<FUSED>(keep, fresh);
        *x = *s;
    }
}

unsafe fn product_plain<T: Real>(matrix: &Sliced<T>, state: &[T], sums: &mut [T]) {
    for (slice, sums) in sums.chunks_exact_mut(WIDTH).enumerate() {
        let mut total = [T::default(); WIDTH];
        for slot in matrix.starts[slice] as usize..matrix.starts[slice + 1] as usize {
            for (lane, total) in total.iter_mut().enumerate() {
                // SAFETY: the slots of a slice, eight lanes each.
                let there = state[unsafe { matrix.column(slot, lane) }];
                *total = matrix.values[slot * WIDTH + lane].fma::<false>(there, *total);
            }
        }
        sums.copy_from_slice(&total);
    }
}

unsafe fn finish_plain<T: Real>(leak: T, sums: &[T], state: &mut [T], row: &mut [T]) {
    finish_rows::<T, false>(leak, sums, state, row);
}

/// Runs the sequence with what this CPU has.
pub trait Single: Real {
    fn run(matrix: &Sliced<Self>, run: Run<Self>);

    fn run_plain(matrix: &Sliced<Self>, run: Run<Self>) {
        steps(matrix, run, product_plain, finish_plain);
    }
}

#[cfg(target_arch = "x86_64")]
pub mod vector {
    use super::{finish_rows, Sliced, WIDTH};
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn finish_f32(leak: f32, sums: &[f32], state: &mut [f32], row: &mut [f32]) {
        finish_rows::<f32, true>(leak, sums, state, row);
    }

    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn finish_f64(leak: f64, sums: &[f64], state: &mut [f64], row: &mut [f64]) {
        finish_rows::<f64, true>(leak, sums, state, row);
    }

    /// Any columns: eight loads by gather.
    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn gather_f32(matrix: &Sliced<f32>, state: &[f32], sums: &mut [f32]) {
        let (columns, values) = (matrix.columns.as_ptr(), matrix.values.as_ptr());
        for slice in 0..matrix.starts.len() - 1 {
            let (start, end) = (matrix.starts[slice] as usize, matrix.starts[slice + 1] as usize);
            // SAFETY: columns are below the length of state, slots within both arrays.
            unsafe {
                let mut total = _mm256_setzero_ps();
                for slot in start..end {
                    let at = _mm_loadu_si128(columns.add(slot * WIDTH).cast());
                    let there = _mm256_i32gather_ps::<4>(state.as_ptr(), _mm256_cvtepu16_epi32(at));
                    let value = values.add(slot * WIDTH);
                    _mm_prefetch::<_MM_HINT_T0>(value.wrapping_byte_add(AHEAD).cast());
                    total = _mm256_fmadd_ps(_mm256_loadu_ps(value), there, total);
                }
                _mm256_storeu_ps(sums.as_mut_ptr().add(slice * WIDTH), total);
            }
        }
    }

    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn gather_f64(matrix: &Sliced<f64>, state: &[f64], sums: &mut [f64]) {
        let (columns, values) = (matrix.columns.as_ptr(), matrix.values.as_ptr());
        for slice in 0..matrix.starts.len() - 1 {
            let (start, end) = (matrix.starts[slice] as usize, matrix.starts[slice + 1] as usize);
            // SAFETY: as above.
            unsafe {
                let (mut low, mut high) = (_mm256_setzero_pd(), _mm256_setzero_pd());
                for slot in start..end {
                    let at = _mm_loadu_si128(columns.add(slot * WIDTH).cast());
                    let (first, second) =
                        (_mm_cvtepu16_epi32(at), _mm_cvtepu16_epi32(_mm_srli_si128::<8>(at)));
                    let value = values.add(slot * WIDTH);
                    _mm_prefetch::<_MM_HINT_T0>(value.wrapping_byte_add(AHEAD).cast());
                    let there = _mm256_i32gather_pd::<8>(state.as_ptr(), first);
                    low = _mm256_fmadd_pd(_mm256_loadu_pd(value), there, low);
                    let there = _mm256_i32gather_pd::<8>(state.as_ptr(), second);
                    high = _mm256_fmadd_pd(_mm256_loadu_pd(value.add(4)), there, high);
                }
                _mm256_storeu_pd(sums.as_mut_ptr().add(slice * WIDTH), low);
                _mm256_storeu_pd(sums.as_mut_ptr().add(slice * WIDTH + 4), high);
            }
        }
    }

    /// Bytes ahead that weights are asked for: they may lie beyond the second-level cache.
    const AHEAD: usize = 1024;

    #[repr(align(32))]
    struct Orders<const N: usize>([[i32; 8]; N]);

    /// Order of eight lanes for the turns of both halves, at `first + 4·second`.
    static TURNS_32: Orders<16> = {
        let mut orders = [[0; 8]; 16];
        let mut k = 0;
        while k < 128 {
            let (turns, lane) = (k / 8, k % 8);
            let turn = if lane < 4 { turns % 4 } else { turns / 4 };
            orders[turns][lane] = ((lane + turn) % 4) as i32;
            k += 1;
        }
        Orders(orders)
    };

    /// Order of the halves of four lanes for a turn.
    static TURNS_64: Orders<4> = {
        let mut orders = [[0; 8]; 4];
        let mut k = 0;
        while k < 32 {
            let (turn, half) = (k / 8, k % 8);
            orders[turn][half] = ((half / 2 + turn) % 4 * 2 + half % 2) as i32;
            k += 1;
        }
        Orders(orders)
    };

    /// Grouped columns: whole groups are loaded, and their lanes turned.
    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn grouped_f32(matrix: &Sliced<f32>, state: &[f32], sums: &mut [f32]) {
        let (codes, values) = (matrix.columns.as_ptr(), matrix.values.as_ptr());
        let state = state.as_ptr();
        for slice in 0..matrix.starts.len() - 1 {
            let (start, end) = (matrix.starts[slice] as usize, matrix.starts[slice + 1] as usize);
            // SAFETY: a group that holds a column below `rows` ends within the padded state.
            unsafe {
                let mut total = _mm256_setzero_ps();
                for slot in start..end {
                    let code = codes.add(slot * 2);
                    let (first, second) = (usize::from(*code), usize::from(*code.add(1)));
                    let turns = &TURNS_32.0[(first & 3) + (second & 3) * 4];
                    let low = _mm_loadu_ps(state.add(first & !3));
                    let high = _mm_loadu_ps(state.add(second & !3));
                    let groups = _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), high);
                    let order = _mm256_load_si256(turns.as_ptr().cast());
                    let there = _mm256_permutevar_ps(groups, order);
                    let value = values.add(slot * WIDTH);
                    _mm_prefetch::<_MM_HINT_T0>(value.wrapping_byte_add(AHEAD).cast());
                    total = _mm256_fmadd_ps(_mm256_loadu_ps(value), there, total);
                }
                _mm256_storeu_ps(sums.as_mut_ptr().add(slice * WIDTH), total);
            }
        }
    }

    #[target_feature(enable = "avx2,fma")]
    pub unsafe fn grouped_f64(matrix: &Sliced<f64>, state: &[f64], sums: &mut [f64]) {
        let (codes, values) = (matrix.columns.as_ptr(), matrix.values.as_ptr());
        let state = state.as_ptr();
        for slice in 0..matrix.starts.len() - 1 {
            let (start, end) = (matrix.starts[slice] as usize, matrix.starts[slice + 1] as usize);
            // SAFETY: as above.
            unsafe {
                let mut totals = [_mm256_setzero_pd(); 2];
                for slot in start..end {
                    let value = values.add(slot * WIDTH);
                    _mm_prefetch::<_MM_HINT_T0>(value.wrapping_byte_add(AHEAD).cast());
                    for (half, total) in totals.iter_mut().enumerate() {
                        let code = usize::from(*codes.add(slot * 2 + half));
                        let group = _mm256_loadu_pd(state.add(code & !3));
                        let order = _mm256_load_si256(TURNS_64.0[code & 3].as_ptr().cast());
                        let there = _mm256_permutevar8x32_ps(_mm256_castpd_ps(group), order);
                        let value = _mm256_loadu_pd(value.add(half * 4));
                        *total = _mm256_fmadd_pd(value, _mm256_castps_pd(there), *total);
                    }
                }
                _mm256_storeu_pd(sums.as_mut_ptr().add(slice * WIDTH), totals[0]);
                _mm256_storeu_pd(sums.as_mut_ptr().add(slice * WIDTH + 4), totals[1]);
            }
        }
    }
}

macro_rules! single {
    ($t:ty, $gather:ident, $grouped:ident, $finish:ident) => {
        impl Single for $t {
            fn run(matrix: &Sliced<Self>, run: Run<Self>) {
                #[cfg(target_arch = "x86_64")]
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    let product = if matrix.grouped { vector::$grouped } else { vector::$gather };
                    return steps(matrix, run, product, vector::$finish);
                }
                Self::run_plain(matrix, run);
            }
        }
    };
}

single!(f32, gather_f32, grouped_f32, finish_f32);
single!(f64, gather_f64, grouped_f64, finish_f64);
