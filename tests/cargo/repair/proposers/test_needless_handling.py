"""Failures handled where nothing can fail."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.needless_handling import propose

LOAD = """pub struct Config {
    pub name: String,
}

pub fn load(text: &str) -> Config {
    Config { name: text.trim().to_string() }
}

"""
CASES = [
    LOAD + "pub fn size(text: &str) -> usize {\n    load(text)«¦.unwrap()».name.len()\n}\n",
    LOAD + 'pub fn read(text: &str) -> Config {\n    load(text)«¦.expect("no config")»\n}\n',
    LOAD + "pub fn size(text: &str) -> usize {\n    load(text).name.len()«¦.unwrap_or(0)»\n}\n",
    LOAD + 'pub fn show(text: &str) -> String {\n    format!("{}", load(text)«¦.unwrap()».name)\n}\n',
    "pub fn last(all: &[u32]) -> u32 {\n    let end = all.iter().sum::<u32>()«¦\n        .unwrap()»;\n    end + 1\n}\n",
]
SILENT = [
    "pub struct S;\npub fn f(s: S) {\n    s.unwrapped();\n}\n",
    "pub fn f(n: Option<u32>) -> u32 {\n    n.unwrap_all()\n}\n",
    "pub struct E;\npub struct S;\npub fn f(r: Result<S, E>) -> S {\n    r.unwrap()\n}\n",  # E has no Debug
    "pub fn f(n: u32) -> u32 {\n    n.unwrap\n}\n",
]


@pytest.mark.parametrize("marked", CASES)
def test_the_call_is_left_away(marked: str) -> None:
    assert_restored(propose, marked)


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_what_it_offers_is_sound() -> None:
    check_proposer(propose, [pair(marked)[0] for marked in CASES] + SILENT)
