use moved_value::{Delivery, Warehouse};

fn delivery(article: &str, pieces: u32) -> Delivery {
    Delivery { article: article.to_string(), pieces }
}

#[test]
fn deliveries_add_up() {
    let mut warehouse = Warehouse::new();
    warehouse.receive(delivery("bolt", 100));
    warehouse.receive(delivery("nut", 80));
    warehouse.receive(delivery("bolt", 20));
    assert_eq!(warehouse.pieces("bolt"), 120);
    assert_eq!(warehouse.pieces("nut"), 80);
    assert_eq!(warehouse.deliveries().len(), 3);
    assert_eq!(warehouse.deliveries()[1], delivery("nut", 80));
}

#[test]
fn shipping_more_than_there_is_fails() {
    let mut warehouse = Warehouse::new();
    warehouse.receive(delivery("bolt", 5));
    assert!(warehouse.ship("bolt", 6).is_err());
    assert_eq!(warehouse.pieces("bolt"), 5);
    assert_eq!(warehouse.ship("bolt", 2), Ok(3));
}

#[test]
fn the_journal_tells_the_story() {
    let mut warehouse = Warehouse::new();
    warehouse.receive(delivery("washer", 7));
    warehouse.ship("washer", 3).unwrap();
    assert_eq!(warehouse.journal(), ["+ 7 washer", "- 3 washer"]);
}
