use failing_tests::{count_between, find, median};

const PRIMES: [i64; 8] = [2, 3, 5, 7, 11, 13, 17, 19];

#[test]
fn every_value_is_found_at_its_place() {
    for (index, &prime) in PRIMES.iter().enumerate() {
        assert_eq!(find(&PRIMES, prime), Some(index));
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    for other in [0, 4, 12, 23] {
        assert_eq!(find(&PRIMES, other), None);
    }
}

#[test]
fn ranges_include_both_ends() {
    assert_eq!(count_between(&PRIMES, 3, 11), 4);
    assert_eq!(count_between(&PRIMES, 14, 16), 0);
}

#[test]
fn the_median_is_in_the_middle() {
    assert_eq!(median(&PRIMES), Some(9.0));
    assert_eq!(median(&PRIMES[..3]), Some(3.0));
    assert_eq!(median(&[]), None);
}
