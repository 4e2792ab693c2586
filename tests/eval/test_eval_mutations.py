"""The operators: what each makes of a line, and that the generator is the same every time."""

from __future__ import annotations

import random
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_cargo import parse, tokens
from rusta_eval.cases import struck
from rusta_eval.mutants import Plan, draws
from rusta_eval.mutations import OPERATORS, Mutation, mutate, outside_tests

# operator, source, one of the results
EXAMPLES = [
    ("drop_mut", "fn f() { let mut a = 1; }", "fn f() { let a = 1; }"),
    ("drop_mut", "fn f(a: &mut u8) {}", "fn f(a: &u8) {}"),
    ("drop_reference", "fn f() { g(&a); }", "fn f() { g(a); }"),
    ("add_reference", "fn f() { g(a); }", "fn f() { g(&a); }"),
    ("drop_dereference", "fn f() { *a += 1; }", "fn f() { a += 1; }"),
    ("drop_conversion", "fn f() { a.b().clone(); }", "fn f() { a.b(); }"),
    ("drop_cast", "fn f() { let a = b as u8; }", "fn f() { let a = b; }"),
    ("drop_question", "fn f() { a()?; }", "fn f() { a(); }"),
    ("drop_wrapper", "fn f() { Some(a) }", "fn f() { a }"),
    ("drop_visibility", "pub fn f() {}", "fn f() {}"),
    ("drop_visibility", "struct S { pub(crate) a: u8 }", "struct S { a: u8 }"),
    ("drop_use", "use a::b;\nfn f() {}", "fn f() {}"),
    ("drop_use", "use a::{b, c};", "use a::{c};"),
    ("drop_derive", "#[derive(Clone, Debug)]\nstruct S;", "#[derive(Debug)]\nstruct S;"),
    ("drop_bound", "fn f<T: A>(t: T) {}", "fn f<T>(t: T) {}"),
    ("drop_bound", "fn f<T: A + B>(t: T) {}", "fn f<T: A>(t: T) {}"),
    ("drop_lifetime", "fn f<'a>(a: &'a str) {}", "fn f<'a>(a: &str) {}"),
    ("drop_lifetime", "fn f<'a>(a: &'a str) {}", "fn f(a: &'a str) {}"),
    ("drop_argument", "fn f() { g(a, b); }", "fn f() { g(b); }"),
    ("drop_argument", "fn f() { g(a, b); }", "fn f() { g(a); }"),
    ("swap_arguments", "fn f() { g(a, b); }", "fn f() { g(b, a); }"),
    ("drop_field", "fn f() { S { a: 1, b }; }", "fn f() { S { b }; }"),
    ("drop_arm", "fn f() { match a { A => 1, B => 2, } }", "fn f() { match a { B => 2, } }"),
    ("drop_item", "impl A for B { fn c() {} }", "impl A for B {  }"),
    ("drop_semicolon", "fn f() { let a = 1; }", "fn f() { let a = 1 }"),
    ("add_semicolon", "fn f() -> u8 { 1 }", "fn f() -> u8 { 1; }"),
    ("drop_bracket", "fn f() { g(a) }", "fn f() { g(a }"),
    ("drop_comma", "fn f() { g(a, b) }", "fn f() { g(a b) }"),
    ("drop_return_type", "fn f() -> u8 { 1 }", "fn f() { 1 }"),
    ("change_type", "struct S { a: usize }", "struct S { a: u32 }"),
    ("misspell", "fn f() { total }", "fn f() { toal }"),
    ("drop_keyword", "fn f() { move || a }", "fn f() { || a }"),
    ("drop_self", "fn f() { self.a }", "fn f() { a }"),
    ("drop_self", "fn f() { Self::g() }", "fn f() { g() }"),
    ("drop_let", "fn f() { let a = 1; }", "fn f() { a = 1; }"),
    ("drop_item", "impl A for B { /// D.\n #[inline]\n fn c() {} }", "impl A for B {  }"),
    ("drop_call", "fn f() { a.len() }", "fn f() { a.len }"),
    ("drop_bang", "fn f() { vec![1] }", "fn f() { vec[1] }"),
    ("dot_for_path", "fn f() { A::new() }", "fn f() { A.new() }"),
    ("dot_for_path", "fn f() { a.g() }", "fn f() { a::g() }"),
    ("drop_qualifier", "fn f() { A::B }", "fn f() { B }"),
    ("drop_qualifier", "fn f() -> a::B {}", "fn f() -> B {}"),
    ("repeat_argument", "fn f() { g(a) }", "fn f() { g(a, a) }"),
    ("drop_generics", "impl<T> A<T> {}", "impl A<T> {}"),
    ("drop_generic_arguments", "fn f(a: Vec<u8>) {}", "fn f(a: Vec) {}"),
    ("drop_generic_arguments", "fn f() { a.b::<u8>() }", "fn f() { a.b() }"),
    ("drop_annotation", "fn f() { let a: u8 = b; }", "fn f() { let a = b; }"),
    ("wrong_arrow", "fn f() -> u8 {}", "fn f() => u8 {}"),
    ("assign_for_equals", "fn f() { a == b }", "fn f() { a = b }"),
    ("assign_for_equals", "fn f() { let a = b; }", "fn f() { let a == b; }"),
    ("wrong_quotes", "fn f() { 'a' }", 'fn f() { "a" }'),
    ("wrong_quotes", 'fn f() { "a" }', "fn f() { 'a' }"),
    ("wrong_number", "fn f() { 1.0 }", "fn f() { 1 }"),
    ("wrong_number", "fn f() { 1 }", "fn f() { 1.0 }"),
    ("rename_declaration", "fn total() {}", "fn toal() {}"),
    ("rename_declaration", "struct S { total: u8 }", "struct S { totals: u8 }"),
    ("wrong_method", "fn f() { a.len() }", "fn f() { a.length() }"),
    ("foreign_word", "fn f() {}", "func f() {}"),
    ("foreign_word", "fn f() { a && b }", "fn f() { a and b }"),
    ("wrong_reference_type", "fn f(a: &u8) {}", "fn f(a: u8) {}"),
    ("wrong_reference_type", "fn f(a: u8) {}", "fn f(a: &u8) {}"),
    ("drop_else", "fn f() { if a { 1 } else { 2 } }", "fn f() { if a { 1 } }"),
    ("drop_return", "fn f() { return a; }", "fn f() { a; }"),
    ("drop_where", "fn f<T>() where T: A {}", "fn f<T>() {}"),
    ("drop_where", "fn f<T, U>() where T: A, U: B {}", "fn f<T, U>() where U: B {}"),
    ("drop_rest", "fn f() { let A { b, .. } = c; }", "fn f() { let A { b } = c; }"),
    ("drop_rest", "fn f() { let (a, b) = c; }", "fn f() { let (a) = c; }"),
    ("extra_bracket", "fn f() { g(a) }", "fn f() { g(a)) }"),
    ("drop_module", "mod a;\nfn f() {}", "\nfn f() {}"),
    ("drop_async", "async fn f() {}", "fn f() {}"),
    ("drop_async", "async fn f() { a.await }", "async fn f() { a }"),
    ("change_operator", "fn f() { a < b }", "fn f() { a <= b }"),
    ("change_number", "fn f() { 7 }", "fn f() { 8 }"),
    ("change_range", "fn f() { 0..n }", "fn f() { 0..=n }"),
    ("change_boolean", "fn f() { true }", "fn f() { false }"),
    ("negate", "fn f() { !a }", "fn f() { a }"),
]
SOURCE = b"""use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a, T: Ord + Clone> {
    pub key: &'a str,
    value: Option<T>,
}

impl<'a, T: Ord + Clone> Entry<'a, T> {
    pub fn new(key: &'a str, value: T) -> Self {
        Entry { key, value: Some(value) }
    }

    pub fn larger(&mut self, other: &T, limit: usize) -> Result<usize, String> {
        let mut count = 0usize;
        for index in 0..limit {
            if self.value.as_ref().map_or(false, |v| *v < *other) && !self.key.is_empty() {
                count += index as usize + 1;
                self.value = Some(other.clone());
            }
        }
        match count {
            0 => Err(format!("none of {}", limit)),
            _ => Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn t() {
        let mut entry = Entry::new("a", 1);
        assert_eq!(entry.larger(&2, 3).unwrap(), 1);
    }
}
"""


def results(operator: str, source: str) -> set[str]:
    (find,) = {op.find for op in OPERATORS if op.name == operator}
    data = source.encode()
    return {
        Mutation(operator, start, end, text).apply(data).decode() for start, end, text in find(parse(data).root_node)
    }


@pytest.mark.parametrize(("operator", "source", "result"), EXAMPLES)
def test_an_operator_makes_its_mistake(operator: str, source: str, result: str) -> None:
    assert result in results(operator, source)


def test_every_operator_has_an_example_and_a_place_to_strike() -> None:
    named = {operator.name for operator in OPERATORS}
    assert named == {example[0] for example in EXAMPLES}


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda op: f"{op.kind}-{op.name}")
def test_every_place_is_a_span_of_the_text(operator: object) -> None:
    find = operator.find  # type: ignore[attr-defined]
    for start, end, text in find(parse(SOURCE).root_node):
        assert 0 <= start <= end <= len(SOURCE)
        assert isinstance(text, str)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["build", "behaviour"]))
def test_a_mutation_is_one_change_outside_the_tests(seed: int, kind: str) -> None:
    found = mutate(SOURCE, random.Random(seed), kind)
    assert found is not None
    assert outside_tests(SOURCE, found.start)
    broken = found.apply(SOURCE)
    assert broken != SOURCE
    # the tests stand as they were
    tail = SOURCE[SOURCE.index(b"#[cfg(test)]") :]
    assert broken.endswith(tail)


@given(st.binary(max_size=80), st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_looked_at(source: bytes, seed: int) -> None:
    found = mutate(source, random.Random(seed), "build", tries=3)
    if found is not None:
        assert 0 <= found.start <= found.end <= len(source)


def test_outside_tests() -> None:
    source = b"fn f() { a }\nmacro_rules! m { () => { b } }\n#[cfg(test)]\nmod t { fn g() { c } }\n"
    source += b"#[test]\nfn h() { d }\n// e\n"
    inside = {name: outside_tests(source, source.index(name)) for name in (b"a }", b"b }", b"c }", b"d }", b"e\n")}
    assert not outside_tests(source, source.index(b"cfg"))
    assert inside == {b"a }": True, b"b }": False, b"c }": False, b"d }": False, b"e\n": False}


def first(crate: str, plan: Plan, files: dict[str, bytes]) -> list[tuple[str, int, int, str]]:
    return [(s.path, s.start, s.end, s.text) for made in islice(draws(crate, files, plan), 25) for s in made]


def test_the_same_seed_draws_the_same_mistakes_and_another_others() -> None:
    files = {"src/lib.rs": SOURCE, "src/more.rs": SOURCE.replace(b"Entry", b"Other")}
    shuffled = dict(reversed(files.items()))
    again = first("c-1.0.0", Plan(seed=3), shuffled)
    assert first("c-1.0.0", Plan(seed=3), files) == again
    assert first("c-1.0.0", Plan(seed=4), files) != again
    assert first("d-1.0.0", Plan(seed=3), files) != again


def test_only_the_crate_s_own_sources_are_struck() -> None:
    files = dict.fromkeys(("tests/a.rs", "examples/b.rs", "build.rs", "Cargo.toml"), SOURCE)
    assert first("c", Plan(), files) == []
    paths = {draw[0] for draw in first("c", Plan(), {**files, "src/lib.rs": SOURCE})}
    assert paths == {"src/lib.rs"}
    assert len(tokens(SOURCE)) > 100


def test_several_mistakes_strike_several_files() -> None:
    files = {"src/lib.rs": SOURCE, "src/more.rs": SOURCE.replace(b"Entry", b"Other")}
    for made in islice(draws("c", files, Plan(mistakes=2)), 25):
        assert {strike.path for strike in made} == set(files)
    for made in islice(draws("c", {"src/lib.rs": SOURCE}, Plan(mistakes=2)), 25):
        text = SOURCE
        for strike in made:
            assert 0 <= strike.start <= strike.end <= len(text)
            text = struck(text, strike)
        assert text != SOURCE


def test_one_mistake_is_drawn_as_ever() -> None:
    assert [len(made) for made in islice(draws("c", {"src/lib.rs": SOURCE}, Plan()), 25)] == [1] * 25
