//! Echo state networks: s' = (1 - leak)·s + leak·tanh(W·s + drive), one fused pass a step.
//!
//! W is sparse and lies in slices of eight rows ([`matrix::Sliced`]), so that vector code works on
//! eight rows at a time. The drive (input weights times input, plus bias) lies in the buffer that
//! receives the states: each row is read as drive and written as state.

mod batch;
mod exports;
mod matrix;
mod real;
mod single;

#[cfg(test)]
mod tests;
