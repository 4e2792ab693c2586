use nowhere_to_be_found::nodes;

#[test]
fn a_sentence_has_nodes() {
    assert_eq!(nodes("a b"), 5);
}
