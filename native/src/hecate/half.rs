//! bfloat16, the upper half of an f32, in plain integer arithmetic that compilers vectorise.

/// The number that a bfloat16 stands for.
#[inline(always)]
pub fn widen(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// The nearest bfloat16, ties to even. NaN stays NaN.
#[inline(always)]
pub fn narrow(value: f32) -> u16 {
    let bits = value.to_bits();
    let rounded = bits.wrapping_add(0x7fff + ((bits >> 16) & 1)) >> 16;
    if value.is_nan() {
        ((bits >> 16) | 0x40) as u16
    } else {
        rounded as u16
    }
}

/// Storage of numbers: f32, or bfloat16 as `u16`.
pub trait Number: Copy {
    fn get(self) -> f32;
    fn from(value: f32) -> Self;
}

impl Number for f32 {
    #[inline(always)]
    fn get(self) -> f32 {
        self
    }
    #[inline(always)]
    fn from(value: f32) -> Self {
        value
    }
}

impl Number for u16 {
    #[inline(always)]
    fn get(self) -> f32 {
        widen(self)
    }
    #[inline(always)]
    fn from(value: f32) -> Self {
        narrow(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_to_the_nearest_and_ties_go_to_even() {
        for (value, bits) in [
            (1.0, 0x3f80),
            (1.0 + 1.0 / 256.0, 0x3f80),
            (1.0 + 3.0 / 256.0, 0x3f82),
            (-2.0, 0xc000),
        ] {
            assert_eq!(narrow(value), bits);
        }
        assert!(widen(narrow(f32::NAN)).is_nan());
        assert_eq!(widen(narrow(f32::INFINITY)), f32::INFINITY);
    }
}
