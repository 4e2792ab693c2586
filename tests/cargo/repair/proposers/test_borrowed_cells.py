"""Fields looked for on a cell or a lock."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.borrowed_cells import propose

RESTORED = {
    "where it is bound": """use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
pub struct Scope { names: HashMap<String, u32>, depth: usize }
pub struct Env(Rc<RefCell<Scope>>);
impl Env {
    pub fn get(&self, name: &str) -> Option<u32> {
        let scope = self.0«.borrow()¦»;
        if scope.depth > 9 { None } else { scope.names.get(name).copied() }
    }
}
""",
    "a lock": """use std::sync::{Arc, Mutex};
pub struct State { count: u32 }
pub fn count(state: &Arc<Mutex<State>>) -> u32 { state«.lock().unwrap()¦».count }
""",
    "what is changed": """use std::cell::RefCell;
use std::rc::Rc;
pub struct Node { children: Vec<Rc<RefCell<Node>>>, value: i32 }
pub fn adopt(node: &Rc<RefCell<Node>>, child: Rc<RefCell<Node>>) { node«.borrow_mut()¦».children.push(child); }
""",
    "a lock for many readers": """use std::sync::RwLock;
pub struct Config { limit: usize }
pub struct Service { config: RwLock<Config> }
impl Service {
    pub fn set(&self, limit: usize) { self.config«.write().unwrap()¦».limit = limit; }
}
""",
}
SILENT = [
    "pub struct A { x: u8 }\npub fn f(a: &A) -> u8 { a.y }",
    "pub fn f(a: Option<(u8, u8)>) -> u8 { a.first }",
    "use std::rc::Rc;\npub struct A { x: u8 }\npub fn f(a: Rc<A>) -> u8 { a.y }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
