"""Brackets that are missing, too many, or of the wrong kind."""

from __future__ import annotations

import pytest
from conformance import assert_silent, check_proposer, fixes, pair
from hypothesis import example, given
from hypothesis import strategies as st

from rusta_cargo.repair.code.brackets import Brackets
from rusta_cargo.repair.code.lexer import CLOSERS, OPENERS, balanced, tokens
from rusta_cargo.repair.proposers.delimiters import propose

RESTORED = {
    "brace of a loop": """pub fn sum(values: &[u32]) -> u32 {
    let mut total = 0;
    for value in values {
        if *value > 3 {
            total += value;
«        }
¦»    }
    total
}
""",
    "brace of a function": """pub struct A;
impl A {
    pub fn one(&self) -> u8 {
        1
«    }
¦»    pub fn two(&self) -> u8 {
        2
    }
}
""",
    "opening brace": "pub fn f(x: u8) -> u8 «{¦»\n    if x > 1 {\n        return 2;\n    }\n    x\n}\n",
    "parenthesis of a call": """pub fn f(x: &str) -> usize {
    let n = usize::from_str_radix(x, 10«)¦».unwrap_or(0);
    n
}
""",
    "opening parenthesis": "pub fn f(x: Option<u8>) -> u8 {\n    x.unwrap_or«(¦»3)\n}\n",
    "one too many": "pub fn f(x: u8) -> u8 {\n    (x + 1)«¦)»\n}\n",
    "wrong kind": "pub fn f() -> Vec<u8> {\n    vec![1, 2, 3«]¦)»\n}\n",
    "before else": "pub fn f(x: u8) -> u8 {\n    if x > 1 {\n        2\n    «} ¦»else {\n        3\n    }\n}\n",
    "of two words that have grown together": """pub fn f(words: &[u8], index: usize) -> u8 {
    let length = words.len();
    *words.get«(¦»index + length / 2).unwrap()
}
""",
}
SILENT = ["pub fn f() -> u8 { missing }", 'pub fn f() -> u8 { "" }', "pub fn f() -> u8 { let x = 5 let y = 6; x + y }"]


@pytest.mark.parametrize("name", RESTORED)
def test_the_bracket_is_restored(name: str) -> None:
    broken, whole = pair(RESTORED[name])
    flat = "".join(whole.split())
    good = fixes(propose, broken)
    assert good
    assert "".join(good[0].split()) == flat


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])


@example('["\n"')  # a line that begins inside a string
@example('"\n"[')  # a bracket behind the end of a string from the line above
@example("'')")  # a place that makes a character of the bracket
@given(st.text(alphabet="(){}[]a \n\"'/*;,é", max_size=60))
def test_every_fix_balances(text: str) -> None:
    source = text.encode()
    for fix in Brackets(source).fixes()[:20]:
        after = source[: fix.start] + fix.text.encode() + source[fix.end :]
        kinds = [t.text for t in tokens(after) if t.kind == "punctuation"]
        stack: list[bytes] = []
        for kind in kinds:
            if kind in OPENERS:
                stack.append(OPENERS[kind])
            elif kind in CLOSERS:
                assert stack, (source, fix)
                assert stack.pop() == kind, (source, fix)
        assert not stack, (source, fix)


@given(st.text(max_size=80))
def test_tokens_cover_the_text_in_order(text: str) -> None:
    source = text.encode()
    place = 0
    for token in tokens(source):
        assert token.start >= place
        assert source[token.start : token.end] == token.text
        place = token.end
    assert isinstance(balanced(source), bool)


def test_a_comment_that_never_ends_is_somebody_elses() -> None:
    assert Brackets(b"[/*").fixes() == []
    assert not balanced(b"fn f() {} /* and")
