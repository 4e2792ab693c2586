//! The gated delta rule in chunkwise (WY) form, forward and exact backward.
//!
//! S_t = a_t S_{t−1} + β_t k_t (v_t − a_t S_{t−1}ᵀ k_t)ᵀ, o_t = S_tᵀ q_t with a_t = e^{g_t} (Yang et al. 2024; without
//! g the plain delta rule). Within a chunk the written values U solve a unit lower triangular system, so that
//! everything else is matrix products. The backward pass keeps only the state at each chunk's start and U.

use super::delta_chunk::{backward_chunk, forward_chunk, Tiles, CHUNK};
use super::lane::Lane;
use super::scratch::padded;
use super::workers;
use crate::abi::{guard, Error};
use crate::by_width;

/// Sizes of one call: q, k are (batch, time, heads, keys), v is (batch, time, heads, values).
#[derive(Clone, Copy)]
pub struct Sizes {
    pub batch: usize,
    pub time: usize,
    pub heads: usize,
    pub keys: usize,
    pub values: usize,
    /// Tokens per chunk, at most [`CHUNK`].
    pub chunk: usize,
}

impl Sizes {
    fn checked(of: [usize; 6]) -> Result<Self, Error> {
        let [batch, time, heads, keys, values, chunk] = of;
        let fits = |x: usize, most: usize| (1..=most).contains(&x);
        let outer = fits(batch, 1 << 20) && fits(time, 1 << 24) && fits(heads, 1 << 10);
        if !(outer && fits(keys, 1 << 10) && fits(values, 1 << 10) && fits(chunk, CHUNK)) {
            return Err(Error::BadArgument);
        }
        Ok(Sizes { batch, time, heads, keys, values, chunk })
    }

    /// Chunks per sequence.
    pub fn chunks(&self) -> usize {
        self.time.div_ceil(self.chunk)
    }

    /// Numbers in one state, rows padded to whole lanes.
    pub fn state(&self) -> usize {
        self.keys * padded(self.values)
    }
}

/// Every array of a call. The kept ones (`states`: one padded state per piece and chunk; `written`: U, one padded row
/// per piece and place) are written forward and read backward. Unused ones are null.
#[derive(Clone, Copy)]
pub struct Arrays {
    pub q: *const f32,
    pub k: *const f32,
    pub v: *const f32,
    pub beta: *const f32,
    pub log_decay: *const f32,
    pub start: *const f32,
    pub out: *mut f32,
    pub end: *mut f32,
    pub states: *mut f32,
    pub written: *mut f32,
    pub grad_out: *const f32,
    pub grad_end: *const f32,
    pub grad_q: *mut f32,
    pub grad_k: *mut f32,
    pub grad_v: *mut f32,
    pub grad_beta: *mut f32,
    pub grad_log_decay: *mut f32,
    pub grad_start: *mut f32,
}

// SAFETY: the pieces that threads work on lie apart from each other in every array that is written.
unsafe impl Send for Arrays {}
// SAFETY: as above.
unsafe impl Sync for Arrays {}

impl Arrays {
    fn get(&self) -> Arrays {
        *self
    }
}

#[inline(always)]
unsafe fn copy_state(
    sizes: Sizes,
    from: *const f32,
    from_width: usize,
    to: *mut f32,
    to_width: usize,
) {
    for row in 0..sizes.keys {
        unsafe {
            std::ptr::copy_nonoverlapping(
                from.add(row * from_width),
                to.add(row * to_width),
                sizes.values,
            );
        }
    }
}

#[inline(always)]
unsafe fn forward_body<L: Lane>(sizes: Sizes, arrays: Arrays, from: usize, to: usize) {
    let mut tiles = Tiles::new(sizes);
    let plain = sizes.keys * sizes.values;
    for piece in from..to {
        unsafe {
            std::slice::from_raw_parts_mut(tiles.state, sizes.state()).fill(0.0);
            if !arrays.start.is_null() {
                let start = arrays.start.add(piece * plain);
                copy_state(sizes, start, sizes.values, tiles.state, tiles.across);
            }
            for chunk in 0..sizes.chunks() {
                forward_chunk::<L>(sizes, &arrays, &mut tiles, piece, chunk);
            }
            copy_state(
                sizes,
                tiles.state,
                tiles.across,
                arrays.end.add(piece * plain),
                sizes.values,
            );
        }
    }
}

#[inline(always)]
unsafe fn backward_body<L: Lane>(sizes: Sizes, arrays: Arrays, from: usize, to: usize) {
    let mut tiles = Tiles::new(sizes);
    let plain = sizes.keys * sizes.values;
    for piece in from..to {
        unsafe {
            std::slice::from_raw_parts_mut(tiles.grad_state, sizes.state()).fill(0.0);
            if !arrays.grad_end.is_null() {
                let end = arrays.grad_end.add(piece * plain);
                copy_state(sizes, end, sizes.values, tiles.grad_state, tiles.across);
            }
            for chunk in (0..sizes.chunks()).rev() {
                backward_chunk::<L>(sizes, &arrays, &mut tiles, piece, chunk);
            }
            let to = arrays.grad_start.add(piece * plain);
            copy_state(sizes, tiles.grad_state, tiles.across, to, sizes.values);
        }
    }
}

by_width!(
    /// Forward of the pieces (batch × heads) from..to.
    forward, forward_body, sizes: Sizes, arrays: Arrays, from: usize, to: usize
);
by_width!(
    /// Backward of the pieces from..to.
    backward, backward_body, sizes: Sizes, arrays: Arrays, from: usize, to: usize
);

/// Numbers that `states` and `written` need: writes both to `needed`.
///
/// # Safety
/// `needed` has room for two numbers.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_delta_room(
    batch: usize,
    time: usize,
    heads: usize,
    keys: usize,
    values: usize,
    chunk: usize,
    needed: *mut u64,
) -> i64 {
    guard(|| {
        let sizes = Sizes::checked([batch, time, heads, keys, values, chunk])?;
        let pieces = batch * heads;
        // SAFETY: the caller vouches for two numbers.
        unsafe {
            *needed = (pieces * sizes.chunks() * sizes.state()) as u64;
            *needed.add(1) = (pieces * time * padded(values)) as u64;
        }
        Ok(0)
    })
}

/// out, end, states, written ← the rule. `arrays` is a table of the pointers of [`Arrays`], in its order.
///
/// # Safety
/// The pointers have the sizes that [`Arrays`] and [`Sizes`] say; log_decay and start may be null.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_delta_forward(
    arrays: *const Arrays,
    batch: usize,
    time: usize,
    heads: usize,
    keys: usize,
    values: usize,
    chunk: usize,
    threads: usize,
) -> i64 {
    guard(|| {
        let sizes = Sizes::checked([batch, time, heads, keys, values, chunk])?;
        // SAFETY: the caller vouches for the table.
        let arrays = unsafe { arrays.as_ref() }.copied().ok_or(Error::BadArgument)?;
        let missing =
            arrays.q.is_null() || arrays.k.is_null() || arrays.v.is_null() || arrays.beta.is_null();
        let nowhere = arrays.out.is_null() || arrays.end.is_null();
        if missing || nowhere || arrays.states.is_null() || arrays.written.is_null() {
            return Err(Error::BadArgument);
        }
        // SAFETY: pieces lie apart.
        workers::split(batch * heads, threads, |from, to| unsafe {
            forward(sizes, arrays.get(), from, to)
        });
        Ok(0)
    })
}

/// The six gradients ← the rule's backward pass.
///
/// # Safety
/// As for the forward pass, which filled states and written; log_decay, grad_log_decay and grad_end may be null.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_delta_backward(
    arrays: *const Arrays,
    batch: usize,
    time: usize,
    heads: usize,
    keys: usize,
    values: usize,
    chunk: usize,
    threads: usize,
) -> i64 {
    guard(|| {
        let sizes = Sizes::checked([batch, time, heads, keys, values, chunk])?;
        // SAFETY: the caller vouches for the table.
        let arrays = unsafe { arrays.as_ref() }.copied().ok_or(Error::BadArgument)?;
        let missing =
            arrays.q.is_null() || arrays.k.is_null() || arrays.v.is_null() || arrays.beta.is_null();
        let unkept =
            arrays.states.is_null() || arrays.written.is_null() || arrays.grad_out.is_null();
        let nowhere = arrays.grad_q.is_null() || arrays.grad_k.is_null() || arrays.grad_v.is_null();
        if missing || unkept || nowhere || arrays.grad_beta.is_null() || arrays.grad_start.is_null()
        {
            return Err(Error::BadArgument);
        }
        // SAFETY: pieces lie apart.
        workers::split(batch * heads, threads, |from, to| unsafe {
            backward(sizes, arrays.get(), from, to)
        });
        Ok(0)
    })
}
