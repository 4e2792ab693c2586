"""Elements consumed in a loop that only borrows them."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.draining import propose

RESTORED = {
    "a field": """pub struct W { t: std::thread::JoinHandle<()> }
pub struct Pool { ws: Vec<W> }
impl Drop for Pool {
    fn drop(&mut self) {
        for w in «self.ws.drain(..)¦&mut self.ws» {
            w.t.join().unwrap();
        }
    }
}
""",
    "by a method": """pub struct Q { names: Vec<String> }
fn eat(_: String) {}
impl Q { pub fn flush(&mut self) { for n in «self.names.drain(..)¦self.names.iter_mut()» { eat(«n¦*n»); } } }
""",
    "a local of its own": """fn eat(_: String) {}
pub fn f(names: Vec<String>) { for n in «names¦&names» { eat(«n¦*n»); } }
""",
}
SILENT = [
    "pub fn f(s: &String) -> String { *s }",
    "pub struct S { n: String }\nimpl S { pub fn take(&self) -> String { self.n } }",
    "pub fn f(v: &Vec<String>) -> String { v[0] }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
