//! A game for children. (the general case before the special one)

pub fn said(n: u32) -> String {
    if n % «15¦3» == 0 {
        "«FizzBuzz¦Fizz»".to_string()
    } else if n % «3¦15» == 0 {
        "«Fizz¦FizzBuzz»".to_string()
    } else if n % 5 == 0 {
        "Buzz".to_string()
    } else {
        n.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers() {
        assert_eq!(said(1), "1");
        assert_eq!(said(7), "7");
    }

    #[test]
    fn words() {
        assert_eq!(said(9), "Fizz");
        assert_eq!(said(10), "Buzz");
    }

    #[test]
    fn both() {
        assert_eq!(said(15), "FizzBuzz");
        assert_eq!(said(45), "FizzBuzz");
    }
}
