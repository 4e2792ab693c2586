use missing_semicolon::{days, longest_frost, to_fahrenheit, Day};

#[test]
fn readings_become_days() {
    let found = days(&[3.0, 9.5, -1.0, 4.0, 2.0], 2);
    assert_eq!(found.len(), 3);
    assert_eq!(found[1], Day { low: -1.0, high: 4.0 });
    assert_eq!(found[0].swing(), 6.5);
    assert_eq!(found[2].swing(), 0.0);
}

#[test]
fn frost_is_counted_in_a_row() {
    let week = days(&[-1.0, 1.0, -2.0, -3.0, -1.0, 5.0, -4.0], 1);
    assert_eq!(longest_frost(&week), 3);
    assert_eq!(longest_frost(&[]), 0);
}

#[test]
fn water_boils() {
    assert_eq!(to_fahrenheit(100.0), 212.0);
}
