"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.macro_rules import propose

RESTORED = {
    "macro frag": """
macro_rules! dbl { ($x:«expr¦exp») => { $x * 2 }; }
fn main() { println!("{:?}", dbl!(1)); }
""",
    "macro nofrag": """
macro_rules! dbl { ($x«:expr¦») => { $x * 2 }; }
fn main() { println!("{:?}", dbl!(1)); }
""",
    "macro unknown var": """
macro_rules! dbl { ($x:expr) => { $«x¦y» * 2 }; }
fn main() { println!("{:?}", dbl!(1)); }
""",
    "macro no dollar": """
macro_rules! dbl { ($x:expr) => { «$¦»x * 2 }; }
fn main() { println!("{:?}", dbl!(1)); }
""",
    "macro depth": """
macro_rules! lst { ($($x:expr),*) => { vec![«$($x),*¦$x»] }; }
fn main() { println!("{:?}", lst!(1, 2)); }
""",
    "macro follow": """
macro_rules! mm { ($a:expr«,¦» $b:expr) => { $a + $b }; }
fn main() { println!("{:?}", mm!(1, 2)); }
""",
    "macro ident": """
macro_rules! mk { ($n:«ident¦expr») => { fn $n() -> u8 { 1 } }; }
mk!(foo);
fn main() { println!("{:?}", foo()); }
""",
    "n macro ty": """
macro_rules! make { ($n:ident, $t:«ty¦expr») => { struct $n { v: $t } }; }
make!(Foo, u32);
fn main() { println!("{}", Foo { v: 1 }.v); }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f(x: String) -> (String, String) { let y = x; (x, y) }",
    "pub fn f(a: &str, b: &str) -> &str { if a.len() > b.len() { a } else { b } }",
    "pub fn f(x: Option<u8>) -> u8 { match x { Some(n) => n } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_it_keeps_what_every_proposer_must() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
