//! Neurons with currents in single precision, sixteen at a time (AVX-512); no fused multiply-add.

#![cfg(target_arch = "x86_64")]

use std::arch::x86_64::*;

use super::current::{CurrentClass, Currents};

/// As `vector::currents`.
///
/// # Safety
/// As `vector::leaky`.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub unsafe fn currents<const INPUT: bool>(
    s: &mut Currents<'_, f32>,
    class: &CurrentClass,
    fired: &mut [u32],
) -> (usize, usize) {
    let whole = s.potential.len() / 16 * 16;
    let all = |value: f64| _mm512_set1_ps(value as f32);
    let (threshold, reset, resting) = (all(class.threshold), all(class.reset), all(class.resting));
    let (keep, keep_e, keep_i) =
        (all(class.keep_potential), all(class.keep_excitatory), all(class.keep_inhibitory));
    let (from_e, from_i) = (all(class.from_excitatory), all(class.from_inhibitory));
    let (gain_e, gain_i) = (all(class.gain_excitatory), all(class.gain_inhibitory));
    let refractory = _mm256_set1_epi16(class.refractory.min(65535) as i16);
    let (one, zero) = (_mm256_set1_epi16(1), _mm256_setzero_si256());
    let mut count = 0;
    for step in (0..whole).step_by(16) {
        // Every other burst from the end: what was touched last is still near.
        let at = if s.backward { whole - 16 - step } else { step };
        // SAFETY: sixteen elements from `at` on are there in each slice.
        unsafe {
            let place_v = s.potential.as_mut_ptr().add(at);
            let (place_e, place_i) =
                (s.excitatory.as_mut_ptr().add(at), s.inhibitory.as_mut_ptr().add(at));
            let in_e = s.input_excitatory.as_mut_ptr().add(at).cast::<__m512i>();
            let in_i = s.input_inhibitory.as_mut_ptr().add(at).cast::<__m512i>();
            let place_rest = s.rest.as_mut_ptr().add(at).cast::<__m256i>();
            let (mut e, mut i) = (_mm512_loadu_ps(place_e), _mm512_loadu_ps(place_i));
            if INPUT {
                // Added only where it is not 0, as the sparse way does: -0 stays -0.
                let (one, other) = (_mm512_loadu_si512(in_e), _mm512_loadu_si512(in_i));
                let more_e = _mm512_mul_ps(_mm512_cvtepi32_ps(one), gain_e);
                let more_i = _mm512_mul_ps(_mm512_cvtepi32_ps(other), gain_i);
                e = _mm512_mask_add_ps(e, _mm512_test_epi32_mask(one, one), e, more_e);
                i = _mm512_mask_add_ps(i, _mm512_test_epi32_mask(other, other), i, more_i);
                _mm512_storeu_si512(in_e, _mm512_setzero_si512());
                _mm512_storeu_si512(in_i, _mm512_setzero_si512());
            }
            _mm512_storeu_ps(place_e, _mm512_mul_ps(e, keep_e));
            _mm512_storeu_ps(place_i, _mm512_mul_ps(i, keep_i));
            let old = _mm512_loadu_ps(place_v);
            let rest = _mm256_loadu_si256(place_rest);
            let awake = _mm256_cmpeq_epi16_mask(rest, zero);
            let moved = _mm512_mul_ps(_mm512_sub_ps(old, resting), keep);
            let moved = _mm512_add_ps(resting, moved);
            let moved = _mm512_add_ps(moved, _mm512_mul_ps(e, from_e));
            let moved = _mm512_add_ps(moved, _mm512_mul_ps(i, from_i));
            let v = _mm512_mask_mov_ps(old, awake, moved);
            let fires = _mm512_mask_cmp_ps_mask::<_CMP_GT_OQ>(awake, v, threshold);
            _mm512_storeu_ps(place_v, _mm512_mask_mov_ps(v, fires, reset));
            let left = _mm256_mask_mov_epi16(_mm256_subs_epu16(rest, one), fires, refractory);
            _mm256_storeu_si256(place_rest, left);
            let mut left = fires;
            while left != 0 {
                let lane =
                    if s.backward { 15 - left.leading_zeros() } else { left.trailing_zeros() };
                left &= !(1 << lane);
                *fired.get_unchecked_mut(count) = s.first + at as u32 + lane;
                count += 1;
            }
        }
    }
    if s.backward {
        fired[..count].reverse();
    }
    (whole, count)
}
