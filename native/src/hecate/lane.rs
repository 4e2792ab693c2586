//! A register of f32 numbers, and the choice of its width at run time.

use std::sync::atomic::{AtomicU8, Ordering};

use super::gemm;

/// Arithmetic on `N` numbers at once. `STRIPES`: how many of them a row of a register tile holds.
///
/// # Safety
/// Every function needs the CPU features of its type; pointers are valid for `N` numbers.
#[allow(clippy::missing_safety_doc)] // said once, above
pub trait Lane: Copy {
    const N: usize;
    const STRIPES: usize;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn splat(value: f32) -> Self;
    unsafe fn fma(self, factor: Self, plus: Self) -> Self;
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    /// e^x to about 2 units in the last place; 0 far below, never more than e^88.
    unsafe fn exp(self) -> Self;
    unsafe fn sum(self) -> f32;
    unsafe fn highest(self) -> f32;
    /// [`gemm::product`] compiled for this width.
    unsafe fn product(shape: gemm::Shape, a: gemm::Left, b: gemm::Right, c: gemm::Into);
}

/// Eight numbers without any special instruction.
#[derive(Clone, Copy)]
pub struct Plain([f32; 8]);

macro_rules! each {
    ($a:expr, $b:expr, $f:expr) => {{
        let mut out = [0.0; 8];
        for i in 0..8 {
            out[i] = $f($a.0[i], $b.0[i]);
        }
        Plain(out)
    }};
}

impl Lane for Plain {
    const N: usize = 8;
    const STRIPES: usize = 1;
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Plain(unsafe { from.cast::<[f32; 8]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { to.cast::<[f32; 8]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Plain([value; 8])
    }
    #[inline(always)]
    unsafe fn fma(self, factor: Self, plus: Self) -> Self {
        let product = each!(self, factor, |a: f32, b: f32| a * b);
        each!(product, plus, |a: f32, b: f32| a + b)
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        each!(self, other, |a: f32, b: f32| a + b)
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        each!(self, other, |a: f32, b: f32| a - b)
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        each!(self, other, |a: f32, b: f32| a * b)
    }
    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        each!(self, other, |a: f32, b: f32| if a > b { a } else { b })
    }
    #[inline(always)]
    unsafe fn exp(self) -> Self {
        Plain(self.0.map(|x| x.min(88.0).exp()))
    }
    #[inline(always)]
    unsafe fn sum(self) -> f32 {
        self.0.iter().sum()
    }
    #[inline(always)]
    unsafe fn highest(self) -> f32 {
        self.0.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b))
    }
    unsafe fn product(shape: gemm::Shape, a: gemm::Left, b: gemm::Right, c: gemm::Into) {
        unsafe { gemm::product::<Plain>(shape, a, b, c) }
    }
}

/// Coefficients of 2^f on [-1/2, 1/2], highest power first (Taylor series of e^(f ln 2)).
#[cfg(target_arch = "x86_64")]
const POWER_OF_TWO: [f32; 7] =
    [1.540_353e-4, 1.333_355_8e-3, 9.618_129e-3, 5.550_411e-2, 2.402_265e-1, 6.931_472e-1, 1.0];

#[cfg(target_arch = "x86_64")]
mod wide {
    use super::{gemm, Lane, POWER_OF_TWO};
    use std::arch::x86_64::*;
    use std::f32::consts::LOG2_E;

    /// Eight numbers in an AVX register.
    #[derive(Clone, Copy)]
    pub struct Avx2(__m256);

    /// Sixteen numbers in an AVX-512 register.
    #[derive(Clone, Copy)]
    pub struct Avx512(__m512);

    impl Lane for Avx2 {
        const N: usize = 8;
        const STRIPES: usize = 2;
        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            unsafe { Avx2(_mm256_loadu_ps(from)) }
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            unsafe { _mm256_storeu_ps(to, self.0) }
        }
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            unsafe { Avx2(_mm256_set1_ps(value)) }
        }
        #[inline(always)]
        unsafe fn fma(self, factor: Self, plus: Self) -> Self {
            unsafe { Avx2(_mm256_fmadd_ps(self.0, factor.0, plus.0)) }
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            unsafe { Avx2(_mm256_add_ps(self.0, other.0)) }
        }
        #[inline(always)]
        unsafe fn sub(self, other: Self) -> Self {
            unsafe { Avx2(_mm256_sub_ps(self.0, other.0)) }
        }
        #[inline(always)]
        unsafe fn mul(self, other: Self) -> Self {
            unsafe { Avx2(_mm256_mul_ps(self.0, other.0)) }
        }
        #[inline(always)]
        unsafe fn max(self, other: Self) -> Self {
            unsafe { Avx2(_mm256_max_ps(self.0, other.0)) }
        }
        #[inline(always)]
        unsafe fn exp(self) -> Self {
            unsafe {
                let low = _mm256_max_ps(self.0, _mm256_set1_ps(-87.0));
                let x =
                    _mm256_mul_ps(_mm256_min_ps(low, _mm256_set1_ps(88.0)), _mm256_set1_ps(LOG2_E));
                let whole = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(x);
                let rest = _mm256_sub_ps(x, whole);
                let mut sum = _mm256_set1_ps(POWER_OF_TWO[0]);
                for c in &POWER_OF_TWO[1..] {
                    sum = _mm256_fmadd_ps(sum, rest, _mm256_set1_ps(*c));
                }
                let shift = _mm256_slli_epi32::<23>(_mm256_cvtps_epi32(whole));
                let scaled = _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(sum), shift));
                let tiny = _mm256_cmp_ps::<_CMP_LT_OQ>(self.0, _mm256_set1_ps(-87.0));
                Avx2(_mm256_andnot_ps(tiny, scaled))
            }
        }
        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            let mut out = [0.0f32; 8];
            unsafe { self.store(out.as_mut_ptr()) };
            out.iter().sum()
        }
        #[inline(always)]
        unsafe fn highest(self) -> f32 {
            let mut out = [0.0f32; 8];
            unsafe { self.store(out.as_mut_ptr()) };
            out.iter().fold(f32::NEG_INFINITY, |a, b| a.max(*b))
        }
        #[target_feature(enable = "avx2,fma")]
        unsafe fn product(shape: gemm::Shape, a: gemm::Left, b: gemm::Right, c: gemm::Into) {
            unsafe { gemm::product::<Avx2>(shape, a, b, c) }
        }
    }

    impl Lane for Avx512 {
        const N: usize = 16;
        const STRIPES: usize = 4;
        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            unsafe { Avx512(_mm512_loadu_ps(from)) }
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            unsafe { _mm512_storeu_ps(to, self.0) }
        }
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            unsafe { Avx512(_mm512_set1_ps(value)) }
        }
        #[inline(always)]
        unsafe fn fma(self, factor: Self, plus: Self) -> Self {
            unsafe { Avx512(_mm512_fmadd_ps(self.0, factor.0, plus.0)) }
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            unsafe { Avx512(_mm512_add_ps(self.0, other.0)) }
        }
        #[inline(always)]
        unsafe fn sub(self, other: Self) -> Self {
            unsafe { Avx512(_mm512_sub_ps(self.0, other.0)) }
        }
        #[inline(always)]
        unsafe fn mul(self, other: Self) -> Self {
            unsafe { Avx512(_mm512_mul_ps(self.0, other.0)) }
        }
        #[inline(always)]
        unsafe fn max(self, other: Self) -> Self {
            unsafe { Avx512(_mm512_max_ps(self.0, other.0)) }
        }
        #[inline(always)]
        unsafe fn exp(self) -> Self {
            unsafe {
                let low = _mm512_max_ps(self.0, _mm512_set1_ps(-200.0));
                let x =
                    _mm512_mul_ps(_mm512_min_ps(low, _mm512_set1_ps(88.0)), _mm512_set1_ps(LOG2_E));
                let whole = _mm512_roundscale_ps::<0>(x);
                let rest = _mm512_sub_ps(x, whole);
                let mut sum = _mm512_set1_ps(POWER_OF_TWO[0]);
                for c in &POWER_OF_TWO[1..] {
                    sum = _mm512_fmadd_ps(sum, rest, _mm512_set1_ps(*c));
                }
                Avx512(_mm512_scalef_ps(sum, whole))
            }
        }
        #[inline(always)]
        unsafe fn sum(self) -> f32 {
            unsafe { _mm512_reduce_add_ps(self.0) }
        }
        #[inline(always)]
        unsafe fn highest(self) -> f32 {
            unsafe { _mm512_reduce_max_ps(self.0) }
        }
        #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
        unsafe fn product(shape: gemm::Shape, a: gemm::Left, b: gemm::Right, c: gemm::Into) {
            unsafe { gemm::product::<Avx512>(shape, a, b, c) }
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub use wide::{Avx2, Avx512};

/// 0: the widest there is; otherwise the width that tests ask for.
static ASKED: AtomicU8 = AtomicU8::new(0);

/// Numbers per register in use: 16, 8, or 1 for plain code.
pub fn width() -> u8 {
    let asked = ASKED.load(Ordering::Relaxed);
    let limit = if asked == 0 { 16 } else { asked };
    #[cfg(target_arch = "x86_64")]
    {
        if limit >= 16 && wide_enough() {
            return 16;
        }
        let avx2 = std::arch::is_x86_feature_detected!("avx2");
        if limit >= 8 && avx2 && std::arch::is_x86_feature_detected!("fma") {
            return 8;
        }
    }
    let _ = limit;
    1
}

#[cfg(target_arch = "x86_64")]
fn wide_enough() -> bool {
    use std::arch::is_x86_feature_detected as has;
    has!("avx512f") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl")
}

/// Limits the width (16, 8, 1; 0 lifts the limit) and returns the one now in use. For tests and comparisons.
#[no_mangle]
pub extern "C" fn rusta_hecate_limit_lanes(limit: u8) -> i64 {
    ASKED.store(limit, Ordering::Relaxed);
    i64::from(width())
}

/// Defines a function that runs `body::<L>` compiled for the widest register.
#[macro_export]
macro_rules! by_width {
    ($(#[$note:meta])* $name:ident, $body:ident, $($arg:ident : $type:ty),*) => {
        $(#[$note])*
        ///
        /// # Safety
        /// As the body says.
        pub unsafe fn $name($($arg: $type),*) {
            #[cfg(target_arch = "x86_64")]
            {
                use $crate::hecate::lane::{Avx2, Avx512};
                #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
                unsafe fn sixteen($($arg: $type),*) {
                    unsafe { $body::<Avx512>($($arg),*) }
                }
                #[target_feature(enable = "avx2,fma")]
                unsafe fn eight($($arg: $type),*) {
                    unsafe { $body::<Avx2>($($arg),*) }
                }
                match $crate::hecate::lane::width() {
                    16 => return unsafe { sixteen($($arg),*) },
                    8 => return unsafe { eight($($arg),*) },
                    _ => {}
                }
            }
            unsafe { $body::<$crate::hecate::lane::Plain>($($arg),*) }
        }
    };
}
