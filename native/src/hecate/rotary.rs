//! Copying a head out of and into the packed projections, turned by its positions on the way.

use super::half::Number;

/// cos and sin, (time, size/2) each; null when nothing turns.
#[derive(Clone, Copy)]
pub struct Turn {
    pub cos: *const f32,
    pub sin: *const f32,
}

impl Turn {
    /// Nothing turns.
    pub const NONE: Turn = Turn { cos: std::ptr::null(), sin: std::ptr::null() };
}

/// One head in a packed array: row t starts `start + t·stride` numbers after `at` and has `size` of them.
/// `half`: they are bfloat16.
#[derive(Clone, Copy)]
pub struct Head {
    pub at: *mut u8,
    pub half: bool,
    pub start: usize,
    pub stride: usize,
    pub size: usize,
    pub time: usize,
}

/// Copies a head to rows of `width` numbers, turned and times `scale`.
///
/// # Safety
/// The head, the tables and `to` (time × width) exist.
#[inline(always)]
pub unsafe fn gather(head: Head, turn: Turn, scale: f32, to: *mut f32, width: usize) {
    unsafe {
        if head.half {
            gather_from::<u16>(head, turn, scale, to, width);
        } else {
            gather_from::<f32>(head, turn, scale, to, width);
        }
    }
}

#[inline(always)]
unsafe fn gather_from<N: Number>(head: Head, turn: Turn, scale: f32, to: *mut f32, width: usize) {
    let half = head.size / 2;
    let first = unsafe { head.at.cast::<N>().add(head.start) };
    for t in 0..head.time {
        unsafe {
            let from = std::slice::from_raw_parts(first.add(t * head.stride), head.size);
            let row = std::slice::from_raw_parts_mut(to.add(t * width), head.size);
            if turn.cos.is_null() {
                for (out, x) in row.iter_mut().zip(from) {
                    *out = x.get() * scale;
                }
                continue;
            }
            let cos = std::slice::from_raw_parts(turn.cos.add(t * half), half);
            let sin = std::slice::from_raw_parts(turn.sin.add(t * half), half);
            let (low, high) = row.split_at_mut(half);
            let (a, b) = from.split_at(half);
            for i in 0..half {
                let (c, s) = (cos[i] * scale, sin[i] * scale);
                low[i] = a[i].get() * c - b[i].get() * s;
                high[i] = a[i].get() * s + b[i].get() * c;
            }
        }
    }
}

/// The other way round: rows of `width` numbers, turned back and times `scale`, into a head.
///
/// # Safety
/// As for [`gather`]; the head is writable.
#[inline(always)]
pub unsafe fn scatter(from: *const f32, width: usize, turn: Turn, scale: f32, head: Head) {
    unsafe {
        if head.half {
            scatter_to::<u16>(from, width, turn, scale, head);
        } else {
            scatter_to::<f32>(from, width, turn, scale, head);
        }
    }
}

#[inline(always)]
unsafe fn scatter_to<N: Number>(
    from: *const f32,
    width: usize,
    turn: Turn,
    scale: f32,
    head: Head,
) {
    let half = head.size / 2;
    let first = unsafe { head.at.cast::<N>().add(head.start) };
    for t in 0..head.time {
        unsafe {
            let row = std::slice::from_raw_parts(from.add(t * width), head.size);
            let to = std::slice::from_raw_parts_mut(first.add(t * head.stride), head.size);
            if turn.cos.is_null() {
                for (out, x) in to.iter_mut().zip(row) {
                    *out = N::from(x * scale);
                }
                continue;
            }
            let cos = std::slice::from_raw_parts(turn.cos.add(t * half), half);
            let sin = std::slice::from_raw_parts(turn.sin.add(t * half), half);
            let (low, high) = to.split_at_mut(half);
            let (a, b) = row.split_at(half);
            for i in 0..half {
                let (c, s) = (cos[i] * scale, sin[i] * scale);
                low[i] = N::from(a[i] * c + b[i] * s);
                high[i] = N::from(b[i] * c - a[i] * s);
            }
        }
    }
}

/// Writes the transpose of (rows × columns, row stride `width`) to rows of `across` numbers.
///
/// # Safety
/// Both exist and don't overlap.
#[inline(always)]
pub unsafe fn transpose(
    from: *const f32,
    rows: usize,
    columns: usize,
    width: usize,
    to: *mut f32,
    across: usize,
) {
    const BLOCK: usize = 16;
    for r0 in (0..rows).step_by(BLOCK) {
        for c in 0..columns {
            let end = (r0 + BLOCK).min(rows);
            for r in r0..end {
                unsafe { *to.add(c * across + r) = *from.add(r * width + c) };
            }
        }
    }
}
