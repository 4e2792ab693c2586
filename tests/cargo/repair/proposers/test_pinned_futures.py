"""Futures that are boxed, polled or used the wrong way."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.pinned_futures import propose

RESTORED = {
    "a list of tasks": """use std::future::Future;
use std::pin::Pin;
#[derive(Default)]
pub struct Tasks { all: Vec<Pin<Box<dyn Future<Output = ()>>>> }
impl Tasks { pub fn add(&mut self, task: impl Future<Output = ()> + 'static) { self.all.push(Box::«pin¦new»(task)); } }
""",
    "a pinned box that is polled": """use std::future::Future;
use std::pin::Pin;
use std::task::Context;
pub struct Task { future: Pin<Box<dyn Future<Output = ()>>> }
pub fn is_done(task: &mut Task, cx: &mut Context<'_>) -> bool { task.future«.as_mut()¦».poll(cx).is_ready() }
""",
    "a future of a function": """use std::task::Poll;
pub async fn count(from: &mut u32) -> u32 {
    std::future::poll_fn(|_| {
        *from += 1;
        if *from > 3 { Poll::Ready(*from) } else { Poll::Pending }
    })«.await¦»
}
""",
    "a future that is bound": """use std::future::Future;
pub async fn keep<F>(future: F, slot: &mut Option<u32>)
where
    F: Future<Output = u32>,
{
    let value = future«.await¦»;
    *slot = Some(value);
}
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub struct A;\npub fn f(a: A) { a.poll(); }",
    "pub async fn f(x: u8) -> u16 { x }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
