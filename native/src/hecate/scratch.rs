//! Working memory of one thread: one allocation per call, handed out in pieces.

/// Rounds up to whole lanes of the widest register.
pub const fn padded(count: usize) -> usize {
    count.div_ceil(16) * 16
}

/// Zeroed numbers, taken in pieces that start at a multiple of 64 bytes.
pub struct Scratch {
    storage: Vec<f32>,
    start: usize,
    used: usize,
}

impl Scratch {
    /// Room for `count` numbers plus what alignment costs.
    pub fn new(count: usize) -> Self {
        let storage = vec![0.0f32; count + 32];
        let start = storage.as_ptr().align_offset(64).min(16);
        Scratch { storage, start, used: 0 }
    }

    /// The next `count` numbers (rounded up to whole lanes), zero when never used before.
    pub fn take(&mut self, count: usize) -> *mut f32 {
        let from = self.start + self.used;
        self.used += padded(count);
        assert!(self.start + self.used <= self.storage.len(), "scratch is too small");
        self.storage[from..].as_mut_ptr()
    }
}
