"""Parts of expressions that were lost or exchanged: what is offered for a failing test, and what is left alone."""

from __future__ import annotations

import pytest
from behaviour_scenes import check_behaviour, scene, texts

from rusta_cargo.repair.code.neglected import Neglected, neglected
from rusta_cargo.repair.code.nodes import every
from rusta_cargo.repair.code.text_slips import instead
from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.proposers import (
    behaviour,
    behaviour_calls,
    behaviour_lost_guards,
    behaviour_lost_parts,
    behaviour_lost_steps,
    behaviour_names,
    behaviour_values,
)
from rusta_cargo.repair.syntax import parse

TEST = "#[test]\nfn works() {\n    let _ = f;\n}\n"
BOX = "pub struct Box2 { pub room: u32, pub used: u32, pub end: usize, pub tag: String }\n"
DAY = (
    "#[derive(Clone, Copy)]\npub struct Day { n: u32 }\nimpl Day {\n    pub fn next(&self) -> Day { Day { n: self.n } }\n"
    "    pub fn late(&self) -> bool { self.n > 3 }\n}\n"
)
LEFT_RIGHT = "assertion `left == right` failed\n  left: {}\n right: {}"


def message(left: str, right: str) -> str:
    return LEFT_RIGHT.format(left, right)


SLIPS = [
    ("free.iter().map(|b| b.room).sum()", "free.iter().map(|b| b.room - b.used).sum()",
     BOX + "pub fn f(free: &[Box2]) -> u32 { § }\n", ""),
    ("goods / 100", "(goods - 50) / 100",
     "pub fn f(goods: u32) -> u32 {\n    if goods < 50 {\n        return 0;\n    }\n    §\n}\n", ""),
    ("let start = row;", "let start = row * cols;",
     "pub fn at(v: &[u8], cols: usize, row: usize, n: usize) -> u8 { v[row * cols + n] }\n"
     "pub fn f(v: &[u8], cols: usize, row: usize) -> u8 {\n    §\n    at(v, 1, start, 0)\n}\n", ""),
    ("v.first().map_or(0, |n| *n)", "v.first().map_or(least, |n| *n)",
     "pub fn f(v: &[usize], least: usize) -> usize { § }\n", ""),
    ("b.min(low).max(high)", "b.max(low).min(high)", "pub fn f(b: u8, low: u8, high: u8) -> u8 { § }\n", ""),
    ("a.room != b.used", "a.used != b.room", BOX + "pub fn f(a: &Box2, b: &Box2) -> bool { § }\n", ""),
    ("on = true;", "on = !on;",
     "pub fn f(v: &[u8]) -> bool {\n    let mut on = false;\n    for _ in v {\n        §\n    }\n    on\n}\n", ""),
    ("f64::from(a / b)", "f64::from(a) / f64::from(b)", "pub fn f(a: u32, b: u32) -> f64 { § }\n", ""),
    ("v[i + 1]", "v[(i + 1) % v.len()]", "pub fn f(v: &[u8], i: usize) -> u8 { § }\n", ""),
    ("Ok(g(n)?)", "Ok(-g(n)?)",
     "fn g(n: i32) -> Result<i32, ()> { Ok(n) }\npub fn f(n: i32) -> Result<i32, ()> { § }\n", message("4", "-4")),
    ("n / 2", "n.abs() / 2", "pub fn f(n: i32) -> i32 { § }\n", message("-4", "4")),
    ("a * b", "a * b / 2.0", "pub fn f(a: f64, b: f64) -> f64 { § }\n", message("12.0", "6.0")),
    ("(a * a + b * b)", "(a * a + b * b).sqrt()", "pub fn f(a: f64, b: f64) -> f64 { § }\n", message("25.0", "5.0")),
    ("a.to_string() + b", "a.to_string() + &b.to_lowercase()",
     "pub fn f(a: &str, b: &str) -> String { § }\n", message('"ABC"', '"Abc"')),
    ("    }\n    lines", "    }\n    if !line.is_empty() {\n        lines.push(line);\n    }\n    lines",
     "pub fn f(text: &str) -> Vec<String> {\n    let mut lines = Vec::new();\n    let mut line = String::new();\n"
     "    for word in text.split(' ') {\n        if line.len() + word.len() > 9 {\n"
     "            lines.push(std::mem::take(&mut line));\n        }\n        line.push_str(word);\n§\n}\n", ""),
    ("        n -= 1;\n", "        n -= 1;\n        return n;\n",
     "pub fn f(mut n: u32) -> u32 {\n    if n > 3 {\n§    }\n    n += 2;\n    n\n}\n", ""),
    ("let first = p.last;", "let first = p.last.next();",
     DAY + "pub struct P { last: Day }\npub fn f(p: &P) -> Day { § first }\n", ""),
    ("if d.late() { d = d.next(); }", "while d.late() { d = d.next(); }", DAY + "pub fn f(mut d: Day) -> Day { § d }\n", ""),
    ("a + b", "a.max(b)", "pub fn f(a: u32, b: u32) -> u32 { § }\n", ""),
    ("l.seen(v);", "l.seen(v);\n            r.seen(v);",
     "pub enum T { Two(Day, Day), None }\npub fn f(t: &T, v: &mut Vec<u8>) {\n    match t {\n        T::Two(l, r) => {\n"
     "            §\n        }\n        T::None => {}\n    }\n}\n", ""),
    ("{ }", "{\n        list.remove(at);\n    }",
     "pub fn f(list: &mut Vec<u8>) {\n    if let Some(at) = list.iter().position(|n| *n == 0) §\n}\n", ""),]  # fmt: skip


@pytest.mark.parametrize(("wrong", "right", "around", "said"), SLIPS)
def test_the_lost_part_is_offered(wrong: str, right: str, around: str, said: str) -> None:
    situation = scene(around.replace("§", wrong) + TEST, [TestFailure("works", said)])
    assert around.replace("§", right) + TEST in texts(behaviour_lost_parts.propose, situation)
    assert check_behaviour(behaviour_lost_parts.propose, situation)


@pytest.mark.parametrize(
    "source",
    [
        # nothing beside it, nothing that the values ask for
        "pub fn f(n: u32) -> u32 { n }\n",
        # what is assigned to, and what is compared, is no value that lost a part
        BOX + "pub fn f(b: &mut Box2) { b.used = 3; }\n",
        # a loop whose last part is handed on
        "pub fn f(t: &str) -> Vec<String> {\n    let mut all = Vec::new();\n    let mut one = String::new();\n"
        "    for c in t.chars() {\n        all.push(std::mem::take(&mut one));\n        one.push(c);\n    }\n"
        "    all.push(one);\n    all\n}\n",
        # a place that was looked for and is asked for
        "pub fn f(v: &mut Vec<u8>) {\n    if let Some(at) = v.iter().position(|n| *n == 0) {\n        v.swap_remove(at);\n    }\n}\n",
    ],
)  # fmt: skip
def test_what_lost_nothing_is_left_alone(source: str) -> None:
    assert texts(behaviour_lost_parts.propose, scene(source + TEST, "works")) == []


def test_nothing_is_offered_without_a_failing_test() -> None:
    assert list(behaviour_lost_parts.propose(scene(SLIPS[0][2].replace("§", SLIPS[0][0]) + TEST, []))) == []


def test_a_value_is_divided_by_what_all_assertions_differ_by() -> None:
    source = "pub fn f(a: f64, b: f64) -> f64 { a * b }\n" + TEST
    failures = [TestFailure("works", message("12.0", "6.0")), TestFailure("works", message("9.0", "2.0"))]
    assert all("a * b /" not in text for text in texts(behaviour_lost_parts.propose, scene(source, failures)))


def test_a_branch_that_divides_may_have_lost_its_guard() -> None:
    source = (
        "pub enum E { Zero, Other }\npub fn f(a: f64, b: f64, op: char) -> Result<f64, E> {\n    match op {\n"
        "        '/' => {\n            Ok(a / b)\n        }\n        _ => Err(E::Other),\n    }\n}\n"
    )
    guard = "            if b == 0.0 {\n                return Err(E::Zero);\n            }\n"
    right = source.replace("            Ok(", guard + "            Ok(") + TEST
    early = source.replace("    match", "    if b == 0.0 {\n        return Err(E::Zero);\n    }\n    match") + TEST
    offered = texts(behaviour_lost_guards.propose, scene(source + TEST, "works"))
    assert offered.index(right) < offered.index(early)


def test_a_value_that_is_returned_early_may_have_lost_a_term() -> None:
    source = (
        "pub struct S { a: u32, b: u32 }\nimpl S {\n    pub fn f(&self, n: u32) -> u32 {\n"
        "        if n < 5 {\n            return n;\n        }\n        self.a\n    }\n}\n"
    )
    offered = texts(behaviour_lost_steps.propose, scene(source + TEST, "works"))
    assert source.replace("return n;", "return n + self.b;") + TEST in offered


def test_what_is_cast_may_be_one_off() -> None:
    source = "pub fn f(n: i64) -> u32 { let month = n.rem_euclid(12) as u32; month }\n"
    right = source.replace("as u32;", "as u32 + 1;")
    assert right + TEST in texts(behaviour_values.propose, scene(source + TEST, "works"))


DEFAULT = "pub fn f(v: &[u32]) -> u32 { v.iter().copied().max().unwrap_or_default() }\n"
TWO = (
    "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn full() { assert_eq!(f(&[3]), 3); }\n"
    "    #[test]\n    fn empty() { assert_eq!(f(&[]), 1); }\n}\n"
)


def test_what_changes_every_result_comes_behind_where_some_are_right() -> None:
    def order(passing: tuple[str, ...]) -> tuple[float, float]:
        failure = TestFailure("tests::empty", message("0", "1"), "src/lib.rs", 8)
        found = scene(DEFAULT + TWO, [failure], passing)
        default = next(c for c in behaviour_calls.propose(found) if "unwrap_or(1)" in c.title)
        added = next(c for c in behaviour_values.propose(found) if c.title.endswith("+ 1`"))
        return default.prior, added.prior

    assert order(("tests::full",))[1] < order(())[1]
    assert order(("tests::full",))[0] > order(("tests::full",))[1]


def test_a_loop_that_passing_tests_go_through_is_not_likely_turned_round() -> None:
    source = "pub fn f(mut n: u32) -> u32 { let mut c = 0; while n > 3 { n -= 3; c += 1; } c }\n" + TWO

    def prior(passing: tuple[str, ...]) -> float:
        found = scene(source, [TestFailure("tests::empty", message("0", "1"))], passing)
        return next(c for c in behaviour.propose(found) if "n <= …" in c.title).prior

    assert prior(("tests::full",)) < prior(())


COUNTER = """pub struct Counter { seen: u32, most: u32 }
impl Counter {
    pub fn new() -> Counter { Counter { seen: 0, most: 0 } }
    pub fn add(&mut self, n: u32) {
        let larger = n + 1;
        self.most = n.max(self.most);
        assert!(n < 100);
    }
    pub fn seen(&self) -> u32 { self.seen + self.most }
}
"""


def test_what_is_never_written_or_never_read_speaks_for_what_uses_it() -> None:
    root = parse(COUNTER.encode()).root_node
    body = next(node for node in every(root, ("function_item",)) if b"larger" in (node.text or b""))
    found = neglected(body, ("seen", "most"), [COUNTER.encode()])
    assert found == Neglected(frozenset({"larger"}), frozenset({"self.seen"}))
    assert found.speaks_for("", "\n    self.seen += 1;")
    assert found.speaks_for("n.max(self.most)", "larger.max(self.most)")
    assert not found.speaks_for("", "self.most += 1;")
    assert not found.speaks_for("larger", "larger + 1")


def test_a_variable_that_is_mut_and_never_changed_is_neglected() -> None:
    source = "fn f(v: &[u8], mut at: usize) { let mut j = v.len(); let mut n = 0; for x in v { n = g(j, *x, at); } }"
    found = neglected(next(iter(every(parse(source.encode()).root_node, ("function_item",)))), (), ())
    assert found == Neglected(frozenset(), frozenset({"at", "j"}))
    assert neglected(None, (), ()) == Neglected()


def test_what_a_macro_names_in_a_text_is_read() -> None:
    source = 'fn f() { let shown = 1; let mut all = vec![]; all.push(2); println!("{shown}"); }'
    function = next(iter(every(parse(source.encode()).root_node, ("function_item",))))
    assert neglected(function, (), ()) == Neglected()


def test_a_guard_that_gives_what_was_wanted_comes_first() -> None:
    source = "pub fn f(v: &[f64]) -> f64 {\n    v.iter().sum::<f64>() / v.len() as f64\n}\n" + TEST
    first = texts(behaviour_lost_guards.propose, scene(source, [TestFailure("works", message("NaN", "0.0"))]))[0]
    assert first.startswith("pub fn f(v: &[f64]) -> f64 {\n    if v.is_empty() {\n        return 0.0;\n    }\n")


def test_a_separator_that_other_places_have_too() -> None:
    found = list(instead(" ", "2 x tea: 7 1 x pot: 3", r"2 x tea: 7\n1 x pot: 3"))
    assert r"\n" in found


def test_a_variant_that_nothing_makes_comes_first() -> None:
    source = (
        "pub enum E { A, B, C }\npub fn f(n: u8) -> E {\n    match n {\n        0 => E::A,\n        1 => E::A,\n"
        "        _ => E::C,\n    }\n}\n" + TEST
    )
    first = texts(behaviour_names.propose, scene(source, "works"))[:2]
    assert all("E::B" in text for text in first)
