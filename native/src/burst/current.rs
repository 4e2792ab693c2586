//! Integrate-and-fire neurons with two exponential synaptic currents, integrated exactly from burst to burst.
//!
//! tau_m dv/dt = e + i - (v - rest), tau_e de/dt = -e, tau_i di/dt = -i (Vogels and Abbott 2005); between spikes the
//! solution over one burst is linear in (v - rest, e, i), and its coefficients are given.

use std::ops::{Add, Mul, Sub};

/// What the neurons of one class have in common.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CurrentClass {
    /// Fires above this potential.
    pub threshold: f64,
    pub reset: f64,
    pub resting: f64,
    pub keep_potential: f64,
    pub from_excitatory: f64,
    pub from_inhibitory: f64,
    pub keep_excitatory: f64,
    pub keep_inhibitory: f64,
    /// What one unit of input adds to a current.
    pub gain_excitatory: f64,
    pub gain_inhibitory: f64,
    pub refractory: u32,
    pub flags: u32,
}

/// The precision of a neuron's state.
pub trait Real:
    Copy + PartialOrd + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self>
{
    fn of(value: f64) -> Self;
    fn whole(value: i32) -> Self;
    /// As many neurons of the stretch as the CPU's vectors take; (stepped, fired).
    fn wide(s: &mut Currents<'_, Self>, class: &CurrentClass, fired: &mut [u32]) -> (usize, usize);
}

impl Real for f64 {
    #[inline(always)]
    fn of(value: f64) -> f64 {
        value
    }
    #[inline(always)]
    fn whole(value: i32) -> f64 {
        f64::from(value)
    }
    fn wide(s: &mut Currents<'_, f64>, class: &CurrentClass, fired: &mut [u32]) -> (usize, usize) {
        #[cfg(target_arch = "x86_64")]
        if super::vector::available() {
            // SAFETY: the features were detected; the slices have one length.
            return unsafe {
                if s.has_input {
                    super::vector::currents::<true>(s, class, fired)
                } else {
                    super::vector::currents::<false>(s, class, fired)
                }
            };
        }
        let _ = (s, class, fired);
        (0, 0)
    }
}

impl Real for f32 {
    #[inline(always)]
    fn of(value: f64) -> f32 {
        value as f32
    }
    #[inline(always)]
    fn whole(value: i32) -> f32 {
        value as f32
    }
    fn wide(s: &mut Currents<'_, f32>, class: &CurrentClass, fired: &mut [u32]) -> (usize, usize) {
        #[cfg(target_arch = "x86_64")]
        if super::vector::available() {
            // SAFETY: the features were detected; the slices have one length.
            return unsafe {
                if s.has_input {
                    super::single::currents::<true>(s, class, fired)
                } else {
                    super::single::currents::<false>(s, class, fired)
                }
            };
        }
        let _ = (s, class, fired);
        (0, 0)
    }
}

/// State of a stretch of neurons.
pub struct Currents<'a, R> {
    pub first: u32,
    pub input_excitatory: &'a mut [i32],
    pub input_inhibitory: &'a mut [i32],
    /// Whether any input is not 0; else it is not looked at.
    pub has_input: bool,
    /// Go from the last neuron to the first, as far as vectors go; who fires is the same, and listed in the same order.
    pub backward: bool,
    pub potential: &'a mut [R],
    pub excitatory: &'a mut [R],
    pub inhibitory: &'a mut [R],
    pub rest: &'a mut [u16],
}

/// One burst of a stretch; lists who fires, and how many.
pub fn stretch<R: Real>(mut s: Currents<'_, R>, class: &CurrentClass, fired: &mut [u32]) -> usize {
    let (done, mut count) = R::wide(&mut s, class, fired);
    let one = |value: f64| R::of(value);
    let refractory = class.refractory.min(65535) as u16;
    for k in done..s.potential.len() {
        let (mut e, mut i) = (s.excitatory[k], s.inhibitory[k]);
        if s.has_input {
            let (one_e, one_i) = (s.input_excitatory[k], s.input_inhibitory[k]);
            if one_e != 0 {
                e = e + R::whole(one_e) * one(class.gain_excitatory);
            }
            if one_i != 0 {
                i = i + R::whole(one_i) * one(class.gain_inhibitory);
            }
            (s.input_excitatory[k], s.input_inhibitory[k]) = (0, 0);
        }
        s.excitatory[k] = e * one(class.keep_excitatory);
        s.inhibitory[k] = i * one(class.keep_inhibitory);
        if s.rest[k] != 0 {
            s.rest[k] -= 1;
            continue;
        }
        let moved =
            one(class.resting) + (s.potential[k] - one(class.resting)) * one(class.keep_potential);
        let moved = moved + e * one(class.from_excitatory);
        let moved = moved + i * one(class.from_inhibitory);
        let fires = moved > one(class.threshold);
        s.potential[k] = if fires { one(class.reset) } else { moved };
        if fires {
            s.rest[k] = refractory;
            fired[count] = s.first + k as u32;
            count += 1;
        }
    }
    count
}
