//! Integrate-and-fire neurons with two exponential synaptic currents, integrated exactly from burst to burst.
//!
//! tau_m dv/dt = e + i - (v - rest), tau_e de/dt = -e, tau_i di/dt = -i (Vogels and Abbott 2005); between spikes the
//! solution over one burst is linear in (v - rest, e, i), and its coefficients are given.

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

/// State of a stretch of neurons.
pub struct Currents<'a> {
    pub first: u32,
    pub input_excitatory: &'a mut [i32],
    pub input_inhibitory: &'a mut [i32],
    pub potential: &'a mut [f64],
    pub excitatory: &'a mut [f64],
    pub inhibitory: &'a mut [f64],
    pub rest: &'a mut [u16],
}

const BLOCK: usize = 64;

/// One burst of a stretch; lists who fires, and how many.
pub fn stretch(s: Currents<'_>, class: &CurrentClass, fired: &mut [u32]) -> usize {
    #[cfg(target_arch = "x86_64")]
    {
        // SAFETY: the features were detected.
        if std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512bw")
            && std::arch::is_x86_feature_detected!("avx512vl")
            && std::arch::is_x86_feature_detected!("avx512dq")
        {
            return unsafe { avx512(s, class, fired) };
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the feature was detected.
            return unsafe { avx2(s, class, fired) };
        }
    }
    plain(s, class, fired)
}

// No FMA in either: it would round differently.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
unsafe fn avx512(s: Currents<'_>, class: &CurrentClass, fired: &mut [u32]) -> usize {
    plain(s, class, fired)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn avx2(s: Currents<'_>, class: &CurrentClass, fired: &mut [u32]) -> usize {
    plain(s, class, fired)
}

#[inline(always)]
fn plain(s: Currents<'_>, class: &CurrentClass, fired: &mut [u32]) -> usize {
    let c = *class;
    let refractory = c.refractory.min(65535) as u16;
    let n = s.potential.len();
    let mut count = 0;
    let mut begin = 0;
    while begin < n {
        let end = (begin + BLOCK).min(n);
        let mut flags = [0u8; BLOCK];
        block(
            &c,
            refractory,
            (&mut s.input_excitatory[begin..end], &mut s.input_inhibitory[begin..end]),
            &mut s.potential[begin..end],
            (&mut s.excitatory[begin..end], &mut s.inhibitory[begin..end]),
            &mut s.rest[begin..end],
            &mut flags[..end - begin],
        );
        for (word, bytes) in flags.chunks_exact(8).enumerate() {
            let mut left = u64::from_le_bytes(bytes.try_into().unwrap_or([0; 8]));
            while left != 0 {
                let place = begin + word * 8 + left.trailing_zeros() as usize / 8;
                left &= left - 1;
                fired[count] = s.first + place as u32;
                count += 1;
            }
        }
        begin = end;
    }
    count
}

#[inline(always)]
fn block(
    c: &CurrentClass,
    refractory: u16,
    (input_e, input_i): (&mut [i32], &mut [i32]),
    potential: &mut [f64],
    (excitatory, inhibitory): (&mut [f64], &mut [f64]),
    rest: &mut [u16],
    flags: &mut [u8],
) {
    let n = potential.len();
    let (input_e, input_i) = (&mut input_e[..n], &mut input_i[..n]);
    let (excitatory, inhibitory) = (&mut excitatory[..n], &mut inhibitory[..n]);
    let (rest, flags) = (&mut rest[..n], &mut flags[..n]);
    for k in 0..n {
        let e = excitatory[k] + f64::from(input_e[k]) * c.gain_excitatory;
        let i = inhibitory[k] + f64::from(input_i[k]) * c.gain_inhibitory;
        input_e[k] = 0;
        input_i[k] = 0;
        let awake = rest[k] == 0;
        let moved = c.resting + (potential[k] - c.resting) * c.keep_potential;
        let moved = moved + e * c.from_excitatory;
        let moved = moved + i * c.from_inhibitory;
        let v = if awake { moved } else { potential[k] };
        let fires = awake & (v > c.threshold);
        potential[k] = if fires { c.reset } else { v };
        excitatory[k] = e * c.keep_excitatory;
        inhibitory[k] = i * c.keep_inhibitory;
        rest[k] = if fires { refractory } else { rest[k].saturating_sub(1) };
        flags[k] = u8::from(fires);
    }
}
