"""Values assigned to the pointer that holds them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.assigned_through import propose

RESTORED = {
    "a box": """pub fn f(mut counter: Box<u32>) -> Box<u32> {
    «*¦»counter = 4;
    counter
}
""",
    "a mutable reference": """pub fn reset(name: &mut String) { «*¦»name = String::new(); }
""",
}
SILENT = {
    "another type": """pub fn f(mut counter: Box<u32>) -> Box<u32> { counter = "four"; counter }
""",
    "a plain value": """pub fn f() -> u8 { let mut n = 1u8; n = "a"; n }
""",
    "a shared reference": """pub fn f(mut n: &u8) -> u8 { n = 4u8; *n }
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
