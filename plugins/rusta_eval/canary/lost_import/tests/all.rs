use lost_import::anagrams;

#[test]
fn words_of_the_same_letters_stand_together() {
    let found = anagrams(&["tea", "sun", "eat", "nus", "ate"]);
    assert_eq!(found, [vec!["ate", "eat", "tea"], vec!["nus", "sun"]]);
}
