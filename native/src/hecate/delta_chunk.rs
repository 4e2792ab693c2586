//! One chunk of the gated delta rule, forward and backward; the names follow the formulas in `delta`.

use super::delta::{Arrays, Sizes};
use super::gemm::{Into, Left, Right, Shape};
use super::lane::Lane;
use super::rotary::{gather, scatter, transpose, Head, Turn};
use super::rows::{add_scaled, dot, scaled, sum, times};
use super::scratch::{padded, Scratch};

/// Most tokens per chunk, and the distance of rows of chunk × chunk tiles.
pub const CHUNK: usize = 64;
/// Rows of the triangular system that are solved one by one; those before them come by a matrix product.
const STEP: usize = 16;

/// Working memory for one chunk. Rows of keys are `along` apart, of values `across`, of chunk × chunk tiles CHUNK.
pub struct Tiles {
    _scratch: Scratch,
    pub state: *mut f32,
    pub grad_state: *mut f32,
    pub along: usize,
    pub across: usize,
    q: *mut f32,
    k: *mut f32,
    k_faded: *mut f32,
    k_turned: *mut f32,
    v: *mut f32,
    u: *mut f32,
    u_turned: *mut f32,
    o: *mut f32,
    qs: *mut f32,
    ks: *mut f32,
    x: *mut f32,
    decay: *mut f32,
    kk: *mut f32,
    a: *mut f32,
    p: *mut f32,
    grad_p: *mut f32,
    grad_a: *mut f32,
    dq: *mut f32,
    dk: *mut f32,
    dk_faded: *mut f32,
    state_turned: *mut f32,
    grad_turned: *mut f32,
    /// G, e^G, e^{G_C − G}, β, and the gradients of G and β; CHUNK each.
    g: *mut f32,
    grown: *mut f32,
    fade: *mut f32,
    beta: *mut f32,
    dg: *mut f32,
    dbeta: *mut f32,
}

impl Tiles {
    pub fn new(sizes: Sizes) -> Self {
        let (along, across) = (padded(sizes.keys), padded(sizes.values));
        let (of_keys, of_values) = (CHUNK * along, CHUNK * across);
        let state = sizes.state();
        let count =
            6 * of_keys + 8 * of_values + 6 * CHUNK * CHUNK + 2 * state + 2 * across * along;
        let mut scratch = Scratch::new(count + sizes.keys * CHUNK + 16 * CHUNK);
        let mut take = |count| scratch.take(count);
        Tiles {
            state: take(state),
            grad_state: take(state),
            along,
            across,
            q: take(of_keys),
            k: take(of_keys),
            k_faded: take(of_keys),
            k_turned: take(sizes.keys * CHUNK),
            v: take(of_values),
            u: take(of_values),
            u_turned: take(of_values),
            o: take(of_values),
            qs: take(of_values),
            ks: take(of_values),
            x: take(of_values),
            decay: take(CHUNK * CHUNK),
            kk: take(CHUNK * CHUNK),
            a: take(CHUNK * CHUNK),
            p: take(CHUNK * CHUNK),
            grad_p: take(CHUNK * CHUNK),
            grad_a: take(CHUNK * CHUNK),
            dq: take(of_keys),
            dk: take(of_keys),
            dk_faded: take(of_keys),
            state_turned: take(across * along),
            grad_turned: take(across * along),
            g: take(CHUNK),
            grown: take(CHUNK),
            fade: take(CHUNK),
            beta: take(CHUNK),
            dg: take(CHUNK),
            dbeta: take(CHUNK),
            _scratch: scratch,
        }
    }
}

/// Where a chunk lies.
#[derive(Clone, Copy)]
struct Place {
    /// First place of the chunk and how many there are.
    first: usize,
    rows: usize,
    b: usize,
    h: usize,
}

impl Place {
    fn of(sizes: Sizes, piece: usize, chunk: usize) -> Self {
        let first = chunk * sizes.chunk;
        let rows = sizes.chunk.min(sizes.time - first);
        Place { first, rows, b: piece / sizes.heads, h: piece % sizes.heads }
    }

    fn head(&self, sizes: Sizes, at: *const f32, size: usize) -> Head {
        let stride = sizes.heads * size;
        let start = (self.b * sizes.time + self.first) * stride + self.h * size;
        Head { at: at.cast_mut().cast(), half: false, start, stride, size, time: self.rows }
    }

    /// Index of place i in a (batch, time, heads) array.
    fn scalar(&self, sizes: Sizes, i: usize) -> usize {
        (self.b * sizes.time + self.first + i) * sizes.heads + self.h
    }
}

fn rows(at: *const f32, row: usize) -> Left {
    Left { at, row, column: 1 }
}

fn turned(at: *const f32, row: usize) -> Left {
    Left { at, row: 1, column: row }
}

fn into(at: *mut f32, row: usize) -> Into {
    Into { at, row, add: false, sign: 1.0 }
}

fn onto(at: *mut f32, row: usize) -> Into {
    Into { at, row, add: true, sign: 1.0 }
}

/// Brings in q, k, β, g of a chunk, and makes what both directions need: k turned, decays, K·Kᵀ, A, P, K·S.
#[inline(always)]
unsafe fn prepare<L: Lane>(
    sizes: Sizes,
    arrays: &Arrays,
    tiles: &mut Tiles,
    place: Place,
    state: *const f32,
) {
    let (n, along, across) = (place.rows, tiles.along, tiles.across);
    unsafe {
        gather(place.head(sizes, arrays.q, sizes.keys), Turn::NONE, 1.0, tiles.q, along);
        gather(place.head(sizes, arrays.k, sizes.keys), Turn::NONE, 1.0, tiles.k, along);
        gather(place.head(sizes, arrays.v, sizes.values), Turn::NONE, 1.0, tiles.v, across);
        transpose(tiles.k, n, sizes.keys, along, tiles.k_turned, CHUNK);
        let mut total = 0.0;
        for i in 0..n {
            *tiles.beta.add(i) = *arrays.beta.add(place.scalar(sizes, i));
            if !arrays.log_decay.is_null() {
                total += *arrays.log_decay.add(place.scalar(sizes, i));
            }
            *tiles.g.add(i) = total;
        }
        for i in 0..n {
            *tiles.grown.add(i) = (*tiles.g.add(i)).exp();
            *tiles.fade.add(i) = (total - *tiles.g.add(i)).exp();
            scaled::<L>(
                *tiles.fade.add(i),
                tiles.k.add(i * along),
                tiles.k_faded.add(i * along),
                along,
            );
        }
        let square = Shape { rows: n, columns: CHUNK, inner: sizes.keys };
        let keys = Right { at: tiles.k_turned, row: CHUNK };
        L::product(square, rows(tiles.k, along), keys, into(tiles.kk, CHUNK));
        L::product(square, rows(tiles.q, along), keys, into(tiles.p, CHUNK));
        for i in 0..n {
            let (decay, p) = (tiles.decay.add(i * CHUNK), tiles.p.add(i * CHUNK));
            let (kk, a) = (tiles.kk.add(i * CHUNK), tiles.a.add(i * CHUNK));
            let now = L::splat(*tiles.g.add(i));
            for j in (0..CHUNK).step_by(L::N) {
                let then = L::load(tiles.g.add(j));
                // Places after i come to more than 1 here, and are struck out below.
                let one =
                    if arrays.log_decay.is_null() { L::splat(1.0) } else { now.sub(then).exp() };
                one.store(decay.add(j));
            }
            std::slice::from_raw_parts_mut(decay.add(i + 1), CHUNK - i - 1).fill(0.0);
            times::<L>(p, decay, p, CHUNK);
            times::<L>(kk, decay, a, CHUNK);
            scaled::<L>(*tiles.beta.add(i), a, a, CHUNK);
            *a.add(i) = 0.0;
        }
        let wide = Shape { rows: n, columns: across, inner: sizes.keys };
        L::product(
            wide,
            rows(tiles.k, along),
            Right { at: state, row: across },
            into(tiles.ks, across),
        );
    }
}

/// X ← (I + A)^{-1} X.
#[inline(always)]
unsafe fn solve<L: Lane>(a: *const f32, x: *mut f32, n: usize, across: usize) {
    for top in (0..n).step_by(STEP) {
        let many = STEP.min(n - top);
        unsafe {
            if top > 0 {
                let shape = Shape { rows: many, columns: across, inner: top };
                let to = Into { at: x.add(top * across), row: across, add: true, sign: -1.0 };
                L::product(
                    shape,
                    rows(a.add(top * CHUNK), CHUNK),
                    Right { at: x, row: across },
                    to,
                );
            }
            for i in top + 1..top + many {
                for j in top..i {
                    add_scaled::<L>(
                        -*a.add(i * CHUNK + j),
                        x.add(j * across),
                        x.add(i * across),
                        across,
                    );
                }
            }
        }
    }
}

/// X ← (I + A)^{-T} X.
#[inline(always)]
unsafe fn solve_turned<L: Lane>(a: *const f32, x: *mut f32, n: usize, across: usize) {
    for top in (0..n).step_by(STEP).rev() {
        let many = STEP.min(n - top);
        let below = top + many;
        unsafe {
            if below < n {
                let shape = Shape { rows: many, columns: across, inner: n - below };
                let to = Into { at: x.add(top * across), row: across, add: true, sign: -1.0 };
                let left = turned(a.add(below * CHUNK + top), CHUNK);
                L::product(shape, left, Right { at: x.add(below * across), row: across }, to);
            }
            for i in (top..below).rev() {
                for j in i + 1..below {
                    add_scaled::<L>(
                        -*a.add(j * CHUNK + i),
                        x.add(j * across),
                        x.add(i * across),
                        across,
                    );
                }
            }
        }
    }
}

/// One chunk forward; the state moves on.
///
/// # Safety
/// The CPU has L's features; the arrays have the sizes that [`Arrays`] and [`Sizes`] say.
#[inline(always)]
pub unsafe fn forward_chunk<L: Lane>(
    sizes: Sizes,
    arrays: &Arrays,
    tiles: &mut Tiles,
    piece: usize,
    chunk: usize,
) {
    let place = Place::of(sizes, piece, chunk);
    let (n, along, across) = (place.rows, tiles.along, tiles.across);
    unsafe {
        let kept = arrays.states.add((piece * sizes.chunks() + chunk) * sizes.state());
        std::ptr::copy_nonoverlapping(tiles.state, kept, sizes.state());
        prepare::<L>(sizes, arrays, tiles, place, tiles.state);
        for i in 0..n {
            let (u, v) = (tiles.u.add(i * across), tiles.v.add(i * across));
            scaled::<L>(*tiles.beta.add(i), v, u, across);
            let factor = -*tiles.beta.add(i) * *tiles.grown.add(i);
            add_scaled::<L>(factor, tiles.ks.add(i * across), u, across);
        }
        solve::<L>(tiles.a, tiles.u, n, across);
        let written = arrays.written.add((piece * sizes.time + place.first) * across);
        std::ptr::copy_nonoverlapping(tiles.u, written, n * across);
        let wide = Shape { rows: n, columns: across, inner: sizes.keys };
        let state = Right { at: tiles.state, row: across };
        L::product(wide, rows(tiles.q, along), state, into(tiles.o, across));
        for i in 0..n {
            scaled::<L>(
                *tiles.grown.add(i),
                tiles.o.add(i * across),
                tiles.o.add(i * across),
                across,
            );
        }
        let u = Right { at: tiles.u, row: across };
        L::product(Shape { inner: n, ..wide }, rows(tiles.p, CHUNK), u, onto(tiles.o, across));
        scatter(tiles.o, across, Turn::NONE, 1.0, place.head(sizes, arrays.out, sizes.values));
        scaled::<L>(*tiles.grown.add(n - 1), tiles.state, tiles.state, sizes.state());
        let tall = Shape { rows: sizes.keys, columns: across, inner: n };
        L::product(tall, turned(tiles.k_faded, along), u, onto(tiles.state, across));
    }
}

/// One chunk backward; the state's gradient moves to the chunk's start.
///
/// # Safety
/// The CPU has L's features; the arrays have the sizes that [`Arrays`] and [`Sizes`] say.
#[inline(always)]
pub unsafe fn backward_chunk<L: Lane>(
    sizes: Sizes,
    arrays: &Arrays,
    tiles: &mut Tiles,
    piece: usize,
    chunk: usize,
) {
    let place = Place::of(sizes, piece, chunk);
    let (n, along, across) = (place.rows, tiles.along, tiles.across);
    unsafe {
        let state = arrays.states.add((piece * sizes.chunks() + chunk) * sizes.state());
        prepare::<L>(sizes, arrays, tiles, place, state);
        let written = arrays.written.add((piece * sizes.time + place.first) * across);
        std::ptr::copy_nonoverlapping(written, tiles.u, n * across);
        gather(place.head(sizes, arrays.grad_out, sizes.values), Turn::NONE, 1.0, tiles.o, across);
        transpose(tiles.u, n, sizes.values, across, tiles.u_turned, CHUNK);
        transpose(state, sizes.keys, sizes.values, across, tiles.state_turned, along);
        transpose(tiles.grad_state, sizes.keys, sizes.values, across, tiles.grad_turned, along);
        std::slice::from_raw_parts_mut(tiles.dg, CHUNK).fill(0.0);
        std::slice::from_raw_parts_mut(tiles.dbeta, CHUNK).fill(0.0);

        let wide = Shape { rows: n, columns: across, inner: sizes.keys };
        let long = Shape { rows: n, columns: along, inner: sizes.values };
        let square = Shape { rows: n, columns: CHUNK, inner: sizes.values };
        let within = Shape { rows: n, columns: along, inner: n };
        let tall = Shape { rows: sizes.keys, columns: across, inner: n };
        let grad_out = Right { at: tiles.o, row: across };

        // S' = e^{G_C} S + (e^{G_C−G} K)ᵀ U
        let grad_state = Right { at: tiles.grad_state, row: across };
        L::product(wide, rows(tiles.k_faded, along), grad_state, into(tiles.x, across));
        L::product(
            Shape { inner: n, ..wide },
            turned(tiles.p, CHUNK),
            grad_out,
            onto(tiles.x, across),
        );
        let back = Right { at: tiles.grad_turned, row: along };
        L::product(long, rows(tiles.u, across), back, into(tiles.dk_faded, along));
        for i in 0..n {
            let fade = *tiles.fade.add(i);
            scaled::<L>(fade, tiles.dk_faded.add(i * along), tiles.dk.add(i * along), along);
            let slope = dot::<L>(tiles.dk.add(i * along), tiles.k.add(i * along), along);
            *tiles.dg.add(n - 1) += slope;
            *tiles.dg.add(i) -= slope;
        }
        let grown = *tiles.grown.add(n - 1);
        *tiles.dg.add(n - 1) += grown * dot::<L>(tiles.grad_state, state, sizes.state());
        scaled::<L>(grown, tiles.grad_state, tiles.grad_state, sizes.state());

        // O = e^G (Q S) + P U
        L::product(
            wide,
            rows(tiles.q, along),
            Right { at: state, row: across },
            into(tiles.qs, across),
        );
        L::product(
            square,
            rows(tiles.o, across),
            Right { at: tiles.u_turned, row: CHUNK },
            into(tiles.grad_p, CHUNK),
        );
        for i in 0..n {
            let (o, qs) = (tiles.o.add(i * across), tiles.qs.add(i * across));
            *tiles.dg.add(i) += *tiles.grown.add(i) * dot::<L>(o, qs, across);
            // From here on o holds e^G dO; dP above needed it without.
            scaled::<L>(*tiles.grown.add(i), o, o, across);
        }
        L::product(
            long,
            rows(tiles.o, across),
            Right { at: tiles.state_turned, row: along },
            into(tiles.dq, along),
        );
        L::product(tall, turned(tiles.q, along), grad_out, onto(tiles.grad_state, across));
        share_out::<L>(tiles, tiles.grad_p, tiles.p, n);
        for i in 0..n {
            times::<L>(
                tiles.grad_p.add(i * CHUNK),
                tiles.decay.add(i * CHUNK),
                tiles.grad_p.add(i * CHUNK),
                CHUNK,
            );
        }
        let keys = Right { at: tiles.k, row: along };
        L::product(within, rows(tiles.grad_p, CHUNK), keys, onto(tiles.dq, along));
        let queries = Right { at: tiles.q, row: along };
        L::product(within, turned(tiles.grad_p, CHUNK), queries, onto(tiles.dk, along));

        // U = (I + A)^{-1} X
        solve_turned::<L>(tiles.a, tiles.x, n, across);
        let away = Into { sign: -1.0, ..into(tiles.grad_a, CHUNK) };
        L::product(square, rows(tiles.x, across), Right { at: tiles.u_turned, row: CHUNK }, away);

        // X = β (V − e^G K S); v becomes dV, ks becomes −e^G dR
        for i in 0..n {
            let (x, v, ks) =
                (tiles.x.add(i * across), tiles.v.add(i * across), tiles.ks.add(i * across));
            let (beta, grown) = (*tiles.beta.add(i), *tiles.grown.add(i));
            let along_state = dot::<L>(x, ks, across);
            *tiles.dbeta.add(i) += dot::<L>(x, v, across) - grown * along_state;
            *tiles.dg.add(i) -= grown * beta * along_state;
            scaled::<L>(beta, x, v, across);
            scaled::<L>(-grown, v, ks, across);
        }
        let turned_state = Right { at: tiles.state_turned, row: along };
        L::product(long, rows(tiles.ks, across), turned_state, onto(tiles.dk, along));
        let slopes = Right { at: tiles.ks, row: across };
        L::product(tall, turned(tiles.k, along), slopes, onto(tiles.grad_state, across));

        // A = tril(β K Kᵀ ∘ D, −1)
        for i in 0..n {
            let row = tiles.grad_a.add(i * CHUNK);
            std::slice::from_raw_parts_mut(row.add(i), CHUNK - i).fill(0.0);
        }
        share_out::<L>(tiles, tiles.grad_a, tiles.a, n);
        for i in 0..n {
            let row = tiles.grad_a.add(i * CHUNK);
            times::<L>(row, tiles.decay.add(i * CHUNK), row, CHUNK);
            *tiles.dbeta.add(i) += dot::<L>(row, tiles.kk.add(i * CHUNK), CHUNK);
            scaled::<L>(*tiles.beta.add(i), row, row, CHUNK);
        }
        L::product(within, rows(tiles.grad_a, CHUNK), keys, onto(tiles.dk, along));
        L::product(within, turned(tiles.grad_a, CHUNK), keys, onto(tiles.dk, along));

        scatter(tiles.dq, along, Turn::NONE, 1.0, place.head(sizes, arrays.grad_q, sizes.keys));
        scatter(tiles.dk, along, Turn::NONE, 1.0, place.head(sizes, arrays.grad_k, sizes.keys));
        scatter(tiles.v, across, Turn::NONE, 1.0, place.head(sizes, arrays.grad_v, sizes.values));
        let mut later = 0.0;
        for i in (0..n).rev() {
            later += *tiles.dg.add(i);
            *arrays.grad_beta.add(place.scalar(sizes, i)) = *tiles.dbeta.add(i);
            if !arrays.grad_log_decay.is_null() {
                *arrays.grad_log_decay.add(place.scalar(sizes, i)) = later;
            }
        }
    }
}

/// G_i gains and G_j loses every grad_ij · value_ij, where value carries the decay e^{G_i − G_j}.
#[inline(always)]
unsafe fn share_out<L: Lane>(tiles: &Tiles, grad: *const f32, value: *const f32, n: usize) {
    let mut products = [0.0f32; CHUNK];
    let mut columns = [0.0f32; CHUNK];
    unsafe {
        for i in 0..n {
            times::<L>(grad.add(i * CHUNK), value.add(i * CHUNK), products.as_mut_ptr(), CHUNK);
            *tiles.dg.add(i) += sum::<L>(products.as_ptr(), CHUNK);
            add_scaled::<L>(1.0, products.as_ptr(), columns.as_mut_ptr(), CHUNK);
        }
        add_scaled::<L>(-1.0, columns.as_ptr(), tiles.dg, CHUNK);
    }
}
