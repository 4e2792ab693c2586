"""Missing arguments where a binding is used nowhere else."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.unused_arguments import propose

RESTORED = {
    "a local": """fn show(n: i32) -> String { n.to_string() }
pub fn f() -> String {
    let x = 5;
    show(«x¦»)
}
""",
    "an option": """pub fn f() -> Option<u8> {
    let none: Option<u8> = None;
    let pear = Some(1);
    let apple = Some(2);
    none.or(«pear¦»).or(apple)
}
""",
    "lent": """fn size(names: &Vec<String>, n: usize) -> usize { names.len() + n }
pub fn f(names: Vec<String>, n: usize) -> usize { size(«&names, ¦»n) }
""",
}
SILENT = {
    "all are used": """fn show(n: i32) -> String { n.to_string() }
pub fn f(x: i32) -> String { let y = x + 1; let s = y.to_string(); show() + &s }
""",
    "another type": """fn show(n: i32) -> String { n.to_string() }
pub fn f(x: bool) -> String { show() }
""",
    "an argument too many": """fn show(n: i32) -> String { n.to_string() }
pub fn f(x: i32) -> String { show(1, 2) }
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
