"""Patches of a text that does not parse: what may be mended in it, and what may not be lost."""

from __future__ import annotations

import pytest

from rusta_cargo.repair.guards import Change, refusals

WHOLE = """mod parts;

#[cfg_attr(feature = "wide", inline)]
pub fn wide(values: &[u32]) -> u32 {
    assert!(!values.is_empty(), "no values");
    values.iter().sum()
}

pub fn first(values: &[u32]) -> u32 {
    if let Some(one) = values.first() {
        return *one;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums() {
        assert_eq!(wide(&[1, 2]), 3);
    }

    #[test]
    fn finds() {
        assert_eq!(first(&[1, 2]), 1);
    }
}
"""


def why(before: str, after: str) -> list[str]:
    """The refusals of turning one text into the other."""
    return refusals([Change("src/lib.rs", before.encode(), after.encode())])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("-> u32 {\n    if let", "-> u32\n    if let"),
        ("return *one;\n    }\n", "return *one;\n"),
        ("#[cfg_attr(feature", "#cfg_attr(feature"),
        ("#[cfg(test)]", "#[cfg(test]"),
        ("mod tests {", "mod tests"),
        ("fn sums() {", "fn sums( {"),
        ("assert_eq!(wide(&[1, 2]), 3);", "assert_eq!(wide(&[1, 2], 3);"),
        ("values.iter().sum()\n}", "values.iter().sum()\n"),
    ],
)
def test_a_bracket_may_come_back(right: str, wrong: str) -> None:
    assert WHOLE.count(right) == 1
    assert why(WHOLE.replace(right, wrong), WHOLE) == []


BROKEN = WHOLE.replace("return *one;\n    }\n", "return *one;\n")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("assert_eq!(first(&[1, 2]), 1);", "assert_eq!(first(&[1, 2]), 2);", "an assertion of"),
        ("assert_eq!(first(&[1, 2]), 1);", "first(&[1, 2]);", "an assertion of"),
        ("    #[test]\n    fn finds", "    fn finds", "a #[test] of"),
        ("    #[test]\n    fn finds", "    #[test]\n    #[ignore]\n    fn finds", "#[ignore]"),
        ("pub fn first", "#[cfg(any())]\npub fn first", "#[cfg]"),
        ("mod parts;\n", "", "a module of"),
    ],
)
def test_what_is_judged_by_stays(old: str, new: str, told: str) -> None:
    assert BROKEN.count(old) == 1
    found = why(BROKEN, WHOLE.replace(old, new))
    assert len(found) == 1
    assert told in found[0]
