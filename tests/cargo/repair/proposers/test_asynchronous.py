"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.asynchronous import propose

RESTORED = {
    "await sync": """
«async ¦»fn g() -> u8 { h().await }
async fn h() -> u8 { 1 }
fn main() { let _ = g(); }
""",
    "await closure": """
async fn h() -> u8 { 1 }
async fn run() -> u8 {
    let f = || «async ¦»{ h().await };
    f().await
}
fn main() { let _ = run(); }
""",
    "await missing": """
async fn h() -> u8 { 1 }
async fn run() -> u8 {
    h()«.await¦» + 1
}
fn main() { let _ = run(); }
""",
    "async recursion": """
use std::future::Future; use std::pin::Pin;
async fn fact(n: u64) -> u64 {
    if n == 0 { 1 } else { n * «Box::pin(¦»fact(n - 1)«)¦».await }
}
fn main() { let _: Pin<Box<dyn Future<Output = u64>>> = Box::pin(fact(3)); }
""",
    "n async method": """
struct C;
impl C {
    async fn get(&self) -> u8 { 1 }
    pub «async ¦»fn twice(&self) -> u8 { self.get().await * 2 }
}
fn main() { let _f = C.twice(); }
""",
    "n async missing await": """
async fn n() -> u32 { 2 }
async fn run() { let x: u32 = n()«.await¦»; println!("{}", x); }
fn main() { let _f = run(); }
""",
}
RESTORED["a future that is a struct"] = """
use std::future::Future; use std::pin::Pin; use std::task::{Context, Poll};
pub struct Handle(u8);
impl Future for Handle {
    type Output = Result<u8, String>;
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> { Poll::Ready(Ok(self.0)) }
}
pub async fn run(handle: Handle) -> Option<u8> {
    handle«.await¦».ok()
}
fn main() { let _f = run(Handle(1)); }
"""
SILENT = [
    "pub struct H; pub async fn f(h: H) { h.nothing() }",
    "pub struct H; pub fn f(h: H) { h.unwrap() }",
    'pub fn f() -> u8 { "" }',
    "pub fn f(x: String) -> (String, String) { let y = x; (x, y) }",
    "pub fn f(a: &str, b: &str) -> &str { if a.len() > b.len() { a } else { b } }",
    "pub fn f(x: Option<u8>) -> u8 { match x { Some(n) => n } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_it_keeps_what_every_proposer_must() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
