use crate::tokens::{tokenize, Token};

/// Why an expression has no value.
#[derive(Debug, PartialEq, Eq)]
pub enum Problem {
    BadCharacter(usize),
    Incomplete,
    LeftOver,
}

/// The value of an expression.
pub fn evaluate(text: &str) -> Result<f64, Problem> {
    let tokens = tokenize(text).map_err(Problem::BadCharacter)?;
    let mut reader = Reader { tokens: &tokens };
    let value = reader.sum()?;
    if reader.tokens.is_empty() { Ok(value) } else { Err(Problem::LeftOver) }
}

struct Reader<'t> {
    tokens: &'t [Token],
}

impl Reader<'_> {
    fn take(&mut self, symbols: &[char]) -> Option<char> {
        let Some((&Token::Symbol(symbol), rest)) = self.tokens.split_first() else { return None };
        symbols.contains(&symbol).then(|| {
            self.tokens = rest;
            symbol
        })
    }

    fn sum(&mut self) -> Result<f64, Problem> {
        let mut value = self.product()?;
        while let Some(symbol) = self.take(&['+', '-']) {
            let other = self.product()?;
            value = if symbol == '+' { value + other } else { value - other };
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<f64, Problem> {
        let mut value = self.atom()?;
        while let Some(symbol) = self.take(&['*', '/']) {
            let other = self.atom()?;
            value = if symbol == '*' { value * other } else { value / other };
        }
        Ok(value)
    }

    fn atom(&mut self) -> Result<f64, Problem> {
        if self.take(&['(']).is_some() {
            let value = self.sum()?;
            return self.take(&[')']).map(|_| value).ok_or(Problem::Incomplete);
        }
        let Some((&Token::Number(value), rest)) = self.tokens.split_first() else {
            return Err(Problem::Incomplete);
        };
        self.tokens = rest;
        Ok(value)
    }
}
