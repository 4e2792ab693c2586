//! A small warehouse: deliveries are booked in, orders are booked out, and a journal says what happened.

use std::collections::BTreeMap;

/// One delivery of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub article: String,
    pub pieces: u32,
}

/// What lies in the warehouse, and how it came there.
#[derive(Debug, Default)]
pub struct Warehouse {
    stock: BTreeMap<String, u32>,
    deliveries: Vec<Delivery>,
    journal: Vec<String>,
}

impl Warehouse {
    pub fn new() -> Self {
        Self::default()
    }

    /// Book a delivery in and note it in the journal.
    pub fn receive(&mut self, delivery: Delivery) {
        *self.stock.entry(delivery.article.clone()).or_insert(0) += delivery.pieces;
        self.deliveries.push(delivery);
        self.journal.push(describe(&delivery));
    }

    /// Book pieces out. Fails, and changes nothing, when there are too few.
    pub fn ship(&mut self, article: &str, pieces: u32) -> Result<u32, String> {
        let left = self.stock.get_mut(article).ok_or(format!("no {article} in stock"))?;
        if *left < pieces {
            return Err(format!("only {left} of {article} in stock"));
        }
        *left -= pieces;
        self.journal.push(format!("- {pieces} {article}"));
        Ok(*left)
    }

    pub fn pieces(&self, article: &str) -> u32 {
        self.stock.get(article).copied().unwrap_or(0)
    }

    pub fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    pub fn journal(&self) -> &[String] {
        &self.journal
    }
}

fn describe(delivery: &Delivery) -> String {
    format!("+ {} {}", delivery.pieces, delivery.article)
}
