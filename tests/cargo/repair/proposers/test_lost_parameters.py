"""Parameters that a body uses and its signature lost."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, pair

from rusta_cargo.repair.proposers.lost_parameters import propose

RESTORED = {
    "generic that nothing uses": """
        pub struct Build { flags: Vec<String> }
        impl Build {
            pub fn flag<S: AsRef<str>>(&mut self«, flag: S¦») -> &mut Build {
                self.flags.push(flag.as_ref().to_string());
                self
            }
        }
    """,
    "as in the functions beside it": """
        pub fn sin(x: f64) -> f64 { x - x * x * x / 6.0 }
        pub fn cos(x: f64) -> f64 { 1.0 - x * x / 2.0 }
        pub fn tan(«x: f64¦») -> f64 { sin(x) / cos(x) }
    """,
    "behind the others": """
        pub struct Text { lines: Vec<String> }
        impl Text {
            pub fn line(&self, index: usize) -> Option<&String> { self.lines.get(index) }
            pub fn part(&self, width: usize«, index: usize¦») -> Option<&str> { self.line(index)?.get(..width) }
        }
    """,
    "closure": """
        pub fn twice<F>(«f: F¦») -> u32 where F: Fn(u32) -> u32 { f(1) + f(2) }
    """,
}
SILENT = [
    "pub fn f() -> u8 { unknown_name }",
    '#[test]\nfn t() { x(); }\npub fn other() -> u8 { "" }',
    "pub trait A { fn a(&self, b: u8); } pub fn g(b: u8) -> u8 { b } impl A for u8 { fn a(&self) { g(b); } }",
    'fn main() { println!("{}", x); } fn other(x: u8) -> u8 { x }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_parameter_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_a_slip_is_likelier_where_a_name_is_alike() -> None:
    source = "pub fn f<T: Fn(u32)>(value: u32) -> u32 {{\n    {}\n}}\n"
    alike, other = (candidates(propose, source.format(name)) for name in ("vlaue", "callback"))
    assert all(one.prior < 0.25 for one in alike)
    assert max(one.prior for one in other) > 0.5


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
