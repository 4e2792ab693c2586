"""The ``?`` operator where it cannot be: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_restored, assert_silent, check_proposer, fixes
from sample_programs import BASKET, STORE

from rusta_cargo.repair.proposers.question import propose

PROGRAM_1 = """\
use std::collections::HashMap;
use std::fs;
use std::num::ParseIntError;

#[derive(Debug)]
enum LoadError {
    Io(std::io::Error),
    Number(ParseIntError),
    Empty,
}

impl From<std::io::Error> for LoadError {
    fn from(error: std::io::Error) -> Self {
        LoadError::Io(error)
    }
}

fn number(text: &str) -> Result<i32, LoadError> {
    let value: i32 = text.trim().parse().map_err(LoadError::Number)?;
    Ok(value)
}

fn load(path: &str) -> Result<String, LoadError> {
    let text = fs::read_to_string(path)?;
    if text.is_empty() {
        return Err(LoadError::Empty);
    }
    Ok(text)
}

fn width(text: &str) -> Result<u32, String> {
    let n: u32 = text.parse().map_err(|e: ParseIntError| e.to_string())?;
    Ok(n)
}

fn port(settings: &HashMap<String, String>) -> Option<u16> {
    let text = settings.get("port")?;
    text.parse().ok()
}

fn second(line: &str) -> Option<&str> {
    let word = line.split(' ').nth(1)?;
    Some(word)
}

fn third(line: &str) -> Option<u8> {
    let n = line.split(' ').nth(2)?.parse::<u8>().ok()?;
    Some(n)
}

fn size(line: &str) -> usize {
    let n = line.len();
    n
}

fn main() {
    println!("{:?} {:?}", number("4"), load("x"));
    println!("{:?} {:?} {:?} {}", width("3"), port(&HashMap::new()), third("a b 1"), size("ab"));
    println!("{:?}", second("a b"));
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "-> Result<String, LoadError> {\n    let text", "-> String {\n    let text"),
    (PROGRAM_1, "-> Option<u8> {\n    let n", "-> u8 {\n    let n"),
    (
        PROGRAM_1,
        "-> Option<&str> {\n    let word = line.split(' ').nth(1)?;\n    Some(word)",
        "-> &str {\n    let word = line.split(' ').nth(1)?;\n    word",
    ),
    (PROGRAM_1, "line.len();", "line.len()?;"),
    (PROGRAM_1, ".parse::<u8>().ok()?", ".parse::<u8>()?"),
    (BASKET, "-> Result<u32, AppError> {\n    let n", "-> u32 {\n    let n"),
    (STORE, "-> Result<usize, StoreError> {\n        let file", "-> usize {\n        let file"),
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


LENT = """pub struct Unread<'a>(pub &'a str);
pub struct Zero;
pub enum Error<'a> { Parse(Unread<'a>), Eval(Zero) }
impl From<Zero> for Error<'_> {
    fn from(e: Zero) -> Self {
        Error::Eval(e)
    }
}
fn parse(text: &str) -> Result<i32, Unread<'_>> { text.parse().map_err(|_| Unread(text)) }
fn eval(n: i32) -> Result<i32, Zero> { if n == 0 { Err(Zero) } else { Ok(n) } }
pub fn run(text: &str) -> Result<i32, Error<'_>> { Ok(eval(parse(text)?)?) }
"""


def test_an_enum_that_borrows_takes_in_what_its_variants_hold() -> None:
    """One of them borrows as well, the other does not; both ways to convert are offered."""
    good = fixes(propose, LENT)
    assert any(
        "impl<'a> From<Unread<'a>> for Error<'a> {\n    fn from(e: Unread<'a>) -> Self {" in text for text in good
    )
    assert any("parse(text).map_err(Error::Parse)?" in text for text in good)
    other = LENT.replace(LENT[LENT.index("impl From") : LENT.index("fn parse")], "").replace(
        "parse(text)?", "parse(text).map_err(Error::Parse)?"
    )
    assert any("impl From<Zero> for Error<'_> {" in text for text in fixes(propose, other))


BOXED_IN_A_VARIANT = {
    "before one of text": """use std::error::Error;
use std::io::Write;
pub enum StoreError { Unknown(String), Storage(Box<dyn Error + Send + Sync>) }
pub fn put(out: &mut dyn Write, name: &str) -> Result<(), StoreError> {
    if name.is_empty() {
        return Err(StoreError::Unknown(name.to_string()));
    }
    out.write_all(name.as_bytes())«.map_err(|e| StoreError::Storage(Box::new(e)))¦»?;
    Ok(())
}
""",
}


@pytest.mark.parametrize("name", BOXED_IN_A_VARIANT)
def test_boxed_in_a_variant(name: str) -> None:
    assert_restored(propose, BOXED_IN_A_VARIANT[name])
