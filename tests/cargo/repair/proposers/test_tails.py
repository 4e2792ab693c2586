"""Values that are missing or too much at the end of a block: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_restored, assert_silent, candidates, check_proposer
from sample_programs import ACCOUNTS, GEOMETRY, LEVELS, SHAPES, STORE

from rusta_cargo.repair.proposers.tails import propose

# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (ACCOUNTS, "self.id }", "self.id; }"),
    (ACCOUNTS, "    sum\n}", "}"),
    (ACCOUNTS, "    best\n}", "}"),
    (GEOMETRY, "    Ok(())\n", ""),
    (GEOMETRY, '"pos"\n', '"pos";\n'),
    (GEOMETRY, "return None;", "return;"),
    (SHAPES, "part.to_string());\n        self\n", "part.to_string());\n"),
    (SHAPES, "+= by;\n        self\n", "+= by;\n"),
    (SHAPES, "        Ok(())\n    }\n    fn find", "    }\n    fn find"),
    (SHAPES, "        None\n    }\n}", "    }\n}"),
    (SHAPES, "    found\n}", "}"),
    (SHAPES, "    found\n}", "    found;\n}"),
    (SHAPES, "    text\n}", "}"),
    (LEVELS, "        Ok(n)\n", "        Ok(n);\n"),
    (LEVELS, "    n\n}", "}"),
    (
        STORE,
        "        entry.note = Some(text.to_owned());\n        Ok(())",
        "        entry.note = Some(text.to_owned());",
    ),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let name = String::from("a");\n    let other = name;\n    println!("{} {}", name, other);\n}\n',
    'fn size(n: u32) -> usize {\n    n\n}\n\nfn main() {\n    println!("{}", size(1));\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])


def test_a_function_does_not_end_with_a_call_of_itself() -> None:
    offered = candidates(propose, "pub struct A;\nimpl A { pub fn new() -> A {} }\n")
    assert not any("A::new()" in part.text for candidate in offered for part in candidate.replacements)


ARM_ON_LINES_OF_ITS_OWN = {
    "what a map gives back": """use std::collections::HashMap;
pub enum Event { Closed(String), Seen }
pub fn apply(open: &mut HashMap<String, u8>, event: &Event) {
    match event {
        Event::Seen => {}
        Event::Closed(name) => «{
            open.remove(name);
        }
¦open.remove(name),
»    }
}
""",
}


@pytest.mark.parametrize("name", ARM_ON_LINES_OF_ITS_OWN)
def test_arm_on_lines_of_its_own(name: str) -> None:
    assert_restored(propose, ARM_ON_LINES_OF_ITS_OWN[name])
