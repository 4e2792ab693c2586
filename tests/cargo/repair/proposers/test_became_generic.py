"""Types that became generic."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.became_generic import propose

STACK = """pub struct Stack<T> { items: Vec<T> }
impl<T> Stack<T> {
    pub fn new() -> Self { Stack { items: Vec::new() } }
    pub fn push(&mut self, item: T) { self.items.push(item) }
    pub fn pop(&mut self) -> Option<T> { self.items.pop() }
}
"""
RESTORED = {
    "in a field and a signature": STACK
    + """pub struct Machine { stack: Stack«<i64>¦», depth: usize }
impl Machine {
    pub fn run(&mut self, values: &[i64]) -> Option<i64> {
        for v in values { self.stack.push(*v); self.depth += 1; }
        drain(&mut self.stack)
    }
}
fn drain(stack: &mut Stack«<i64>¦») -> Option<i64> { stack.pop() }
""",
    "of a type of the tree": STACK
    + """pub struct Job;
pub fn next(queue: &mut Stack«<Job>¦») -> Option<Job> { queue.pop() }
""",
    "of text": STACK
    + "pub fn put(names: &mut Stack«<String>¦», name: &str) -> bool { names.push(name.to_string()); true }"
    "\npub fn get(names: &mut Stack«<String>¦») -> Option<String> { names.pop() }\n",
}
SILENT = [
    STACK + "pub fn f<U>(stack: &mut Stack) -> Option<U> { stack.pop() }",
    STACK + "pub fn f(stack: &mut Stack) { stack.pop(); }",
    "pub struct Pair<A, B>(pub A, pub B);\npub fn f(p: Pair) -> u8 { p.0 }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_types_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
