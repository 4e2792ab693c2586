//! Many sequences at once: every weight is loaded once for a whole group of sequences.
//!
//! Within a group the states lie row by row, one lane a sequence, so that a weight meets a run of
//! neighbouring lanes. The buffers that come and go keep each sequence by itself.

use super::matrix::{Sliced, WIDTH};
use super::real::Real;
use super::single::Run;
use std::mem::size_of;

/// Vectors of lanes in the largest group.
const MOST: usize = 8;
/// Bytes of a cache line: what is aligned to it is never split by a load.
const LINE: usize = 64;

/// What a batch reads and writes: `state` is (sequences, rows); step `t` of sequence `q` begins at
/// `q·apart + t·stride` of `out`.
pub struct Batch<'a, T> {
    pub run: Run<'a, T>,
    pub sequences: usize,
    pub steps: usize,
    pub apart: usize,
}

type Product<T> = unsafe fn(&Sliced<T>, &[T], &mut [T], usize);
type Finish<T> = unsafe fn(T, &[T], &mut [T], &mut [T]);
/// Rows of sequences from the buffer into a tile of lanes, or back. The buffer begins at the first
/// row of the tile in the first sequence; sequences are `apart`.
type Turn<T> = unsafe fn(buffer: *mut T, apart: usize, tile: &mut [T], shape: Shape, back: bool);

/// Sequences, rows and lanes of a tile.
#[derive(Clone, Copy)]
pub struct Shape {
    here: usize,
    count: usize,
    width: usize,
}

/// How a group of sequences lies in its buffer, and how many lanes it takes.
#[derive(Clone, Copy)]
struct Layout {
    here: usize,
    width: usize,
    steps: usize,
    stride: usize,
    apart: usize,
}

/// The variants of the three parts of a step.
#[derive(Clone, Copy)]
struct Parts<T> {
    product: Product<T>,
    finish: Finish<T>,
    turn: Turn<T>,
}

/// Zeros that begin at a cache line.
struct Aligned<T> {
    whole: Vec<T>,
    first: usize,
    length: usize,
}

impl<T: Real> Aligned<T> {
    fn zeros(length: usize) -> Self {
        let whole = vec![T::default(); length + LINE / size_of::<T>()];
        let first = whole.as_ptr().align_offset(LINE).min(LINE / size_of::<T>());
        Aligned { whole, first, length }
    }

    fn get(&mut self) -> &mut [T] {
        &mut self.whole[self.first..self.first + self.length]
    }
}

fn groups<T: Real>(matrix: &Sliced<T>, batch: Batch<T>, lanes: usize, parts: Parts<T>) {
    let Batch { run, sequences, steps, apart } = batch;
    let most = lanes * MOST;
    for first in (0..sequences).step_by(most) {
        let here = (sequences - first).min(most);
        let width = here.div_ceil(lanes) * lanes;
        let state = &mut run.state[first * matrix.rows..(first + here) * matrix.rows];
        let layout = Layout { here, width, steps, stride: run.stride, apart };
        group(matrix, run.leak, state, &mut run.out[first * apart..], layout, parts);
    }
}

fn group<T: Real>(
    matrix: &Sliced<T>,
    leak: T,
    state: &mut [T],
    out: &mut [T],
    layout: Layout,
    parts: Parts<T>,
) {
    let rows = matrix.rows;
    let Layout { here, width, steps, stride, apart } = layout;
    let mut lanes = Aligned::zeros(matrix.padded() * width);
    let mut sums = Aligned::zeros(matrix.padded() * width);
    let mut tile = Aligned::zeros(WIDTH * width);
    let (lanes, sums, tile) = (lanes.get(), sums.get(), tile.get());
    for (sequence, state) in state.chunks_exact(rows).enumerate() {
        for (row, &value) in state.iter().enumerate() {
            lanes[row * width + sequence] = value;
        }
    }
    for step in 0..steps {
        // SAFETY: the caller chose variants that this CPU has; Sliced::new checked every column.
        unsafe { (parts.product)(matrix, lanes, sums, width) };
        for start in (0..rows).step_by(WIDTH) {
            let count = (rows - start).min(WIDTH);
            let range = start * width..(start + count) * width;
            let shape = Shape { here, count, width };
            let tile = &mut tile[..count * width];
            // SAFETY: as above; the rows of every sequence lie within `out`.
            unsafe {
                let buffer = out.as_mut_ptr().add(step * stride + start);
                (parts.turn)(buffer, apart, tile, shape, false);
                (parts.finish)(leak, &sums[range.clone()], &mut lanes[range], tile);
                (parts.turn)(buffer, apart, tile, shape, true);
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

#[inline(always)]
unsafe fn turn_from<T: Real>(
    first: usize,
    buffer: *mut T,
    apart: usize,
    tile: &mut [T],
    shape: Shape,
    back: bool,
) {
    for sequence in first..shape.here {
        for row in 0..shape.count {
            // SAFETY: the caller vouches for the rows of every sequence.
            let place = unsafe { &mut *buffer.add(sequence * apart + row) };
            let lane = &mut tile[row * shape.width + sequence];
            if back {
                *place = *lane;
            } else {
                *lane = *place;
            }
        }
    }
}

unsafe fn turn_plain<T: Real>(
    buffer: *mut T,
    apart: usize,
    tile: &mut [T],
    shape: Shape,
    back: bool,
) {
    // SAFETY: the caller vouches.
    unsafe { turn_from(0, buffer, apart, tile, shape, back) };
}

/// Runs the batch with what this CPU has.
pub trait Batched: Real {
    fn run_batch(matrix: &Sliced<Self>, batch: Batch<Self>);

    fn run_batch_plain(matrix: &Sliced<Self>, batch: Batch<Self>) {
        let parts = Parts { product: product_plain, finish: finish_plain, turn: turn_plain };
        groups(matrix, batch, 1, parts);
    }
}

#[cfg(target_arch = "x86_64")]
mod vector {
    use super::{turn_from, Shape, Sliced, WIDTH};
    use std::arch::x86_64::*;

    /// Eight rows of eight numbers, columns for rows.
    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn turned_32(r: [__m256; 8]) -> [__m256; 8] {
        let mut pairs = [_mm256_setzero_ps(); 8];
        for k in 0..4 {
            pairs[2 * k] = _mm256_unpacklo_ps(r[2 * k], r[2 * k + 1]);
            pairs[2 * k + 1] = _mm256_unpackhi_ps(r[2 * k], r[2 * k + 1]);
        }
        let mut fours = [_mm256_setzero_ps(); 8];
        for k in 0..2 {
            let p = &pairs[4 * k..4 * k + 4];
            fours[4 * k] = _mm256_shuffle_ps::<0x44>(p[0], p[2]);
            fours[4 * k + 1] = _mm256_shuffle_ps::<0xee>(p[0], p[2]);
            fours[4 * k + 2] = _mm256_shuffle_ps::<0x44>(p[1], p[3]);
            fours[4 * k + 3] = _mm256_shuffle_ps::<0xee>(p[1], p[3]);
        }
        let mut whole = [_mm256_setzero_ps(); 8];
        for k in 0..4 {
            whole[k] = _mm256_permute2f128_ps::<0x20>(fours[k], fours[k + 4]);
            whole[k + 4] = _mm256_permute2f128_ps::<0x31>(fours[k], fours[k + 4]);
        }
        whole
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    unsafe fn turned_64(r: [__m256d; 4]) -> [__m256d; 4] {
        let (a, b) = (_mm256_unpacklo_pd(r[0], r[1]), _mm256_unpackhi_pd(r[0], r[1]));
        let (c, d) = (_mm256_unpacklo_pd(r[2], r[3]), _mm256_unpackhi_pd(r[2], r[3]));
        [
            _mm256_permute2f128_pd::<0x20>(a, c),
            _mm256_permute2f128_pd::<0x20>(b, d),
            _mm256_permute2f128_pd::<0x31>(a, c),
            _mm256_permute2f128_pd::<0x31>(b, d),
        ]
    }

    macro_rules! turn {
        ($name:ident, $turned:ident, $t:ty, $block:literal, $zero:ident, $load:ident, $store:ident) => {
            /// Whole blocks by vectors, what remains one by one.
            #[target_feature(enable = "avx2")]
            pub unsafe fn $name(
                buffer: *mut $t,
                apart: usize,
                tile: &mut [$t],
                shape: Shape,
                back: bool,
            ) {
                let whole = if shape.count == WIDTH { shape.here / $block * $block } else { 0 };
                // SAFETY: blocks lie within the rows that the caller vouches for, and the tile.
                unsafe {
                    for first in (0..whole).step_by($block) {
                        for row in (0..WIDTH).step_by($block) {
                            let there = buffer.add(first * apart + row);
                            let here = tile.as_mut_ptr().add(row * shape.width + first);
                            let sides = ((there, apart), (here, shape.width));
                            let (from, to) = if back { (sides.1, sides.0) } else { sides };
                            let mut block = [$zero(); $block];
                            for (k, line) in block.iter_mut().enumerate() {
                                *line = $load(from.0.add(k * from.1));
                            }
                            for (k, line) in $turned(block).iter().enumerate() {
                                $store(to.0.add(k * to.1), *line);
                            }
                        }
                    }
                    turn_from(whole, buffer, apart, tile, shape, back);
                }
            }
        };
    }

    turn!(turn_f32, turned_32, f32, 8, _mm256_setzero_ps, _mm256_loadu_ps, _mm256_storeu_ps);
    turn!(turn_f64, turned_64, f64, 4, _mm256_setzero_pd, _mm256_loadu_pd, _mm256_storeu_pd);

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
                            let value = $splat(*values.add(slot * WIDTH + lane));
                            let there = state.as_ptr().add(matrix.column(slot, lane) * width);
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
    ($t:ty, $lanes:literal, $product:ident, $finish:ident, $turn:ident) => {
        impl Batched for $t {
            fn run_batch(matrix: &Sliced<Self>, batch: Batch<Self>) {
                #[cfg(target_arch = "x86_64")]
                if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                    let parts = Parts {
                        product: vector::$product,
                        finish: super::single::vector::$finish,
                        turn: vector::$turn,
                    };
                    return groups(matrix, batch, $lanes, parts);
                }
                Self::run_batch_plain(matrix, batch);
            }
        }
    };
}

batched!(f32, 8, product_f32, finish_f32, turn_f32);
batched!(f64, 4, product_f64, finish_f64, turn_f64);
