"""Functions that declare another number than everything in them is."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.declared_results import propose

RESTORED = {
    "handed on": """pub struct Stack { items: Vec<u8> }
impl Stack { pub fn capacity(&self) -> «usize¦u32» { self.items.capacity() } }
""",
    "reckoned with": """pub fn area(width: u64, height: u64) -> «u64¦u16» { width * height + 1 }
""",
}
SILENT = {
    "another function": """pub fn size(text: &str) -> u32 { text.len() }
""",
    "one operand": """pub fn next(n: u64) -> u32 { n + 1 }
""",
    "not at the end": """pub fn sum(a: u64, b: u64) -> u32 { let c: u32 = a + b; c }
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
