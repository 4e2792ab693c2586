"""Tuples of which one part has the wrong type."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.tuple_parts import propose

RESTORED = {
    "a failure in an arm": """use std::num::ParseIntError;
fn scaled(n: &str) -> Result<u64, ParseIntError> { n.parse() }
pub fn f(unit: &str, n: u64) -> Result<u64, ParseIntError> {
    let (a, b) = match unit {
        "s" => (n, 0),
        "ms" => (n / 1000, scaled(unit)«?¦»),
        _ => (0, n),
    };
    Ok(a + b)
}
""",
    "an option in a branch": """pub fn last(list: &mut Vec<u8>, n: u8) -> Option<u8> {
    let (a, b) = if n > 2 { (n, n) } else { (n, list.pop()«?¦») };
    Some(a + b)
}
""",
}
SILENT = {
    "two parts": """pub fn f() -> (u8, String) { ("a", 1u8) }
""",
    "no tuple": """pub fn f() -> u8 { "a" }
""",
    "as many as wanted": """pub fn f() -> (u8, u8) { (1u8, 2u8, 3u8) }
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
