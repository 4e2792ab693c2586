"""Numbers of another type where the file casts such numbers with `as`."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.casts_elsewhere import propose

RESTORED = {
    "the same cast": """pub fn a(n: i32) -> f64 { n as f64 }
pub fn b(n: i32) -> f64 { n« as f64¦» }
""",
    "such casts": """pub fn a(n: u64) -> u32 { n as u32 }
pub fn b(n: u64) -> u16 { n as u16 }
pub fn c(n: u16) -> u64 { n« as u64¦» }
""",
    "as the other side": """#[derive(Clone, Copy)]
pub enum Level { Low, High }
pub fn f(a: u8, b: Level) -> bool { (a as usize) < b« as usize¦» }
""",
    "the parts of a quotient": """pub struct Size { w: u32, h: u32 }
impl Size { pub fn ratio(&self) -> f32 { self.w« as f32¦» / self.h« as f32¦» } }
""",
    "a quotient by a number": """pub fn f(n: u32) -> f64 { let half: f64 = (n + 1)« as f64¦» / 2«.0¦»; half }
""",
}
SILENT = {
    "cast already": """pub fn a(n: u64) -> u32 { n as u32 }
pub fn b(n: *const u8) -> u32 { n as usize }
""",
    "no cast": """pub fn b(n: i32) -> f64 { n }
""",
    "conversions": """pub fn a(n: u32) -> u64 { n.into() }
pub fn c(n: u64) -> usize { n as usize }
pub fn b(n: u16) -> u64 { n }
""",
    "no number": """pub fn a(n: u8) -> char { n as char }
pub fn b(n: u8) -> String { n }
""",
    "an enum with fields": """pub enum Level { Low, High(u8) }
pub fn f(a: u8, b: Level) -> bool { (a as usize) < b }
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
