//! One example of a formula that many small changes fit.

pub fn price(count: u32) -> u32 {
    count * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two() {
        assert_eq!(price(2), 5);
    }
}
