use moved_twice::report;

#[test]
fn empty_lines_are_left_out_and_the_longest_is_measured() {
    let made = report("t", vec!["one".into(), String::new(), "three".into()]);
    assert_eq!(made.lines, ["one", "three"]);
    assert_eq!(made.longest, 5);
    assert_eq!(made.title, "t");
}
