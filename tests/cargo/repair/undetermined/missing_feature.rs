//! Something that was never built.

pub fn parse(text: &str) -> Option<Vec<u32>> {
    text.split(',').map(|part| part.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(parse("1, 2"), Some(vec![1, 2]));
        assert_eq!(parse("x"), None);
    }

    #[test]
    fn ranges() {
        assert_eq!(parse("1-3"), Some(vec![1, 2, 3]));
        assert_eq!(parse("7,9-10"), Some(vec![7, 9, 10]));
    }
}
