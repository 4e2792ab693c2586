//! Counting values. (a wrong range)

pub struct Histogram {
    pub counts: Vec<usize>,
}

impl Histogram {
    pub fn of(values: &[usize], buckets: usize) -> Histogram {
        let mut counts = vec![0; buckets];
        for &value in values {
            counts[value.min(buckets - 1)] += 1;
        }
        Histogram { counts }
    }

    /// How many values are at most `bucket`.
    pub fn up_to(&self, bucket: usize) -> usize {
        let mut sum = 0;
        for index in 0«..=¦..»bucket {
            sum += self.counts[index];
        }
        sum
    }

    pub fn fullest(&self) -> Option<usize> {
        (0..self.counts.len()).max_by_key(|&i| self.counts[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted() {
        let found = Histogram::of(&[0, 1, 1, 2, 9], 4);
        assert_eq!(found.counts, [1, 2, 1, 1]);
        assert_eq!(found.fullest(), Some(1));
    }

    #[test]
    fn summed_up() {
        let found = Histogram::of(&[0, 1, 1, 2, 9], 4);
        assert_eq!(found.up_to(0), 1);
        assert_eq!(found.up_to(1), 3);
        assert_eq!(found.up_to(3), 5);
    }
}
