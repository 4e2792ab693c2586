use private_field::{Network, Tank};

fn plant() -> Network {
    let mut network = Network::default();
    let mut high = Tank::new("high", 100.0);
    high.fill(80.0);
    network.add(high);
    network.add(Tank::new("low", 50.0));
    network
}

#[test]
fn water_is_moved() {
    let mut network = plant();
    assert_eq!(network.pump("high", "low", 30.0), Some(30.0));
    assert_eq!(network.find("low").unwrap().level(), 30.0);
    assert_eq!(network.find("high").unwrap().room(), 50.0);
}

#[test]
fn no_water_is_lost() {
    let mut network = plant();
    assert_eq!(network.pump("high", "low", 70.0), Some(50.0));
    assert_eq!(network.total(), 80.0);
}

#[test]
fn an_unknown_tank_changes_nothing() {
    let mut network = plant();
    assert_eq!(network.pump("high", "nowhere", 10.0), None);
    assert_eq!(network.total(), 80.0);
}
