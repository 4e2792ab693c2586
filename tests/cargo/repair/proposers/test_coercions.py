"""Values of the wrong type, mended where they stand: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_restored, assert_silent, check_proposer
from sample_programs import ACCOUNTS, GEOMETRY, LEVELS

from rusta_cargo.repair.proposers.coercions import propose

# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (ACCOUNTS, "self.name.clone()", "&self.name"),
    (ACCOUNTS, "        &self.name\n", "        self.name\n"),
    (ACCOUNTS, "best = name.len();", "best = name;"),
    (ACCOUNTS, "    Ok(value * 2)", "    value * 2"),
    (ACCOUNTS, ".parse()?", ".parse()"),
    (ACCOUNTS, "Some(*found + 1)", "*found + 1"),
    (ACCOUNTS, "bump(&mut n)", "bump(n)"),
    (GEOMETRY, "Some(Box::new(node))", "Box::new(node)"),
    (GEOMETRY, "Some(Box::new(node))", "Some(node)"),
    (GEOMETRY, "Some(Box::new(node))", "node"),
    (GEOMETRY, 'return Err("empty".into())', 'return Err("empty")'),
    (GEOMETRY, 'return Err("empty".into())', 'return "empty"'),
    (GEOMETRY, "config(Path::new(name))", "config(name)"),
    (GEOMETRY, "    Ok(())\n", "    ()\n"),
    (LEVELS, "        Ok(n)\n", "        n\n"),
    (LEVELS, "        Some(v) => v,\n", "        Some(v) => Some(v),\n"),
    (LEVELS, "None => 0", 'None => "0"'),
    (LEVELS, "None => 0,", "None => 0.0,"),
    (LEVELS, "if c == 'a'", 'if c == "a"'),
    (LEVELS, "log(classify(*b));", "log(classify(b));"),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let name = String::from("a");\n    let other = name;\n    println!("{} {}", name, other);\n}\n',
    'fn main() {\n    match Some(1) {\n        Some(n) => println!("{n}"),\n    }\n}\n',
    'fn main() {\n    let mut v = vec![1];\n    let first = &v[0];\n    v.push(2);\n    println!("{first}");\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])


WRAPPED_BY_THE_LIBRARY = {
    "an iterator that is looked ahead": """use std::iter::Peekable;
use std::str::Chars;
pub struct Lexer<'a> { letters: Peekable<Chars<'a>> }
impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self { Lexer { letters: text.chars()«.peekable()¦» } }
}
""",
    "an array from a slice": """pub fn word(bytes: &[u8]) -> u32 {
    let four: [u8; 4] = bytes[..4]«.try_into().unwrap()¦»;
    u32::from_le_bytes(four)
}
""",
    "one of the bytes of an array": 'pub fn f() -> [u8; 3] { [b"0"[0], «b\'.\'¦"."», b"1"[0]] }',
    "an array from what may fail": """fn take(bytes: &[u8], count: usize) -> Option<&[u8]> { bytes.get(..count) }
pub fn word(bytes: &[u8]) -> Option<u16> { Some(u16::from_be_bytes(take(bytes, 2)?«.try_into().unwrap()¦»)) }
""",
}


@pytest.mark.parametrize("name", WRAPPED_BY_THE_LIBRARY)
def test_wrapped_by_the_library(name: str) -> None:
    assert_restored(propose, WRAPPED_BY_THE_LIBRARY[name])
