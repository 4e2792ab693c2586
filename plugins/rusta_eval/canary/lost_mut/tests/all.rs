use lost_mut::Ring;

#[test]
fn it_forgets_the_oldest() {
    let mut ring = Ring::new(3);
    for value in 1..=4 {
        ring.push(value);
    }
    assert_eq!(ring.sum(), 9);
}

#[test]
fn a_ring_that_is_not_full_sums_what_is_there() {
    let mut ring = Ring::new(3);
    ring.push(5);
    assert_eq!(ring.sum(), 5);
}
