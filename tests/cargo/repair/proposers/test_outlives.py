"""Lifetimes that are not known to outlive each other."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.outlives import propose

RESTORED = {
    "a bound between two": """
        pub struct Arena<'a> { items: Vec<&'a str> }
        pub fn keep<'a, 'b«: 'a¦»>(arena: &mut Arena<'a>, item: &'b str) { arena.items.push(item); }
    """,
    "a getter that says too little": """
        pub struct Token<'s> { pub text: &'s str }
        pub struct Lexer<'s> { text: &'s str }
        impl<'s> Lexer<'s> {
            pub fn next(&mut self) -> Option<Token<'s>> { let token = self.peek()?; Some(token) }
            fn peek(&self) -> Option<Token«<'s>¦»> { Some(Token { text: self.text }) }
        }
    """,
    "a pointer longer than its data": """
        pub struct Name<'a> { text: &'a str }
        pub trait Makes<'a, 'b> { type Out; }
        impl<'a, 'b«: 'a¦»> Makes<'a, 'b> for u8 { type Out = &'a Name<'b>; }
    """,
    "a result that is borrowed": """
        pub struct Holder<'a> { name: &'a str }
        pub fn make(name: &str) -> Holder<'«_¦static»> { Holder { name } }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f() -> u8 { nothing(3) }",
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
