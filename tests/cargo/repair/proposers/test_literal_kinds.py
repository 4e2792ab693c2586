"""Numbers with a fraction where a whole number is asked for."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.literal_kinds import propose

RESTORED = {
    "a declared local": """pub fn f() -> i32 {
    let n: i32;
    n = 0«¦.0»;
    n
}
""",
    "an argument": """fn twice(n: usize) -> usize { n * 2 }
pub fn f() -> usize { twice(12«¦.0») }
""",
    "an operand": """pub fn f() -> i32 { let n: i32 = -7«¦.0» / 3; n }
""",
    "a trait that no such number has": """pub struct Number { pub value: i32 }
impl From<i32> for Number { fn from(value: i32) -> Self { Number { value } } }
pub fn f() -> Number { Number::from(30«¦.0») }
""",
    "one of two arguments": """pub fn f(n: u8) -> u8 { std::cmp::max(1«¦.0», n) }
""",
}
SILENT = {
    "a real fraction": """pub fn f() -> i32 { let n: i32 = 0.5; n }
""",
    "a whole number": """pub fn f() -> f64 { let n: f64 = 5; n }
""",
    "a text": """pub fn f() -> i32 { let n: i32 = "1.0"; n }
""",
    "a real number is declared": """pub fn f() -> f64 { 1.0 / 3 }
""",
    "a real number is declared of the formula": """pub fn f(n: f64) -> f64 { n * (2.0 * 3) }
""",
    "the other one is no literal": """pub fn f(n: i32) -> f64 { let half = 1.0 / n; half * 2.0 }
""",
    "both have fractions": """pub fn f() -> f64 { 2.5 / 1 }
""",
    "a float is not the trouble": """pub fn f(n: u8) -> f64 { 2.0 * f64::from(n) + "a" }
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
