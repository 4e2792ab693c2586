use missing_bound::largest;

#[test]
fn the_largest_is_found() {
    assert_eq!(largest(&[3, 9, 2, 9]), Some((1, &9)));
    assert_eq!(largest(&["b", "a"]), Some((0, &"b")));
    assert_eq!(largest::<f64>(&[]), None);
}
