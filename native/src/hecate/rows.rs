//! What is done to whole rows of numbers; lengths are multiples of the lane's width unless said otherwise.

use super::lane::Lane;

/// Σ a·b over `count` numbers.
///
/// # Safety
/// Both exist and the CPU has L's features; so for every function here.
#[inline(always)]
pub unsafe fn dot<L: Lane>(a: *const f32, b: *const f32, count: usize) -> f32 {
    unsafe {
        let mut sum = L::splat(0.0);
        for i in (0..count).step_by(L::N) {
            sum = L::load(a.add(i)).fma(L::load(b.add(i)), sum);
        }
        sum.sum()
    }
}

/// y += factor·x.
///
/// # Safety
/// See [`dot`].
#[inline(always)]
pub unsafe fn add_scaled<L: Lane>(factor: f32, x: *const f32, y: *mut f32, count: usize) {
    unsafe {
        let factor = L::splat(factor);
        for i in (0..count).step_by(L::N) {
            factor.fma(L::load(x.add(i)), L::load(y.add(i))).store(y.add(i));
        }
    }
}

/// y = factor·x; x may be y.
///
/// # Safety
/// See [`dot`].
#[inline(always)]
pub unsafe fn scaled<L: Lane>(factor: f32, x: *const f32, y: *mut f32, count: usize) {
    unsafe {
        let factor = L::splat(factor);
        for i in (0..count).step_by(L::N) {
            factor.mul(L::load(x.add(i))).store(y.add(i));
        }
    }
}

/// y = a ⊙ b; either may be y.
///
/// # Safety
/// See [`dot`].
#[inline(always)]
pub unsafe fn times<L: Lane>(a: *const f32, b: *const f32, y: *mut f32, count: usize) {
    unsafe {
        for i in (0..count).step_by(L::N) {
            L::load(a.add(i)).mul(L::load(b.add(i))).store(y.add(i));
        }
    }
}

/// Σ x over `count` numbers.
///
/// # Safety
/// See [`dot`].
#[inline(always)]
pub unsafe fn sum<L: Lane>(x: *const f32, count: usize) -> f32 {
    unsafe {
        let mut sum = L::splat(0.0);
        for i in (0..count).step_by(L::N) {
            sum = sum.add(L::load(x.add(i)));
        }
        sum.sum()
    }
}
