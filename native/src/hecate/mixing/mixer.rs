//! Adding predictions in the logistic domain, with weights that follow the errors.

/// The logit of a 12-bit probability, by table.
pub struct Logits([f32; 4096]);

impl Logits {
    pub fn new() -> Self {
        let mut table = [0.0; 4096];
        for (p, value) in table.iter_mut().enumerate() {
            let share = (p as f32 + 0.5) / 4096.0;
            *value = (share / (1.0 - share)).ln();
        }
        Logits(table)
    }

    #[inline(always)]
    pub fn of(&self, p: u16) -> f32 {
        self.0[usize::from(p)]
    }
}

pub fn logit(p: f32) -> f32 {
    let p = p.clamp(1e-6, 1.0 - 1e-6);
    (p / (1.0 - p)).ln()
}

pub fn squash(x: f32) -> f32 {
    1.0 / (1.0 + (-x.clamp(-15.0, 15.0)).exp())
}

/// Sets of weights for `N` inputs; one set is chosen for each bit.
#[derive(Clone)]
pub struct Mixer<const N: usize> {
    weights: Vec<[f32; N]>,
    chosen: usize,
    output: f32,
    rate: f32,
}

impl<const N: usize> Mixer<N> {
    pub fn new(sets: usize, start: f32, rate: f32) -> Self {
        Mixer { weights: vec![[start; N]; sets], chosen: 0, output: 0.5, rate }
    }

    /// The logit of the mixed prediction with the weights of one set.
    pub fn mix(&mut self, inputs: &[f32; N], set: usize) -> f32 {
        self.chosen = set;
        let sum: f32 = self.weights[set].iter().zip(inputs).map(|(w, x)| w * x).sum();
        self.output = squash(sum);
        sum.clamp(-15.0, 15.0)
    }

    /// Moves the chosen weights towards the bit.
    pub fn learn(&mut self, inputs: &[f32; N], bit: u32) {
        let step = (bit as f32 - self.output) * self.rate;
        for (weight, input) in self.weights[self.chosen].iter_mut().zip(inputs) {
            *weight += step * input;
        }
    }
}
