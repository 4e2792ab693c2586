"""Fields of a tuple struct that lost the self. in front of them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_self import propose

RESTORED = {
    "a method of it": """pub struct Names(Vec<String>);
impl Names { pub fn count(&self) -> usize { «self.¦»0.len() } }
""",
    "a value": """pub struct Names(Vec<String>);
fn size(names: &Vec<String>) -> usize { names.len() }
impl Names { pub fn count(&self) -> usize { size(&«self.¦»0) } }
""",
}
SILENT = {
    "no method": """pub struct Names(Vec<String>);
pub fn count() -> usize { 0.len() }
""",
    "a struct of names": """pub struct Names { all: Vec<String> }
impl Names { pub fn count(&self) -> usize { 0.len() + self.all.len() } }
""",
    "a number is wanted": """pub struct Count(u8);
impl Count { pub fn f(&self) -> u8 { let n: u8 = "a"; n } }
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
