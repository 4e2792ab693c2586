"""The mask keeps every place and hides everything that is not code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rusta_plugin_example.masking import mask

# Texts made of the pieces that a scanner of Rust stumbles over.
PIECES = st.sampled_from(
    ["//", "/*", "*/", '"', "'", "\\", 'r#"', '"#', 'br"', "'a", "'x'", "\n", " ", "code", "é", "#"]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@given(TEXTS)
def test_every_character_keeps_its_place(source: str) -> None:
    masked = mask(source)
    assert len(masked) == len(source)
    for before, after in zip(source, masked, strict=True):
        assert after == before or (after == " " and before != "\n")


@given(TEXTS)
def test_masking_twice_changes_nothing_more(source: str) -> None:
    # A lifetime may be left alone beside a blanked literal and look like the start of another one.
    once = mask(source)
    if "'" not in once:
        assert mask(once) == once


@given(st.text("abc xyz\n();{}", max_size=60))
def test_code_without_literals_is_left_alone(source: str) -> None:
    assert mask(source) == source


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("a // b\nc", "a     \nc"),
        ("a /* b /* c */ d */ e", "a                   e"),
        ('f("x // y") g', "f(        ) g"),
        (r'f("\"") g', "f(    ) g"),
        ('f(r#"x" y"#) g', "f(         ) g"),
        ("f('\"') g", "f(   ) g"),
        (r"f('\'') g", "f(    ) g"),
        (r"f('\x41', '\u{1F600}') g", "f(      ,            ) g"),
        ("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}"),
        ('bar"x"', "bar   "),
        ("a /* never closed", "a" + " " * 16),
    ],
)
def test_known_texts(source: str, left: str) -> None:
    assert mask(source) == left
