//! A table that lacks an entry: only its fallback could be bent to the test.

pub fn mass(symbol: &str) -> u32 {
    match symbol {
        "H" => 1,
        "He" => 4,
        "C" => 12,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_ones() {
        assert_eq!(mass("H"), 1);
        assert_eq!(mass("C"), 12);
    }

    #[test]
    fn iron() {
        assert_eq!(mass("Fe"), 56);
    }
}
