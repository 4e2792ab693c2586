//! Run-length coding of black-and-white rows.

#![deny(unused)]

/// The lengths of the runs, beginning with the white one (which may be empty).
pub fn encode(row: &[bool]) -> Vec<usize> {
    let mut runs = vec![0];
    let mut colour = false;
    for &pixel in row {
        if pixel != colour {
            colour = pixel;
            runs.push(0);
        }
        if let Some(run) = runs.last_mut() {
            *run += 1;
        }
    }
    runs
}

/// The row that [`encode`] was given.
pub fn decode(runs: &[usize]) -> Vec<bool> {
    let mut row = Vec::with_capacity(runs.iter().sum());
    for (index, &run) in runs.iter().enumerate() {
        let mut colour = index % 2 == 1;
        row.extend(std::iter::repeat(colour).take(run));
    }
    row
}

/// How many times smaller the runs are, at a byte a run and eight pixels a byte.
pub fn ratio(row: &[bool]) -> f64 {
    let packed = (row.len() + 7) / 8;
    packed as f64 / encode(row).len() as f64
}
