//! The longest match: where the last bytes stood before, and which byte followed there.

/// Matches are looked up by this many bytes.
const SHORTEST: usize = 6;
const LONGEST: usize = 400;
/// Classes of a match's length, and the counters of how often its byte was right.
pub const CLASSES: usize = 24;
const BITS: u32 = 20;

/// Positions by the hash of the bytes before them.
pub struct Matching {
    table: Vec<u32>,
    state: State,
}

/// The running match. Cheap to copy.
#[derive(Clone, Copy, Default)]
pub struct State {
    /// Where the predicted byte stands; with `length` 0 there is none.
    at: usize,
    pub length: usize,
}

impl Matching {
    pub fn new() -> Self {
        Matching { table: vec![0; 1 << BITS], state: State::default() }
    }

    pub fn state(&self) -> State {
        self.state
    }

    pub fn set_state(&mut self, state: State) {
        self.state = state;
    }

    /// The byte that followed the match.
    pub fn predicted(&self, history: &[u8]) -> Option<u8> {
        (self.state.length > 0).then(|| history[self.state.at])
    }

    /// The class of the match's length; 0 without a match.
    pub fn class(&self) -> usize {
        match self.state.length {
            0 => 0,
            length @ 1..=15 => length,
            length @ 16..=31 => 16 + (length - 16) / 8,
            length => (18 + (length - 32) / 32).min(CLASSES - 1),
        }
    }

    /// Goes on after the last byte of `history`. Without `learn` the table stays as it is.
    pub fn push(&mut self, history: &[u8], learn: bool) {
        let byte = history[history.len() - 1];
        if self.state.length > 0 && history[self.state.at] == byte {
            self.state.at += 1;
            self.state.length = (self.state.length + 1).min(LONGEST);
        } else {
            self.state.length = 0;
        }
        if history.len() < SHORTEST {
            return;
        }
        let mut hash = 0u32;
        for byte in &history[history.len() - SHORTEST..] {
            hash = (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193).rotate_left(5);
        }
        let entry = &mut self.table[(hash.wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize];
        if self.state.length == 0 && *entry > 0 {
            let at = *entry as usize;
            let length = (0..at.min(history.len() - at).min(LONGEST).min(32))
                .take_while(|back| history[at - 1 - back] == history[history.len() - 1 - back])
                .count();
            if length >= SHORTEST {
                self.state = State { at, length };
            }
        }
        if learn {
            *entry = history.len() as u32;
        }
    }
}
