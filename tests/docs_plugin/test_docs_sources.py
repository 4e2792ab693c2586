"""A crate's own declarations: cut from source, found by name, cited by explanations."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rusta_docs import as_text, explain
from rusta_docs.explaining.declared import Declarations
from rusta_docs.models import Passage
from rusta_docs.sources import items_of, package_name, source_files
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Span

SOURCE = """//! Prices.
use std::fmt;

/// Größe in cents.
#[derive(Debug)]
pub struct Price<T> {
    cents: u64,
    pub tag: T,
}

impl<T: fmt::Debug> Price<T> {
    /// Makes one.
    pub fn new(cents: u64, tag: T) -> Self {
        fn inner() {}
        Price { cents, tag }
    }
}

// not a doc comment
pub enum Coin { Penny, Pound(u8) }

mod deep {
    pub trait Show { fn show(&self) -> String; const N: u8 = 1; }
    macro_rules! m { () => {} }
}
"""


class Nothing:
    def lookup(self, key: str) -> Passage | None:
        return None


def error(message: str, code: str, data: bytes, at: bytes) -> Diagnostic:
    start = data.index(at)
    line = data.count(b"\n", 0, start) + 1
    column = start - data.rfind(b"\n", 0, start)
    place = Span(
        path="src/main.rs", start=start, end=start + len(at), line=line, end_line=line, column=column,
        end_column=column + len(at), primary=True,
    )  # fmt: skip
    return Diagnostic(level=Level.ERROR, code=code, category=Category.TYPE, phase=3, message=message, spans=(place,))


def test_items_have_their_paths_and_their_comments() -> None:
    data = SOURCE.encode()
    found = {item.title: item for item in items_of(data)}
    assert list(found) == [
        "struct Price", "field Price::cents", "field Price::tag", "fn Price::new", "enum Coin", "variant Coin::Penny",
        "variant Coin::Pound", "mod deep", "trait deep::Show", "fn deep::Show::show", "const deep::Show::N",
        "macro deep::m",
    ]  # fmt: skip
    price, new = found["struct Price"], found["fn Price::new"]
    assert data[price.start :].startswith("/// Größe".encode())
    assert data[price.name_start : price.name_end] == b"Price"
    head = data[new.start : new.signature_end].decode().strip()
    assert head == "/// Makes one.\n    pub fn new(cents: u64, tag: T) -> Self"
    assert data[found["enum Coin"].start :].startswith(b"pub enum")


@given(st.text(alphabet="fn struct{}()<>;:/\n#[]!mod impl trait é", max_size=200))
def test_any_text_can_be_cut(text: str) -> None:
    data = text.encode()
    for item in items_of(data):
        assert 0 <= item.start <= item.name_start < item.name_end <= item.end <= len(data)
        assert item.start <= item.signature_end <= item.end
        data[item.start : item.end].decode()


def test_a_field_that_is_named_is_shown_where_it_is_declared() -> None:
    main = b"fn main() {\n    let p = lib::Price::new(1, 2);\n    p.cents;\n}\n"
    files = {"src/lib.rs": SOURCE.encode(), "src/main.rs": main}
    fault = error("field `cents` of struct `Price` is private", "E0616", main, b"cents")
    (told,) = explain([fault], files.get, Nothing(), package="shop", paths=files)
    marked = {frame.path: [mark.label for mark in frame.marks] for frame in told.frames}
    assert marked["src/lib.rs"] == ["field Price::cents is declared here"]
    cited = next(q for q in told.quotations if q.link == "src/lib.rs:7")
    assert cited.text.startswith("/// Größe in cents.")
    assert cited.anchor.origin == "source shop"
    assert cited.anchor.holds(SOURCE.encode())
    assert "is declared here" in as_text(told)


def test_what_is_declared_twice_or_named_by_chance_is_not_shown() -> None:
    main = b"fn main() { nope; }\nfn main2() {}\n"
    files = {"src/main.rs": main, "a.rs": b"fn nope() {}", "b.rs": b"struct nope;"}
    declared = Declarations(files, files.get)
    assert declared.of(error("cannot find value `nope` in this scope", "E0425", main, b"nope")) == ()
    assert declared.of(error("mismatched types `main`", "E0308", main, b"nope")) == ()
    assert declared.of(error("cannot find value `other` in this scope", "E0425", main, b"nope")) == ()


def test_compile_error_is_told_as_what_it_is() -> None:
    main = b'compile_error!("pick a feature");\n'
    fault = Diagnostic(
        level=Level.ERROR, category=Category.SYNTAX, phase=1, message="pick a feature",
        spans=error("", "E0000", main, main.strip()).spans,
    )  # fmt: skip
    (told,) = explain([fault], {"src/main.rs": main}.get, Nothing())
    assert "stops the build" in told.said
    assert "pick a feature" in told.said


def test_a_package_has_the_name_of_its_manifest(tmp_path: Path) -> None:
    assert package_name(tmp_path) == tmp_path.name
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "shop"\n')
    assert package_name(tmp_path) == "shop"
    (tmp_path / "Cargo.toml").write_text("[package\n")
    assert package_name(tmp_path) == tmp_path.name


def test_source_files_leave_out_what_builds_made(tmp_path: Path) -> None:
    for path in ("src/lib.rs", "src/a/b.rs", "target/debug/x.rs", ".git/y.rs", "README.md", "build.rs"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    assert sorted(source_files(tmp_path)) == ["build.rs", "src/a/b.rs", "src/lib.rs"]


def test_broken_text_still_has_its_items() -> None:
    data = b"fn a() {\n}\nstruct B { x: u8 \nfn c() {}\n"
    assert "fn a" in {item.title for item in items_of(data)}
