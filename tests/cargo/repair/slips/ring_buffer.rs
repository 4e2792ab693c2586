//! A ring buffer that keeps the latest values. (a field that is never moved on)

pub struct Ring {
    slots: Vec<i64>,
    start: usize,
    len: usize,
}

impl Ring {
    pub fn with_capacity(capacity: usize) -> Self {
        Ring { slots: vec![0; capacity], start: 0, len: 0 }
    }

    pub fn push(&mut self, value: i64) {
        let capacity = self.slots.len();
        if self.len == capacity {
            self.slots[self.start] = value;
            self.start = (self.start + 1) % capacity;
        } else {
            let place = (self.start + self.len) % capacity;
            self.slots[place] = value;«
            self.len += 1;¦»
        }
    }

    pub fn pop(&mut self) -> Option<i64> {
        if self.len == 0 {
            return None;
        }
        let value = self.slots[self.start];
        self.start = (self.start + 1) % self.slots.len();
        self.len -= 1;
        Some(value)
    }

    pub fn to_vec(&self) -> Vec<i64> {
        (0..self.len).map(|i| self.slots[(self.start + i) % self.slots.len()]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pushed_comes_out_in_order() {
        let mut ring = Ring::with_capacity(3);
        ring.push(4);
        ring.push(5);
        assert_eq!(ring.to_vec(), [4, 5]);
        assert_eq!(ring.pop(), Some(4));
        assert_eq!(ring.pop(), Some(5));
        assert_eq!(ring.pop(), None);
    }

    #[test]
    fn the_oldest_is_written_over() {
        let mut ring = Ring::with_capacity(2);
        for value in [1, 2, 3] {
            ring.push(value);
        }
        assert_eq!(ring.to_vec(), [2, 3]);
    }
}
