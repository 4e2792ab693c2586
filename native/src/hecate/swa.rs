//! Causal sliding-window attention, forward and backward, straight from the packed projections.
//!
//! `qkv` is (batch, time, 3, heads, size): nothing is transposed or copied before the kernel, and the gradient comes
//! back in the same layout. A block of queries meets only the keys its window reaches, so the cost is that of the
//! band. The backward pass computes the probabilities again from the saved logarithm of each row's sum
//! (Dao et al. 2022, section 3.1).

use super::gemm::{Into, Left, Right, Shape};
use super::lane::Lane;
use super::rotary::{gather, scatter, transpose, Head, Turn};
use super::scratch::{padded, Scratch};
use super::workers;
use crate::abi::{guard, Error};
use crate::by_width;

/// Queries per block.
const BLOCK: usize = 32;

/// Sizes of one call.
#[derive(Clone, Copy)]
pub struct Sizes {
    batch: usize,
    time: usize,
    heads: usize,
    size: usize,
    window: usize,
}

impl Sizes {
    fn checked(
        batch: usize,
        time: usize,
        heads: usize,
        size: usize,
        window: usize,
    ) -> Result<Self, Error> {
        let small = |x: usize, most: usize| x >= 1 && x <= most;
        let fits = small(batch, 1 << 20) && small(time, 1 << 24) && small(heads, 1 << 10);
        if !(fits && small(size, 1 << 12) && size.is_multiple_of(2) && small(window, 1 << 24)) {
            return Err(Error::BadArgument);
        }
        Ok(Sizes { batch, time, heads, size, window })
    }

    /// One head of one of q (0), k (1), v (2) in a packed array.
    fn head(&self, packed: Packed, piece: usize, which: usize) -> Head {
        let (b, h) = (piece / self.heads, piece % self.heads);
        let stride = 3 * self.heads * self.size;
        let start = b * self.time * stride + (which * self.heads + h) * self.size;
        Head { at: packed.at, half: packed.half, start, stride, size: self.size, time: self.time }
    }

    /// One head of the output.
    fn out(&self, out: *mut f32, piece: usize) -> Head {
        let (b, h) = (piece / self.heads, piece % self.heads);
        let stride = self.heads * self.size;
        let start = b * self.time * stride + h * self.size;
        Head { at: out.cast(), half: false, start, stride, size: self.size, time: self.time }
    }

    fn width(&self) -> usize {
        padded(self.size)
    }

    /// Columns of a block's scores: its own, those before it in the window, and what alignment adds.
    fn reach(&self) -> usize {
        padded(BLOCK + self.window.min(self.time) + 16)
    }

    /// Time with room for the last block's padded columns.
    fn across(&self) -> usize {
        padded(self.time + BLOCK + 16)
    }
}

/// The keys that queries first..first+rows see: from a multiple of 16, a padded number of them.
#[derive(Clone, Copy)]
struct Span {
    first: usize,
    rows: usize,
    from: usize,
    columns: usize,
}

fn spans(sizes: Sizes) -> impl Iterator<Item = Span> {
    (0..sizes.time).step_by(BLOCK).map(move |first| {
        let rows = BLOCK.min(sizes.time - first);
        let from = (first + 1).saturating_sub(sizes.window) / 16 * 16;
        Span { first, rows, from, columns: padded(first + rows - from) }
    })
}

impl Span {
    /// Columns that row i may see, relative to `from`: low..high.
    #[inline(always)]
    fn seen(&self, i: usize, window: usize) -> (usize, usize) {
        let t = self.first + i;
        (
            (t + 1).saturating_sub(window) - self.from.min((t + 1).saturating_sub(window)),
            t + 1 - self.from,
        )
    }
}

/// Turns scores into e^(score − shift) where the window reaches and 0 elsewhere; the row's sum.
#[inline(always)]
unsafe fn weigh<L: Lane>(
    row: *mut f32,
    columns: usize,
    low: usize,
    high: usize,
    shift: f32,
) -> f32 {
    unsafe {
        let mut total = L::splat(0.0);
        let offset = L::splat(shift);
        for j in 0..low {
            *row.add(j) = f32::NEG_INFINITY;
        }
        for j in high..columns {
            *row.add(j) = f32::NEG_INFINITY;
        }
        let mut j = 0;
        while j < columns {
            let value = L::load(row.add(j)).sub(offset).exp();
            value.store(row.add(j));
            total = total.add(value);
            j += L::N;
        }
        total.sum()
    }
}

#[inline(always)]
unsafe fn row_max<L: Lane>(row: *const f32, low: usize, high: usize) -> f32 {
    unsafe {
        let mut best = f32::NEG_INFINITY;
        let mut j = low;
        if high - low >= L::N {
            let mut lanes = L::load(row.add(low));
            j += L::N;
            while j + L::N <= high {
                lanes = lanes.max(L::load(row.add(j)));
                j += L::N;
            }
            best = lanes.highest();
        }
        for i in j..high {
            best = best.max(*row.add(i));
        }
        best
    }
}

/// A packed array of f32, or of bfloat16 when `half`.
#[derive(Clone, Copy)]
struct Packed {
    at: *mut u8,
    half: bool,
}

/// What a call reads and writes. `lse`: (batch, heads, time).
#[derive(Clone, Copy)]
pub struct Arrays {
    qkv: Packed,
    out: *mut f32,
    lse: *mut f32,
    grad_out: *mut f32,
    grad_qkv: Packed,
    turn: Turn,
}

impl Arrays {
    /// The whole of it; a method, so that closures capture the wrapper and not its pointers.
    fn get(&self) -> Arrays {
        *self
    }
}

// SAFETY: the pieces that threads work on lie apart from each other in every array that is written.
unsafe impl Send for Arrays {}
// SAFETY: as above.
unsafe impl Sync for Arrays {}

/// Forward of the pieces (batch × heads) from..to.
#[inline(always)]
unsafe fn forward_body<L: Lane>(sizes: Sizes, arrays: Arrays, from: usize, to: usize) {
    let (width, across, reach) = (sizes.width(), sizes.across(), sizes.reach());
    let mut scratch =
        Scratch::new(2 * across * width + width * across + BLOCK * (reach + width) + 256);
    let (q, k) = (scratch.take(across * width), scratch.take(width * across));
    let v = scratch.take(across * width);
    let (scores, mixed) = (scratch.take(BLOCK * reach), scratch.take(BLOCK * width));
    let scale = (sizes.size as f32).powf(-0.5);
    for piece in from..to {
        unsafe {
            // The keys are gathered where the values come next, then turned over.
            gather(sizes.head(arrays.qkv, piece, 1), arrays.turn, 1.0, v, width);
            transpose(v, sizes.time, sizes.size, width, k, across);
            gather(sizes.head(arrays.qkv, piece, 0), arrays.turn, scale, q, width);
            gather(sizes.head(arrays.qkv, piece, 2), Turn::NONE, 1.0, v, width);
            let out = sizes.out(arrays.out, piece);
            for span in spans(sizes) {
                let shape = Shape { rows: span.rows, columns: span.columns, inner: sizes.size };
                let queries = Left { at: q.add(span.first * width), row: width, column: 1 };
                let keys = Right { at: k.add(span.from), row: across };
                L::product(
                    shape,
                    queries,
                    keys,
                    Into { at: scores, row: reach, add: false, sign: 1.0 },
                );
                let mut sums = [0.0f32; BLOCK];
                for (i, sum) in sums.iter_mut().enumerate().take(span.rows) {
                    let row = scores.add(i * reach);
                    let (low, high) = span.seen(i, sizes.window);
                    let highest = row_max::<L>(row, low, high);
                    *sum = weigh::<L>(row, span.columns, low, high, highest);
                    *arrays.lse.add(piece * sizes.time + span.first + i) = highest + sum.ln();
                }
                let shape = Shape { rows: span.rows, columns: width, inner: span.columns };
                let weights = Left { at: scores, row: reach, column: 1 };
                let values = Right { at: v.add(span.from * width), row: width };
                L::product(
                    shape,
                    weights,
                    values,
                    Into { at: mixed, row: width, add: false, sign: 1.0 },
                );
                for (i, sum) in sums.iter().enumerate().take(span.rows) {
                    let to = std::slice::from_raw_parts_mut(
                        arrays.out.add(out.start + (span.first + i) * out.stride),
                        out.size,
                    );
                    let row = std::slice::from_raw_parts(mixed.add(i * width), out.size);
                    for (o, x) in to.iter_mut().zip(row) {
                        *o = x / sum;
                    }
                }
            }
        }
    }
}

/// Backward of the pieces from..to.
#[inline(always)]
unsafe fn backward_body<L: Lane>(sizes: Sizes, arrays: Arrays, from: usize, to: usize) {
    let (width, across, reach) = (sizes.width(), sizes.across(), sizes.reach());
    let mut scratch = Scratch::new(8 * across * width + 2 * BLOCK * reach + 512);
    let rows = across * width;
    let (q, k, k_across, v_across) =
        (scratch.take(rows), scratch.take(rows), scratch.take(rows), scratch.take(rows));
    let (g, dq, dk, dv) =
        (scratch.take(rows), scratch.take(rows), scratch.take(rows), scratch.take(rows));
    let (weights, slopes) = (scratch.take(BLOCK * reach), scratch.take(BLOCK * reach));
    let scale = (sizes.size as f32).powf(-0.5);
    for piece in from..to {
        unsafe {
            gather(sizes.head(arrays.qkv, piece, 2), Turn::NONE, 1.0, k, width);
            transpose(k, sizes.time, sizes.size, width, v_across, across);
            gather(sizes.head(arrays.qkv, piece, 1), arrays.turn, 1.0, k, width);
            transpose(k, sizes.time, sizes.size, width, k_across, across);
            gather(sizes.head(arrays.qkv, piece, 0), arrays.turn, scale, q, width);
            gather(sizes.out(arrays.grad_out, piece), Turn::NONE, 1.0, g, width);
            std::slice::from_raw_parts_mut(dk, rows).fill(0.0);
            std::slice::from_raw_parts_mut(dv, rows).fill(0.0);
            let out = sizes.out(arrays.out, piece);
            for span in spans(sizes) {
                let shape = Shape { rows: span.rows, columns: span.columns, inner: sizes.size };
                let queries = Left { at: q.add(span.first * width), row: width, column: 1 };
                let grads = Left { at: g.add(span.first * width), row: width, column: 1 };
                let into = |at| Into { at, row: reach, add: false, sign: 1.0 };
                L::product(
                    shape,
                    queries,
                    Right { at: k_across.add(span.from), row: across },
                    into(weights),
                );
                L::product(
                    shape,
                    grads,
                    Right { at: v_across.add(span.from), row: across },
                    into(slopes),
                );
                for i in 0..span.rows {
                    let t = span.first + i;
                    let (low, high) = span.seen(i, sizes.window);
                    let lse = *arrays.lse.add(piece * sizes.time + t);
                    weigh::<L>(weights.add(i * reach), span.columns, low, high, lse);
                    let (a, b) = (g.add(t * width), arrays.out.add(out.start + t * out.stride));
                    let mut dot = 0.0;
                    for d in 0..sizes.size {
                        dot += *a.add(d) * *b.add(d);
                    }
                    let dot = L::splat(dot);
                    let mut j = 0;
                    while j < span.columns {
                        let slope = L::load(slopes.add(i * reach + j)).sub(dot);
                        slope
                            .mul(L::load(weights.add(i * reach + j)))
                            .store(slopes.add(i * reach + j));
                        j += L::N;
                    }
                }
                let along = Shape { rows: span.rows, columns: width, inner: span.columns };
                let keys = Right { at: k.add(span.from * width), row: width };
                let to_q =
                    Into { at: dq.add(span.first * width), row: width, add: false, sign: 1.0 };
                L::product(along, Left { at: slopes, row: reach, column: 1 }, keys, to_q);
                let down = Shape { rows: span.columns, columns: width, inner: span.rows };
                let to = |at: *mut f32| Into {
                    at: at.add(span.from * width),
                    row: width,
                    add: true,
                    sign: 1.0,
                };
                let turned = |at: *mut f32| Left { at, row: 1, column: reach };
                let below = |at: *mut f32| Right { at: at.add(span.first * width), row: width };
                L::product(down, turned(slopes), below(q), to(dk));
                L::product(down, turned(weights), below(g), to(dv));
            }
            scatter(dq, width, arrays.turn, scale, sizes.head(arrays.grad_qkv, piece, 0));
            scatter(dk, width, arrays.turn, 1.0, sizes.head(arrays.grad_qkv, piece, 1));
            scatter(dv, width, Turn::NONE, 1.0, sizes.head(arrays.grad_qkv, piece, 2));
        }
    }
}

by_width!(
    /// Forward at the widest register.
    forward, forward_body, sizes: Sizes, arrays: Arrays, from: usize, to: usize
);
by_width!(
    /// Backward at the widest register.
    backward, backward_body, sizes: Sizes, arrays: Arrays, from: usize, to: usize
);

/// out, lse ← attention(qkv). `half`: qkv is bfloat16 (0: f32).
///
/// # Safety
/// qkv: batch·time·3·heads·size numbers, out: batch·time·heads·size, lse: batch·heads·time; cos and sin are both null
/// or time·size/2 numbers each.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_swa_forward(
    qkv: *const u8,
    half: u32,
    out: *mut f32,
    lse: *mut f32,
    cos: *const f32,
    sin: *const f32,
    batch: usize,
    time: usize,
    heads: usize,
    size: usize,
    window: usize,
    threads: usize,
) -> i64 {
    guard(|| {
        let sizes = Sizes::checked(batch, time, heads, size, window)?;
        if qkv.is_null() || out.is_null() || lse.is_null() || cos.is_null() != sin.is_null() {
            return Err(Error::BadArgument);
        }
        let half = half != 0;
        let none = Packed { at: std::ptr::null_mut(), half };
        let turn = Turn { cos, sin };
        let arrays = Arrays {
            qkv: Packed { at: qkv.cast_mut(), half },
            out,
            lse,
            grad_out: std::ptr::null_mut(),
            grad_qkv: none,
            turn,
        };
        // SAFETY: every piece writes its own rows and columns; the caller vouches for the sizes.
        workers::split(sizes.batch * sizes.heads, threads, |from, to| unsafe {
            forward(sizes, arrays.get(), from, to);
        });
        Ok(0)
    })
}

/// grad_qkv (bfloat16 when `half`) ← the gradient of the attention with respect to qkv.
///
/// # Safety
/// As for the forward pass, whose out and lse these are; grad_out is like out, grad_qkv like qkv.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_swa_backward(
    qkv: *const u8,
    half: u32,
    out: *const f32,
    lse: *const f32,
    grad_out: *const f32,
    grad_qkv: *mut u8,
    cos: *const f32,
    sin: *const f32,
    batch: usize,
    time: usize,
    heads: usize,
    size: usize,
    window: usize,
    threads: usize,
) -> i64 {
    guard(|| {
        let sizes = Sizes::checked(batch, time, heads, size, window)?;
        let missing = qkv.is_null()
            || out.is_null()
            || lse.is_null()
            || grad_out.is_null()
            || grad_qkv.is_null();
        if missing || cos.is_null() != sin.is_null() {
            return Err(Error::BadArgument);
        }
        let arrays = Arrays {
            qkv: Packed { at: qkv.cast_mut(), half: half != 0 },
            out: out.cast_mut(),
            lse: lse.cast_mut(),
            grad_out: grad_out.cast_mut(),
            grad_qkv: Packed { at: grad_qkv, half: half != 0 },
            turn: Turn { cos, sin },
        };
        // SAFETY: as above.
        workers::split(sizes.batch * sizes.heads, threads, |from, to| unsafe {
            backward(sizes, arrays.get(), from, to);
        });
        Ok(0)
    })
}
