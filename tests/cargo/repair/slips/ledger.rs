//! Accounts. (arguments the wrong way round)
use std::collections::HashMap;

#[derive(Default)]
pub struct Ledger {
    balances: HashMap<String, i64>,
}

impl Ledger {
    pub fn deposit(&mut self, account: &str, cents: i64) {
        *self.balances.entry(account.to_string()).or_insert(0) += cents;
    }

    pub fn balance(&self, account: &str) -> i64 {
        self.balances.get(account).copied().unwrap_or(0)
    }

    /// Moves money from one account to another.
    fn book(&mut self, from: &str, to: &str, cents: i64) {
        self.deposit(from, -cents);
        self.deposit(to, cents);
    }

    pub fn pay(&mut self, buyer: &str, seller: &str, cents: i64) -> bool {
        if self.balance(buyer) < cents {
            return false;
        }
        self.book(«buyer, seller¦seller, buyer», cents);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_goes_to_the_seller() {
        let mut ledger = Ledger::default();
        ledger.deposit("ann", 500);
        assert!(ledger.pay("ann", "bob", 200));
        assert_eq!(ledger.balance("ann"), 300);
        assert_eq!(ledger.balance("bob"), 200);
    }

    #[test]
    fn nobody_pays_what_he_does_not_have() {
        let mut ledger = Ledger::default();
        assert!(!ledger.pay("ann", "bob", 1));
    }
}
