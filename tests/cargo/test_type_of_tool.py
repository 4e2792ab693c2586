"""Types by probes: where a probe may stand, and what the compiler answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.models import TypeArgs, TypeQuery
from rusta_cargo.tools.types import type_of
from rusta_cargo.type_probe import Question, with_probes

Lay = Callable[..., Path]
MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2024"\n'

# «…» marks the asked expression; TYPES are the answers in order, None: no answer.
SOURCE = """
use std::collections::HashMap;
pub struct S { pub a: Vec<String>, pub é: (u8, f32) }
const N: usize = «3 + 4»;
impl S {
    pub fn go(&self, n: Option<&str>) -> Result<usize, std::num::ParseIntError> {
        let m = HashMap::from([(1u8, "a")]);
        let «k» = |q: &S| «q.a.len()»;
        if let Some(w) = «self.a.first()» && «w.len()» > 2 { drop(«()»); }
        while let Some(v) = None::<i8> { let _ = «v»; }
        for («i», c) in "é".chars().enumerate() { println!("{}", «i» + c.len_utf8()); }
        let r = match n {
            Some(t) if «t.trim()» != "" => «t.parse::<usize>()?»,
            Some(t) => { t.len() + «self» .a.len() }
            None => «self.é.1» as usize,
        };
        let _: u8 = undefined;
        Ok(«r» + k(self) + «m.len()» + «Default::default()»)
    }
}
#[cfg(test)]
mod tests { #[test] fn t() { assert_eq!(«super::S { a: vec![], é: (1, 2.0) }».a.len(), 0); } }
"""
TYPES = [
    "{integer}",
    "{closure@src/lib.rs:8:17: 8:24}",
    "usize",
    "Option<&String>",
    "usize",
    "()",
    "i8",
    "usize",
    "usize",
    "&str",
    "usize",
    "&S",
    "f32",
    "usize",
    "usize",
    None,
    "S",
]


def spans(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without marks, and the marked spans in bytes."""
    plain, found, begin = b"", [], 0
    for sign in marked:
        if sign == "«":
            begin = len(plain)
        elif sign == "»":
            found.append((begin, len(plain)))
        else:
            plain += sign.encode()
    return plain.decode(), found


def test_many_types_in_one_run(lay: Lay, bench: Callable) -> None:
    text, places = spans(SOURCE)
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": text}))
    queries = tuple(TypeQuery(path="src/lib.rs", start=start, end=end) for start, end in places)
    report = it.call(type_of, TypeArgs(queries=queries))
    assert {text.encode()[a.start : a.end].decode(): a.type for a in report.types} == {
        text.encode()[start:end].decode(): kind for (start, end), kind in zip(places, TYPES, strict=True)
    }
    assert all(answer.why for answer in report.types if answer.type is None)


def test_a_standalone_file_and_text_that_does_not_parse(lay: Lay, bench: Callable) -> None:
    text, places = spans("fn main() { let v = vec![1u8]; let s: String = «v.iter().map(|x| x + 1)»; «nope»(); }\n")
    it = bench(lay({"x.rs": text}) / "x.rs")
    queries = tuple(TypeQuery(path="x.rs", start=start, end=end) for start, end in places)
    types = it.call(type_of, TypeArgs(queries=queries)).types
    assert types[0].type is not None
    assert types[0].type.startswith("Map<std::slice::Iter<'_, u8>") or types[0].type.startswith("Map<Iter<'_, u8>")
    assert types[1].type is None
    cut = it.edit("x.rs", "nope(); }\n", "nope(); ")
    (answer,) = it.call(type_of, TypeArgs(queries=queries[:1], edits=(cut,))).types
    assert answer.type is None
    assert "unclosed delimiter" in answer.why


def test_what_is_no_expression_is_refused() -> None:
    source = b"use std::fmt;\nstruct S { a: u8 }\nfn f() {}\n"
    _, refused = with_probes(source, [Question(4, 12), Question(25, 26), Question(5, 5), Question(900, 901)], 0)
    assert set(refused) == {0, 1, 2, 3}


@given(st.data())
def test_probes_only_insert(data: st.DataObject) -> None:
    """Whatever is asked, the source stays as it was between the inserted pieces."""
    text, _ = spans(SOURCE)
    source = text.encode()
    spots = st.integers(0, len(source))
    questions = [Question(*sorted(data.draw(st.tuples(spots, spots)))) for _ in range(data.draw(st.integers(1, 4)))]
    probed, _ = with_probes(source, questions, 0)
    rest = iter(probed)
    assert all(byte in rest for byte in source)
