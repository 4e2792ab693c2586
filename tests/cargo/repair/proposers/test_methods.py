"""Methods that a type does not have: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import BASKET, ITEMS, STORE, WORKERS

from rusta_cargo.repair.proposers.methods import propose

# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (ITEMS, "a.price.partial_cmp(&b.price).unwrap()", "a.price.cmp(&b.price)"),
    (BASKET, "fn show<T: Describe>", "fn show<T>"),
    (BASKET, "self.items.iter().map(|i| i.price)", "self.items.map(|i| i.price)"),
    (BASKET, "self.owner.as_ref().unwrap().len()", "self.owner.len()"),
    (BASKET, "item.cheap()", "item.cheep()"),
    (BASKET, "self.tags.push(", "self.tags.add("),
    (BASKET, "shared.borrow_mut().push(2)", "shared.push(2)"),
    (BASKET, "shared.borrow().len()", "shared.len()"),
    (WORKERS, 'words.join(",")', 'words.iter().join(",")'),
    (STORE, "name.chars().next()", "name.next()"),
    (STORE, "name.chars().next()", "name.chars().first()"),
    (STORE, "is_alphanumeric()", "is_alphanumerical()"),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let name = String::from("a");\n    let other = name;\n    println!("{} {}", name, other);\n}\n',
    'struct Empty;\n\nfn main() {\n    let n = Empty::create();\n    println!("{n}");\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])


def test_a_lock_of_another_kind_is_taken_its_own_way() -> None:
    whole = """use std::sync::{Arc, RwLock};
pub fn add(all: &Arc<RwLock<Vec<u8>>>) { all.write().unwrap().push(1); }
"""
    assert_fixed(propose, whole.replace(".write()", ".lock()"), whole)
