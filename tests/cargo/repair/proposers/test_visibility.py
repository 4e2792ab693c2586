"""Private things that are used from outside."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.visibility import propose

RESTORED = {
    "function among public ones": """
        pub mod tax { pub fn rate() -> u32 { 7 } «pub ¦»fn base() -> u32 { 100 } }
        pub fn due() -> u32 { tax::base() * tax::rate() }
    """,
    "method": """
        pub mod bank {
            pub struct Account(i64);
            impl Account { pub fn new() -> Self { Account(0) } «pub ¦»fn add(&mut self, n: i64) { self.0 += n; } }
        }
        pub fn open() -> bank::Account { let mut a = bank::Account::new(); a.add(3); a }
    """,
    "field among public ones": """
        pub mod shop { pub struct Item { pub name: String, «pub ¦»price: u32 } }
        pub fn dear(item: &shop::Item) -> bool { item.price > 10 && !item.name.is_empty() }
    """,
    "tuple field": """
        pub mod unit { pub struct Pair(pub u8, «pub ¦»u8); }
        pub fn second(pair: &unit::Pair) -> u8 { pair.1 }
    """,
    "struct": """
        pub mod model { pub struct Tree; «pub ¦»struct Leaf; }
        pub fn leaf() { let _ = (model::Tree, model::Leaf); }
    """,
    "module": """
        pub mod outer { pub mod first { pub fn f() {} } «pub ¦»mod second { pub fn g() {} } }
        pub fn run() { outer::first::f(); outer::second::g(); }
    """,
    "constant": """
        pub mod limits { pub const LOW: u8 = 1; «pub ¦»const HIGH: u8 = 9; }
        pub fn inside(x: u8) -> bool { x > limits::LOW && x < limits::HIGH }
    """,
    "re-export": """
        mod inner { «pub ¦»fn helper() -> u8 { 1 } }
        pub use inner::helper;
    """,
    "import that others use": """
        mod inner { pub struct Fault; pub struct Tree; }
        pub mod api { pub use crate::inner::Tree; «pub ¦»use crate::inner::Fault; pub fn f() -> Fault { Fault } }
        pub fn fault() -> api::Fault { let _ = api::Tree; api::f() }
    """,
    "in the crate": """
        mod a { pub(crate) fn one() -> u8 { 1 } «pub(crate) ¦»fn two() -> u8 { 2 } }
        pub fn sum() -> u8 { a::one() + a::two() }
    """,
}
SILENT = ["pub fn f() -> u8 { missing }", 'pub fn f() -> u8 { "" }', "pub struct A { x: u8 } pub fn f(a: A) { a.y; }"]


@pytest.mark.parametrize("name", RESTORED)
def test_the_declaration_is_opened(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_all_at_once() -> None:
    good = fixes(propose, "mod m { fn a() {} fn b() {} struct C; } pub fn f() { m::a(); m::b(); let _ = m::C; }")
    assert len(good) == 1
    assert good[0].count("pub(crate) ") == 3


def test_a_private_constructor_opens_its_fields() -> None:
    good = fixes(propose, "pub mod m { pub struct P(pub u8, u8); } pub fn f() -> m::P { m::P(1, 2) }")
    assert good[0].startswith("pub mod m { pub struct P(pub u8, pub u8)")


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
