use dangling_reference::{capitalised, heading, headline, slug};

#[test]
fn small_words_stay_small() {
    assert_eq!(headline("the return of the king"), "The Return of the King");
    assert_eq!(capitalised("élan"), "Élan");
}

#[test]
fn a_slug_has_no_punctuation() {
    assert_eq!(slug("Hello, World!"), "hello-world");
    assert_eq!(slug(""), "");
}

#[test]
fn a_heading_links_to_itself() {
    assert_eq!(heading(2, "to the point"), "## To the Point {#to-the-point}");
}
