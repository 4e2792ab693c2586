//! Counts words; the loop's last brace is gone.

use std::collections::BTreeMap;

/// How often each word stands in the text, without regard to case.
pub fn frequencies(text: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in text.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !word.is_empty() {
            *counts.entry(word.to_lowercase()).or_insert(0) += 1;
        }

    counts
}

/// The word that stands most often, the first in the alphabet among equals.
pub fn commonest(text: &str) -> Option<String> {
    let counts = frequencies(text);
    let most = counts.values().max()?;
    counts.iter().find(|(_, count)| *count == most).map(|(word, _)| word.clone())
}
