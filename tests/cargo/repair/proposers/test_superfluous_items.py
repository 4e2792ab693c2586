"""Items of an impl that the trait does not have."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.superfluous_items import propose

RESTORED = {
    "misspelt": """
        pub trait Shape { fn area(&self) -> f64; fn perimeter(&self) -> f64; }
        pub struct Square(f64);
        impl Shape for Square {
            fn area(&self) -> f64 { self.0 * self.0 }
            fn «perimeter¦circumference»(&self) -> f64 { self.0 * 4.0 }
        }
    """,
    "misspelt item of std": """
        pub struct Count(u32);
        impl Iterator for Count {
            type «Item¦Output» = u32;
            fn next(&mut self) -> Option<u32> { self.0 += 1; Some(self.0) }
        }
    """,
    "renamed method of std": """
        #[derive(Clone)]
        pub struct Id(u32);
        impl PartialEq for Id { fn «eq¦equals»(&self, other: &Id) -> bool { self.0 == other.0 } }
    """,
    "declaration is missing": """
        pub trait Animal {
            fn name(&self) -> String;«

            fn noise(&self) -> String;¦»
        }
        pub struct Cat;
        pub struct Dog;
        impl Animal for Cat { fn name(&self) -> String { "cat".into() } fn noise(&self) -> String { "meow".into() } }
        impl Animal for Dog { fn name(&self) -> String { "dog".into() } fn noise(&self) -> String { "woof".into() } }
        pub fn hear(animal: &dyn Animal) -> String { animal.name() }
    """,
}
# name: a member of the trait that need not be there, misspelt
MISSPELT = """
    use std::hash::Hasher;
    #[derive(Default)]
    pub struct Sum(u64);
    impl Sum { pub fn new() -> Self { Sum(0) } }
    impl Hasher for Sum {
        fn finish(&self) -> u64 { self.0 }
        fn write(&mut self, bytes: &[u8]) { for b in bytes { self.0 += u64::from(*b); } }
        fn writeu64(&mut self, n: u64) { self.0 += n; }
    }
"""
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub trait A { fn a(&self); } pub struct B; impl A for B {}",
    "pub struct B; impl B { fn a(&self) -> u8 { self.b() } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_item_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_method_moves_to_the_type_itself() -> None:
    """A helper that is no member of the trait becomes one of the type, with its documentation."""
    source = (
        "pub trait Area { fn area(&self) -> f64; }\n"
        "pub struct Square { side: f64 }\n"
        "impl Area for Square {\n"
        "    fn area(&self) -> f64 { self.half() * 2.0 }\n"
        "    /// Half of it.\n"
        "    fn half(&self) -> f64 { self.side * self.side / 2.0 }\n"
        "}\n"
    )
    good = fixes(propose, source)
    assert good[0] == (
        "pub trait Area { fn area(&self) -> f64; }\n"
        "pub struct Square { side: f64 }\n"
        "impl Area for Square {\n"
        "    fn area(&self) -> f64 { self.half() * 2.0 }\n"
        "}\n\n"
        "impl Square {\n"
        "    /// Half of it.\n"
        "    fn half(&self) -> f64 { self.side * self.side / 2.0 }\n"
        "}\n"
    )


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])


def test_what_is_misspelt_does_not_move_out_of_the_impl() -> None:
    moves = [item for item in candidates(propose, MISSPELT) if item.title.startswith(("move", "drop"))]
    assert moves
    assert all(item.prior < 0.15 for item in moves)
