use off_by_one::{digits, with_sum};

#[test]
fn digits_are_summed() {
    assert_eq!(digits(1994), 23);
    assert_eq!(digits(0), 0);
}

#[test]
fn numbers_below_the_limit_are_found() {
    assert_eq!(with_sum(3, 30), [3, 12, 21]);
}
