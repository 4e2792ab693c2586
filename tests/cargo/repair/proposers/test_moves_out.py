"""Moves out of what only lends."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.moves_out import propose

RESTORED = {
    "an option behind a reference": """
        pub struct Person { name: Option<String> }
        pub fn letters(person: &Person) -> usize { match «&¦»person.name { Some(name) => name.len(), None => 0 } }
    """,
    "a node taken from a list": """
        pub struct Node { value: i32, next: Option<Box<Node>> }
        pub struct List { head: Option<Box<Node>> }
        impl List {
            pub fn pop(&mut self) -> Option<i32> {
                self.head«.take()¦».map(|node| { self.head = node.next; node.value })
            }
        }
    """,
    "a method that consumes": """
        pub struct Config { name: String }
        impl Config { pub fn into_name(«¦&»self) -> String { self.name } }
    """,
    "fields looked into": """
        pub struct Tree { left: Option<Box<Tree>>, value: i32 }
        impl Tree { pub fn least(&self) -> i32 { self.left«.as_ref()¦».map_or(self.value, |tree| tree.least()) } }
    """,
    "a chain on several lines": """
        pub struct Page { title: Option<String> }
        impl Page {
            pub fn length(&self) -> usize {
                self.title
        «            .as_ref()
        ¦»            .map(|title| title.len())
                    .unwrap_or(0)
            }
        }
    """,
    "a small enum": """
        #[derive(Debug, Clone«, Copy¦»)]
        pub enum Kind { A, B }
        pub struct Item { kind: Kind }
        pub fn kinds(items: &[Item]) -> Vec<Kind> { items.iter().map(|item| item.kind).collect() }
    """,
    "a buffer that is filled again": """
        pub struct Writer { buffer: Vec<u8> }
        impl Writer { pub fn flush(&mut self) -> Vec<u8> {
            let out = «std::mem::take(&mut ¦»self.buffer«)¦»; self.buffer = Vec::with_capacity(8); out } }
    """,
    "a thread that is joined": """
        pub struct Worker { thread: Option<std::thread::JoinHandle<()>> }
        impl Drop for Worker { fn drop(&mut self) { if let Some(thread) = self.thread«.take()¦» {
            thread.join().unwrap(); } } }
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
