//! Kernels of the byte model: attention, delta rule, int8 products, normalisation, matrix products.
//!
//! Everything is f32 and row-major. A kernel is written once over [`lane::Lane`] and compiled for AVX-512, AVX2 and
//! plain code; which of them runs is decided at run time.

pub mod decode;
pub mod delta;
pub mod delta_chunk;
pub mod gemm;
pub mod half;
pub mod int8;
pub mod lane;
pub mod mixing;
pub mod norm;
pub mod rotary;
pub mod rows;
pub mod scratch;
pub mod swa;
pub mod workers;
