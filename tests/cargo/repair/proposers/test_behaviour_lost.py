"""Lost guards, statements, steps, clauses and terms: what is offered for a failing test, and what is left alone."""

from __future__ import annotations

import pytest
from behaviour_scenes import check_behaviour, scene, texts

from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.std_results import result
from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.proposers import (
    behaviour,
    behaviour_calls,
    behaviour_lost_guards,
    behaviour_lost_statements,
    behaviour_lost_steps,
    behaviour_names,
    behaviour_values,
)
from rusta_cargo.repair.syntax import parse

LOST = (behaviour_lost_guards, behaviour_lost_statements, behaviour_lost_steps)
CLUB = """#[derive(Debug, PartialEq)]
pub enum ClubError { Full, Unknown(String), NoName }

#[derive(Clone)]
pub struct Guest { pub name: String, pub paid: bool, pub age: u32, pub seat: u32 }

pub struct Club { guests: Vec<Guest>, most: usize, taken: u32, fee: u32, last: Option<u32>, names: Vec<String> }

impl Club {
    pub fn enter(&mut self, name: &str, age: u32) -> Result<u32, ClubError> {
        let seat = self.seat(age);
        self.guests.push(Guest { name: name.to_string(), paid: false, age, seat });
        Ok(seat)
    }
    pub fn find(&mut self, name: &str) -> Result<&mut Guest, ClubError> {
        self.guests.iter_mut().find(|g| g.name == name).ok_or_else(|| ClubError::Unknown(name.to_string()))
    }
    pub fn pay(&mut self, name: &str, seat: u32) -> Result<(), ClubError> {
        let guest = self.guests.iter_mut().find(|g| g.name == name).ok_or(ClubError::Full)?;
        guest.age += 1;
        Ok(())
    }
    pub fn paying(&self) -> Vec<String> {
        self.guests.iter().map(|guest| guest.name.clone()).collect()
    }
    pub fn same(&self, a: &Guest, b: &Guest) -> bool {
        a.name == b.name
    }
    pub fn total(&self) -> u32 {
        self.guests.len() as u32 * self.fee
    }
    pub fn sorted(&self) -> Vec<Guest> {
        let mut all = self.guests.clone();
        all.sort_by(|a, b| a.age.cmp(&b.age));
        all
    }
    pub fn reset(&mut self) {
        self.guests.clear();
    }
    fn seat(&self, age: u32) -> u32 { age }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn clubs() {
        let mut club = Club { guests: vec![], most: 1, taken: 0, fee: 3, last: None, names: vec![] };
        club.enter("a", 3);
        club.pay("a", 1);
        club.find("a");
        club.reset();
        assert_eq!(club.paying().len() as u32 + club.total() + club.sorted().len() as u32, 1);
        assert!(club.same(&club.guests[0], &club.guests[0]));
    }
}
"""
FAILED = TestFailure("tests::clubs", "assertion `left == right` failed\n  left: 0\n right: 1", "src/lib.rs", 55)
ENTER = "        let seat = self.seat(age);\n"


@pytest.mark.parametrize(
    ("module", "before", "after"),
    [
        (behaviour_lost_guards, ENTER, "        if name.is_empty() {\n            return Err(ClubError::NoName);\n        }\n" + ENTER),
        (behaviour_lost_statements, "        self.guests.clear();\n", "        self.guests.clear();\n        self.names.clear();\n"),
        (behaviour_lost_statements, "        self.guests.clear();\n", "        self.guests.clear();\n        self.last = None;\n"),
        (behaviour_lost_statements, "        guest.age += 1;\n", "        guest.age += 1;\n        guest.seat = seat;\n"),
        (behaviour_lost_steps, ".iter().map(|guest|", ".iter().filter(|guest| guest.paid).map(|guest|"),
        (behaviour_lost_steps, "a.name == b.name\n", "a.name == b.name && a.seat == b.seat\n"),
        (behaviour_lost_steps, "a.age.cmp(&b.age)", "a.age.cmp(&b.age).then_with(|| a.name.cmp(&b.name))"),
        (behaviour_lost_steps, "as u32 * self.fee\n", "as u32 * self.fee + self.taken\n"),
    ],
)  # fmt: skip
def test_what_was_lost_is_put_back(module: object, before: str, after: str) -> None:
    assert CLUB.count(before) == 1
    assert CLUB.replace(before, after) in texts(module.propose, scene(CLUB, [FAILED]))  # type: ignore[attr-defined]


def test_an_error_that_nothing_makes_comes_first() -> None:
    failure = TestFailure("tests::clubs", "assertion failed\n  left: Ok(3)\n right: Err(NoName)", "src/lib.rs", 50)
    first = texts(behaviour_lost_guards.propose, scene(CLUB, [failure]))[:20]
    assert sum("return Err(ClubError::NoName)" in text for text in first) > 10


@pytest.mark.parametrize("module", LOST)
def test_every_candidate_applies_reverts_and_parses(module: object) -> None:
    assert check_behaviour(module.propose, scene(CLUB, [FAILED]))  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", LOST)
def test_nothing_is_offered_without_a_failing_test(module: object) -> None:
    assert list(module.propose(scene(CLUB, []))) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", LOST)
def test_tests_are_left_alone(module: object) -> None:
    tests = CLUB[CLUB.index("#[cfg(test)]") :]
    for text in texts(module.propose, scene(CLUB, [FAILED])):  # type: ignore[attr-defined]
        assert text.endswith(tests)


def test_methods_that_only_read_are_given_no_statement() -> None:
    for text in texts(behaviour_lost_statements.propose, scene(CLUB, [FAILED])):
        assert "    fn seat(&self, age: u32) -> u32 { age }\n" in text
        assert "        self.guests.len() as u32 * self.fee\n    }\n" in text


@pytest.mark.parametrize("module", [behaviour_lost_guards, behaviour_lost_statements])
def test_a_body_that_was_never_written_is_not_invented(module: object) -> None:
    source = "pub fn f(v: &[u8]) -> u8 {\n    todo!()\n}\n#[test]\nfn works() {\n    f(&[]);\n}\n"
    assert all("todo!()\n}" in text for text in texts(module.propose, scene(source, "works")))  # type: ignore[attr-defined]


SLIPS = [
    (behaviour_lost_guards, "pub fn f(v: &[u8]) -> Option<u8> {\n    let n = v.len();\n    Some(v[n - 1])\n}",
     "pub fn f(v: &[u8]) -> Option<u8> {\n    if v.is_empty() {\n        return None;\n    }\n    let n = v.len();\n    Some(v[n - 1])\n}"),
    (behaviour_lost_statements, "pub fn f(mut n: u32, by: u32) -> u32 {\n    let mut c = 0;\n    while n >= by {\n        c += 1;\n    }\n    c\n}",
     "pub fn f(mut n: u32, by: u32) -> u32 {\n    let mut c = 0;\n    while n >= by {\n        c += 1;\n        n -= by;\n    }\n    c\n}"),
    (behaviour_lost_statements, "pub fn f(v: &[u32]) -> Vec<u32> {\n    let mut found = Vec::new();\n    for item in v {\n        if *item > 3 {\n        }\n    }\n    found\n}",
     "pub fn f(v: &[u32]) -> Vec<u32> {\n    let mut found = Vec::new();\n    for item in v {\n        if *item > 3 {\n            found.push(item);\n        }\n    }\n    found\n}"),
    (behaviour_lost_statements, "pub struct S { a: Vec<u8>, b: Vec<u8> }\nimpl S {\n    pub fn f(&mut self, key: &u8) {\n        self.a.remove(0);\n    }\n}",
     "pub struct S { a: Vec<u8>, b: Vec<u8> }\nimpl S {\n    pub fn f(&mut self, key: &u8) {\n        self.b.retain(|other| other != key);\n        self.a.remove(0);\n    }\n}"),
    (behaviour_lost_steps, "pub fn f(s: &str) -> usize { s.split(',').count() }",
     "pub fn f(s: &str) -> usize { s.split(',').filter(|item| !item.is_empty()).count() }"),
    (behaviour_lost_steps, "pub fn f(v: &[u8], i: usize) -> bool { v[i] == 0 }",
     "pub fn f(v: &[u8], i: usize) -> bool { i < v.len() && v[i] == 0 }"),
    (behaviour_lost_steps, "pub fn f(whole: u32, rate: u32) -> u32 { whole * rate / 100 }",
     "pub fn f(whole: u32, rate: u32) -> u32 { whole - whole * rate / 100 }"),
    (behaviour_lost_steps, "pub fn f(s: &str) -> u32 { let mut n = 0; for c in s.chars() { n = n + c.to_digit(10).unwrap(); } n }",
     "pub fn f(s: &str) -> u32 { let mut n = 0; for c in s.chars() { n = n * 10 + c.to_digit(10).unwrap(); } n }"),
    (behaviour_lost_steps, "pub fn f(v: &[u8], at: usize, n: usize) -> usize { let end = at + n; end }",
     "pub fn f(v: &[u8], at: usize, n: usize) -> usize { let end = (at + n).min(v.len()); end }"),
    (behaviour_lost_steps, "pub fn f(s: &str) -> String { s.to_string() }", "pub fn f(s: &str) -> String { s.to_lowercase() }"),
    (behaviour, "pub fn f(x: f64) -> f64 { x - 32.0 * 5.0 / 9.0 }", "pub fn f(x: f64) -> f64 { (x - 32.0) * 5.0 / 9.0 }"),
    (behaviour_values, "pub fn f(x: f64) -> f64 { x * 5.0 / 9.0 }", "pub fn f(x: f64) -> f64 { x * 9.0 / 5.0 }"),
    (behaviour_values, "pub fn f(c: u8) -> u8 { c - b'a' }", "pub fn f(c: u8) -> u8 { c - b'A' }"),
    (behaviour_names, "pub enum E { A { n: u8 }, B { n: u8 } }\npub fn f(n: u8) -> E { E::A { n } }",
     "pub enum E { A { n: u8 }, B { n: u8 } }\npub fn f(n: u8) -> E { E::B { n } }"),
    (behaviour_calls, "pub fn f(v: &[u8]) -> Vec<u8> { v.iter().map(g).collect() }\nfn g(n: &u8) -> u8 { *n }\nfn h(n: &u8) -> u8 { n + 1 }",
     "pub fn f(v: &[u8]) -> Vec<u8> { v.iter().map(h).collect() }\nfn g(n: &u8) -> u8 { *n }\nfn h(n: &u8) -> u8 { n + 1 }"),
]  # fmt: skip


@pytest.mark.parametrize(("module", "wrong", "right"), SLIPS)
def test_the_right_change_is_among_the_first(module: object, wrong: str, right: str) -> None:
    test = "#[test]\nfn works() {\n    let _ = f;\n}\n"
    assert f"{right}\n{test}" in texts(module.propose, scene(f"{wrong}\n{test}", "works"))[:40]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("owner", "method", "given"),
    [
        ("Vec<u8>", "pop", "Option<u8>"),
        ("&mut VecDeque<String>", "front", "Option<&String>"),
        ("&[u8]", "iter", "Iter<&u8>"),
        ("HashMap<String, Vec<u8>>", "get_mut", "Option<&mut Vec<u8>>"),
        ("Iter<&u8>", "enumerate", "Iter<(usize, &u8)>"),
        ("Option<&u8>", "copied", "Option<u8>"),
        ("Option<u8>", "ok_or_else", "Result<u8, _>"),
        ("Vec<u8>", "shrink", None),
        ("u8", "pop", None),
    ],
)
def test_what_methods_of_std_give(owner: str, method: str, given: str | None) -> None:
    assert result(owner, method) == given


def test_names_of_a_loop_have_the_types_of_the_pattern() -> None:
    source = "fn f(v: Vec<(u8, String)>) {\n    for (number, word) in v.iter() {\n        g();\n    }\n}\n"
    situation = scene(source, "works")
    visible = Types(parse(source.encode()).root_node, ItemIndex.of(situation)).visible(source.index("g()"))
    assert {binding.name: kind for binding, kind in visible} == {
        "number": "&u8", "word": "&String", "v": "Vec<(u8, String)>",
    }  # fmt: skip
