//! Invoices. The tax tables live in a crate that is not here, and nobody but its authors can write it.

use acme_tax_tables::{Jurisdiction, Rate};

/// One line of an invoice; prices are in cents.
#[derive(Debug, Clone)]
pub struct Line {
    pub text: String,
    pub pieces: u32,
    pub price: u64,
    pub rate: Rate,
}

/// An invoice to a customer somewhere.
#[derive(Debug)]
pub struct Invoice {
    jurisdiction: Jurisdiction,
    lines: Vec<Line>,
}

impl Invoice {
    pub fn new(country: &str) -> Option<Self> {
        Some(Self { jurisdiction: Jurisdiction::by_country(country)?, lines: Vec::new() })
    }

    pub fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// The sum without tax, in cents.
    pub fn net(&self) -> u64 {
        self.lines.iter().map(|line| u64::from(line.pieces) * line.price).sum()
    }

    /// The tax, in cents, rounded as the jurisdiction asks for.
    pub fn tax(&self) -> u64 {
        let exact: f64 = self
            .lines
            .iter()
            .map(|line| (u64::from(line.pieces) * line.price) as f64 * self.jurisdiction.percent(line.rate) / 100.0)
            .sum();
        self.jurisdiction.round(exact)
    }

    pub fn total(&self) -> u64 {
        self.net() + self.tax()
    }
}
