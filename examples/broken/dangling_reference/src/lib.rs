//! Headlines out of plain text.

/// Words that stay small inside a headline.
const SMALL: [&str; 6] = ["a", "an", "and", "of", "the", "to"];

/// `word` with a capital first letter.
pub fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// Every word capitalised but the small ones; the first word always.
pub fn headline(text: &str) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .enumerate()
        .map(|(index, word)| {
            if index > 0 && SMALL.contains(&word) {
                word.to_string()
            } else {
                capitalised(word)
            }
        })
        .collect();
    words.join(" ")
}

/// A name for links: lower case, words joined by a hyphen.
pub fn slug(text: &str) -> &str {
    let joined = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect::<Vec<_>>()
        .join("-");
    joined.as_str()
}

/// A Markdown heading with a link target.
pub fn heading(level: usize, text: &str) -> String {
    format!("{} {} {{#{}}}", "#".repeat(level), headline(text), slug(text))
}
