use type_mismatch::{BadLine, Config};

const FILE: &str = "
# where to listen
host = localhost
port = 8080      # the usual one
verbose = yes
";

#[test]
fn settings_are_read() {
    let config = Config::parse(FILE).unwrap();
    assert_eq!(config.get("host"), Some("localhost"));
    assert_eq!(config.get("port"), Some("8080"));
    assert_eq!(config.get("user"), None);
}

#[test]
fn missing_settings_fall_back() {
    let config = Config::parse(FILE).unwrap();
    assert_eq!(config.get_or("host", "example.org"), "localhost");
    assert_eq!(config.get_or("user", "nobody"), "nobody");
}

#[test]
fn switches_are_understood() {
    let config = Config::parse(FILE).unwrap();
    assert!(config.flag("verbose"));
    assert!(!config.flag("port"));
}

#[test]
fn a_bad_line_is_named() {
    let error = Config::parse("a = 1\nnonsense\n").unwrap_err();
    assert_eq!(error, BadLine { number: 2, text: "nonsense".to_string() });
}
