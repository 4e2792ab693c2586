"""What a patch does to the text, read off its tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.guards import Change
from rusta_cargo.repair.shape import Shape, exchanged, shape_of

CODE = "use std::fmt;\nfn area(w: u32, h: u32) -> u32 { let both = vec![w, h]; both[0] * both[1] }\nstruct Open;\n"


def shape(old: str, new: str) -> Shape:
    assert CODE.count(old) >= 1
    return shape_of([Change("src/lib.rs", CODE.encode(), CODE.replace(old, new, 1).encode())])


def test_the_tokens_that_went_and_came_are_told_apart() -> None:
    assert exchanged(b"fn a() { b(1, c) }", b"fn a() { b(c) }") == ([b"1", b","], [])
    assert exchanged(b"fn a() -> u8 { b }", b"fn a() -> u8 { *b }") == ([], [b"*"])


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("* both[1]", "* both[1];", Shape(tokens=1)),
        ("use std::fmt;", "use std::fmt;\nuse std::io;", Shape(tokens=5, imports=True)),
        ("use std::fmt;", "use std::fmt;\nuse a::None;", Shape(tokens=5, imports=True)),
        ("both[1]", "both[7]", Shape(tokens=2, invents=True)),
        ("vec![w, h]", "vec![w, h, 0]", Shape(tokens=2, invents=True, placeholder=True)),
        ("vec![w, h]", "Default::default()", Shape(tokens=12, invents=True, placeholder=True)),
        ("let both = vec![w, h]; ", "", Shape(tokens=11, deletes=True)),
        ("w: u32", "w: u64", Shape(tokens=2, defines=True, invents=False)),
        ("struct Open;", "struct Open(u8);", Shape(tokens=3, defines=True)),
    ],
)
def test_the_shape_of_a_change(old: str, new: str, wanted: Shape) -> None:
    assert shape(old, new) == wanted


def test_turning_a_value_round_makes_nothing_up() -> None:
    turned = shape_of([Change("a.rs", b"fn a() -> bool { false }", b"fn a() -> bool { true }")])
    assert not turned.placeholder
    asked = shape_of([Change("a.rs", b"fn a() -> bool { }", b"fn a() -> bool { true }")])
    assert asked.placeholder


def test_what_is_not_rust_says_nothing() -> None:
    assert shape_of([Change("Cargo.toml", b"a = 1", b"a = 2"), Change("new.rs", None, b"fn a() {}")]) == Shape()


@given(st.lists(st.sampled_from(["a", "1", ";", "{", "}", "use", "None", '"x"']), max_size=12).map(" ".join))
def test_the_same_text_has_no_shape(text: str) -> None:
    assert shape_of([Change("a.rs", text.encode(), text.encode())]) == Shape()
