"""Numbers where a duration is asked for."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, pair

from rusta_cargo.repair.proposer import GUESS
from rusta_cargo.repair.proposers.durations import propose

WAIT = "use std::time::Duration;\n\npub fn wait(time: Duration) -> u128 {\n    time.as_millis()\n}\n\n"
CASES = [
    WAIT + "pub fn f(delay_ms: u64) -> u128 {\n    wait(«Duration::from_millis(delay_ms)¦delay_ms»)\n}\n",
    WAIT + "pub fn f(secs: u32) -> u128 {\n    wait(«Duration::from_secs(secs.into())¦secs»)\n}\n",
    WAIT + "pub fn f(part: f64) -> u128 {\n    wait(«Duration::from_secs_f64(part)¦part»)\n}\n",
    WAIT
    + "pub fn f(a: usize) -> u128 {\n    wait(Duration::from_secs(1)) + wait(«Duration::from_secs((a + 2) as u64)¦a + 2»)\n}\n",
    "pub fn f(timeout_ms: u64) {\n    std::thread::sleep(«std::time::Duration::from_millis(timeout_ms)¦timeout_ms»);\n}\n",
]
SILENT = [
    "pub struct Length(u32);\npub fn take(_: Length) {}\npub fn f() {\n    take(3);\n}\n",
    WAIT + 'pub fn f() -> u128 {\n    wait("250")\n}\n',
    WAIT + "pub fn f() -> u64 {\n    wait(Duration::ZERO)\n}\n",
]


@pytest.mark.parametrize("marked", CASES)
def test_the_unit_is_the_one_that_is_named(marked: str) -> None:
    assert_restored(propose, marked)


def test_a_unit_that_nothing_names_is_a_guess() -> None:
    found = candidates(propose, WAIT + "pub fn f() -> u128 {\n    wait(250)\n}\n")
    assert [item.risk for item in found] == [(GUESS,), (GUESS,)]
    assert {item.replacements[0].text for item in found} == {"Duration::from_millis(250)", "Duration::from_secs(250)"}


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_what_it_offers_is_sound() -> None:
    check_proposer(propose, [pair(marked)[0] for marked in CASES] + SILENT)
