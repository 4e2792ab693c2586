"""`and_then` where `map` was meant, and the other way round."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.combinators import propose

RESTORED = {
    "a plain value": """pub fn double(n: Option<i32>) -> Option<i32> { n.«map¦and_then»(|n| n * 2) }
""",
    "a nested one": """pub fn parsed(text: Option<&str>) -> Option<u8> { text.«and_then¦map»(|t| t.parse().ok()) }
""",
    "a value for a closure": """pub fn or(n: Option<u8>) -> u8 { n.«unwrap_or¦unwrap_or_else»(7) }
""",
}
SILENT = {
    "a closure of another method": """pub fn f(n: &[i32]) -> Vec<Option<i32>> { n.iter().map(|n| *n).collect() }
""",
    "no closure at all": """pub fn f(n: i32) -> Option<i32> { n }
""",
    "a value that is not the closure's": """pub fn f(n: Option<i32>) -> Option<i32> { n.and_then(|n| { let m: Option<i32> = n; m }) }
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
