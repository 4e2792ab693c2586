"""What is changed without leave."""

from __future__ import annotations

import pytest
from conformance import applied, assert_restored, assert_silent, candidates, check_proposer, pair

from rusta_cargo.repair.proposers.mutability import propose

RESTORED = {
    "a parameter and its calls": """
        fn fill(values: &«mut ¦»Vec<u32>, count: u32) { for n in 0..count { values.push(n); } }
        pub fn three() -> Vec<u32> { let «mut ¦»values = Vec::new(); fill(&«mut ¦»values, 3); values }
    """,
    "a receiver in the trait and its impls": """
        pub trait Shape { fn grow(&«mut ¦»self, by: u32); }
        pub struct Square(u32);
        impl Shape for Square { fn grow(&«mut ¦»self, by: u32) { self.0 += by; } }
        pub struct Line(u32);
        impl Shape for Line { fn grow(&«mut ¦»self, by: u32) { self.0 += by; } }
    """,
    "what a map lends": """
        use std::collections::HashMap;
        pub fn add(map: &mut HashMap<String, Vec<u32>>) { if let Some(list) = map.«get_mut¦get»("a") {
            list.push(1); } }
    """,
    "a pattern in a loop": """
        pub fn scale(points: &mut [(f32, f32)], k: f32) { for (x, y) in points.«iter_mut¦iter»() {
            *x *= k; *y *= k; } }
    """,
    "a cell": """
        use std::cell::RefCell;
        pub fn add(cell: &RefCell<Vec<u32>>) { cell.«borrow_mut¦borrow»().push(2); }
    """,
    "a closure that is called often": """
        fn twice<F: «FnMut¦Fn»()>(«mut ¦»f: F) { f(); f(); }
        pub fn count() -> u32 { let mut n = 0; twice(|| n += 1); n }
    """,
    "a match on a parameter": """
        pub enum Cell { Full(u32), Empty }
        pub fn bump(cell: &«mut ¦»Cell) { match cell { Cell::Full(n) => *n += 1, Cell::Empty => {} } }
    """,
    "a receiver that asks for too much": """use std::sync::atomic::{AtomicU32, Ordering};
pub struct Count { all: AtomicU32 }
impl Count { pub fn up(&«¦mut »self) { self.all.fetch_add(1, Ordering::Relaxed); } }
pub fn twice(count: &Count) { count.up(); count.up(); }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f() -> u8 { nothing(3) }",
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])


def test_a_static_that_is_assigned_to_is_made_mutable() -> None:
    broken = "static COUNT: u32 = 0;\npub fn f() { COUNT += 1; }\n"
    offered = [applied(candidate, broken)["lib.rs"] for candidate in candidates(propose, broken)]
    assert broken.replace("COUNT:", "mut COUNT:") in offered
