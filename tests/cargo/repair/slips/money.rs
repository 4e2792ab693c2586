//! Amounts of money as text. (how many places are shown)

#[derive(Debug, Clone, Copy)]
pub struct Amount(pub f64);

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.«2¦1»} EUR", self.0)
    }
}

pub fn receipt(amounts: &[Amount]) -> String {
    let sum: f64 = amounts.iter().map(|amount| amount.0).sum();
    let lines: Vec<String> = amounts.iter().map(Amount::to_string).collect();
    format!("{}\n= {}", lines.join("\n"), Amount(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_are_shown() {
        assert_eq!(Amount(3.25).to_string(), "3.25 EUR");
    }

    #[test]
    fn a_receipt() {
        assert_eq!(receipt(&[Amount(1.5), Amount(2.25)]), "1.50 EUR\n2.25 EUR\n= 3.75 EUR");
    }
}
