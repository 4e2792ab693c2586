"""Methods of locals called with ::."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.dotted_locals import propose

RESTORED = {
    "a parameter": """pub fn first(list: Vec<u8>) -> Option<u8> { list«.¦::»first().copied() }
""",
    "a local": """pub fn f() -> usize {
    let mut words = Vec::new();
    words«.¦::»push("a");
    words.len()
}
""",
}
SILENT = {
    "no local": """pub fn f() -> u8 { lists::first() }
""",
    "a module": """mod list { pub fn a() {} }
pub fn f() { list::inner::b(); }
""",
    "a dot already": """pub fn f(list: Vec<u8>) -> u8 { list.frist() }
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
