"""Bounds and trait objects of closures that are short of an argument or a result."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.closure_bounds import propose

RESTORED = {
    "a bound of what is kept": """pub struct Button { clicked: Box<dyn Fn(&str, u32)> }
impl Button {
    pub fn new<F>(clicked: F) -> Self
    where
        F: Fn(«&str, u32¦») + 'static,
    {
        Button { clicked: Box::new(clicked) }
    }
    pub fn click(&self) { (self.clicked)("ok", 1) }
}
""",
    "an argument of unnamed type": """pub struct Rules<T> { all: Vec<Box<dyn Fn(&T) -> bool>> }
impl<T> Rules<T> {
    pub fn with(mut self, rule: impl Fn(«&T¦») -> bool + 'static) -> Self {
        self.all.push(Box::new(rule));
        self
    }
}
""",
    "what is called": """pub fn twice<F: Fn(«u32¦») -> u32>(change: F, start: u32) -> u32 {
    change(start) + 1
}
""",
    "the result of an object": """pub struct Step { run: Box<dyn Fn(u8)« -> Result<u8, String>¦»> }
impl Step {
    pub fn new<F: Fn(u8) -> Result<u8, String> + 'static>(run: F) -> Step { Step { run: Box::new(run) } }
    pub fn go(&self, at: u8) -> Result<u8, String> { (self.run)(at) }
}
""",
    "the arguments of an object": """type Hook = Box<dyn FnMut(«&mut Vec<u8>¦»)>;
pub struct Line { hooks: Vec<Hook>, bytes: Vec<u8> }
impl Line {
    pub fn hook<F: FnMut(&mut Vec<u8>) + 'static>(&mut self, hook: F) { self.hooks.push(Box::new(hook)); }
    pub fn run(&mut self) { for hook in &mut self.hooks { hook(&mut self.bytes) } }
}
""",
}
SILENT = [
    "pub fn f(n: u8) -> u8 { n } pub fn g() -> u8 { f(1, 2) }",
    "pub fn each<F: Fn(u8)>(f: F) { f(1) } pub fn g() { each(|| ()) }",
    "pub fn f() -> Box<dyn Fn(u8) -> u8> { Box::new(3) }",
    "pub fn f(x: u8) -> String { x }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_what_no_declaration_tells_is_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
