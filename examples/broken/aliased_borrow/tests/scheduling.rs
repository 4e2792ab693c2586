use aliased_borrow::Scheduler;

#[test]
fn jobs_start_at_their_period() {
    let mut scheduler = Scheduler::default();
    scheduler.add("blink", 2).add("report", 5);
    scheduler.run(10);
    assert_eq!(scheduler.count("blink"), 5);
    assert_eq!(scheduler.count("report"), 2);
}

#[test]
fn jobs_start_in_the_order_they_were_added() {
    let mut scheduler = Scheduler::default();
    scheduler.add("first", 3).add("second", 3);
    scheduler.run(3);
    assert_eq!(scheduler.last(), Some((3, "second")));
}

#[test]
fn a_period_of_zero_means_every_tick() {
    let mut scheduler = Scheduler::default();
    scheduler.add("poll", 0);
    scheduler.run(4);
    assert_eq!(scheduler.count("poll"), 4);
}
