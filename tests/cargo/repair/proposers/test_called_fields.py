"""Fields where the method of the same name was meant."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.called_fields import propose

RESTORED = {
    "a condition": """pub struct Shape { width: u32 }
impl Shape { fn width(&self) -> bool { self.width > 0 } }
pub fn f(shape: &Shape) -> u8 { if shape.width«()¦» { 1 } else { 0 } }
""",
    "a value": """pub struct Name { text: String }
impl Name { fn text(&self) -> usize { self.text.len() } }
pub fn f(name: &Name) -> usize { name.text«()¦» }
""",
}
SILENT = {
    "no method": """pub struct Shape { width: u32 }
pub fn f(shape: &Shape) -> bool { shape.width }
""",
    "another type": """pub struct Shape { width: u32 }
impl Shape { pub fn width(&self) -> u64 { self.width.into() } }
pub fn f(shape: &Shape) -> bool { shape.width }
""",
    "a method with arguments": """pub struct Shape { width: u32 }
impl Shape { pub fn width(&self, n: u32) -> bool { self.width > n } }
pub fn f(shape: &Shape) -> bool { shape.width }
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
