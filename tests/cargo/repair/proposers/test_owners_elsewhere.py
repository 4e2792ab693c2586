"""Calls that lost the type in front of them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.owners_elsewhere import propose

RESTORED = {
    "written beside it": """pub fn clean(text: &str) -> String { text.chars().filter(|&c| !char::is_whitespace(c)).collect() }
pub fn dense(text: &str) -> bool { !text.chars().any(|c| «char::¦»is_whitespace(c)) }
""",
    "declared": """use std::collections::HashMap;
pub fn f() -> HashMap<u8, u8> {
    let mut seen: HashMap<u8, u8> = «HashMap::¦»new();
    seen.insert(1, 2);
    seen
}
""",
    "usual": """pub struct Person { pub name: String }
pub fn f() -> Person { Person { name: «String::¦»from("Ada") } }
""",
}
SILENT = {
    "nothing tells": """pub fn f() -> u8 { reckon(2) }
""",
    "a method": """pub fn f(n: u8) -> u8 { n.reckon(2) }
""",
    "a value": """pub fn f() -> u8 { new }
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
