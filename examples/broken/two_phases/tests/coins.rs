use two_phases::{change, Stack};

fn pairs(stacks: &[Stack]) -> Vec<(u32, u32)> {
    stacks.iter().map(|stack| (stack.value, stack.count)).collect()
}

#[test]
fn few_coins_are_enough() {
    let coins = change(87, &[50, 20, 10, 5, 2, 1]).unwrap();
    assert_eq!(pairs(&coins), [(50, 1), (20, 1), (10, 1), (5, 1), (2, 1)]);
}

#[test]
fn the_largest_coin_is_not_always_best() {
    assert_eq!(pairs(&change(6, &[4, 3, 1]).unwrap()), [(3, 2)]);
}

#[test]
fn some_amounts_cannot_be_made() {
    assert_eq!(change(3, &[2]), None);
    assert_eq!(change(0, &[2]), Some(vec![]));
    let sum: u32 = change(99, &[7, 5]).unwrap().iter().map(|stack| stack.total()).sum();
    assert_eq!(sum, 99);
}
