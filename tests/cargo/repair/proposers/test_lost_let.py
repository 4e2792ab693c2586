"""Locals that lost their ``let``."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_let import propose

RESTORED = {
    "never changed": "pub fn f(n: u32) -> u32 {\n    «let ¦»m = n + 1;\n    m * m\n}\n",
    "pushed to": "pub fn f() -> Vec<u8> {\n    «let mut ¦»all = Vec::new();\n    all.push(1);\n    all\n}\n",
    "lent mutably": "fn g(_: &mut u8) {}\npub fn f() {\n    «let mut ¦»n = 1;\n    g(&mut n);\n}\n",
    "assigned again": """pub fn f(n: u32) -> u32 {
    «let mut ¦»sum = 0;
    for i in 0..n {
        sum += i;
    }
    sum
}
""",
    "with a type, changed": """fn fill(_: *mut i32) {}
pub fn f() -> [i32; 2] {
    «let mut ¦»both: [i32; 2] = [0; 2];
    fill(both.as_mut_ptr());
    both
}
""",
    "with a type, kept": """pub fn f(n: u32) -> u64 {
    «let ¦»wide: u64 = n.into();
    wide * 2
}
""",
}
SILENT = [
    "pub fn f() -> u8 { missing }",
    "pub fn f() { missing += 1; }",
    "pub fn f() { if true { g(missing = 1) } }\nfn g(_: ()) {}",
    "pub struct S { n: u8 }\npub fn f(s: S) { s.n = 1; }",
    "pub struct S { n: u8 }\npub fn f() -> S { let s = S {\n    n: u8 = 1\n}; s }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_names_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
