//! Kitchen measures. Everything is counted in millilitres.

/// A measure of volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    Millilitres(f64),
    Teaspoons(f64),
    Tablespoons(f64),
    Cups(f64),
}

impl Measure {
    /// The volume in millilitres.
    pub fn millilitres(self) -> f64 {
        match self {
            Measure::Millilitres(n) => n,
            Measure::Teaspoons(n) => n * 5.0,
            Measure::Tablespoons(n) => n * 15,
            Measure::Cups(n) => n * 240.0,
        }
    }

    /// The same measure, `factor` times.
    pub fn scaled(self, factor: f64) -> Measure {
        match self {
            Measure::Millilitres(n) => Measure::Millilitres(n * factor),
            Measure::Teaspoons(n) => Measure::Teaspoons(n * factor),
            Measure::Tablespoons(n) => Measure::Tablespoons(n * factor),
            Measure::Cups(n) => Measure::Cups(n * factor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Measure;

    #[test]
    fn spoons_are_small() {
        assert_eq!(Measure::Tablespoons(2.0).millilitres(), 30.0);
        assert_eq!(Measure::Teaspoons(3.0).millilitres(), Measure::Tablespoons(1.0).millilitres());
    }
}
