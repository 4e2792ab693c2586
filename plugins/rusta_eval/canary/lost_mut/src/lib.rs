//! A ring buffer whose method forgot that it writes.

pub struct Ring {
    slots: Vec<i64>,
    next: usize,
    full: bool,
}

impl Ring {
    pub fn new(size: usize) -> Self {
        Ring { slots: vec![0; size], next: 0, full: false }
    }

    pub fn push(&self, value: i64) {
        self.slots[self.next] = value;
        self.next = (self.next + 1) % self.slots.len();
        if self.next == 0 {
            self.full = true;
        }
    }

    pub fn sum(&self) -> i64 {
        let filled = if self.full { self.slots.len() } else { self.next };
        self.slots[..filled].iter().sum()
    }
}
