"""Words of other languages where an item or a type is read."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.foreign_items import propose

RESTORED = {
    "a local": """pub fn f() -> usize {
    «let¦const» words = vec!["a", "b"];
    words.len()
}
""",
    "a function type": """pub struct Hook<S> { pub run: Option<«fn¦def»(S) -> S> }
""",
}
SILENT = {
    "an item": """const limit = 3;
pub fn f() -> i32 { limit }
""",
    "in capitals": """pub fn f() -> i32 { const LIMIT = 3; LIMIT }
""",
    "a type that is missing": """pub struct Hook { pub run: def }
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
