"""One sign for another."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.sign_slips import propose

RESTORED = {
    "a method of a value": """pub fn f(list: &[u8]) -> Vec<u8> { list.iter()«.¦::»map(|n| n + 1).collect() }
""",
    "an arm": """pub fn f(n: Option<u8>) -> u8 {
    match n {
        Some(n) if n > 2 «=>¦->» n,
        _ => 0,
    }
}
""",
    "what a function gives back": """pub fn f(n: u8) «->¦=>» u8 { n }
""",
}
SILENT = {
    "a path": """pub fn f() -> u8 { u8::from_str::<>(1)) }
""",
    "a pointer to a field": """pub struct P { x: u8 }
pub fn f(p: &P) -> u8 { p->x }
""",
    "a closure with a type": """pub fn f() -> u8 { let g = |n: u8| -> u8 n + 1; g(1) }
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
