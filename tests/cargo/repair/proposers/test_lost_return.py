"""Values that leave the function and lost their return."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.lost_return import propose

RESTORED = {
    "a failure as a statement": """pub fn check(lines: &[&str]) -> Result<usize, ()> {
    for line in lines {
        if line.is_empty() {
            «return ¦»Err(());
        }
    }
    Ok(lines.len())
}
""",
    "an arm among values": """pub fn first(text: &str) -> Option<usize> {
    let n = match text.find(' ') {
        Some(at) => at + 1,
        None => «return ¦»None,
    };
    n.checked_sub(2)
}
""",
    "the other branch": """pub fn half(n: i32) -> Result<i32, String> {
    let m = if n % 2 == 0 { n / 2 } else { «return ¦»Err(format!("{n} is odd")) };
    Ok(m * m)
}
""",
    "the branch before": """pub fn find(v: &[u32], k: u32) -> Option<usize> {
    let mut i = 0;
    while i < v.len() {
        i = if v[i] == k {
            «return ¦»Some(i)
        } else {
            i + 1
        };
    }
    None
}
""",
    "the arm before": """pub fn digit(c: Option<char>) -> Result<u32, String> {
    let n = match c {
        None => «return ¦»Err("nothing".to_string()),
        Some(c) => c as u32,
    };
    Ok(n - 48)
}
""",
}
SILENT = {
    "a branch that is a statement": """pub fn f(n: i32) -> Result<i32, ()> {
    if n < 0 {
        Err(())
    }
    Ok(n)
}
""",
    "the branch before is an option as well": """pub fn f(n: i32) -> Option<i32> {
    let m = if n > 0 { Some("a") } else { Some(1) };
    m
}
""",
    "the function gives back something else": """pub fn f(n: i32) -> i32 {
    let m = if n > 0 { n } else { None };
    m
}
""",
    "an option is wanted here": """pub fn f(n: Option<u8>) -> Option<u16> {
    let m: Option<u16> = match n { Some(_) => Some(1u16), None => Some("x") };
    m
}
""",
    "a value that is bound": """pub fn f() -> Result<u8, String> {
    let lost = Err(());
    Ok(1)
}
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
