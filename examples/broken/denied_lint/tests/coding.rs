use denied_lint::{decode, encode, ratio};

#[test]
fn runs_alternate() {
    assert_eq!(encode(&[false, false, true, false]), [2, 1, 1]);
    assert_eq!(encode(&[true, true]), [0, 2]);
}

#[test]
fn decoding_gives_the_row_back() {
    let row: Vec<bool> = (0..200).map(|i| (i / 7) % 3 == 1).collect();
    assert_eq!(decode(&encode(&row)), row);
}

#[test]
fn an_empty_page_packs_well() {
    assert_eq!(ratio(&[false; 800]), 100.0);
}
