use missing_lifetime::{heaviest_path, heavier, parse, traffic};

const LOG: &str = "\
10.0.0.1 GET /index.html 200 5120
10.0.0.2 GET /film.mp4 404 999999
10.0.0.1 GET /photo.jpg 200 80000
this line is noise
10.0.0.2 GET /style.css 200 700
";

#[test]
fn failed_hits_do_not_count() {
    assert_eq!(heaviest_path(LOG), Some("/photo.jpg"));
    assert_eq!(heaviest_path("noise"), None);
}

#[test]
fn the_first_wins_a_tie() {
    let a = parse("a GET /a 200 7").unwrap();
    let b = parse("b GET /b 200 7").unwrap();
    assert_eq!(heavier(a, b).path, "/a");
}

#[test]
fn traffic_is_summed_by_address() {
    assert_eq!(traffic(LOG, "10.0.0.1"), 85120);
}
