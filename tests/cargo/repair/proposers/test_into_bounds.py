"""Type parameters that are converted and lost the bound for it."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.into_bounds import propose

RESTORED = {
    "a list": """pub enum Value { Text(String), List(Vec<Value>) }
impl From<String> for Value {
    fn from(text: String) -> Self { Value::Text(text) }
}
impl<T«: Into<Value>¦»> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self { Value::List(items.into_iter().map(Into::into).collect()) }
}
""",
    "a function": """pub fn label<S«: Into<String>¦»>(text: S) -> String {
    let mut label: String = text.into();
    label.push(':');
    label
}
""",
    "beside other bounds": """pub fn wide<T«: Into<u64>¦», const N: usize>(all: [T; N]) -> u64 {
    let mut sum = 0u64;
    for one in all {
        sum += Into::<u64>::into(one);
    }
    sum
}
""",
    "in a where clause": """pub fn pairs<K, V>(all: Vec<(K, V)>) -> Vec<(String, String)>
where
    V: ToString,«
    K: Into<String>,¦»
{
    all.into_iter().map(|(key, value)| (key.into(), value.to_string())).collect()
}
""",
}
SILENT = [
    "pub fn f<T>(x: T) -> T { x + 1 }",
    "pub struct A;\npub fn f(x: u8) -> A { x.into() }",
    "pub fn f<T>(x: T) -> String { x }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_conforms() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
