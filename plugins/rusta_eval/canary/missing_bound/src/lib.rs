//! A generic maximum that compares what need not be comparable.

/// The largest item and its index, the first among equals.
pub fn largest<T>(items: &[T]) -> Option<(usize, &T)> {
    let mut best: Option<(usize, &T)> = None;
    for (index, item) in items.iter().enumerate() {
        match best {
            Some((_, most)) if *item <= *most => {}
            _ => best = Some((index, item)),
        }
    }
    best
}
