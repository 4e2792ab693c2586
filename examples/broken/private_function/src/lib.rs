//! Arithmetic with `+ - * /` and parentheses.

mod eval;
mod tokens;

pub use eval::{evaluate, Problem};
