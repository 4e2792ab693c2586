"""Parameters with a reference too many or too few."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.sibling_parameters import propose

RESTORED = {
    "a value": """pub fn encode<T: AsRef<[u8]>>(data: T) -> usize { data.as_ref().len() }
pub fn decode<T: AsRef<[u8]>>(data: «T¦&T») -> usize { data.as_ref().len() / 2 }
pub fn both<T: AsRef<[u8]>>(data: T) -> usize { decode(data) }
""",
    "a reference": """pub trait Red { fn hue(&self) -> u8; }
pub struct Rose;
impl Red for Rose { fn hue(&self) -> u8 { 1 } }
pub fn bright<T: Red>(flower: &T) -> u8 { flower.hue() + 2 }
pub fn pale<T: Red>(flower: «&T¦T») -> u8 { flower.hue() }
pub fn f(rose: Rose) -> u8 { pale(&rose) + bright(&rose) }
""",
}
SILENT = {
    "no sibling": """pub fn size<T: AsRef<str>>(text: &T) -> usize { text.as_ref().len() }
pub fn f(text: String) -> usize { size(text) }
""",
    "a type of its own": """pub fn a(n: u8) -> u8 { n }
pub fn b(n: &u8) -> u8 { *n }
pub fn f() -> u8 { b(1) + a(1) }
""",
    "siblings at odds": """pub fn a<T: AsRef<str>>(t: T) -> usize { t.as_ref().len() }
pub fn b<T: AsRef<str>>(t: &T) -> usize { t.as_ref().len() }
pub fn c<T: AsRef<str>>(t: &T) -> usize { t.as_ref().len() }
pub fn f(t: String) -> usize { c(t) + a("") + b(&"") }
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
