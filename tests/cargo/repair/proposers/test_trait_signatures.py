"""Items of an impl that differ from the trait."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, candidates, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.trait_signatures import propose

RESTORED = {
    "receiver is missing": """
        pub trait Named { fn name(&self) -> String; fn rename(&mut self, to: &str); }
        pub struct Pet { name: String }
        impl Named for Pet {
            fn name(«&self¦») -> String { String::from("pet") }
            fn rename(&mut self, to: &str) { self.name = to.to_string(); }
        }
    """,
    "receiver is too much": """
        pub trait Make { fn make(size: usize) -> Self; }
        pub struct Bag(usize);
        impl Make for Bag { fn make(«¦&self, »size: usize) -> Self { Bag(size) } }
    """,
    "receiver must be mutable": """
        pub trait Sink { fn push(&mut self, byte: u8, times: usize); }
        pub struct Null;
        impl Sink for Null { fn push(«&mut self¦&self», _byte: u8, _times: usize) {} }
    """,
    "only mut, the type as it is spelt here": """
        use std::fmt;
        pub struct Id(u8);
        impl fmt::Display for Id {
            fn fmt(&self, f: &«mut ¦»fmt::Formatter) -> fmt::Result { write!(f, "{}", self.0) }
        }
    """,
    "a mut too many": """
        pub trait Count { fn count(&self, of: &str) -> usize; }
        impl Count for u8 { fn count(&«¦mut »self, of: &str) -> usize { of.len() } }
    """,
    "parameter type": """
        pub trait Scale { fn scale(&self, by: f64, at: (f64, f64)) -> f64; }
        pub struct Line { length: f64 }
        impl Scale for Line {
            fn scale(&self, factor: «f64¦f32», _at: (f64, f64)) -> f64 { self.length * f64::from(factor) } }
    """,
    "parameter is missing": """
        pub trait Visit { fn visit(&mut self, node: &str, depth: usize); }
        pub struct Printer { seen: Vec<String> }
        impl Visit for Printer {
            fn visit(&mut self, node: &str«, depth: usize¦») { self.seen.push(node.to_string()); } }
    """,
    "result in the words of the trait": """
        pub struct Mock<T: Iterator> { inner: T }
        impl<T: Iterator> Iterator for Mock<T> {
            type Item = T::Item;
            fn next(&mut self)« -> Option<Self::Item>¦» { self.inner.next() }
        }
    """,
    "generics of the method": """
        pub trait Store { fn put<K: Into<String>>(&mut self, key: K, value: u32); }
        pub struct Memory(Vec<(String, u32)>);
        impl Store for Memory {
            fn put«<K: Into<String>>¦»(&mut self, key: K, value: u32) { self.0.push((key.into(), value)) } }
    """,
    "parameter of the trait": """
        pub trait Convert<T> { fn convert(&self, value: T) -> Option<T>; }
        pub struct Twice;
        impl Convert<u16> for Twice { fn convert(&self, value: «u16¦u8») -> Option<u16> { Some(u16::from(value) * 2) } }
    """,
    "constant where the trait has a type": """
        pub trait Sized2 { type Unit; fn unit(&self) -> Self::Unit; }
        pub struct Meter;
        impl Sized2 for Meter { «type Unit = u32;¦const Unit: u32 = 3;» fn unit(&self) -> u32 { 1 } }
    """,
    "the declaration that lost a parameter": """pub trait Visitor {
    fn value(&mut self, «depth: usize, ¦»value: &str);
    fn walk(&mut self, all: &[&str]) {
        for (depth, value) in all.iter().enumerate() {
            self.value(depth, value);
        }
    }
}
pub struct Printer<F> { print: F }
impl<F: FnMut(usize, &str)> Visitor for Printer<F> {
    fn value(&mut self, depth: usize, value: &str) { (self.print)(depth, value); }
}
""",
    "only the mark of a reference": """use std::fmt;
pub struct A;
impl fmt::Display for A { fn fmt(&self, f: &«mut ¦»fmt::Formatter) -> fmt::Result { write!(f, "a") } }
""",
    "the type by its name, as the file does": """pub struct Hasher(u64);
impl Hasher { pub fn with_key(key: u64) -> Hasher { Hasher(key) } }
impl Default for Hasher { fn default()« -> Hasher¦» { Hasher(1) } }
""",
    "the type as Self, as the file does": """pub struct Hasher(u64);
impl Hasher { pub fn with_key(key: u64) -> Self { Hasher(key) } }
impl Default for Hasher { fn default()« -> Self¦» { Hasher(1) } }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub trait A { fn a(&self); } pub struct B; impl A for B {}",
    "pub struct B; impl Clone for B { fn clone(&self) -> B { C } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_signature_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_trait_in_another_file() -> None:
    """The declaration is found along the modules, and only what differs changes."""
    whole = {
        "lib.rs": "mod api;\nmod imp;\n",
        "api.rs": "pub trait Api { fn call(&self, id: u64, body: &[u8]) -> Vec<u8>; }\n",
        "imp.rs": (
            "use crate::api::Api;\npub struct Echo;\nimpl Api for Echo {\n"
            "    fn call(&self, _id: u64, body: &[u8]) -> Vec<u8> { body.to_vec() }\n}\n"
        ),
    }
    broken = {**whole, "imp.rs": whole["imp.rs"].replace("_id: u64, ", "")}
    after = fixes(propose, broken)[0]
    assert "fn call(&self, id: u64, body: &[u8]) -> Vec<u8> { body.to_vec() }" in after


def test_declaration_follows_its_impls() -> None:
    """Two impls that agree outvote the declaration: it is one of the offers."""
    source = (
        "pub trait Area { fn area(&self, exact: bool) -> f64; }\n"
        "pub struct A; pub struct B;\n"
        "impl Area for A { fn area(&self) -> f64 { 1.0 } }\n"
        "impl Area for B { fn area(&self) -> f64 { 2.0 } }\n"
    )
    assert any("fn area(&self) -> f64; }" in text for text in fixes(propose, source))


def test_impls_and_callers_together_outvote_the_declaration() -> None:
    """Somebody gave the trait's method a parameter that nobody else knows; what stays keeps its name."""
    broken, whole = pair(
        "pub trait Scope {\n    fn get(&self, name: &str«¦, default: f64») -> Option<f64>;\n"
        "    fn has(&self, name: &str) -> bool { self.get(name).is_some() }\n}\n"
        "pub struct Empty;\nimpl Scope for Empty { fn get(&self, _name: &str) -> Option<f64> { None } }\n"
        "pub fn value(name: &str, scope: &dyn Scope) -> f64 { scope.get(name).unwrap_or(0.0) }\n"
    )
    best = max(candidates(propose, broken), key=lambda candidate: candidate.prior)
    assert "change the declaration of `get`" in best.title
    assert whole in fixes(propose, broken)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
