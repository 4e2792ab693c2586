//! Counters of bits in hashed contexts, half a byte at a time, with a journal by which changes are taken back.

/// A probability of 12 bits (above) and a count of 4 bits (below).
pub type Counter = u16;

pub const FRESH: Counter = 2048 << 4;
/// Counters of one half byte: the tree of its four bits has 15 inner nodes; place 0 holds the check.
pub const NODES: usize = 16;
const NEAR: usize = 3;

/// What a counter adds of the distance to the bit it saw: 65536 / (count + 1.5), and no less than the limit's.
pub const RATES: [i32; 16] = rates();

const fn rates() -> [i32; 16] {
    let mut table = [0; 16];
    let mut n = 0;
    while n < 16 {
        // The last step is smaller, so that what has been seen often moves slowly.
        table[n] = if n < 15 { (65536 * 2) / (2 * n as i32 + 3) } else { 65536 / 24 };
        n += 1;
    }
    table
}

/// The counter after a bit.
pub fn updated(counter: Counter, bit: u32) -> Counter {
    let (p, n) = (i32::from(counter >> 4), usize::from(counter & 15));
    let target = if bit == 1 { 4095 } else { 0 };
    let p = p + (((target - p) * RATES[n] + 32768) >> 16);
    ((p.clamp(1, 4095) as u16) << 4) | (n + usize::from(n < 15)) as u16
}

/// A table of half-byte slots.
pub struct Slots {
    slots: Vec<[Counter; NODES]>,
    mask: usize,
}

impl Slots {
    /// 2^bits slots, or None when there is no memory for them.
    pub fn new(bits: u32) -> Option<Self> {
        let size = 1usize << bits;
        let mut slots = Vec::new();
        slots.try_reserve_exact(size).ok()?;
        slots.resize(size, [FRESH; NODES]);
        for slot in &mut slots {
            slot[0] = 0;
        }
        Some(Slots { slots, mask: size - 1 })
    }

    /// The slot of a context: the one that carries its check, else the least used of its neighbours, emptied.
    pub fn find(&mut self, hash: u32, journal: &mut Option<Journal>) -> usize {
        let check = ((hash >> 16) as u16) | 1;
        let first = (hash.wrapping_mul(0x9E37_79B1) >> 3) as usize & self.mask;
        let mut least = (first, u16::MAX);
        for step in 0..NEAR {
            let at = first ^ step;
            let slot = &self.slots[at];
            if slot[0] == check {
                return at;
            }
            let used = if slot[0] == 0 { 0 } else { 1 + (slot[1] & 15) };
            if used < least.1 {
                least = (at, used);
            }
        }
        let at = least.0;
        self.keep(at, journal);
        self.slots[at] = [FRESH; NODES];
        self.slots[at][0] = check;
        at
    }

    #[inline(always)]
    pub fn get(&self, slot: usize, node: usize) -> Counter {
        self.slots[slot][node]
    }

    #[inline(always)]
    pub fn update(&mut self, slot: usize, node: usize, bit: u32) {
        let counter = &mut self.slots[slot][node];
        *counter = updated(*counter, bit);
    }

    /// Remembers a slot as it is.
    pub fn keep(&self, slot: usize, journal: &mut Option<Journal>) {
        if let Some(journal) = journal {
            journal.push((slot, self.slots[slot]));
        }
    }

    /// Takes back what a journal remembers, the newest first.
    pub fn take_back(&mut self, journal: Journal) {
        for (slot, before) in journal.into_iter().rev() {
            self.slots[slot] = before;
        }
    }
}

/// Slots as they were before they were changed.
pub type Journal = Vec<(usize, [Counter; NODES])>;
