use missing_import::{longest_alliteration, mean_length, most_frequent};

#[test]
fn frequent_words_come_first() {
    let text = "The cat and the dog. The dog and THE cat!";
    let found = most_frequent(text, 3);
    assert_eq!(found, [("the".into(), 4), ("and".into(), 2), ("cat".into(), 2)]);
}

#[test]
fn length_is_counted_in_characters() {
    assert_eq!(mean_length("Äpfel, Öl"), Some(3.5));
    assert_eq!(mean_length(" ... "), None);
}

#[test]
fn alliteration_is_found() {
    assert_eq!(longest_alliteration("Peter Piper picked a peck"), 3);
}
