"""Values taken out of an ``Option`` or ``Result`` where they are bound."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.taken_out import propose

RESTORED = {
    "two methods": """pub fn f(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("a")«?¦»;
    if rest.is_char_boundary(0) { Some(rest.len()) } else { None }
}
""",
    "a field": """pub struct Point { x: u8, y: u8 }
fn find(n: u8) -> Option<Point> { if n > 0 { Some(Point { x: n, y: n }) } else { None } }
pub fn g(n: u8) -> Option<u8> {
    let point = find(n)«?¦»;
    Some(point.x + point.y)
}
""",
    "no way to hand the failure on": """pub fn h(text: &str) -> usize {
    let end = text.find('x')«.unwrap()¦»;
    text[..end].len() + end.pow(2)
}
""",
    "as an argument": """fn take(n: u8) -> u8 { n }
pub fn k(text: &str) -> Result<u8, std::num::ParseIntError> {
    let n = text.parse()«?¦»;
    Ok(take(n))
}
""",
    "an operand": """pub fn p(s: &str) -> Result<i32, std::num::ParseIntError> {
    let n = s.trim().parse::<i32>()«?¦»;
    Ok(n + 1)
}
""",
    "one of a tuple": """fn eval(n: i64) -> Result<f64, String> { if n < 9 { Ok(n as f64) } else { Err("big".into()) } }
pub fn both(n: i64, add: bool) -> Result<f64, String> {
    let (a, b) = (eval(n)?, eval(n + 1)«?¦»);
    match add {
        true => Ok(a + b),
        false if b == 0.0 => Err("zero".into()),
        false => Ok(a / b),
    }
}
""",
    "what is added to a sum": """pub fn total(text: &str) -> Result<i64, std::num::ParseIntError> {
    let mut sum = 0;
    for line in text.lines() { sum += line.parse::<i64>()«?¦»; }
    Ok(sum)
}
""",
    "an operand that is called": """fn find(n: u8) -> Option<u8> { n.checked_add(1) }
pub fn q(n: u8) -> Option<u8> { Some(find(n)«?¦» + 1) }
""",
    "compared before it is taken out": """pub struct Words<'a> { all: std::str::SplitWhitespace<'a> }
impl<'a> Words<'a> {
    fn word(&mut self) -> Result<&'a str, String> { self.all.next().ok_or_else(|| "end".to_string()) }
    pub fn expect(&mut self, wanted: &'a str) -> Result<(), String> {
        let found = self.word()«?¦»;
        if found == wanted { Ok(()) } else { Err(wanted.to_string()) }
    }
}
""",
    "lent to what wants the value": """use std::collections::HashMap;
fn table(text: &str) -> Result<HashMap<&str, usize>, String> { Ok(text.lines().enumerate().map(|(n, l)| (l, n)).collect()) }
fn find(table: &HashMap<&str, usize>, name: &str) -> Option<usize> { table.get(name).copied() }
pub fn two(text: &str) -> Result<(Option<usize>, Option<usize>), String> {
    let table = table(text)«?¦»;
    Ok((find(&table, "a"), find(&table, "b")))
}
""",
}
SILENT = [
    "pub fn f(x: u8) -> u8 { x.missing() }",
    "pub fn f(x: Option<u8>) -> u8 { x.missing() }",
    "pub fn f() -> u8 { let x = Some(1u8).map(|n| n); match x { 1 => 1, _ => 0 } }",
    'pub fn f() -> u8 { "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_values_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
