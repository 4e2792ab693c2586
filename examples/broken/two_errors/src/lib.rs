//! Shortest ways through a graph of named places.

mod graph;
mod search;

pub use graph::Graph;
pub use search::{shortest, Way};
