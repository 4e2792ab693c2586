//! Spiking propagation and neuron dynamics.
//!
//! All sums of contributions are 32-bit integers, so their order does not matter: every strategy and every number of
//! threads gives the same bits. Floating point stands only in the dynamics, one neuron at a time.

pub mod abi;
pub mod current;
pub mod few;
pub mod heads;
pub mod index;
pub mod learning;
pub mod learning_abi;
pub mod lif;
pub mod narrow;
pub mod network;
pub mod plastic;
pub mod pool;
pub mod propagate;
pub mod push;
pub mod single;
pub mod table;
pub mod vector;
