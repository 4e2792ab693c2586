//! What the next byte may depend on: hashes of the last bytes, the word, and the line above.

/// Orders 1, 2, 3, 4, 5, 6, 8; the word; the word and the one before; the column; the line's beginning.
pub const COUNT: usize = 11;
const ORDERS: [usize; 7] = [1, 2, 3, 4, 5, 6, 8];
const FACTOR: u32 = 0x2F0B_4C47;

/// Follows the text and knows its contexts. Cheap to copy.
#[derive(Clone, Default)]
pub struct Contexts {
    /// The last 8 bytes, the newest lowest.
    last: u64,
    word: u32,
    word_before: u32,
    column: usize,
    line_start: usize,
    line_before: usize,
    line_hash: u32,
}

fn combined(hash: u32, value: u32) -> u32 {
    let mixed = (hash ^ value).wrapping_mul(FACTOR);
    mixed ^ (mixed >> 15)
}

impl Contexts {
    /// The hashes for the byte that follows `history`.
    pub fn hashes(&self, history: &[u8]) -> [u32; COUNT] {
        let mut found = [0; COUNT];
        for (place, order) in ORDERS.iter().enumerate() {
            let kept = if *order == 8 { self.last } else { self.last & ((1 << (8 * order)) - 1) };
            let seed = combined(*order as u32 + 1, kept as u32);
            found[place] = combined(seed, (kept >> 32) as u32 ^ 0x5bd1);
        }
        let above = self.line_before + self.column;
        let above = if above < self.line_start && self.line_start <= history.len() {
            u32::from(history[above])
        } else {
            0
        };
        let newest = (self.last & 255) as u32;
        found[7] = combined(combined(20, self.word), newest);
        found[8] = combined(combined(combined(21, self.word), self.word_before), newest);
        found[9] = combined(combined(22, above), newest);
        found[10] = combined(
            combined(combined(23, self.line_hash), self.column.min(255) as u32),
            self.word,
        );
        found
    }

    /// Goes one byte on. `length`: of the history with this byte.
    pub fn push(&mut self, byte: u8, length: usize) {
        self.last = (self.last << 8) | u64::from(byte);
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 128 {
            self.word = combined(self.word.wrapping_add(1), u32::from(byte) + 1);
        } else if self.word != 0 {
            self.word_before = self.word;
            self.word = 0;
        }
        if byte == b'\n' {
            self.line_before = self.line_start;
            self.line_start = length;
            self.column = 0;
            self.line_hash = 0;
        } else {
            if self.column < 4 || (byte != b' ' && self.column < 16) {
                self.line_hash = combined(self.line_hash, u32::from(byte) + 1);
            }
            self.column += 1;
        }
    }

    /// The byte before the next one.
    pub fn newest(&self) -> usize {
        (self.last & 255) as usize
    }
}

/// The hash of the second half byte of a context, after the first half.
pub fn second_half(hash: u32, first: u32) -> u32 {
    combined(hash, first + 0x40)
}
