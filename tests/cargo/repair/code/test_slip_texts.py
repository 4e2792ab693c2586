"""What a text or a number may have been, by the two sides of an assertion."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "proposers"))

from behaviour_scenes import scene, texts

from rusta_cargo.repair.code.examples import examples_of
from rusta_cargo.repair.code.number_slips import shortly
from rusta_cargo.repair.code.series_slips import odd_one
from rusta_cargo.repair.code.suspects import suspects
from rusta_cargo.repair.code.text_slips import instead, specs
from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.proposers import behaviour_values


@pytest.mark.parametrize(
    ("part", "mine", "theirs", "other"),
    [
        ("hello", "hello you", "Hello you", "Hello"),
        (",", "a,b,c", "a, b, c", ", "),
        (" ", "a b", "a-b", "-"),
        ("Sum: ", "Sum: 3", "Total: 3", "Total: "),
        ("!", "no!", "no", ""),
        ("/", "2023/04/05", "2023-04-05", "-"),
    ],
)
def test_what_stands_in_the_other_text(part: str, mine: str, theirs: str, other: str) -> None:
    assert other in list(instead(part, mine, theirs))


@pytest.mark.parametrize(("part", "mine", "theirs"), [("abc", "abc", "abc"), ("x", "axb", "qqq"), ("a", "ab", "{}b")])
def test_nothing_stands_in_the_other_text(part: str, mine: str, theirs: str) -> None:
    assert list(instead(part, mine, theirs)) == []


@pytest.mark.parametrize(
    ("spec", "mine", "theirs", "other"),
    [
        ("", "3.14159", "3.14", ".2"),
        (".1", "3.1", "3.14", ".2"),
        (".2", "3.14", "3", ".0"),
        ("", "7", "007", "03"),
        ("?", 'is \\"a\\"', "is a", ""),
        ("", "is a", 'is \\"a\\"', "?"),
        ("x", "ff", "FF", "X"),
        (">8", "       a", "a       ", "<8"),
        ("5", "    a", "     a", "6"),
    ],
)
def test_how_a_number_was_to_be_shown(spec: str, mine: str, theirs: str, other: str) -> None:
    assert other in dict(specs(spec, mine, theirs))


@example("²", "", "")  # a digit for Unicode, no number for int()
@given(st.text(max_size=6), st.text(max_size=20), st.text(max_size=20))
def test_any_texts_can_be_compared(part: str, mine: str, theirs: str) -> None:
    for other in instead(part, mine, theirs) if part else ():
        assert other != part
        assert not set('{}"') & set(other)
    assert all(0 < weight <= 1 for _, weight in specs(part, mine, theirs))


@given(
    st.text("abcxyz", min_size=1, max_size=4),
    st.lists(st.text("rstuvw", min_size=1, max_size=3), min_size=2, max_size=6),
)
def test_a_separator_is_found_again(separator: str, words: list[str]) -> None:
    assert separator in list(instead(", ", ", ".join(words), separator.join(words)))


@pytest.mark.parametrize(
    ("numbers", "odd"),
    [
        ([1, 2, 3, 4, 6], (4, 5)),
        ([9, 8, 7, 6, 5, 5, 3, 2, 1], (5, 4)),
        ([1, 10, 100, 10_000, 10_000], (3, 1000)),
        ([0, 2, 4, 6], None),
        ([5, 5, 5, 5], None),
        ([1, 7, 3, 9, 2], None),
        ([1, 2, 4], None),
        ([], None),
    ],
)
def test_the_number_that_breaks_a_series(numbers: list[int], odd: tuple[int, int] | None) -> None:
    assert odd_one(numbers) == odd


@given(st.integers(0, 50), st.integers(1, 9), st.integers(5, 12), st.data())
def test_any_series_is_made_whole_again(start: int, step: int, length: int, data: st.DataObject) -> None:
    numbers = [start + step * place for place in range(length)]
    assert odd_one(numbers) is None
    place = data.draw(st.integers(0, length - 1))
    broken = list(numbers)
    broken[place] += data.draw(st.sampled_from([1, 2, 17]))
    assert odd_one(broken) == (place, numbers[place])


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Fraction(9, 5), "1.8"),
        (Fraction(2), "2.0"),
        (Fraction(1, 3), None),
        (Fraction(-1), None),
        (Fraction(10**9), None),
    ],
)
def test_numbers_that_people_write(number: Fraction, shown: str | None) -> None:
    assert shortly(number) == shown


@given(st.fractions(0, 1000, max_denominator=100))
def test_a_shown_number_is_the_number(number: Fraction) -> None:
    shown = shortly(number)
    assert shown is None or (Fraction(shown) == number and "." in shown)


# (wrong, right, what the assertion said, with the line of the test): the right one is among the first
DETERMINED = [
    ("pub fn f(c: f64) -> f64 { c * 1.6 + 32.0 }", "pub fn f(c: f64) -> f64 { c * 1.8 + 32.0 }",
     "assert_eq!(f(100.0), 212.0);", "left: 192.0\n right: 212.0"),
    ("pub fn f(n: u32) -> u32 { n * 40 }", "pub fn f(n: u32) -> u32 { n * 60 }",
     "assert_eq!(f(2), 120);", "left: 80\n right: 120"),
    ("pub fn f() -> Vec<(u8, u8)> { vec![(1, 2), (3, 5)] }", "pub fn f() -> Vec<(u8, u8)> { vec![(1, 2), (3, 4)] }",
     "assert_eq!(f()[1], (3, 4));", "left: (3, 5)\n right: (3, 4)"),
    ("pub fn f(n: u32) -> u32 { match n { 1 => 10, 2 => 20, 3 => 35, 4 => 40, 5 => 50, _ => 0 } }",
     "pub fn f(n: u32) -> u32 { match n { 1 => 10, 2 => 20, 3 => 30, 4 => 40, 5 => 50, _ => 0 } }",
     "assert!(f(3) < 31);", "assertion failed: f(3) < 31"),
    ('pub fn f(v: &[&str]) -> String { v.join("") }', 'pub fn f(v: &[&str]) -> String { v.join("-") }',
     'assert_eq!(f(&["a", "b"]), "a-b");', 'left: "ab"\n right: "a-b"'),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "right", "line", "said"), DETERMINED)
def test_what_is_expected_determines_the_value(wrong: str, right: str, line: str, said: str) -> None:
    test = f"\n#[test]\nfn works() {{\n    {line}\n}}\n"
    failure = TestFailure("works", f"assertion `left == right` failed\n  {said}", "src/lib.rs", 4)
    assert right + test in texts(behaviour_values.propose, scene(wrong + test, [failure]))[:8]


DOCUMENTED = """//! Of the file.
//!
//! ```
//! demo::start();
//! ```
pub struct Clock;
pub fn start() {}
/// Ticks.
///
/// ```rust
/// # use demo::Clock;
/// assert_eq!(demo::shown(Clock), "tick");
/// ```
#[inline]
pub fn tick(clock: Clock) -> String { clock.to_string() }
pub fn shown(clock: Clock) -> String { clock.to_string() }
impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "tock") }
}
impl Drop for Clock { fn drop(&mut self) { gone() } }
fn gone() {}
"""


def test_examples_are_read_with_their_hidden_lines() -> None:
    assert examples_of(DOCUMENTED.encode(), "tick") == b'use demo::Clock;\nassert_eq!(demo::shown(Clock), "tick");'
    assert examples_of(DOCUMENTED.encode(), "") == b"demo::start();"
    assert examples_of(DOCUMENTED.encode(), "start") == b""


@given(st.text(max_size=60))
def test_examples_of_any_text(text: str) -> None:
    assert isinstance(examples_of(f"/// {text}\nfn f() {{}}".encode(), "f"), bytes)


def test_what_a_failing_example_calls_is_suspected() -> None:
    found = [item.item.name for item in suspects(scene(DOCUMENTED, "demo doc::src/lib.rs - tick"))]
    assert {"tick", "shown", "fmt"} <= set(found)
    assert "start" not in found


def test_what_values_do_at_their_end_is_suspected() -> None:
    found = [item.item.name for item in suspects(scene(DOCUMENTED, "demo doc::src/lib.rs - tick"))]
    assert "drop" in found
    assert "gone" in found


MACRO = """const SHORT: usize = 2;
const LONG: usize = 3;
const OTHER: usize = 4;
macro_rules! make { ($name:ident, $n:ident) => { pub fn $name() -> usize { $n - 3 } } }
make!(
    short, SHORT
);
make!(long, LONG);
fn other() -> usize { OTHER }
#[test] fn t() { short(); }
"""


def test_constants_handed_to_a_macro_that_panics_are_suspected() -> None:
    failure = TestFailure("t", "attempt to subtract with overflow", "src/lib.rs", 5)
    found = suspects(scene(MACRO, [failure]))
    assert found[0].item.name == "SHORT"
    assert "LONG" not in [suspect.item.name for suspect in found if suspect.score == 1.0]
