//! One text, one byte after the other: the whole int8 model in one call, with a state of constant size.
//!
//! The same arithmetic as `plugins/rusta_hecate/inference/network.py`; products are exact in integers, attention and
//! norms are f32.

use super::int8::{quantise, rows, Matrix};
use super::lane::Lane;
use crate::abi::{guard, Error};
use crate::by_width;

const EPSILON: f32 = 1e-6;
const MOST_ORDERS: usize = 16;
const START: usize = 256;

/// Sizes and places of a model. All arrays stay with the caller.
#[repr(C)]
pub struct Model {
    width: usize,
    layers: usize,
    heads: usize,
    window: usize,
    hidden: usize,
    swiglu: usize,
    rotary: usize,
    tied: usize,
    buckets: usize,
    orders: usize,
    order: [usize; MOST_ORDERS],
    bytes: Table,
    ngrams: Table,
    norm: *const f32,
    head: Table,
    blocks: *const Block,
    /// base^(−2i/size) for each pair of a head.
    rates: *const f64,
}

/// An int8 matrix and its factors.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Table {
    weights: *const i8,
    factors: *const f32,
}

/// The arrays of one block.
#[repr(C)]
pub struct Block {
    norm1: *const f32,
    norm2: *const f32,
    qkv: Table,
    out: Table,
    up: Table,
    down: Table,
}

/// What changes while reading: how many inputs were read, the last of them (+1), and the keys and values, each
/// layers × window × width, used as a ring.
#[repr(C)]
pub struct State {
    place: u64,
    recent: [u64; MOST_ORDERS],
    keys: *mut f32,
    values: *mut f32,
}

unsafe fn slice<'a>(at: *const f32, length: usize) -> &'a [f32] {
    // SAFETY: the callers below vouch for the length.
    unsafe { std::slice::from_raw_parts(at, length) }
}

#[inline(always)]
fn times(table: Table, columns: usize, x: &[f32], whole: &mut [i16], out: &mut [f32]) {
    let scale = quantise(&x[..columns], whole);
    // SAFETY: a table has out.len() rows of `columns` weights.
    let matrix = unsafe {
        Matrix {
            weights: std::slice::from_raw_parts(table.weights, out.len() * columns),
            factors: std::slice::from_raw_parts(table.factors, out.len()),
            columns,
        }
    };
    rows(matrix, whole, scale, 0, out);
}

#[inline(always)]
fn normed(x: &[f32], weight: Option<&[f32]>, to: &mut [f32]) {
    let mean = x.iter().map(|v| v * v).sum::<f32>() / x.len() as f32;
    let factor = 1.0 / (mean + EPSILON).sqrt();
    match weight {
        Some(weight) => {
            for ((out, v), w) in to.iter_mut().zip(x).zip(weight) {
                *out = v * factor * w;
            }
        }
        None => {
            for (out, v) in to.iter_mut().zip(x) {
                *out = v * factor;
            }
        }
    }
}

#[inline(always)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 16];
    let whole = a.len() / 16 * 16;
    for (x, y) in a[..whole].chunks_exact(16).zip(b[..whole].chunks_exact(16)) {
        for (sum, (p, q)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += p * q;
        }
    }
    sums.iter().sum::<f32>() + a[whole..].iter().zip(&b[whole..]).map(|(p, q)| p * q).sum::<f32>()
}

#[inline(always)]
fn turn(x: &mut [f32], turns: &[(f32, f32)]) {
    let half = turns.len();
    for (i, (cos, sin)) in turns.iter().enumerate() {
        let (first, second) = (x[i], x[i + half]);
        x[i] = first * cos - second * sin;
        x[i + half] = first * sin + second * cos;
    }
}

/// Room for one step.
pub struct Room {
    x: Vec<f32>,
    normed: Vec<f32>,
    qkv: Vec<f32>,
    mixed: Vec<f32>,
    inner: Vec<f32>,
    added: Vec<f32>,
    scores: Vec<f32>,
    whole: Vec<i16>,
    turns: Vec<(f32, f32)>,
}

impl Room {
    fn new(model: &Model) -> Self {
        let inner = model.hidden * (1 + usize::from(model.swiglu != 0));
        Room {
            x: vec![0.0; model.width],
            normed: vec![0.0; model.width],
            qkv: vec![0.0; 3 * model.width],
            mixed: vec![0.0; model.width],
            inner: vec![0.0; inner],
            added: vec![0.0; model.width],
            scores: vec![0.0; model.window],
            whole: vec![0; model.width.max(model.hidden)],
            turns: vec![(1.0, 0.0); model.width / model.heads / 2],
        }
    }
}

/// Adds a row of a table to x.
#[inline(always)]
unsafe fn add_row(table: Table, row: usize, x: &mut [f32]) {
    // SAFETY: the caller vouches for the row.
    unsafe {
        let factor = *table.factors.add(row);
        let from = table.weights.add(row * x.len());
        for (i, out) in x.iter_mut().enumerate() {
            *out += f32::from(*from.add(i)) * factor;
        }
    }
}

fn ngram_row(recent: &[u64; MOST_ORDERS], order: usize, buckets: usize) -> usize {
    let mut value = 0x811C_9DC5u64;
    for back in (0..order).rev() {
        value = ((value ^ recent[back]) * 0x0100_0193) & 0xFFFF_FFFF;
    }
    ((value ^ (value >> 15)) % buckets as u64) as usize
}

/// Reads one input and writes the logits of the byte after it.
#[inline(always)]
unsafe fn step_body<L: Lane>(
    model: &Model,
    state: &mut State,
    symbol: usize,
    room: &mut Room,
    logits: &mut [f32],
) {
    let width = model.width;
    let size = width / model.heads;
    state.recent.copy_within(0..MOST_ORDERS - 1, 1);
    state.recent[0] = symbol as u64 + 1;
    room.x.fill(0.0);
    // SAFETY: the caller vouches for the model's arrays; rows are below the tables' sizes.
    unsafe {
        add_row(model.bytes, symbol, &mut room.x);
        for i in 0..model.orders {
            let row = ngram_row(&state.recent, model.order[i], model.buckets) + i * model.buckets;
            add_row(model.ngrams, row, &mut room.x);
        }
    }
    normed(&room.x, None, &mut room.normed);
    room.x.copy_from_slice(&room.normed);
    if model.rotary != 0 {
        for (i, turn) in room.turns.iter_mut().enumerate() {
            // SAFETY: one rate for each pair.
            let angle = state.place as f64 * unsafe { *model.rates.add(i) };
            *turn = (angle.cos() as f32, angle.sin() as f32);
        }
    }
    let slot = (state.place % model.window as u64) as usize;
    let seen = (state.place + 1).min(model.window as u64) as usize;
    for layer in 0..model.layers {
        // SAFETY: the caller vouches for the blocks and the ring.
        let (block, keys, values) = unsafe {
            let ring = layer * model.window * width;
            (
                &*model.blocks.add(layer),
                std::slice::from_raw_parts_mut(state.keys.add(ring), model.window * width),
                std::slice::from_raw_parts_mut(state.values.add(ring), model.window * width),
            )
        };
        // SAFETY: norms have one number for each column.
        let (norm1, norm2) = unsafe { (slice(block.norm1, width), slice(block.norm2, width)) };
        normed(&room.x, Some(norm1), &mut room.normed);
        times(block.qkv, width, &room.normed, &mut room.whole, &mut room.qkv);
        let (q, kv) = room.qkv.split_at_mut(width);
        let (k, v) = kv.split_at_mut(width);
        if model.rotary != 0 {
            for head in 0..model.heads {
                turn(&mut q[head * size..][..size], &room.turns);
                turn(&mut k[head * size..][..size], &room.turns);
            }
        }
        keys[slot * width..][..width].copy_from_slice(k);
        values[slot * width..][..width].copy_from_slice(v);
        room.mixed.fill(0.0);
        let scale = (size as f32).powf(-0.5);
        for head in 0..model.heads {
            let from = head * size;
            let query = &q[from..][..size];
            let scores = &mut room.scores[..seen];
            let mut highest = f32::NEG_INFINITY;
            for (place, score) in scores.iter_mut().enumerate() {
                *score = dot(query, &keys[place * width + from..][..size]) * scale;
                highest = highest.max(*score);
            }
            let mut sum = 0.0;
            for group in scores.chunks_mut(L::N) {
                // SAFETY: the copy has one number for each of the lane.
                let powers = unsafe {
                    let mut padded = [0.0f32; 16];
                    padded[..group.len()].copy_from_slice(group);
                    let less = L::load(padded.as_ptr()).sub(L::splat(highest));
                    less.exp().store(padded.as_mut_ptr());
                    padded
                };
                group.copy_from_slice(&powers[..group.len()]);
                sum += group.iter().sum::<f32>();
            }
            let out = &mut room.mixed[from..][..size];
            for (place, score) in scores.iter().enumerate() {
                let weight = score / sum;
                for (to, value) in out.iter_mut().zip(&values[place * width + from..][..size]) {
                    *to += weight * value;
                }
            }
        }
        times(block.out, width, &room.mixed, &mut room.whole, &mut room.added);
        for (to, more) in room.x.iter_mut().zip(&room.added) {
            *to += more;
        }
        normed(&room.x, Some(norm2), &mut room.normed);
        times(block.up, width, &room.normed, &mut room.whole, &mut room.inner);
        if model.swiglu != 0 {
            let (gate, value) = room.inner.split_at_mut(model.hidden);
            for (g, v) in gate.iter_mut().zip(value) {
                *g = *g / (1.0 + (-*g).exp()) * *v;
            }
        } else {
            for value in &mut room.inner {
                let positive = value.max(0.0);
                *value = positive * positive;
            }
        }
        times(block.down, model.hidden, &room.inner, &mut room.whole, &mut room.added);
        for (to, more) in room.x.iter_mut().zip(&room.added) {
            *to += more;
        }
    }
    // SAFETY: as above.
    normed(&room.x, Some(unsafe { slice(model.norm, width) }), &mut room.normed);
    let head = if model.tied != 0 { model.bytes } else { model.head };
    times(head, width, &room.normed, &mut room.whole, logits);
    state.place += 1;
}

by_width!(
    /// One step at the widest register.
    step, step_body, model: &Model, state: &mut State, symbol: usize, room: &mut Room, logits: &mut [f32]
);

/// Reads `count` inputs (0 … 256) and writes count × 256 logits.
///
/// # Safety
/// All pointers are valid for the sizes the model states; the state belongs to this model and to nobody else now.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_decode(
    model: *const Model,
    state: *mut State,
    symbols: *const u16,
    count: usize,
    logits: *mut f32,
) -> i64 {
    guard(|| {
        if model.is_null()
            || state.is_null()
            || (count > 0 && (symbols.is_null() || logits.is_null()))
        {
            return Err(Error::BadArgument);
        }
        // SAFETY: the caller vouches for the pointers.
        let (model, state) = unsafe { (&*model, &mut *state) };
        let sound = model.heads > 0
            && model.width % (2 * model.heads) == 0
            && model.window > 0
            && model.orders <= MOST_ORDERS
            && model.order[..model.orders].iter().all(|order| (1..=MOST_ORDERS).contains(order))
            && (model.orders == 0 || model.buckets > 0);
        if !sound {
            return Err(Error::BadArgument);
        }
        let mut room = Room::new(model);
        for i in 0..count {
            // SAFETY: as above.
            unsafe {
                let symbol = usize::from(*symbols.add(i));
                if symbol > START {
                    return Err(Error::BadArgument);
                }
                let to = std::slice::from_raw_parts_mut(logits.add(i * 256), 256);
                step(model, state, symbol, &mut room, to);
            }
        }
        Ok(count as i64)
    })
}
