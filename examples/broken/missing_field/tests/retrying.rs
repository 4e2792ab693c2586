use std::time::Duration;

use missing_field::Policy;

fn policy() -> Policy {
    Policy::exponential(5, Duration::from_secs(1), 3, Duration::from_secs(10))
}

#[test]
fn pauses_grow_up_to_the_longest() {
    let seconds: Vec<u64> = policy().pauses().iter().map(Duration::as_secs).collect();
    assert_eq!(seconds, [1, 3, 9, 10]);
}

#[test]
fn it_stops_at_the_first_success() {
    let mut slept = Duration::ZERO;
    let result = policy().run(|n| if n < 2 { Err("busy") } else { Ok(n) }, |pause| slept += pause);
    assert_eq!(result, Ok(2));
    assert_eq!(slept, Duration::from_secs(4));
}

#[test]
fn the_last_failure_is_returned() {
    let result: Result<(), u32> = policy().run(Err, |_| {});
    assert_eq!(result, Err(4));
}
