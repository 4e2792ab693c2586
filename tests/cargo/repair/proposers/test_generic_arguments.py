"""Types and calls with too few or too many generic arguments."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.generic_arguments import propose

RESTORED = {
    "parameter in scope": """
        pub struct Node<T> { value: T, next: Option<Box<Node«<T>¦»>> }
    """,
    "impl": """
        pub struct Stack<T> { items: Vec<T> }
        impl«<T>¦» Stack«<T>¦» { pub fn size(&self) -> usize { self.items.len() } }
    """,
    "inferred in a body": """
        use std::collections::HashMap;
        pub fn count(words: &[String]) -> usize {
            let seen: HashMap<_«, _¦»> = words.iter().map(|word| (word.len(), word)).collect();
            seen.len()
        }
    """,
    "too many": """
        pub struct Wrap<T> { inner: T }
        pub fn wrap(value: u8) -> Wrap<u8«¦, u8»> { Wrap { inner: value } }
    """,
    "an impl with all parameters, one of them with a default": """
        use std::marker::PhantomData;
        pub trait Strategy {}
        pub struct Always;
        pub struct Guard<T, S = Always> { value: T, how: PhantomData<S> }
        pub trait Named { const NAME: &'static str; }
        impl<T, S: Strategy> Named for Guard«<T, S>¦» { const NAME: &'static str = "guard"; }
    """,
    "turbofish": """
        fn parse<T: std::str::FromStr>(text: &str) -> Option<T> { text.parse().ok() }
        pub fn number() -> Option<u32> { parse::<u32«¦, String»>("3") }
    """,
    "an alias of the standard library": """use std::io::{self, Write};
pub fn put(out: &mut impl Write, line: &str) -> io::Result«<()>¦» {
    out.write_all(line.as_bytes())?;
    Ok(())
}
""",
    "a handle of nothing": """use std::thread::JoinHandle;
pub struct Pool { handles: Vec<JoinHandle«<()>¦»> }
impl Pool {
    pub fn add(&mut self, work: fn()) { self.handles.push(std::thread::spawn(work)); }
}
""",
    "a type of another crate as elsewhere": """use std::mem::MaybeUninit;
pub struct Buffer { bytes: [MaybeUninit«<u8>¦»; 4] }
impl Buffer { pub fn new() -> Buffer { Buffer { bytes: [MaybeUninit::<u8>::uninit(); 4] } } }
impl Buffer { pub fn len(&self) -> usize { self.bytes.len() } }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    'pub struct A<T> { x: T } pub fn f() -> A<u8> { A { x: "" } }',
    "pub fn f() -> Vec<Nothing> { Vec::new() }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_argument_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
