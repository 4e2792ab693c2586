"""Trees that are kept: as many as a crate has files, but never more than a few megabytes of text."""

from __future__ import annotations

import pytest

from rusta_cargo.repair import syntax
from rusta_cargo.repair.code.nodes import below, every
from rusta_cargo.repair.syntax import KEPT_BYTES, KEPT_LEAST, parse, walk

SOURCE = b"""
impl<'a, T: Into<Option<T>>> Deep<'a, Vec<Vec<T>>> for Box<Box<T>> {
    fn f(&self) -> Result<Vec<u8>, ()> { Ok(Wide { a: Wide { a: 1 }, ..x }); g(h(1)(2)) }
}
fn broken( -> Vec<Box<u8>> { a: Deep<
"""


@pytest.fixture(autouse=True)
def trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of this test's own."""
    monkeypatch.setattr(syntax, "TREES", type(syntax.TREES)())


def test_the_files_of_a_crate_are_parsed_once() -> None:
    sources = [b"fn f%d() {}\n" % number for number in range(100)]
    first = [parse(source) for source in sources]
    assert all(parse(source) is tree for source, tree in zip(sources, first, strict=True))


def test_long_files_do_not_fill_the_memory() -> None:
    """Only the latest of them are kept, and what was asked for last goes last."""
    line = b"fn f() { g(1); }\n"
    long = line * (KEPT_BYTES // KEPT_LEAST // len(line) + 1)
    first = parse(b"// 0\n" + long)
    for number in range(1, KEPT_LEAST):
        parse(b"// %d\n" % number + long)
    assert parse(b"// 0\n" + long) is first
    for number in range(KEPT_LEAST, KEPT_LEAST + 8):
        parse(b"// %d\n" % number + long)
    assert len(syntax.TREES) == KEPT_LEAST
    assert parse(b"// 0\n" + long) is first
    assert parse(b"// 1\n" + long).root_node.end_byte == len(b"// 1\n" + long)
    assert len(syntax.TREES) == KEPT_LEAST


@pytest.mark.parametrize(
    "kinds",
    ["generic_type", "struct_expression", ("identifier", "type_identifier"), ("call_expression", "type_arguments")],
)
def test_the_quick_search_finds_what_the_walk_finds(kinds: str | tuple[str, ...]) -> None:
    """In a text with errors too, and in the order of the text."""
    root = parse(SOURCE).root_node
    found = every(root, kinds)
    assert found == list(below(root, kinds))
    wanted = (kinds,) if isinstance(kinds, str) else kinds
    assert len(found) == sum(node.type in wanted for node in walk(root)) > 1
