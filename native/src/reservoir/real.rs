//! The two widths of numbers, and a tanh that the compiler turns into vector code.
//!
//! tanh a = e / (e + 2) with e = exp(2a) - 1 = 2^n·(exp r - 1) + (2^n - 1), where 2a = n·ln 2 + r
//! and |r| ≤ ln 2 / 2. The series of (exp r - 1) / r is taken as far as the width needs; the
//! result is good to a few units in the last place, also near 0.

/// f32 or f64. `FUSED` says whether the code is compiled for a CPU with fused multiply-add.
pub trait Real: Copy + Default + Send + Sync + 'static {
    fn fma<const FUSED: bool>(self, factor: Self, term: Self) -> Self;
    fn tanh_fast<const FUSED: bool>(self) -> Self;
    fn plus(self, other: Self) -> Self;
    /// 1 - self
    fn rest(self) -> Self;
    fn times(self, other: Self) -> Self;
}

macro_rules! real {
    ($t:ty, $bits:ty, $mantissa:literal, $bias:literal, $magic:expr, $reach:literal,
     $ln2_high:expr, $ln2_low:expr, $series:expr) => {
        impl Real for $t {
            #[inline(always)]
            fn fma<const FUSED: bool>(self, factor: Self, term: Self) -> Self {
                if FUSED {
                    self.mul_add(factor, term)
                } else {
                    self * factor + term
                }
            }

            #[inline(always)]
            fn tanh_fast<const FUSED: bool>(self) -> Self {
                let size = self.abs();
                // Not `min`: what is not a number stays so.
                let double = 2.0 * if size > $reach { $reach } else { size };
                let shifted = double.fma::<FUSED>(std::f64::consts::LOG2_E as $t, $magic);
                let n = shifted - $magic;
                let r = n.fma::<FUSED>(-$ln2_low, n.fma::<FUSED>(-$ln2_high, double));
                let mut sum: $t = 0.0;
                for term in $series {
                    sum = sum.fma::<FUSED>(r, term);
                }
                let power: $bits =
                    (shifted.to_bits() << $mantissa).wrapping_add($bias << $mantissa);
                let power = <$t>::from_bits(power);
                let e = power.fma::<FUSED>(r * sum, power - 1.0);
                (e / (e + 2.0)).copysign(self)
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }

            #[inline(always)]
            fn rest(self) -> Self {
                1.0 - self
            }

            #[inline(always)]
            fn times(self, other: Self) -> Self {
                self * other
            }
        }
    };
}

/// 1/k! for k = last .. 1
const fn series<const N: usize>() -> [f64; N] {
    let mut terms = [1.0; N];
    let mut factorial = 1.0;
    let mut k = 1;
    while k <= N {
        factorial *= k as f64;
        terms[N - k] = 1.0 / factorial;
        k += 1;
    }
    terms
}

const fn narrow<const N: usize>(wide: [f64; N]) -> [f32; N] {
    let mut terms = [0.0; N];
    let mut k = 0;
    while k < N {
        terms[k] = wide[k] as f32;
        k += 1;
    }
    terms
}

// ln 2 in two parts: n·high is exact for every n that occurs.
const HIGH_64: f64 = 0.693_146_705_627_441_4;
const LOW_64: f64 = 4.749_325_039_031_672_6e-7;
const HIGH_32: f32 = 355.0 / 512.0;
const LOW_32: f32 = -2.121_944_4e-4;

real!(f64, u64, 52, 1023u64, 6_755_399_441_055_744.0, 20.0, HIGH_64, LOW_64, series::<14>());
real!(f32, u32, 23, 127u32, 12_582_912.0, 10.0, HIGH_32, LOW_32, narrow(series::<8>()));
