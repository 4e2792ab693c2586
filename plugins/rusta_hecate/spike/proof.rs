// d(loss)/d(w_k) through a delta rule's inner loop, by Enzyme, against central differences.
// PATTERN is replaced by one of: free, generic, object.
#![feature(autodiff)]
use std::autodiff::autodiff_reverse;

const D: usize = 4;
const T: usize = 3;

trait MemoryRule {
    fn forward(&self, w_k: &[f64; D * D], x: &[f64; D * T]) -> f64;
}

struct DeltaRule {
    write: f64,
}

fn delta(write: f64, w_k: &[f64; D * D], x: &[f64; D * T]) -> f64 {
    let mut state = [0.0; D * D];
    let mut loss = 0.0;
    for t in 0..T {
        let mut key = [0.0; D];
        for i in 0..D {
            for j in 0..D {
                key[i] += w_k[i * D + j] * x[t * D + j];
            }
        }
        for j in 0..D {
            let mut said = 0.0;
            for i in 0..D {
                said += state[i * D + j] * key[i];
            }
            let error = x[t * D + j] - said;
            loss += error * error;
            for i in 0..D {
                state[i * D + j] += write * key[i] * error;
            }
        }
    }
    loss
}

impl MemoryRule for DeltaRule {
    fn forward(&self, w_k: &[f64; D * D], x: &[f64; D * T]) -> f64 {
        delta(self.write, w_k, x)
    }
}

#[autodiff_reverse(d_free, Duplicated, Const, Active)]
fn free(w_k: &[f64; D * D], x: &[f64; D * T]) -> f64 {
    delta(0.5, w_k, x)
}

fn through<R: MemoryRule>(rule: &R, w_k: &[f64; D * D], x: &[f64; D * T]) -> f64 {
    rule.forward(w_k, x)
}

#[autodiff_reverse(d_generic, Duplicated, Const, Active)]
fn generic(w_k: &[f64; D * D], x: &[f64; D * T]) -> f64 {
    through(&DeltaRule { write: 0.5 }, w_k, x)
}

#[autodiff_reverse(d_object, Duplicated, Const, Active)]
fn object(w_k: &[f64; D * D], x: &[f64; D * T]) -> f64 {
    let rule: Box<dyn MemoryRule> = Box::new(DeltaRule { write: 0.5 });
    std::hint::black_box(rule).forward(w_k, x)
}

fn main() {
    let w: [f64; D * D] = std::array::from_fn(|i| ((i * 7 + 3) % 11) as f64 / 11.0 - 0.4);
    let x: [f64; D * T] = std::array::from_fn(|i| ((i * 5 + 1) % 13) as f64 / 13.0 - 0.5);
    let mut grad = [0.0; D * D];
    d_PATTERN(&w, &mut grad, &x, 1.0);
    for i in 0..D * D {
        let (mut up, mut down) = (w, w);
        up[i] += 1e-5;
        down[i] -= 1e-5;
        let truth = (PATTERN(&up, &x) - PATTERN(&down, &x)) / 2e-5;
        if (grad[i] - truth).abs() > 1e-6 + 1e-4 * truth.abs() {
            println!("entry {i}: Enzyme {} against {}", grad[i], truth);
            std::process::exit(1);
        }
    }
    println!("agrees with central differences");
}
