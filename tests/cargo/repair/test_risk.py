"""Risk in words."""

from __future__ import annotations

import pytest

from rusta_cargo.repair.guards import Change
from rusta_cargo.repair.proposer import STUB
from rusta_cargo.repair.risk import RiskReport, assess
from rusta_schemas.bundle import Risk

SOURCE = b"""pub struct Shown { pub a: u32, b: u32 }
struct Hidden { a: u32 }
pub const LIMIT: u32 = 3;
pub fn add(a: u32) -> u32 { let x = a; x }
fn inner(names: &[String]) -> usize {
    let mut total = 0;
    for name in names {
        total += name.len();
    }
    let last = names.last();
    total + last.map_or(0, |l| l.len())
}
macro_rules! twice { ($e:expr) => { $e * 2 }; }
"""


TAIL = "    let last = names.last();\n    total + last.map_or(0, |l| l.len())\n"


def of(old: str, new: str) -> RiskReport:
    assert SOURCE.count(old.encode()) == 1
    return assess([Change("src/lib.rs", SOURCE, SOURCE.replace(old.encode(), new.encode()))])


@pytest.mark.parametrize(
    ("old", "new", "level", "words"),
    [
        ("let x = a", "let x = a + 1", Risk.LOW, None),
        ("LIMIT: u32 = 3", "LIMIT: u32 = 4", Risk.MEDIUM, "the type `LIMIT`"),
        ("pub fn add(a: u32)", "pub fn add(a: u64)", Risk.MEDIUM, "what users of `add` see"),
        ("pub fn add", "fn add", Risk.MEDIUM, "what users of `add` see"),
        ("struct Hidden { a: u32 }", "struct Hidden { a: u64 }", Risk.MEDIUM, "the type `Hidden`"),
        ("fn inner(names: &[String])", "fn inner(names: &Vec<String>)", Risk.MEDIUM, "signature of `inner`"),
        ("let x = a;", "let x = unsafe { a };", Risk.HIGH, "unsafe"),
        ("total += name.len()", "total += name.clone().len()", Risk.MEDIUM, "clone in a loop"),
        ("names.last();", "names.last().clone();", Risk.LOW, None),
        ("let x = a;", "let x = a as u32;", Risk.MEDIUM, "cast"),
        ("names.last();", "Some(names.last().unwrap());", Risk.MEDIUM, "panic"),
        ("$e * 2", "$e * 3", Risk.MEDIUM, "macro"),
        (TAIL, "    total\n", Risk.HIGH, "deletes"),
    ],
)  # fmt: skip
def test_risk_is_told_in_words(old: str, new: str, level: Risk, words: str | None) -> None:
    found = of(old, new)
    assert found.level == level, found
    if words is None:
        assert found.reasons == ()
    else:
        assert any(words in reason for reason in found.reasons), found


def test_a_private_field_is_not_what_users_see() -> None:
    found = of("pub a: u32, b: u32", "pub a: u32, b: u64")
    assert not any("users" in reason for reason in found.reasons)
    assert any("type `Shown`" in reason for reason in found.reasons)


def test_notes_of_proposers_are_kept() -> None:
    assert assess([], ["guesses a unit"]) == RiskReport(Risk.MEDIUM, ("guesses a unit",))
    assert assess([], [STUB]).level is Risk.HIGH


def test_a_manifest_is_a_risk() -> None:
    assert assess([Change("Cargo.toml", b"", b"x")]).reasons == ("changes Cargo.toml",)
