"""Names that a pattern lost and the code still uses."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_bindings import propose

RESTORED = {
    "a pair in a loop": """pub fn f(list: &[u8]) -> usize {
    let mut sum = 0;
    for (at«, n¦») in list.iter().enumerate() {
        sum += at + *n as usize;
    }
    sum
}
""",
    "a part of a variant": """pub enum Op { Add(u8, u8), Nothing }
pub fn f(op: Op) -> u8 { match op { Op::Add(a«, b¦») => a + b, Op::Nothing => 0 } }
""",
    "a tuple": """pub fn f(parts: (u8, u8, u8)) -> u8 {
    let (a, b«, c¦») = parts;
    a + b + c
}
""",
}
SILENT = {
    "no pattern": """pub fn f(a: u8) -> u8 { a + b }
""",
    "a pattern that is right": """pub fn f(parts: (u8, u8)) -> u8 { let (a, b) = parts; a + b + c }
""",
    "nothing is missed": """pub fn f(parts: (u8, u8, u8)) -> u8 { let (a, b) = parts; a + b }
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
