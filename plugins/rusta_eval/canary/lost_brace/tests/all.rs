use lost_brace::{commonest, frequencies};

#[test]
fn words_are_counted_without_regard_to_case() {
    let counts = frequencies("The cat, the dog; a CAT.");
    assert_eq!(counts["the"], 2);
    assert_eq!(counts["cat"], 2);
    assert_eq!(counts.len(), 4);
}

#[test]
fn the_commonest_word_is_found() {
    assert_eq!(commonest("one two two"), Some("two".to_string()));
    assert_eq!(commonest("b a"), Some("a".to_string()));
    assert_eq!(commonest("  "), None);
}
