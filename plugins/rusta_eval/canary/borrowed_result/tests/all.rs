use borrowed_result::longer;

#[test]
fn the_longer_name_wins() {
    assert_eq!(longer("Ada", "Grace"), "Grace");
    assert_eq!(longer("abc", "xyz"), "abc");
}
