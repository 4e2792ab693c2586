//! The dynamics eight neurons at a time (AVX-512), with the same roundings as one at a time: no fused multiply-add.

#![cfg(target_arch = "x86_64")]

use std::arch::x86_64::*;

use super::current::{CurrentClass, Currents};
use super::lif::{Class, Potential, Stretch, RESETS};

/// Whether this CPU can run the functions of this module.
pub fn available() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vl")
}

/// Neurons that fire when they can; `length` of the stretch is rounded down to eight, and so is what is done.
///
/// `far`: potentials are written only where they change, for their lines need not go back to memory then.
///
/// Returns how many neurons were stepped and how many fired. Fixed potentials are stepped as f64 too: a sum of two i32 and
/// the product of one with a share in 1/65,536 are exact in it.
///
/// # Safety
/// The CPU has the features; the stretch's slices have one length and `fired` has room for all; P is i32 when `FIXED`,
/// else f64.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub unsafe fn leaky<P: Potential, const FIXED: bool>(
    s: &mut Stretch<'_, P>,
    class: &Class,
    far: bool,
    fired: &mut [u32],
) -> (usize, usize) {
    let whole = s.input.len() / 8 * 8;
    let (mut threshold, mut limit, mut keep) = (class.threshold, class.limit, class.keep);
    if FIXED {
        threshold = f64::from(i32::at_least(threshold));
        limit = f64::from(i32::at_most(limit));
        keep = (keep * 65536.0).round_ties_even() / 65536.0;
    }
    let (threshold, limit) = (_mm512_set1_pd(threshold), _mm512_set1_pd(limit));
    let keep = _mm512_set1_pd(keep);
    let (least, largest) =
        (_mm512_set1_pd(f64::from(i32::MIN)), _mm512_set1_pd(f64::from(i32::MAX)));
    let resets = class.flags & RESETS != 0;
    let most = class.fire_limit.min(65535) as i16;
    let limited = class.fire_limit != 0;
    let (most, one, zero) = (_mm_set1_epi16(most), _mm_set1_epi16(1), _mm_setzero_si128());
    let calm = class.refractory.min(65535) as i16;
    let tired = (class.refractory + class.snooze).min(65535) as i16;
    let (calm, tired) = (_mm_set1_epi16(calm), _mm_set1_epi16(tired));
    let mut count = 0;
    for at in (0..whole).step_by(8) {
        // SAFETY: eight elements from `at` on are there in each slice.
        unsafe {
            let place_v = s.potential.as_mut_ptr().add(at);
            let place_in = s.input.as_mut_ptr().add(at).cast::<__m256i>();
            let place_rest = s.rest.as_mut_ptr().add(at).cast::<__m128i>();
            let place_row = s.spikes.as_mut_ptr().add(at).cast::<__m128i>();
            let input = _mm512_cvtepi32_pd(_mm256_loadu_si256(place_in));
            let v = if FIXED {
                _mm512_cvtepi32_pd(_mm256_loadu_si256(place_v.cast()))
            } else {
                _mm512_loadu_pd(place_v.cast())
            };
            let (rest, row) = (_mm_loadu_si128(place_rest), _mm_loadu_si128(place_row));
            let awake = _mm_cmpeq_epi16_mask(rest, zero);
            let exhausted = if limited { _mm_cmpge_epu16_mask(row, most) } else { 0 };
            let base = if resets { _mm512_setzero_pd() } else { v };
            let mut sum = _mm512_add_pd(base, input);
            if FIXED {
                sum = _mm512_min_pd(_mm512_max_pd(sum, least), largest);
            }
            let reached = _mm512_mask_cmp_pd_mask::<_CMP_GE_OQ>(awake, sum, threshold);
            let reached = _mm512_mask_cmp_pd_mask::<_CMP_LE_OQ>(reached, sum, limit);
            let fires = reached & !exhausted;
            let quiet = awake & !reached;
            let left = _mm_subs_epu16(rest, one);
            let ended = !awake & _mm_cmpeq_epi16_mask(left, zero) & exhausted;
            let new = _mm512_mask_mov_pd(v, awake, sum);
            let new = _mm512_mask_mul_pd(new, quiet, sum, keep);
            let new = _mm512_mask_mov_pd(new, fires, _mm512_setzero_pd());
            let moved = _mm512_cmpneq_epi64_mask(_mm512_castpd_si512(new), _mm512_castpd_si512(v));
            if moved != 0 || !far {
                if FIXED {
                    _mm256_storeu_si256(place_v.cast(), _mm512_cvttpd_epi32(new));
                } else {
                    _mm512_storeu_pd(place_v.cast(), new);
                }
            }
            _mm256_storeu_si256(place_in, _mm256_setzero_si256());
            let longer = _mm_adds_epu16(row, one);
            let fatigued = if limited { _mm_cmpge_epu16_mask(longer, most) } else { 0 };
            let pause = _mm_mask_mov_epi16(calm, fatigued, tired);
            _mm_storeu_si128(place_rest, _mm_mask_mov_epi16(left, fires, pause));
            if limited {
                let kept = _mm_maskz_mov_epi16(!(awake | ended), row);
                _mm_storeu_si128(place_row, _mm_mask_mov_epi16(kept, fires, longer));
            } else if awake & !_mm_cmpeq_epi16_mask(row, zero) != 0 {
                _mm_storeu_si128(place_row, _mm_maskz_mov_epi16(!awake, row));
            }
            let mut left = fires;
            while left != 0 {
                *fired.get_unchecked_mut(count) = s.first + at as u32 + left.trailing_zeros();
                left &= left - 1;
                count += 1;
            }
        }
    }
    (whole, count)
}

/// Neurons with currents; as `leaky`.
///
/// # Safety
/// As `leaky`.
#[target_feature(enable = "avx512f,avx512bw,avx512vl")]
pub unsafe fn currents<const INPUT: bool>(
    s: &mut Currents<'_, f64>,
    class: &CurrentClass,
    fired: &mut [u32],
) -> (usize, usize) {
    let whole = s.potential.len() / 8 * 8;
    let all = |value: f64| _mm512_set1_pd(value);
    let (threshold, reset, resting) = (all(class.threshold), all(class.reset), all(class.resting));
    let (keep, keep_e, keep_i) =
        (all(class.keep_potential), all(class.keep_excitatory), all(class.keep_inhibitory));
    let (from_e, from_i) = (all(class.from_excitatory), all(class.from_inhibitory));
    let (gain_e, gain_i) = (all(class.gain_excitatory), all(class.gain_inhibitory));
    let refractory = _mm_set1_epi16(class.refractory.min(65535) as i16);
    let (one, zero) = (_mm_set1_epi16(1), _mm_setzero_si128());
    let mut count = 0;
    for step in (0..whole).step_by(8) {
        // Every other burst from the end: what was touched last is still near.
        let at = if s.backward { whole - 8 - step } else { step };
        // SAFETY: eight elements from `at` on are there in each slice.
        unsafe {
            let place_v = s.potential.as_mut_ptr().add(at);
            let (place_e, place_i) =
                (s.excitatory.as_mut_ptr().add(at), s.inhibitory.as_mut_ptr().add(at));
            let in_e = s.input_excitatory.as_mut_ptr().add(at).cast::<__m256i>();
            let in_i = s.input_inhibitory.as_mut_ptr().add(at).cast::<__m256i>();
            let place_rest = s.rest.as_mut_ptr().add(at).cast::<__m128i>();
            let (mut e, mut i) = (_mm512_loadu_pd(place_e), _mm512_loadu_pd(place_i));
            if INPUT {
                // Added only where it is not 0, as the sparse way does: -0 stays -0.
                let (one, other) = (_mm256_loadu_si256(in_e), _mm256_loadu_si256(in_i));
                let more_e = _mm512_mul_pd(_mm512_cvtepi32_pd(one), gain_e);
                let more_i = _mm512_mul_pd(_mm512_cvtepi32_pd(other), gain_i);
                e = _mm512_mask_add_pd(e, _mm256_test_epi32_mask(one, one), e, more_e);
                i = _mm512_mask_add_pd(i, _mm256_test_epi32_mask(other, other), i, more_i);
                _mm256_storeu_si256(in_e, _mm256_setzero_si256());
                _mm256_storeu_si256(in_i, _mm256_setzero_si256());
            }
            _mm512_storeu_pd(place_e, _mm512_mul_pd(e, keep_e));
            _mm512_storeu_pd(place_i, _mm512_mul_pd(i, keep_i));
            let old = _mm512_loadu_pd(place_v);
            let rest = _mm_loadu_si128(place_rest);
            let awake = _mm_cmpeq_epi16_mask(rest, zero);
            let moved = _mm512_mul_pd(_mm512_sub_pd(old, resting), keep);
            let moved = _mm512_add_pd(resting, moved);
            let moved = _mm512_add_pd(moved, _mm512_mul_pd(e, from_e));
            let moved = _mm512_add_pd(moved, _mm512_mul_pd(i, from_i));
            let v = _mm512_mask_mov_pd(old, awake, moved);
            let fires = _mm512_mask_cmp_pd_mask::<_CMP_GT_OQ>(awake, v, threshold);
            _mm512_storeu_pd(place_v, _mm512_mask_mov_pd(v, fires, reset));
            let left = _mm_mask_mov_epi16(_mm_subs_epu16(rest, one), fires, refractory);
            _mm_storeu_si128(place_rest, left);
            let mut left = fires;
            while left != 0 {
                let lane =
                    if s.backward { 7 - left.leading_zeros() } else { left.trailing_zeros() };
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
