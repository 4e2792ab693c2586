"""Imports put where people put them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.imports import propose

RESTORED = {
    "the other name of a list": """use std::cmp::{«max, ¦»min};

pub fn clamp(n: u8, low: u8, high: u8) -> u8 { max(low, min(n, high)) }
""",
    "at the end of a list without order": """use std::collections::{HashMap, BTreeMap«, HashSet¦»};

pub type Both = (HashMap<u8, u8>, BTreeMap<u8, u8>, HashSet<u8>);
""",
    "a line in the order of its group": """use std::collections::HashMap;
«use std::fmt::Display;
¦»use std::rc::Rc;

pub fn show<T: Display>(all: &HashMap<u8, Rc<T>>) -> String { all[&0].to_string() }
""",
    "two names of one path": """use std::collections::HashMap;
«use std::sync::{Arc, Mutex};
¦»
pub type Shared = Arc<Mutex<HashMap<u8, u8>>>;
""",
    "the first import of a file": """«use std::fmt::Debug;

¦»pub fn show<T: Debug>(of: T) -> String { format!("{of:?}") }
""",
    "one that the crate hands on with others": """mod parser {
    pub struct ParseError;
    pub struct Tree;
    pub fn parse(text: &str) -> Result<Tree, ParseError> { if text.is_empty() { Err(ParseError) } else { Ok(Tree) } }
}
pub use parser::{parse, «ParseError, ¦»Tree};

pub enum Error { Parse(ParseError) }
impl From<ParseError> for Error { fn from(e: ParseError) -> Self { Error::Parse(e) } }
""",
    "what is not in core, beside those of core": """use core::fmt;
«use std::rc::Rc;
¦»
pub struct Shared(pub Rc<u8>);
impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
}
""",
    "from core, as all others": """use core::fmt;
«use core::mem;
¦»
pub struct Unit;
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", mem::size_of::<Unit>()) }
}
""",
}
SILENT = [
    "pub fn f() -> u8 { missing }",
    "pub fn f() -> Missing { Missing }",
    'pub fn f() -> u8 { "" }',
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
