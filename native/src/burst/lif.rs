//! Leaky integrate-and-fire neurons: one pass over all of them, or over those that got something.

use super::table::prefetch;

/// What the neurons of one class have in common.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Class {
    pub threshold: f64,
    pub limit: f64,
    /// 1 - leak.
    pub keep: f64,
    pub excitability: f64,
    pub refractory: u32,
    pub snooze: u32,
    /// Spikes in a row until it has to pause; 0: never.
    pub fire_limit: u32,
    /// `RESETS`, `FORCED`.
    pub flags: u32,
}

/// The potential starts every burst at 0.
pub const RESETS: u32 = 1;
/// Fires in every burst.
pub const FORCED: u32 = 2;
/// At this excitability a neuron always fires when it could.
const CERTAIN: f64 = 0.999;

/// Neurons from `begin` to `end` belong to one class.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub begin: u32,
    pub end: u32,
    pub class: u32,
}

/// The potential of a neuron: f64, or i32 with a fixed point at the unit of a contribution.
pub trait Potential: Copy + PartialOrd {
    const ZERO: Self;
    fn add(self, input: i32) -> Self;
    fn keep(self, share: f64) -> Self;
    /// Neurons that fire whenever they can, with what the CPU has for it.
    fn wide(s: Stretch<'_, Self>, class: &Class, _far: bool, fired: &mut [u32]) -> usize {
        blocks(s, class, fired)
    }
    /// The smallest potential that is at least `value`.
    fn at_least(value: f64) -> Self;
    /// The largest potential that is at most `value`.
    fn at_most(value: f64) -> Self;
}

impl Potential for f64 {
    const ZERO: f64 = 0.0;
    #[cfg(target_arch = "x86_64")]
    fn wide(s: Stretch<'_, f64>, class: &Class, far: bool, fired: &mut [u32]) -> usize {
        vectors::<f64, false>(s, class, far, fired)
    }
    #[inline(always)]
    fn add(self, input: i32) -> f64 {
        self + f64::from(input)
    }
    #[inline(always)]
    fn keep(self, share: f64) -> f64 {
        self * share
    }
    #[inline(always)]
    fn at_least(value: f64) -> f64 {
        value
    }
    #[inline(always)]
    fn at_most(value: f64) -> f64 {
        value
    }
}

impl Potential for i32 {
    const ZERO: i32 = 0;
    #[cfg(target_arch = "x86_64")]
    fn wide(s: Stretch<'_, i32>, class: &Class, far: bool, fired: &mut [u32]) -> usize {
        vectors::<i32, true>(s, class, far, fired)
    }
    #[inline(always)]
    fn add(self, input: i32) -> i32 {
        self.saturating_add(input)
    }
    /// The share in 1/65,536; rounded towards 0.
    #[inline(always)]
    fn keep(self, share: f64) -> i32 {
        let share = (share * 65536.0).round_ties_even() as i64;
        ((i64::from(self) * share) / 65536) as i32
    }
    #[inline(always)]
    fn at_least(value: f64) -> i32 {
        value.ceil() as i32 // saturates
    }
    #[inline(always)]
    fn at_most(value: f64) -> i32 {
        value.floor() as i32
    }
}

/// As many neurons as the CPU's vectors take, and the others a block at a time.
#[cfg(target_arch = "x86_64")]
fn vectors<P: Potential, const FIXED: bool>(
    mut s: Stretch<'_, P>,
    class: &Class,
    far: bool,
    fired: &mut [u32],
) -> usize {
    if !super::vector::available() {
        return blocks(s, class, fired);
    }
    // SAFETY: the features were detected; the slices have one length; P is i32 exactly when it is fixed.
    let (done, count) = unsafe { super::vector::leaky::<P, FIXED>(&mut s, class, far, fired) };
    let rest = Stretch {
        first: s.first + done as u32,
        input: &mut s.input[done..],
        potential: &mut s.potential[done..],
        rest: &mut s.rest[done..],
        spikes: &mut s.spikes[done..],
    };
    count + blocks(rest, class, &mut fired[count..])
}

/// A number from 0 to 2^32 - 1 that depends on nothing but the seed, the burst and the neuron.
#[inline(always)]
pub fn chance(seed: u64, burst: u64, neuron: u32) -> u32 {
    let mut x = seed ^ burst.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = x.wrapping_add(u64::from(neuron).wrapping_mul(0xD1B5_4A32_D192_ED03));
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ x >> 31) >> 32) as u32
}

/// State of the neurons of one stretch.
pub struct Stretch<'a, P> {
    /// The number of its first neuron.
    pub first: u32,
    pub input: &'a mut [i32],
    pub potential: &'a mut [P],
    pub rest: &'a mut [u16],
    pub spikes: &'a mut [u16],
}

/// Which burst it is, and how neurons without input are treated.
#[derive(Clone, Copy)]
pub struct Moment {
    pub burst: u64,
    pub seed: u64,
    /// Neurons without input are left as they are.
    pub candidates: bool,
}

const BLOCK: usize = 64;

/// One burst of the neurons of a stretch, all of one class. Their input becomes 0; those that fire are listed.
///
/// `far`: the potentials don't stay in the cache. Returns how many fired; `fired` has room for all.
pub fn stretch<P: Potential>(
    s: Stretch<'_, P>,
    class: &Class,
    now: Moment,
    far: bool,
    fired: &mut [u32],
) -> usize {
    let careful = now.candidates || class.excitability < CERTAIN || class.flags & FORCED != 0;
    if careful {
        return one_by_one(s, class, now, fired);
    }
    P::wide(s, class, far, fired)
}

fn one_by_one<P: Potential>(
    s: Stretch<'_, P>,
    class: &Class,
    now: Moment,
    fired: &mut [u32],
) -> usize {
    let (threshold, limit) = (P::at_least(class.threshold), P::at_most(class.limit));
    let mut count = 0;
    for k in 0..s.input.len() {
        let id = s.first + k as u32;
        let input = std::mem::take(&mut s.input[k]);
        let forced = class.flags & FORCED != 0;
        if now.candidates && input == 0 && !forced {
            continue;
        }
        let lucky = forced
            || class.excitability >= CERTAIN
            || f64::from(chance(now.seed, now.burst, id)) < class.excitability * 4294967296.0;
        let (v, rest, row) = (&mut s.potential[k], &mut s.rest[k], &mut s.spikes[k]);
        if step(input, v, rest, row, class, (threshold, limit), lucky) {
            fired[count] = id;
            count += 1;
        }
    }
    count
}

/// The rule itself, for one neuron; whether it fires.
#[inline(always)]
fn step<P: Potential>(
    input: i32,
    v: &mut P,
    rest: &mut u16,
    spikes: &mut u16,
    class: &Class,
    (threshold, limit): (P, P),
    lucky: bool,
) -> bool {
    let most = class.fire_limit;
    let exhausted = most != 0 && u32::from(*spikes) >= most;
    let forced = class.flags & FORCED != 0;
    if *rest > 0 && !forced {
        *rest -= 1;
        if *rest == 0 && exhausted {
            *spikes = 0;
        }
        return false;
    }
    let base = if class.flags & RESETS != 0 { P::ZERO } else { *v };
    let sum = base.add(input);
    let reached = sum >= threshold && sum <= limit;
    if reached && exhausted && !forced {
        *spikes = 0;
        *v = sum;
        return false;
    }
    if forced || (reached && lucky) {
        *v = P::ZERO;
        *spikes = if most == 0 { 0 } else { spikes.saturating_add(1) };
        let tired = most != 0 && u32::from(*spikes) >= most;
        *rest = (class.refractory + if tired { class.snooze } else { 0 }).min(65535) as u16;
        return true;
    }
    *spikes = 0;
    *v = sum.keep(class.keep);
    false
}

/// The same rule, a block at a time, for neurons that fire whenever they can.
fn blocks<P: Potential>(s: Stretch<'_, P>, class: &Class, fired: &mut [u32]) -> usize {
    let bounds = (P::at_least(class.threshold), P::at_most(class.limit));
    let (threshold, limit) = bounds;
    let resets = class.flags & RESETS != 0;
    let mut count = 0;
    let mut first = s.first;
    let inputs = s.input.chunks_mut(BLOCK);
    let potentials = s.potential.chunks_mut(BLOCK);
    let counts = s.rest.chunks_mut(BLOCK).zip(s.spikes.chunks_mut(BLOCK));
    for ((input, v), (rest, spikes)) in inputs.zip(potentials).zip(counts) {
        prefetch(input.as_ptr().wrapping_add(4 * BLOCK));
        let busy = rest.iter().chain(spikes.iter()).fold(0u16, |any, &one| any | one) != 0;
        let mut flags = [0u8; BLOCK];
        if busy {
            for k in 0..input.len() {
                let gone = std::mem::take(&mut input[k]);
                let fires =
                    step(gone, &mut v[k], &mut rest[k], &mut spikes[k], class, bounds, true);
                flags[k] = u8::from(fires);
            }
        } else {
            for ((input, v), flag) in input.iter_mut().zip(v.iter_mut()).zip(flags.iter_mut()) {
                let base = if resets { P::ZERO } else { *v };
                let sum = base.add(*input);
                let fires = sum >= threshold && sum <= limit;
                *input = 0;
                *v = if fires { P::ZERO } else { sum.keep(class.keep) };
                *flag = u8::from(fires);
            }
        }
        for (word, bytes) in flags.chunks_exact(8).enumerate() {
            let mut left = u64::from_le_bytes(bytes.try_into().unwrap_or([0; 8]));
            while left != 0 {
                let k = word * 8 + left.trailing_zeros() as usize / 8;
                left &= left - 1;
                fired[count] = first + k as u32;
                count += 1;
                if !busy {
                    spikes[k] = u16::from(class.fire_limit != 0);
                    let tired = class.fire_limit == 1;
                    let pause = class.refractory + if tired { class.snooze } else { 0 };
                    rest[k] = pause.min(65535) as u16;
                }
            }
        }
        first += BLOCK as u32;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_paths_follow_one_rule() {
        compare::<f64>(1);
        compare::<i32>(1);
    }

    #[test]
    fn fixed_potentials_saturate_on_both_paths() {
        compare::<i32>(20_000_000);
    }

    fn compare<P: Potential + std::fmt::Debug>(scale: i32) {
        for (refractory, snooze, fire_limit, flags) in
            [(0, 0, 0, 0), (2, 0, 0, 0), (0, 3, 1, 0), (1, 2, 3, 0), (0, 0, 2, RESETS)]
        {
            let class = Class {
                threshold: 100.0 * f64::from(scale),
                limit: 900.0 * f64::from(scale),
                keep: 0.75,
                excitability: 1.0,
                refractory,
                snooze,
                fire_limit,
                flags,
            };
            let n = 200;
            let mut a = (vec![P::ZERO; n], vec![0u16; n], vec![0u16; n]);
            let mut b = a.clone();
            for burst in 0..50u64 {
                let input: Vec<i32> = (0..n as u32)
                    .map(|id| (chance(1, burst, id) as i32 % 160).saturating_mul(scale))
                    .collect();
                let (mut one, mut two) = (input.clone(), input);
                let (mut x, mut y) = (vec![0; n], vec![0; n]);
                let now = Moment { burst, seed: 0, candidates: false };
                let s = Stretch {
                    first: 0,
                    input: &mut one,
                    potential: &mut a.0,
                    rest: &mut a.1,
                    spikes: &mut a.2,
                };
                let i = one_by_one(s, &class, now, &mut x);
                let s = Stretch {
                    first: 0,
                    input: &mut two,
                    potential: &mut b.0,
                    rest: &mut b.1,
                    spikes: &mut b.2,
                };
                let j = stretch(s, &class, now, burst % 2 == 0, &mut y);
                assert_eq!(x[..i], y[..j]);
                assert_eq!(a, b);
            }
        }
    }
}
