"""Macro rules that do not take what every call gives them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.macro_matchers import propose

RESTORED = {
    "a lost comma": """macro_rules! wrap {
    ($name:ident«,¦» $inner:ty) => { pub struct $name(pub $inner); };
}
wrap!(Metres, f64);
wrap!(Count, u32);
""",
    "a lost arrow": """macro_rules! pair {
    ($key:ident« =>¦» $value:expr) => { (stringify!($key), $value) };
}
pub fn f() -> [(&'static str, u8); 2] { [pair!(a => 2), pair!(b => 4)] }
""",
    "a captured expression": """macro_rules! small { (0) => { true }; ($n:ident) => { false }; }
macro_rules! ask { ($n:«tt¦expr») => { small!($n) }; }
pub fn f() -> bool { ask!(0) }
""",
}
SILENT = {
    "an argument too many": """macro_rules! one { ($n:expr) => { $n }; }
pub fn f() -> u8 { one!(1, 2) }
""",
    "another sign than the rule has": """macro_rules! pair { ($key:expr => $value:expr) => { ($key, $value) }; }
pub fn f() -> (u8, u8) { pair!(1, 2) }
""",
    "no macro of the tree": """pub fn f() -> Vec<u8> { vec![1; 2; 3] }
""",
}


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_what_the_author_wrote(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("name", SILENT)
def test_it_has_nothing_to_say(name: str) -> None:
    assert_silent(propose, SILENT[name])


def test_it_keeps_to_what_every_proposer_keeps() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT.values()])
