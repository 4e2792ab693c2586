use private_function::{evaluate, Problem};

#[test]
fn products_bind_tighter_than_sums() {
    assert_eq!(evaluate("2 + 3 * 4"), Ok(14.0));
    assert_eq!(evaluate("10 - 4 - 3"), Ok(3.0));
}

#[test]
fn parentheses_come_first() {
    assert_eq!(evaluate("(2 + 3) * 4 / 8"), Ok(2.5));
}

#[test]
fn mistakes_are_told_apart() {
    assert_eq!(evaluate("2 ? 3"), Err(Problem::BadCharacter(2)));
    assert_eq!(evaluate("2 +"), Err(Problem::Incomplete));
    assert_eq!(evaluate("2 3"), Err(Problem::LeftOver));
}
