"""Indices, calls and assignments of what takes none: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer
from sample_programs import ITEMS

from rusta_cargo.repair.proposers.misapplied import propose

PROGRAM_1 = """\
use std::collections::{HashMap, HashSet};

const LIMIT: usize = 3;

struct Grid {
    cells: Vec<u8>,
    width: usize,
    pair: (i32, f64),
}

impl Grid {
    fn at(&self, i: usize) -> u8 {
        self.cells[i]
    }

    fn left(&self) -> i32 {
        self.pair.0
    }

    fn cell(&mut self, i: usize) -> &mut u8 {
        &mut self.cells[i]
    }

    fn area(&self) -> usize {
        self.width * LIMIT
    }
}

fn known(seen: &HashSet<u32>, n: u32) -> bool {
    seen.contains(&n)
}

fn find(index: &HashMap<u32, Vec<u8>>, key: u32) -> Option<u8> {
    let row = index.get(&key)?;
    Some(row[0])
}

fn main() {
    let mut grid = Grid { cells: vec![1, 2], width: 2, pair: (1, 2.0) };
    *grid.cell(0) = 4;
    let edge = grid.at(1);
    let mut level = 0;
    level = edge + level;
    println!("{} {} {} {}", grid.at(0), grid.left(), grid.area(), level);
    println!("{} {:?}", known(&HashSet::new(), 3), find(&HashMap::new(), 1));
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "self.cells[i]\n    }\n\n    fn left", "self[i]\n    }\n\n    fn left"),
    (PROGRAM_1, "self.pair.0", "self.pair[0]"),
    (PROGRAM_1, "seen.contains(&n)", "seen[n]"),
    (PROGRAM_1, "*grid.cell(0) = 4", "grid.cell(0) = 4"),
    (PROGRAM_1, "level = edge + level", "edge + level = level"),
    (PROGRAM_1, "let edge = grid.at(1);", "let edge = grid.at(1)();"),
    (PROGRAM_1, "self.width * LIMIT", "self.width * LIMIT()"),
    (ITEMS, "t.0, t.1", "t[0], t.1"),
    (ITEMS, 'count(&["a", "b"], "a"))', 'count(&["a", "b"], "a")())'),
    (ITEMS, "largest(&[1, 3, 2])", "largest(&[1, 3, 2])[0]"),
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
