"""The outline of a file: what guards and risk see of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.outline import attribute_name, outline
from rusta_cargo.repair.syntax import differing, parse, tokens, tokens_of

SOURCE = b"""#![allow(dead_code)]
mod files;
pub struct Shown<T> { pub a: u32, b: T }
pub trait Named { fn name(&self) -> String; fn twice(&self) -> u32 { 2 } }
impl<T> Named for Shown<T> { fn name(&self) -> String { String::new() } }
impl<T> Shown<T> {
    #[inline]
    pub fn get(&self) -> &T { &self.b }
}
pub const LIMIT: usize = 4;
fn outer() {
    fn inside() {}
    inside();
}
#[cfg(test)]
mod tests {
    /// Says why.
    #[test]
    #[ignore = "slow"]
    fn works() { assert_eq!(1, 1); std::assert!(true, "x"); }
}
fn twin() {}
fn twin() {}
"""


def test_functions_are_named_by_what_is_around_them() -> None:
    found = outline(SOURCE)
    assert list(found.functions) == [
        "Named::name", "Named::twice", "Named for Shown<T>::name", "Shown<T>::get", "outer", "outer::inside",
        "tests::works", "twin", "twin#2",
    ]  # fmt: skip
    assert found.functions["Named::name"].body is None
    assert found.functions["Shown<T>::get"].public


def test_a_test_has_its_attributes_and_assertions() -> None:
    test = outline(SOURCE).functions["tests::works"]
    assert test.is_test
    assert test.attributes == (b"#[cfg(test)]", b"#[test]", b'#[ignore = "slow"]')
    assert [found[0] for found in test.assertions] == [b"assert_eq", b"std"]
    assert not outline(SOURCE).functions["outer"].is_test


def test_what_users_see_leaves_private_parts_out() -> None:
    found = outline(SOURCE)
    assert sorted(found.public) == ["LIMIT", "Named", "Shown", "Shown<T>::get"]
    assert b"b" not in found.public["Shown"]
    assert b"4" not in found.public["LIMIT"]
    assert b"4" in found.types["LIMIT"]
    assert found.modules == ("files",)
    assert found.inner == (b"#![allow(dead_code)]",)


def test_attributes_are_known_by_the_last_part_of_their_path() -> None:
    assert attribute_name(b"#[tokio::test]") == "test"
    assert attribute_name(b'#[ignore = "slow"]') == "ignore"
    assert attribute_name(b"#![cfg(any())]") == "cfg"
    assert attribute_name(b"#[ cfg (x)]") == "cfg"


def test_bodies_that_do_nothing() -> None:
    source = b"""fn a() {} fn b() { todo!() } fn c() { panic!("x {}", 1); } fn d() { /* later */ }
fn e() { todo!(); 1 } fn f() { 0 } fn g();"""
    lazy = [name for name, function in outline(source).functions.items() if function.does_nothing]
    assert lazy == ["a", "b", "c", "d", "g"]


def test_comments_are_no_tokens() -> None:
    assert tokens(b"fn a() { /* x */ 1 } // y\n/// z\nfn b() {}") == tokens(b"fn a() { 1 } fn b() {}")


def test_doc_fences_are_found_in_every_kind_of_documentation() -> None:
    source = b"//! ```\n//! a\n//! ```\n/// ```should_panic\n/// b\n/// ```\nfn f() {}\n"
    source += b"/** ~~~\nc\n~~~ */\nfn g() {}\n// ```\n"
    assert outline(source).doc_tests == ("", "should_panic", "")


def test_what_differs_keeps_its_attributes() -> None:
    before = b"fn a() {}\n#[test]\nfn b() { 1; }\nfn c() {}\n"
    after = before.replace(b"1;", b"2;")
    assert differing(before, after) == (b"#[test]\nfn b() { 1; }", b"#[test]\nfn b() { 2; }")
    hidden = before.replace(b"#[test]", b"#[ignore]\n#[test]")
    assert b"fn b" in differing(before, hidden)[0]
    assert b"fn b" in differing(before, hidden)[1]
    assert differing(before, before) == (b"", b"")


PIECES = ["fn a() {}\n", "#[test]\n", "fn b() { x; }\n", "// c\n", "mod d;\n", "}", "{", "é", '"']
pieces = st.lists(st.sampled_from(PIECES), max_size=8).map(lambda parts: "".join(parts).encode())


@given(pieces, pieces)
def test_what_is_cut_away_is_the_same_on_both_sides(before: bytes, after: bytes) -> None:
    old, new = differing(before, after)
    assert old in before
    assert new in after
    lost, gained = len(tokens(before)) - len(tokens(old)), len(tokens(after)) - len(tokens(new))
    if not parse(before).root_node.has_error and not parse(after).root_node.has_error:
        assert lost == gained


@given(st.binary(max_size=120))
def test_any_bytes_have_an_outline(source: bytes) -> None:
    assert outline(source).functions is not None
    assert tokens_of(parse(source).root_node) == tokens(source)
