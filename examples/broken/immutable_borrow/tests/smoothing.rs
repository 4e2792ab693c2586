use immutable_borrow::{smooth, MovingAverage};

#[test]
fn the_window_slides() {
    assert_eq!(smooth(&[2.0, 4.0, 6.0, 8.0], 2), [2.0, 3.0, 5.0, 7.0]);
}

#[test]
fn it_fills_up_and_stays_full() {
    let mut average = MovingAverage::new(3);
    for reading in [1.0, 2.0] {
        average.push(reading);
        assert!(!average.is_full());
    }
    average.push(3.0);
    assert!(average.is_full());
    average.push(4.0);
    assert!(average.is_full());
    assert_eq!(average.mean(), 3.0);
}

#[test]
fn nothing_read_is_zero() {
    assert_eq!(MovingAverage::new(4).mean(), 0.0);
}
