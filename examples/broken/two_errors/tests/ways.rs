use two_errors::{shortest, Graph, Way};

fn map() -> Graph {
    let mut graph = Graph::default();
    graph.connect("harbour", "market", 4);
    graph.connect("harbour", "mill", 1);
    graph.connect("mill", "market", 2);
    graph.connect("market", "church", 5);
    graph.connect("island", "lighthouse", 1);
    graph
}

#[test]
fn a_detour_may_be_shorter() {
    let way = shortest(&map(), "harbour", "church").unwrap();
    assert_eq!(way.length, 8);
    assert_eq!(way.places, ["harbour", "mill", "market", "church"]);
}

#[test]
fn standing_still_is_a_way() {
    let way = Way { places: vec!["mill".to_string()], length: 0 };
    assert_eq!(shortest(&map(), "mill", "mill"), Some(way));
}

#[test]
fn an_island_cannot_be_reached() {
    assert_eq!(shortest(&map(), "mill", "lighthouse"), None);
    assert!(map().neighbours("nowhere").is_empty());
}
