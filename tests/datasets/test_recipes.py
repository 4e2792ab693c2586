"""Recipes: the fix gives the original back, whatever was broken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_datasets import questions, triplets
from rusta_datasets.recipes import RECIPES

CODE = b"""use std::fmt::Display;
use std::collections::HashMap;

pub fn longest<'a>(x: &'a str, y: &'a str) -> &'a str {
    if x.len() > y.len() { x } else { y }
}

pub struct Names { all: HashMap<String, u32> }

pub fn show<T: Display>(value: T, names: &Names) -> String
where
    T: Display,
{
    let mut out = value.to_string();
    let copy = out.clone();
    out.push_str(&copy);
    out
}

impl Names {
    pub fn add(&mut self, name: &str) { self.all.insert(name.to_owned(), 1u32); }
}
"""


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_every_fix_gives_the_original_back(seed: int) -> None:
    made = list(triplets(CODE, 6, seed))
    assert len(made) == 6
    for one in made:
        assert one.mutated != CODE
        assert one.original == CODE
        assert one.lines >= 1


def test_the_same_seed_gives_the_same_mistakes() -> None:
    assert list(triplets(CODE, 5, 3)) == list(triplets(CODE, 5, 3))
    assert list(triplets(CODE, 5, 3)) != list(triplets(CODE, 5, 4))


def test_every_recipe_of_the_seed_is_found_somewhere() -> None:
    found = {one.recipe for one in triplets(CODE, 100, 1)}
    assert {recipe.name for recipe in RECIPES} - found <= {"shared_for_mutable"} | {"lost_brace"}
    assert {"lost_lifetime", "lost_bound", "wrong_width", "lost_pub", "lost_semicolon"} <= found


def test_a_judge_drops_what_is_no_mistake_and_names_the_others() -> None:
    made = list(triplets(CODE, 100, 1, lambda text: None if b"use std::fmt" in text else "E0405"))
    assert made
    assert {(one.recipe, one.error) for one in made} == {("lost_import", "E0405")}


@given(st.binary(max_size=200), st.integers(0, 5))
def test_any_bytes_are_taken(text: bytes, count: int) -> None:
    made = list(triplets(text, count, 1))
    assert len(made) <= count
    assert all(one.original == text for one in made)


PAGE = b"".join(
    f"Section number {word}\nHere stands a long sentence about {word}, with more than forty letters.\n\n".encode()
    for word in ("one", "two", "three", "four")
)


@pytest.mark.parametrize("choices", [1, 2, 4])
def test_a_question_names_the_passage_under_its_title(choices: int) -> None:
    asked = list(questions("p.html", PAGE, choices, 1))
    assert len(asked) == 4
    for one in asked:
        assert len(one.passages) == choices
        _, start, end = one.passages[one.answer]
        assert one.question.split()[-1].encode() in PAGE[start:end]


def test_a_page_with_too_few_passages_asks_nothing() -> None:
    assert list(questions("p.html", PAGE, 5, 1)) == []
    assert list(questions("p.html", b"\0\xff", 1, 1)) == []
