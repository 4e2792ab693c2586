use missing_derive::{Counter, Direction};

fn morning() -> Counter {
    let mut counter = Counter::default();
    for (second, direction) in [
        (3, Direction::North),
        (40, Direction::North),
        (61, Direction::South),
        (62, Direction::North),
        (130, Direction::East),
    ] {
        counter.pass(second, direction);
    }
    counter
}

#[test]
fn cars_are_counted_by_direction() {
    let counter = morning();
    assert_eq!(counter.towards(Direction::North), 3);
    assert_eq!(counter.towards(Direction::West), 0);
}

#[test]
fn the_way_back_is_subtracted() {
    let counter = morning();
    assert_eq!(counter.net(Direction::North), 2);
    assert_eq!(counter.net(Direction::West), -1);
}

#[test]
fn minutes_are_grouped() {
    let minutes = morning().by_minute();
    assert_eq!(minutes[&0], 2);
    assert_eq!(minutes[&1], 2);
    assert_eq!(minutes[&2], 1);
}
