//! A test that is wrong itself.

pub fn double(x: i32) -> i32 {
    2 * x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubled() {
        assert_eq!(double(2), 4);
        assert_eq!(double(-3), -6);
    }

    #[test]
    fn odd() {
        assert_eq!(double(5), 11);
    }
}
