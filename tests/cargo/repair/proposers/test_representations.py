"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.representations import propose

RESTORED = {
    "disc2": """
#[derive(Debug)]
enum Op {
    A = 0x10,
    B = «0x11¦0x10»,
    C = 0x20,
}
fn main() { println!("{:?} {:?} {:?}", Op::A, Op::B, Op::C); }
""",
    "repr missing": """
«#[repr(u8)]
¦»enum E {
    A(u8) = 1,
    B { x: u8 } = 2,
}
fn main() { let _a = E::A(1); let _b = E::B { x: 1 }; }
""",
    "packed": """
#[repr(packed)]
struct P { a: u8, b: u32 }
fn main() {
    let p = P { a: 1, b: 2 };
    println!("{} {}", p.a, «{ p.b }¦p.b»);
}
""",
    "packed ref": """
#[repr(C, packed)]
struct P { a: u8, b: u32 }
fn show(x: &u32) { println!("{}", x); }
fn main() {
    let p = P { a: 1, b: 2 };
    show(&«{ p.b }¦p.b»);
    println!("{}", p.a);
}
""",
    "repr conflict": """
#[repr(«¦packed, »align(8))]
struct P { a: u8, b: u32 }
fn main() { let p = P { a: 1, b: 2 }; println!("{} {}", p.a, p.b); }
""",
    "repr transparent": """
«¦#[repr(transparent)]
»struct P { a: u8, b: u32 }
fn main() { let p = P { a: 1, b: 2 }; println!("{} {}", p.a, p.b); }
""",
    "n disc neg": """
#[derive(Debug)]
enum L { Low = -1, Mid = 0, High = «1¦0» }
fn main() { println!("{:?} {:?} {:?}", L::Low, L::Mid, L::High); }
""",
    "n packed method": """
#[repr(C, packed)]
#[derive(Clone, Copy)]
struct H { tag: u8, len: u32 }
fn main() { let h = H { tag: 1, len: 2 }; println!("{} {}", h.tag, «{ h.len }¦h.len».to_string()); }
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
