"""Associated types that are not what is asked for."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.yields import propose

RESTORED = {
    "references where values are wanted": """
        fn total<I: Iterator<Item = u32>>(items: I) -> u32 { items.sum() }
        pub fn run(values: &[u32]) -> u32 { total(values.iter()«.copied()¦») }
    """,
    "another associated type": """
        pub trait Source { type Out; fn read(&self) -> u8; }
        pub struct File;
        impl Source for File { type Out = «u32¦u16»; fn read(&self) -> u8 { 0 } }
        fn use_it(source: impl Source<Out = u32>) -> u8 { source.read() }
        pub fn run() -> u8 { use_it(File) }
    """,
    "owned text": """
        fn join<I: Iterator<Item = String>>(items: I) -> usize { items.map(|item| item.len()).sum() }
        pub fn run(text: &str) -> usize { join(text.split(' ')«.map(|s| s.to_string())¦») }
    """,
    "the item type of an impl": """
        pub struct Word<'a>(&'a str);
        impl<'a, 'b> IntoIterator for &'a Word<'b> {
            type Item = «char¦u8»;
            type IntoIter = std::str::Chars<'b>;
            fn into_iter(self) -> Self::IntoIter { self.0.chars() }
        }
    """,
    "slices of lists": """pub struct Store { rows: Vec<Vec<u8>> }
impl Store {
    pub fn rows(&self) -> Box<dyn Iterator<Item = &[u8]> + '_> { Box::new(self.rows.iter()«.map(Vec::as_slice)¦») }
}
""",
    "what a signature promises": """pub fn names(all: &[String]) -> impl Iterator<Item = «&str¦str»> { all.iter().map(String::as_str) }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f() -> u8 { nothing(3) }",
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
