//! Titles as parts of addresses. (upper and lower case)

pub fn slug(title: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in title.split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            words.push(word.to_«lowercase¦uppercase»());
        }
    }
    words.join("-")
}

pub fn shortened(title: &str, most: usize) -> String {
    let whole = slug(title);
    match whole.char_indices().nth(most) {
        Some((end, _)) => whole[..end].trim_end_matches('-').to_string(),
        None => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        assert_eq!(slug("Hello, World!"), "hello-world");
        assert_eq!(slug("  2 Ways -- to Go "), "2-ways-to-go");
    }

    #[test]
    fn cut() {
        assert_eq!(shortened("One Two", 4), "one");
        assert_eq!(shortened("One", 4), "one");
    }
}
