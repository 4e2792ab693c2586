use misleading_suggestion::parse;

#[test]
fn options_and_files_are_told_apart() {
    let line = parse("--verbose a.txt --depth=3");
    assert!(line.has("verbose"));
    assert_eq!(line.value("depth"), Some("3"));
    assert!(line.files.contains(&"a.txt".to_string()));
}

#[test]
fn after_two_dashes_everything_is_a_file() {
    let line = parse("--quiet -- --not-an-option b.txt");
    assert_eq!(line.files, ["--not-an-option", "b.txt"]);
    assert!(!line.has("not-an-option"));
}

#[test]
fn the_last_value_counts() {
    assert_eq!(parse("--level=1 --level=2").value("level"), Some("2"));
}
