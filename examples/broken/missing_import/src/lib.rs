//! Word statistics of a text.

/// The words of `text`, in lower case and without punctuation.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// The `limit` most frequent words with their counts; equally frequent ones in the order of the alphabet.
pub fn most_frequent(text: &str, limit: usize) -> Vec<(String, usize)> {
    let mut counts = HashMap::new();
    for word in words(text) {
        *counts.entry(word).or_insert(0) += 1;
    }
    let mut ranked: Vec<(String, usize)> = counts.into_iter().collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked.truncate(limit);
    ranked
}

/// The mean length of a word in characters; None for a text without words.
pub fn mean_length(text: &str) -> Option<f64> {
    let (mut letters, mut count) = (0, 0);
    for word in words(text) {
        letters += word.chars().count();
        count += 1;
    }
    if count == 0 {
        None
    } else {
        Some(letters as f64 / count as f64)
    }
}

/// The longest run of words that begin with the same letter.
pub fn longest_alliteration(text: &str) -> usize {
    let (mut best, mut run, mut last) = (0, 0, None);
    for word in words(text) {
        let initial = word.chars().next();
        run = if initial == last { run + 1 } else { 1 };
        last = initial;
        best = best.max(run);
    }
    best
}
