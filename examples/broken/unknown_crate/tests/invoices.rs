use acme_tax_tables::Rate;
use unknown_crate::{Invoice, Line};

#[test]
fn tax_is_added() {
    let mut invoice = Invoice::new("NL").unwrap();
    invoice.add(Line { text: "bicycle".to_string(), pieces: 2, price: 50_000, rate: Rate::Standard });
    assert_eq!(invoice.net(), 100_000);
    assert_eq!(invoice.total(), 121_000);
}

#[test]
fn unknown_countries_have_no_invoices() {
    assert!(Invoice::new("Atlantis").is_none());
}
