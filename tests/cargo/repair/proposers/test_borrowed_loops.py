"""Loops over what should only be lent to them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.borrowed_loops import propose

RESTORED = {
    "compared and kept": """pub fn largest(list: Vec<i32>) -> i32 {
    let mut most = &list[0];
    for n in «&¦»list {
        if n > most {
            most = n;
        }
    }
    *most
}
""",
    "given away": """fn size(name: &String) -> usize { name.len() }
pub fn f(names: Vec<String>) -> usize {
    let mut sum = 0;
    for name in «&¦»names {
        sum += size(name);
    }
    sum + names.len()
}
""",
}
SILENT = {
    "no loop": """fn size(name: &String) -> usize { name.len() }
pub fn f(name: String) -> usize { size(name) }
""",
    "a range": """fn size(n: &usize) -> usize { *n }
pub fn f() -> usize { let mut sum = 0; for n in 0..9 { sum += size(n); } sum }
""",
    "another type": """fn size(name: &str) -> usize { name.len() }
pub fn f(list: Vec<u8>) -> usize { let mut sum = 0; for n in list { sum += size(n); } sum }
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
