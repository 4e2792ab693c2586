//! Water tanks, and pipes that level them out.

mod network;
mod tank;

pub use network::Network;
pub use tank::Tank;
