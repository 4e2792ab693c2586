"""Which of a proposer's candidates comes first, where several of them compile or where one edit answers many errors."""

from __future__ import annotations

import importlib

import pytest
from conformance import assert_restored, candidates, pair

CASES = {
    "a cast inside brackets that are there": (
        "coercions",
        "pub fn f(byte: u8) -> u64 { let n: u64 = («byte as u64¦byte»); n ^ (byte as u64) }",
    ),
    "a cast inside the brackets of an operand": (
        "operators",
        "pub fn share(part: usize, all: &[u8]) -> f64 { part as f64 / («all.len() as f64¦all.len()») }",
    ),
    "the value, not its four patterns": (
        "pattern_types",
        """pub fn kind(byte: u8) -> u8 {
    match byte«  as char¦» {
        'a' => 1,
        'b' | 'c' => 2,
        _ => 0,
    }
}
""".replace("«  as", "« as"),
    ),
    "the pointer is followed before it is lent": (
        "coercions",
        "pub unsafe fn f<'a, T>(at: *mut T) -> &'a mut T { unsafe { &mut «*¦»(at as *mut T) } }",
    ),
    "a raw pointer in the words of the signature": (
        "coercions",
        """pub trait Array { type Item; fn start(&mut self) -> *mut Self; }
pub fn f<A: Array>(a: &mut A) -> *mut A::Item { a.start()« as *mut A::Item¦» }
""",
    ),
    "the failure is handed on where the value is bound": (
        "casts",
        """pub fn hex(c: char) -> Option<u8> {
    let high = c.to_digit(16)«?¦»;
    Some(high as u8 * 16)
}
""",
    ),
    "the failure is handed on inside a closure": (
        "operators",
        """fn digit(c: u8) -> Result<u8, String> { if c > 9 { Err(String::new()) } else { Ok(c) } }
pub fn both(all: &[u8]) -> Result<Vec<u8>, String> {
    all.iter().map(|c| Ok(digit(*c)? << 4 | digit(c + 1)«?¦»)).collect()
}
""",
    ),
    "a declaration that several values contradict": (
        "definitions",
        """pub fn sums(all: &[usize]) -> Vec<usize> {
    let mut found: Vec<«usize¦u32»> = Vec::new();
    found.push(all[0]);
    found.push(all[1]);
    found
}
""",
    ),
    "a mutable reference inside of an option": (
        "definitions",
        """pub struct Map { all: Vec<u8> }
impl Map { pub fn get_mut(&mut self, at: usize) -> Option<&«mut ¦»u8> { self.all.get_mut(at) } }
""",
    ),
    "a slice is lent to what iterates": (
        "iteration",
        "pub fn f(all: Vec<u8>) -> Vec<u8> { let mut out = vec![]; out.extend(«&¦»all[1..]); out }",
    ),
    "a derive in the order of another list": (
        "traits",
        """#[derive(Copy, Clone, Eq, PartialEq)]
pub struct Place(u8);
#[derive(Copy, «Clone, ¦»PartialEq, Eq, Debug)]
pub struct Id(u8);
""",
    ),
    "a wrapper around an unsafe block": (
        "coercions",
        "pub fn f(b: &[u8]) -> Option<&str> { «Some(¦»unsafe { std::str::from_utf8_unchecked(b) }«)¦» }",
    ),
    "what a raw pointer is made of": (
        "coercions",
        "pub unsafe fn f(b: &Box<String>) -> String { unsafe { std::ptr::read(«&¦»**b) } }",
    ),
    "a field by way of a cast": (
        "missing_fields",
        """pub struct Bad { pub c: char, pub at: usize }
pub fn bad(c: u8, at: usize) -> Bad { Bad { «c: c as char, ¦»at } }
""",
    ),
    "a derive in the usual order": (
        "operators",
        """#[derive(Debug, Clone, «PartialEq, ¦»Default)]
pub struct Name(String);
pub fn f(n: &Name) -> bool { *n == Name::default() }
""",
    ),
    "the operand that two errors speak of": (
        "operators",
        "pub fn f(n: u64, c: char) -> Option<u64> { n.checked_add(c as «u64¦usize» - '0' as u64) }",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_restores(name: str) -> None:
    module, marked = CASES[name]
    assert_restored(importlib.import_module(f"rusta_cargo.repair.proposers.{module}").propose, marked)


def test_a_conversion_that_panics_says_so() -> None:
    from rusta_cargo.repair.proposers.suggestions import PANICS, suggestions

    found = candidates(suggestions, "pub fn f(n: u64) -> u32 { n }")
    assert [item.risk for item in found] == [(PANICS,)]
    assert found[0].prior < 0.5


def test_several_sure_conversions_are_not_made_together_as_sure() -> None:
    from rusta_cargo.repair.proposers.suggestions import suggestions

    found = candidates(suggestions, "pub fn f(n: u32, m: u32) -> (u64, u64) { (n, m) }")
    assert found
    assert all(item.prior <= 0.5 for item in found)


def test_a_call_that_does_something_is_not_taken_away_lightly() -> None:
    from rusta_cargo.repair.proposers.suggestions import suggestions

    done = candidates(suggestions, "pub fn f(n: &str, s: &mut String) { s.push_str(n.to_uppercase()); }")
    form = candidates(suggestions, "pub fn f(n: &str, s: &mut String) { s.push_str(n.to_string()); }")
    removing = "try removing the method call"
    assert [item.prior for item in done if item.title.startswith(removing)] == [0.2]
    assert [item.prior for item in form if item.title.startswith(removing)] == [0.9]


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("pub fn f(all: &mut Vec<u8>) -> u8 {\n    g(all)\n}\nfn g(all: &mut Vec<u8>)« -> u8¦» { all.len() as u8 }\n", "return type"),
        ("use std::collections::HashSet;\npub fn f(all: &mut HashSet<u8>) {\n    all.insert(1)«;¦»\n}\n", "semicolon"),
    ],
)  # fmt: skip
def test_a_semicolon_or_a_return_type(marked: str, first: str) -> None:
    from rusta_cargo.repair.proposers.suggestions import suggestions

    found = candidates(suggestions, pair(marked)[0])
    assert first in found[0].title
