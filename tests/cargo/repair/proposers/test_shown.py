"""Values that cannot be shown as asked: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import BASKET

from rusta_cargo.repair.proposers.shown import propose

PROGRAM_1 = """\
use std::path::Path;

#[derive(Debug)]
struct Job {
    id: u32,
    tags: Vec<String>,
}

fn line(job: &Job, path: &Path) -> String {
    format!("{} {:?} {:>4} {:?}", job.id, job.tags, job.tags.len(), path)
}

fn main() {
    let job = Job { id: 1, tags: vec![] };
    println!("{job:?} {}", line(&job, Path::new("a")));
    eprintln!("failed: {:?}", job);
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "{} {:?} {:>4} {:?}", "{} {} {:>4} {:?}"),
    (PROGRAM_1, "{:>4} {:?}", "{:>4} {}"),
    (PROGRAM_1, "{job:?}", "{job}"),
    (PROGRAM_1, "failed: {:?}", "failed: {}"),
    (BASKET, "{} {:?} {} {:?}", "{} {} {} {:?}"),
    (BASKET, 'println!("{:?} {}", item, item', 'println!("{} {}", item, item'),
    (BASKET, '{:?}", v.clone()', '{}", v.clone()'),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let name = String::from("a");\n    let other = name;\n    println!("{} {}", name, other);\n}\n',
    'fn main() {\n    let n: u8 = "a";\n    println!("{n}");\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])


def test_a_text_that_may_be_missing_is_shown_as_the_text_or_nothing() -> None:
    whole = """pub struct Card { pub name: Option<String> }
pub fn line(card: &Card) -> String { format!("<{:>8}>", card.name.as_deref().unwrap_or_default()) }
"""
    assert_fixed(propose, whole.replace(".as_deref().unwrap_or_default()", ""), whole)
