"""Suggestions of the compiler that another answer goes before, and the words in which they are made."""

from __future__ import annotations

import pytest
from conformance import applied, candidates

from rusta_cargo.repair.proposers.suggestions import suggestions
from rusta_cargo.repair.proposers.visibility import propose as opened

CLONED = """pub struct Log { pub lines: Vec<String> }
impl Log { pub fn f(&self) -> usize { let mut n = 0; for line in self.lines { n += line.len(); } n } }
"""
MOVED = """pub fn f(list: &Vec<String>) -> Vec<String> { let held = *list; held }
"""
CELL = """use std::cell::RefCell;
pub struct All { pub list: RefCell<Vec<u8>> }
pub fn f() -> All { All { list: vec![] } }
"""
LEFT = """pub fn f(lines: &[String]) -> usize {
    let mut sum = 0;
    for line in lines {
        let Some(at) = line.find(':') {
            println!("{line}");
            continue;
        };
        sum += at;
    }
    sum
}
"""
IMPORTED = """mod money { pub struct Cents(pub i64); }
use money::Cent;
pub fn f(a: Cents, b: Cents) -> i64 { a.0 + b.0 }
"""


def prior(source: str, start: str) -> float:
    found: list[float] = [item.prior for item in candidates(suggestions, source) if item.title.startswith(start)]
    assert found, [item.title for item in candidates(suggestions, source)]
    return found[0]


def test_a_list_that_is_gone_through_is_rather_lent_than_cloned() -> None:
    assert prior(CLONED, "consider cloning the value") < prior(CLONED, "consider iterating over a slice")


def test_a_clone_is_as_likely_as_ever_where_the_value_is_kept() -> None:
    assert prior(MOVED, "consider cloning the value") > 0.8


def test_into_does_not_stand_for_a_cell() -> None:
    assert prior(CELL, "call `Into::into`") < 0.2


def test_a_pattern_that_must_match_is_not_made_a_question() -> None:
    assert prior(LEFT, "you might have meant to use `if let`") < prior(LEFT, "alternatively")


def test_a_name_is_not_imported_twice() -> None:
    assert prior(IMPORTED, "consider importing") < 0.7


def test_a_lifetime_alone_has_no_comma() -> None:
    source = "pub struct Words<'a> { pub all: std::str::Chars<>, pub of: &'a str }\n"
    texts = ["".join(applied(item, source).values()) for item in candidates(suggestions, source)]
    assert any("Chars<'a>," in text for text in texts)
    assert not any("'a, >" in text for text in texts)


@pytest.mark.parametrize(
    ("getter", "least", "most"), [("pub fn size(&self) -> u8 { self.size }", 0.0, 0.5), ("", 0.8, 1.0)]
)
def test_a_getter_is_called_before_its_field_is_opened(getter: str, least: float, most: float) -> None:
    source = f"mod m {{ pub struct S {{ size: u8 }} impl S {{ {getter} }} }}\npub fn f(s: m::S) -> u8 {{ s.size }}\n"
    assert least <= candidates(opened, source)[0].prior <= most
