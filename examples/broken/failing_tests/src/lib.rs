//! Searching sorted lists. This crate compiles; what it does is wrong.

/// The index of `wanted` in the sorted list.
pub fn find(sorted: &[i64], wanted: i64) -> Option<usize> {
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if sorted[middle] == wanted {
            return Some(middle);
        }
        if sorted[middle] < wanted {
            low = middle + 1;
        } else {
            high = middle - 1;
        }
    }
    None
}

/// How many values lie in `low..=high`.
pub fn count_between(sorted: &[i64], low: i64, high: i64) -> usize {
    let start = sorted.partition_point(|&value| value < low);
    let end = sorted.partition_point(|&value| value <= high);
    end.saturating_sub(start)
}

/// The middle value; the mean of the two middle ones when their number is even.
pub fn median(sorted: &[i64]) -> Option<f64> {
    let middle = sorted.len() / 2;
    match sorted {
        [] => None,
        _ if sorted.len() % 2 == 1 => Some(sorted[middle] as f64),
        _ => Some((sorted[middle - 1] + sorted[middle]) as f64 / 2.0),
    }
}
