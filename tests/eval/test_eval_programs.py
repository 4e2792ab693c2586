"""Mistakes in whole programs of the installed books."""

from __future__ import annotations

from pathlib import Path

import pytest

from rusta_cargo import find_toolchain, tokens
from rusta_eval.cases import MAIN, Case, struck
from rusta_eval.documents import Block
from rusta_eval.measures import original_known
from rusta_eval.priors import held_out, learnt_on
from rusta_eval.programs import _case

PROGRAM = """\
struct Point { x: i32, y: i32 }
impl Point {
    fn sum(&self) -> i32 { self.x + self.y }
    fn moved(&mut self, by: i32) { self.x += by; self.y += by; }
}
fn main() {
    let mut here = Point { x: 1, y: 2 };
    here.moved(3);
    let text = format!("{}", here.sum());
    let all: Vec<&str> = text.split(' ').collect();
    println!("{}", all.len());
}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Case:
    block = Block("book/ch01#0", PROGRAM, "2021", None)
    case = _case(find_toolchain(tmp_path_factory.mktemp("here")), block, 3)
    assert case is not None
    return case


def test_a_case_knows_the_text_before_its_mistake(made: Case) -> None:
    assert made.strike is not None
    assert made.strike.path == MAIN
    assert struck(PROGRAM.encode(), made.strike).decode() == made.source
    assert made.original == PROGRAM
    assert tokens(made.source.encode()) != tokens(PROGRAM.encode())
    assert made.message


def test_it_reads_back_and_is_split_by_its_page(made: Case) -> None:
    assert Case.from_json(made.to_json()) == made
    assert made.name == "book/ch01"
    record = {"set": "programs", "name": made.name, "strike": {}, "product": {"harness": False}}
    assert len(learnt_on([record])) + len(held_out([record])) == 1
    assert original_known(record)


def test_the_same_seed_makes_the_same_mistake(made: Case, tmp_path: Path) -> None:
    assert _case(find_toolchain(tmp_path), Block("book/ch01#0", PROGRAM, "2021", None), 3) == made
