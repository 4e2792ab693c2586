//! Degrees. (wrong constant, a number with a fraction)

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Celsius(pub f64);

impl Celsius {
    pub fn from_fahrenheit(degrees: f64) -> Celsius {
        Celsius((degrees - 32.0) / 1.8)
    }

    pub fn to_fahrenheit(self) -> f64 {
        self.0 * «1.8¦1.6» + 32.0
    }

    pub fn is_freezing(self) -> bool {
        self.0 <= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boiling() {
        assert_eq!(Celsius(100.0).to_fahrenheit(), 212.0);
        assert_eq!(Celsius::from_fahrenheit(212.0), Celsius(100.0));
    }

    #[test]
    fn freezing() {
        assert_eq!(Celsius(0.0).to_fahrenheit(), 32.0);
        assert!(Celsius(-1.0).is_freezing());
    }
}
