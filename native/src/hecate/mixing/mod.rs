//! An online predictor of bytes by context mixing, and its union with a network's distribution.
//!
//! After PAQ (Mahoney 2005): each bit of a byte is predicted from counters in several contexts (the last 1 to 8 bytes,
//! the word, the line above, the longest match in the history), and the predictions are added in the logistic domain
//! with weights that are learned on the way. The network's distribution over the next byte is one more input.
//! `plugins/rusta_hecate/mixing/twin.py` is the same algorithm in Python.

mod contexts;
mod counters;
mod exports;
mod matching;
mod mixer;
mod predictor;

pub use exports::*;
