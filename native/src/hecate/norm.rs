//! Root-mean-square normalisation and squared ReLU, each one pass over memory forward and one backward.

use super::half::Number;
use super::lane::Lane;
use super::workers;
use crate::abi::{guard, Error};
use crate::by_width;

/// What the normalisation reads and writes; rows × width numbers unless said otherwise.
/// `scales`: one per row, 1/√(mean(x²) + ε). `half`: y and its gradient are bfloat16.
#[derive(Clone, Copy)]
pub struct Arrays {
    width: usize,
    half: bool,
    x: *const f32,
    weight: *const f32,
    scales: *mut f32,
    y: *mut u8,
    grad_y: *const u8,
    /// Added to what comes back to x (the residual's own gradient); may be null.
    grad_beside: *const f32,
    grad_x: *mut f32,
}

// SAFETY: threads work on rows of their own.
unsafe impl Send for Arrays {}
// SAFETY: as above.
unsafe impl Sync for Arrays {}

impl Arrays {
    fn get(&self) -> Arrays {
        *self
    }
}

const EPSILON: f32 = 1e-6;

#[inline(always)]
unsafe fn forward_rows<L: Lane, N: Number>(arrays: Arrays, from: usize, to: usize) {
    let width = arrays.width;
    for r in from..to {
        unsafe {
            let x = std::slice::from_raw_parts(arrays.x.add(r * width), width);
            let weight = std::slice::from_raw_parts(arrays.weight, width);
            let y = std::slice::from_raw_parts_mut(arrays.y.cast::<N>().add(r * width), width);
            let scale = 1.0 / (dot::<L>(x, x) / width as f32 + EPSILON).sqrt();
            *arrays.scales.add(r) = scale;
            for i in 0..width {
                y[i] = N::from(x[i] * scale * weight[i]);
            }
        }
    }
}

#[inline(always)]
unsafe fn dot<L: Lane>(a: &[f32], b: &[f32]) -> f32 {
    let whole = a.len() / L::N * L::N;
    unsafe {
        let mut sum = L::splat(0.0);
        for i in (0..whole).step_by(L::N) {
            sum = L::load(a.as_ptr().add(i)).fma(L::load(b.as_ptr().add(i)), sum);
        }
        let mut total = sum.sum();
        for i in whole..a.len() {
            total += a[i] * b[i];
        }
        total
    }
}

/// dx = s·(w ⊙ dy − x̂ ⟨x̂, w ⊙ dy⟩/width), dw += dy ⊙ x̂, with x̂ = s·x.
#[inline(always)]
unsafe fn backward_rows<L: Lane, N: Number>(
    arrays: Arrays,
    grad_weight: *mut f32,
    from: usize,
    to: usize,
) {
    let width = arrays.width;
    let mut inner = vec![0.0f32; width];
    for r in from..to {
        unsafe {
            let x = std::slice::from_raw_parts(arrays.x.add(r * width), width);
            let weight = std::slice::from_raw_parts(arrays.weight, width);
            let dy = std::slice::from_raw_parts(arrays.grad_y.cast::<N>().add(r * width), width);
            let dx = std::slice::from_raw_parts_mut(arrays.grad_x.add(r * width), width);
            let dw = std::slice::from_raw_parts_mut(grad_weight, width);
            let scale = *arrays.scales.add(r);
            for i in 0..width {
                let g = dy[i].get();
                dw[i] += g * x[i] * scale;
                inner[i] = g * weight[i];
            }
            let along = dot::<L>(x, &inner) * scale * scale / width as f32;
            if arrays.grad_beside.is_null() {
                for i in 0..width {
                    dx[i] = scale * (inner[i] - x[i] * along);
                }
            } else {
                let beside = std::slice::from_raw_parts(arrays.grad_beside.add(r * width), width);
                for i in 0..width {
                    dx[i] = beside[i] + scale * (inner[i] - x[i] * along);
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn forward_body<L: Lane>(arrays: Arrays, from: usize, to: usize) {
    unsafe {
        if arrays.half {
            forward_rows::<L, u16>(arrays, from, to);
        } else {
            forward_rows::<L, f32>(arrays, from, to);
        }
    }
}

#[inline(always)]
unsafe fn backward_body<L: Lane>(arrays: Arrays, grad_weight: *mut f32, from: usize, to: usize) {
    unsafe {
        if arrays.half {
            backward_rows::<L, u16>(arrays, grad_weight, from, to);
        } else {
            backward_rows::<L, f32>(arrays, grad_weight, from, to);
        }
    }
}

by_width!(
    /// Forward of some rows.
    forward, forward_body, arrays: Arrays, from: usize, to: usize
);
by_width!(
    /// Backward of some rows; grad_weight is added to.
    backward, backward_body, arrays: Arrays, grad_weight: *mut f32, from: usize, to: usize
);

/// y, scales ← norm(x).
///
/// # Safety
/// The arrays have `rows` × `width` numbers, weight `width`, scales `rows`; y is bfloat16 when `half`.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_norm_forward(
    x: *const f32,
    weight: *const f32,
    y: *mut u8,
    scales: *mut f32,
    half: u32,
    rows: usize,
    width: usize,
    threads: usize,
) -> i64 {
    guard(|| {
        if x.is_null() || weight.is_null() || y.is_null() || scales.is_null() || width == 0 {
            return Err(Error::BadArgument);
        }
        let arrays = Arrays {
            width,
            half: half != 0,
            x,
            weight,
            scales,
            y,
            grad_y: std::ptr::null(),
            grad_beside: std::ptr::null(),
            grad_x: std::ptr::null_mut(),
        };
        // SAFETY: rows lie apart; the caller vouches for the sizes.
        workers::split(rows, threads, |from, to| unsafe { forward(arrays.get(), from, to) });
        Ok(0)
    })
}

/// grad_x ← what comes back to x, plus grad_beside where that is not null; grad_weight ← what comes back to weight.
///
/// # Safety
/// As for the forward pass, whose scales these are.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_norm_backward(
    x: *const f32,
    weight: *const f32,
    scales: *const f32,
    grad_y: *const u8,
    grad_beside: *const f32,
    grad_x: *mut f32,
    grad_weight: *mut f32,
    half: u32,
    rows: usize,
    width: usize,
) -> i64 {
    guard(|| {
        let missing = x.is_null() || weight.is_null() || scales.is_null() || grad_y.is_null();
        if missing || grad_x.is_null() || grad_weight.is_null() || width == 0 {
            return Err(Error::BadArgument);
        }
        let arrays = Arrays {
            width,
            half: half != 0,
            x,
            weight,
            scales: scales.cast_mut(),
            y: std::ptr::null_mut(),
            grad_y,
            grad_beside,
            grad_x,
        };
        // SAFETY: the caller vouches for the sizes. One thread: the rows' sum must not depend on how they are split.
        unsafe {
            std::slice::from_raw_parts_mut(grad_weight, width).fill(0.0);
            backward(arrays, grad_weight, 0, rows);
        }
        Ok(0)
    })
}

#[inline(always)]
unsafe fn relu2_body<L: Lane>(half: bool, x: *mut u8, y: *mut u8, count: usize) {
    #[inline(always)]
    unsafe fn run<N: Number>(x: *mut N, y: *mut N, count: usize) {
        unsafe {
            let (x, y) = (
                std::slice::from_raw_parts_mut(x, count),
                std::slice::from_raw_parts_mut(y, count),
            );
            for (a, b) in x.iter_mut().zip(y) {
                let value = if a.get() > 0.0 { a.get() } else { 0.0 };
                *a = N::from(value);
                *b = N::from(value * value);
            }
        }
    }
    let _ = L::N;
    unsafe {
        if half {
            run::<u16>(x.cast(), y.cast(), count);
        } else {
            run::<f32>(x.cast(), y.cast(), count);
        }
    }
}

#[inline(always)]
unsafe fn relu2_back_body<L: Lane>(half: bool, kept: *const u8, grad: *mut u8, count: usize) {
    #[inline(always)]
    unsafe fn run<N: Number>(kept: *const N, grad: *mut N, count: usize) {
        unsafe {
            let (kept, grad) = (
                std::slice::from_raw_parts(kept, count),
                std::slice::from_raw_parts_mut(grad, count),
            );
            for (r, g) in kept.iter().zip(grad) {
                *g = N::from(2.0 * r.get() * g.get());
            }
        }
    }
    let _ = L::N;
    unsafe {
        if half {
            run::<u16>(kept.cast(), grad.cast(), count);
        } else {
            run::<f32>(kept.cast(), grad.cast(), count);
        }
    }
}

by_width!(
    /// Squared ReLU at the widest register.
    relu2, relu2_body, half: bool, x: *mut u8, y: *mut u8, count: usize
);
by_width!(
    /// Its backward pass.
    relu2_back, relu2_back_body, half: bool, kept: *const u8, grad: *mut u8, count: usize
);

/// x ← relu(x), y ← relu(x)².
///
/// # Safety
/// x and y have `count` numbers (bfloat16 when `half`) and don't overlap.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_relu2_forward(
    x: *mut u8,
    y: *mut u8,
    half: u32,
    count: usize,
) -> i64 {
    guard(|| {
        if x.is_null() || y.is_null() {
            return Err(Error::BadArgument);
        }
        // SAFETY: the caller vouches for the sizes.
        unsafe { relu2(half != 0, x, y, count) };
        Ok(0)
    })
}

/// grad ← 2·kept·grad, where kept is what the forward pass left in x.
///
/// # Safety
/// As for the forward pass.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_relu2_backward(
    kept: *const u8,
    grad: *mut u8,
    half: u32,
    count: usize,
) -> i64 {
    guard(|| {
        if kept.is_null() || grad.is_null() {
            return Err(Error::BadArgument);
        }
        // SAFETY: the caller vouches for the sizes.
        unsafe { relu2_back(half != 0, kept, grad, count) };
        Ok(0)
    })
}
