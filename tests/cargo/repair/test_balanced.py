"""Whether brackets have partners is told by runs of tokens; it has to be what the tokens one by one say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.code.lexer import CLOSERS, OPENERS, balanced, tokens

PARTS = [
    b'"',
    b"'",
    b"r",
    b"#",
    b"b",
    b"c",
    b"/",
    b"*",
    b"(",
    b")",
    b"{",
    b"}",
    b"\\",
    b"\n",
    b"x",
    b"1",
    b".",
    b"\xc3",
    b" ",
]


def one_by_one(source: bytes) -> bool:
    stack: list[bytes] = []
    for token in tokens(source):
        if not token.closed:
            return False
        if token.kind != "punctuation":
            continue
        if token.text in OPENERS:
            stack.append(token.text)
        elif token.text in CLOSERS and (not stack or stack.pop() != CLOSERS[token.text]):
            return False
    return not stack


@given(st.lists(st.sampled_from(PARTS), max_size=14).map(b"".join))
def test_it_is_what_the_tokens_say(source: bytes) -> None:
    assert balanced(source) is one_by_one(source)


@pytest.mark.parametrize(
    ("source", "fine"),
    [
        (b"", True),
        (b"fn a() { let b = ['(', ')']; }", True),
        (b'r#"(" "# /* { /* [ */ */ // (', True),
        (b"b'{' '{' 'a r#fn \"}\"", True),
        (b'for"(" br"(" 1r"("', True),
        (b"a.b(", False),
        (b"(]", False),
        (b'"(', False),
        (b"/* ", False),
        (b'r#"a"', False),
    ],
)
def test_brackets_in_texts_and_comments_do_not_count(source: bytes, fine: bool) -> None:
    assert balanced(source) is fine
