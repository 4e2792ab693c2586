//! It compiles, and one of its tests says that it is wrong.

/// The sum of the digits of a number.
pub fn digits(mut number: u64) -> u64 {
    let mut sum = 0;
    while number > 0 {
        sum += number % 10;
        number /= 10;
    }
    sum
}

/// The numbers below `limit` whose digits sum to `wanted`.
pub fn with_sum(wanted: u64, limit: u64) -> Vec<u64> {
    (1..=limit).filter(|&number| digits(number) == wanted).collect()
}
