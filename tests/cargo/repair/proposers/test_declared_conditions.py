"""Parameters declared as numbers that are only ever conditions."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.declared_conditions import propose

RESTORED = {
    "an if": """pub fn f(loud: «bool¦u8», name: &str) -> String {
    if loud { name.to_uppercase() } else { name.to_string() }
}
""",
    "of two": """pub fn f(a: bool, b: «bool¦u32») -> u8 { if a && b { 1 } else { 2 } }
""",
}
SILENT = {
    "reckoned with": """pub fn f(n: u8) -> u8 { if n { n + 1 } else { 2 } }
""",
    "no parameter": """pub fn f() -> u8 { let n = 1u8; if n { 1 } else { 2 } }
""",
    "no condition": """pub fn f(n: u8) -> bool { n }
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
