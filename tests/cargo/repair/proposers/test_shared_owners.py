"""One value that several threads own."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.shared_owners import propose

RESTORED = {
    "in a loop": """use std::sync::«{Arc, Mutex}¦Mutex»;
use std::thread;
pub fn f() -> u32 {
    let total = «Arc::new(Mutex::new(0u32))¦Mutex::new(0u32)»;
    let mut all = Vec::new();
    for i in 0..4 {
«        let total = Arc::clone(&total);
¦»        all.push(thread::spawn(move || {
            *total.lock().unwrap() += i;
        }));
    }
    for one in all {
        one.join().unwrap();
    }
    let result = *total.lock().unwrap();
    result
}
""",
    "two threads": """«use std::sync::Arc;
¦»use std::thread;
pub fn f() {
    let data = «Arc::new(std::sync::Mutex::new(vec![1]))¦std::sync::Mutex::new(vec![1])»;
«    let data_clone = Arc::clone(&data);
¦»    let a = thread::spawn(move || «data_clone¦data».lock().unwrap().push(4));
«    let data_clone2 = Arc::clone(&data);
¦»    let b = thread::spawn(move || «data_clone2¦data».lock().unwrap().push(5));
    a.join().unwrap();
    b.join().unwrap();
}
""",
    "a written type": """use std::sync::{«Arc, ¦»RwLock};
pub fn f() {
    let names: «Arc<RwLock<Vec<u8>>>¦RwLock<Vec<u8>>» = «Arc::new(RwLock::new(Vec::new()))¦RwLock::new(Vec::new())»;
    for n in 0..3u8 {
«        let names = Arc::clone(&names);
¦»        std::thread::spawn(move || names.write().unwrap().push(n));
    }
}
""",
}
SILENT = [
    "fn eat(_: String) {}\npub fn f(s: String) { eat(s); eat(s); }",
    "pub fn f() -> usize { let s = String::new(); let t = s; s.len() + t.len() }",
    "use std::sync::Arc;\npub fn f() { let s = Arc::new(1);\n    for _ in 0..2 { std::thread::spawn(move || *s + 1); } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
