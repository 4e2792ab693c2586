"""Crates that compile and fail their tests: one slip each, mended by the tests alone; and those where silence is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n'
_CHANGE = re.compile("«([^¦»]*)¦([^»]*)»")
Lay = Callable[..., Path]
Repair = Callable[..., Any]

# «right¦wrong»: the repair must be the right text, exactly.
QUICK = {
    "comparison": """
        pub fn grade(points: u32) -> char {
            if points «>=¦>» 90 { 'a' } else if points >= 75 { 'b' } else { 'c' }
        }
        #[test] fn ninety_is_an_a() { assert_eq!(grade(90), 'a'); }
        #[test] fn others() { assert_eq!((grade(95), grade(75), grade(89), grade(10)), ('a', 'b', 'b', 'c')); }
    """,
    "swapped arguments": """
        pub fn area_left(width: u32, height: u32, used: u32) -> u32 { «minus(width * height, used)¦minus(used, width * height)» }
        fn minus(whole: u32, part: u32) -> u32 { whole - part }
        #[test] fn what_is_left() { assert_eq!(area_left(3, 4, 5), 7); assert_eq!(area_left(2, 2, 0), 4); }
        #[test] fn taken_away() { assert_eq!(minus(5, 2), 3); }
    """,
    "wrong field": """
        pub struct Box2 { pub width: f64, pub height: f64 }
        impl Box2 {
            pub fn area(&self) -> f64 { self.width * self.«height¦width» }
            pub fn girth(&self) -> f64 { 2.0 * (self.width + self.height) }
        }
        #[test] fn area_of_a_box() { assert_eq!(Box2 { width: 2.0, height: 5.0 }.area(), 10.0); }
        #[test] fn girth_of_a_box() { assert_eq!(Box2 { width: 2.0, height: 5.0 }.girth(), 14.0); }
    """,
}
THOROUGH = {
    "range end": """
        pub fn sum_to(n: u64) -> u64 { let mut s = 0; for i in 1«..=¦..»n { s += i; } s }
        #[test] fn sums() { assert_eq!(sum_to(1), 1); assert_eq!(sum_to(10), 55); }
    """,
    "arithmetic": """
        pub fn mean(xs: &[f64]) -> f64 { if xs.is_empty() { return 0.0; } xs.iter().sum::<f64>() «/¦*» xs.len() as f64 }
        #[test] fn of_two() { assert_eq!(mean(&[1.0, 3.0]), 2.0); }
        #[test] fn of_none() { assert_eq!(mean(&[]), 0.0); }
    """,
    "negation": """
        pub fn words(text: &str) -> usize { text.split(' ').filter(|w| «!¦»w.is_empty()).count() }
        #[test] fn counts() { assert_eq!(words("a b  c"), 3); assert_eq!(words(""), 0); }
    """,
    "boolean connective": """
        pub fn leap(year: u32) -> bool { year % 4 == 0 «&&¦||» (year % 100 != 0 || year % 400 == 0) }
        #[test] fn leap_years() { assert!(leap(2024)); assert!(!leap(2023)); assert!(!leap(1900)); assert!(leap(2000)); }
    """,
    "method": """
        pub fn hottest(days: &[i32]) -> Option<i32> { days.iter().copied().«max¦min»() }
        #[test] fn finds_it() { assert_eq!(hottest(&[3, 9, 4]), Some(9)); assert_eq!(hottest(&[]), None); }
    """,
    "a constant elsewhere": """
        const SECONDS_A_DAY: u64 = «86_400¦84_600»;
        pub fn days(seconds: u64) -> u64 { seconds / SECONDS_A_DAY }
        #[test] fn one() { assert_eq!(days(86_400), 1); assert_eq!(days(86_399), 0); }
    """,
    "wrong variant": """
        #[derive(Clone, Copy, PartialEq, Debug)] pub enum Way { North, East, South, West }
        impl Way {
            pub fn right(self) -> Way {
                match self { Way::North => Way::East, Way::East => Way::«South¦West», Way::South => Way::West, Way::West => Way::North }
            }
        }
        #[test] fn four_turns_lead_back() {
            let mut way = Way::North;
            for next in [Way::East, Way::South, Way::West, Way::North] { way = way.right(); assert_eq!(way, next); }
        }
    """,
    "sort order": """
        pub fn ranking(mut points: Vec<u32>) -> Vec<u32> { points.sort_by(|a, b| «b.cmp(a)¦a.cmp(b)»); points }
        #[test] fn best_first() { assert_eq!(ranking(vec![1, 3, 2]), [3, 2, 1]); }
    """,
    "overflow": """
        pub fn percent(part: u8, whole: u8) -> u32 { «part as u32 * 100 as u32¦(part * 100) as u32» / whole as u32 }
        #[test] fn half() { assert_eq!(percent(100, 200), 50); }
        #[test] fn tiny() { assert_eq!(percent(1, 2), 50); }
    """,
    "integer division": """
        pub fn share(part: u32, whole: u32) -> f64 { «part as f64 / whole as f64¦(part / whole) as f64» }
        #[test] fn a_quarter() { assert_eq!(share(1, 4), 0.25); assert_eq!(share(4, 4), 1.0); }
    """,
    "no early return": """
        pub fn has(items: &[u32], wanted: u32) -> bool {
            for &item in items { if item == wanted { «return ¦»true; } }
            false
        }
        #[test] fn found() { assert!(has(&[1, 2], 2)); assert!(!has(&[1], 2)); }
    """,
    "index": """
        pub fn last(items: &[u32]) -> u32 { items[items.len()« - 1¦»] }
        #[test] fn the_last() { assert_eq!(last(&[1, 2, 3]), 3); assert_eq!(last(&[8]), 8); }
    """,
    "unwrap": """
        pub fn number(text: &str) -> Option<u32> { let n: u32 = text.trim().parse::<u32>().ok()«?¦.unwrap()»; Some(n + 1) }
        #[test] fn read() { assert_eq!(number(" 4 "), Some(5)); assert_eq!(number("x"), None); }
    """,
    "loop never ends": """
        pub fn digits(mut n: u32) -> u32 { let mut count = 0; while n > 0 { n «/¦*»= 10; count += 1; } count }
        #[test] fn counted() { assert_eq!(digits(12345), 5); assert_eq!(digits(0), 0); }
    """,
    "initial value": """
        pub fn product(xs: &[u32]) -> u32 { let mut all = «1¦0»; for x in xs { all *= x; } all }
        #[test] fn multiplied() { assert_eq!(product(&[2, 3, 4]), 24); assert_eq!(product(&[]), 1); }
    """,
    "text": """
        pub fn greet(name: &str) -> String { format!("«Hello¦hello», {name}!") }
        #[test] fn greeted() { assert_eq!(greet("Ada"), "Hello, Ada!"); }
    """,
    "wrong variable": """
        pub fn clamp(value: i64, low: i64, high: i64) -> i64 { if value < low { low } else if value > high { «high¦low» } else { value } }
        #[test] fn inside() { assert_eq!(clamp(5, 1, 9), 5); }
        #[test] fn too_high() { assert_eq!(clamp(50, 1, 9), 9); assert_eq!(clamp(-1, 1, 9), 1); }
    """,
}


def pair(text: str) -> tuple[str, str]:
    """(right, wrong) of a marked text."""
    return _CHANGE.sub(r"\1", text), _CHANGE.sub(r"\2", text)


def crate(lay: Lay, source: str, **files: str) -> Path:
    more = {path.replace("__", "/") + ".rs": text for path, text in files.items()}
    return lay({"Cargo.toml": MANIFEST, "src/lib.rs": source, **more})


def assert_mended(lay: Lay, repair: Repair, marked: str) -> None:
    right, wrong = pair(marked)
    ran = repair(crate(lay, wrong), behaviour=True)
    assert ran.outcome == "repaired", ran.summary
    assert ran.after("src/lib.rs").decode() == right
    assert ran.data["bundle"]["anchors"]
    assert all(item["category"] == "tests" for item in ran.data["mended"])
    assert ran.replay().outcome == "repaired"


@pytest.mark.parametrize("kind", QUICK)
def test_a_slip_is_mended(lay: Lay, repair: Repair, kind: str) -> None:
    assert_mended(lay, repair, QUICK[kind])


@pytest.mark.slow
@pytest.mark.parametrize("kind", THOROUGH)
def test_every_kind_of_slip_is_mended(lay: Lay, repair: Repair, kind: str) -> None:
    assert_mended(lay, repair, THOROUGH[kind])


COMPILE_THEN_TESTS = """pub fn total(prices: &[u32], discount: u32) -> u32 {
    let sum = 0;
    for price in prices {
        sum += price;
    }
    sum + discount
}

#[test]
fn a_discount_is_taken_off() {
    assert_eq!(total(&[5, 6], 1), 10);
}
"""


def test_what_compiles_at_last_and_fails_its_tests_is_searched_on(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, COMPILE_THEN_TESTS), behaviour=True)
    assert ran.outcome == "repaired", ran.summary
    after = ran.after("src/lib.rs")
    assert b"let mut sum = 0;" in after
    assert b"sum - discount" in after
    assert len(ran.data["steps"]) == 2
    assert ran.replay().outcome == "repaired"


TWO_SLIPS = """pub fn low(a: i32, b: i32) -> i32 { if a > b { a } else { b } }
pub fn sum(a: i32, b: i32) -> i32 { a - b }

#[test] fn lower() { assert_eq!(low(1, 2), 1); assert_eq!(low(4, 3), 3); }
#[test] fn summed() { assert_eq!(sum(2, 3), 5); }
"""


@pytest.mark.slow
def test_two_slips_are_mended_one_after_the_other(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, TWO_SLIPS), behaviour=True)
    assert ran.outcome == "repaired", ran.summary
    assert len(ran.data["steps"]) == 2
    after = ran.after("src/lib.rs")
    assert b"a + b" in after
    assert b"if a < b { a }" in after


# What must not be mended: (sources, words of the reason).
SILENT = {
    "a body that was never written": (
        {"src/lib.rs": "pub fn answer(x: u32) -> u32 { todo!() }\n#[test] fn it() { assert_eq!(answer(5), 7); }\n"},
        "a test fails",
    ),
    "a test that asks for what no small change gives": (
        {"src/lib.rs": "pub fn name(x: u32) -> String { x.to_string() }\n#[test] fn it() { assert_eq!(name(5), \"five\"); }\n"},
        "a test fails",
    ),
    "a test that contradicts another": (
        {
            "src/lib.rs": "pub fn next(x: u32) -> u32 { x + 1 }\n",
            "tests/all.rs": "#[test] fn a() { assert_eq!(demo::next(1), 2); assert_eq!(demo::next(7), 8); }\n"
            "#[test] fn b() { assert_eq!(demo::next(1), 3); }\n",
        },
        "a test fails",
    ),
    "a fault of the test itself": (
        {"src/lib.rs": "pub fn one() {}\n", "tests/all.rs": "#[test] fn it() { demo::one(); assert_eq!(2 + 2, 5); }\n"},
        "nothing proposes a change",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", SILENT)
def test_it_stays_silent(lay: Lay, repair: Repair, kind: str) -> None:
    files, words = SILENT[kind]
    ran = repair(lay({"Cargo.toml": MANIFEST, **files}), behaviour=True)
    assert ran.outcome == "abstained", ran.data.get("diff")
    assert words in ran.summary
    assert "bundle" not in ran.data
    assert ran.data["failing_tests"]


def test_a_budget_that_runs_out_is_told_in_failing_tests(lay: Lay, repair: Repair) -> None:
    wrong = pair(THOROUGH["a constant elsewhere"])[1]
    ran = repair(crate(lay, wrong), behaviour=True, budget={"probes": 3})
    assert ran.finish.resource == "probes"
    assert ran.outcome == "partial"
    assert "failing test" in ran.summary
