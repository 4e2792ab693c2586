"""Calls with too few or too many arguments."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.arguments import propose

RESTORED = {
    "the parameter that the body misses by the name that is passed": """
        fn put(all: &mut Vec<u8>«, most: usize¦») { if all.len() < most { all.push(1) } }
        pub fn fill(all: &mut Vec<u8>) { let most = 3usize; put(all, most); put(all, most) }
    """,
    "local of the parameter's name": """
        fn volume(width: u32, height: u32, depth: u32) -> u32 { width * height * depth }
        pub fn cube(height: u32) -> u32 { volume(2, «height, ¦»3) }
    """,
    "local of the type": """
        pub struct Log { lines: Vec<String> }
        impl Log {
            fn add(&mut self, text: String, level: u8) { if level > 0 { self.lines.push(text) } }
            pub fn warn(&mut self, message: String) { self.add(«message, ¦»2) }
        }
    """,
    "the local that nothing reads": """
        pub fn span(low: u8, high: u8) -> usize { let start = usize::from(low); usize::from(«high¦») - start }
    """,
    "the only field of the type, which is copied": """
        use std::ptr::NonNull;
        fn address(of: NonNull<u8>) -> usize { of.as_ptr() as usize }
        pub struct Handle { at: NonNull<u8>, size: usize }
        impl Handle { pub fn end(&self) -> usize { address(«self.at¦») + self.size } }
    """,
    "own field": """
        fn shift(value: i64, offset: i64) -> i64 { value + offset }
        pub struct Clock { offset: i64 }
        impl Clock { pub fn read(&self, now: i64) -> i64 { shift(now«, self.offset¦») } }
    """,
    "borrowed": """
        fn count(words: &[String], limit: usize) -> usize { words.len().min(limit) }
        pub fn all(words: Vec<String>) -> usize { count(«&words, ¦»7) }
    """,
    "lines are kept": """
        fn draw(x: i32, y: i32, color: u32) -> i32 { x + y + color as i32 }
        pub fn dot(x: i32, y: i32, color: u32) -> i32 {
            draw(
                x, // left
                y,«
                color,¦»
            )
        }
    """,
    "associated function": """
        pub struct Point { x: i32, y: i32 }
        impl Point { fn new(x: i32, y: i32) -> Point { Point { x, y } } }
        pub fn make(x: i32, y: i32) -> Point { Point::new(x«, y¦») }
    """,
    "tuple variant": """
        pub enum Shape { Rect(f64, f64), Dot }
        pub fn rect(width: f64) -> Shape { let height = 2.0; Shape::Rect(width«, height¦») }
    """,
    "what other calls pass": """
        fn log(level: u8, text: &str) -> usize { level as usize + text.len() }
        pub fn a() -> usize { log(3, "a") + log(3, "b") + log(3, "c") }
        pub fn b() -> usize { log(«3, ¦»"d") }
    """,
    "superfluous argument": """
        fn twice(value: u32) -> u32 { value * 2 }
        pub fn four(n: u32) -> u32 { twice(n«¦, n») }
    """,
    "parameter that the signature lost": """
        fn scaled(value: f64«, factor: f64¦») -> f64 { value * factor }
        pub fn half(value: f64) -> f64 { scaled(value, 0.5) }
    """,
    "self in a path call": """
        pub struct Counter { hits: u64 }
        impl Counter {
            fn bump(&mut self, by: u64) { self.hits += by; }
            pub fn twice(&mut self) { Counter::bump(«self, ¦»2) }
        }
    """,
    "self for a closure that takes it": """pub struct Reader<'a> { text: &'a str, depth: u8 }
impl<'a> Reader<'a> {
    pub fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> T {
        self.depth += 1;
        let result = read(«self¦»);
        self.depth -= 1;
        result
    }
    pub fn all(&mut self) -> &'a str { self.nested(|reader| reader.text) }
}
""",
    "an ordering that the file names": """use std::sync::atomic::{AtomicU32, Ordering};
pub struct Counter(AtomicU32);
impl Counter {
    pub fn add(&self) -> u32 { self.0.fetch_add(1«, Ordering::Relaxed¦») }
    pub fn get(&self) -> u32 { self.0.load(Ordering::Relaxed) }
}
""",
    "the twin of the one that is there": """use std::cmp::Ordering;
pub fn f(lhs: &str, rhs: &str) -> Ordering { Ord::cmp(«&lhs.len(), ¦»&rhs.len()) }
""",
    "one is given twice": """fn flat(i: usize, j: usize, width: usize) -> usize { i + j * width }
pub fn f(a: usize, b: usize, width: usize) -> usize { flat(a, b«¦, b», width) }
""",
}
SILENT = [
    'pub fn f(a: u32) -> u32 { a } pub fn g() -> u32 { f("x") }',
    "pub fn g() -> u32 { missing(1) }",
    "pub struct S; pub fn g() -> S { S { a: 1 } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_argument_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_closure_takes_what_its_other_calls_pass() -> None:
    good = fixes(propose, "pub fn f() -> i32 { let add = |a: i32, b: i32| a + b; add(1, 2) + add(1) }")
    assert any("add(1, 2) + add(1, 2)" in text for text in good)


def test_std_function_gets_a_value() -> None:
    """Nothing of the callee is in the tree; the compiler's label has its type."""
    good = fixes(propose, "pub fn f() -> Vec<u8> { let capacity: usize = 4; Vec::with_capacity() }")
    assert "Vec::with_capacity(capacity)" in good[0]


def test_alternatives_when_types_repeat() -> None:
    """Which of two arguments of one type is missing cannot be known: both places are tried."""
    found = [c.title for c in candidates(propose, "fn f(a: u8, b: u8) -> u8 { a - b } pub fn g() -> u8 { f(4) }")]
    assert found.count("pass `0`") == 2


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
