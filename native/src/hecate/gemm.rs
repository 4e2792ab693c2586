//! Small matrix products out of registers: C (+)= A·B with B and C contiguous along their columns.

use super::lane::Lane;

/// C is rows × columns, the sum runs over `inner`. `columns` is a multiple of the lane's width.
#[derive(Clone, Copy)]
pub struct Shape {
    pub rows: usize,
    pub columns: usize,
    pub inner: usize,
}

/// A[i, p] lies at `at + i·row + p·column`: a transposed matrix is one with the strides exchanged.
#[derive(Clone, Copy)]
pub struct Left {
    pub at: *const f32,
    pub row: usize,
    pub column: usize,
}

/// B[p, j] lies at `at + p·row + j`.
#[derive(Clone, Copy)]
pub struct Right {
    pub at: *const f32,
    pub row: usize,
}

/// C[i, j] lies at `at + i·row + j`. `add`: the product is added to what is there, times `sign`.
#[derive(Clone, Copy)]
pub struct Into {
    pub at: *mut f32,
    pub row: usize,
    pub add: bool,
    pub sign: f32,
}

/// Four rows at a time share what is loaded of B.
const ROWS: usize = 4;

/// The product; see the types for the layout.
///
/// # Safety
/// The CPU has L's features; all addressed numbers exist; C overlaps neither A nor B.
#[inline(always)]
pub unsafe fn product<L: Lane>(shape: Shape, a: Left, b: Right, c: Into) {
    debug_assert_eq!(shape.columns % L::N, 0);
    let mut done = 0;
    while done < shape.columns {
        let stripes = ((shape.columns - done) / L::N).min(L::STRIPES);
        let (b, c) =
            unsafe { (Right { at: b.at.add(done), ..b }, Into { at: c.at.add(done), ..c }) };
        unsafe {
            match stripes {
                4 => stripe::<L, 4>(shape, a, b, c),
                3 => stripe::<L, 3>(shape, a, b, c),
                2 => stripe::<L, 2>(shape, a, b, c),
                _ => stripe::<L, 1>(shape, a, b, c),
            }
        }
        done += stripes * L::N;
    }
}

#[inline(always)]
unsafe fn stripe<L: Lane, const V: usize>(shape: Shape, a: Left, b: Right, c: Into) {
    let mut i = 0;
    while i + ROWS <= shape.rows {
        unsafe { tile::<L, ROWS, V>(shape.inner, a, b, c, i) };
        i += ROWS;
    }
    while i < shape.rows {
        unsafe { tile::<L, 1, V>(shape.inner, a, b, c, i) };
        i += 1;
    }
}

#[inline(always)]
unsafe fn tile<L: Lane, const R: usize, const V: usize>(
    inner: usize,
    a: Left,
    b: Right,
    c: Into,
    first: usize,
) {
    unsafe {
        let mut sums = [[L::splat(0.0); V]; R];
        let mut from_a = a.at.add(first * a.row);
        let mut from_b = b.at;
        for _ in 0..inner {
            let mut line = [L::splat(0.0); V];
            for (j, part) in line.iter_mut().enumerate() {
                *part = L::load(from_b.add(j * L::N));
            }
            for (i, row) in sums.iter_mut().enumerate() {
                let factor = L::splat(*from_a.add(i * a.row));
                for (sum, part) in row.iter_mut().zip(line) {
                    *sum = factor.fma(part, *sum);
                }
            }
            from_a = from_a.wrapping_add(a.column);
            from_b = from_b.wrapping_add(b.row);
        }
        let sign = L::splat(c.sign);
        for (i, row) in sums.iter().enumerate() {
            for (j, sum) in row.iter().enumerate() {
                let to = c.at.add((first + i) * c.row + j * L::N);
                let value = if c.add { sum.fma(sign, L::load(to)) } else { sum.mul(sign) };
                value.store(to);
            }
        }
    }
}
