"""The index of items, the reader of one file, and places in the tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.items import (
    Alias,
    Enum,
    Function,
    Impl,
    ItemIndex,
    Struct,
    Trait,
    Use,
    Value,
    Variant,
    files_of,
    functions_calling,
)
from rusta_cargo.repair.code.reading import read_items
from rusta_cargo.repair.code.std_traits import std_traits
from rusta_cargo.repair.project import Package, Project, Target
from rusta_cargo.repair.proposer import Situation, SourceUnavailable
from rusta_cargo.repair.syntax import parse

SOURCE = b"""
#[derive(Debug, std::clone::Clone)]
#[repr(C)]
pub struct Pair<'a, T: Copy = u8, const N: usize>(pub(crate) T, #[x] &'a str) where T: Ord;
enum Shape { Dot, Rect(u8, u8), Circle { radius: f64 } = 3 }
union Bits { a: u32, b: f32 }
pub(crate) trait Area<R = Self>: Clone {
    type Unit: Copy;
    const SIDES: u32 = 4;
    fn area(&self, other: &R, _: u8) -> Self::Unit;
    fn name(self: Box<Self>) -> String { String::new() }
}
impl<T> m::Area<T> for &'static m::Shape { type Unit = u8; fn area(&mut self, (a, b): (u8, u8)) {} }
mod inner { pub async unsafe fn go<F>(mut f: F) where F: Fn() { struct Local; } const C: u8 = 1; }
use a::{b as c, self, d::*, e::{f}};
type Alias = Vec<u8>;
"""


def named(name: str) -> object:
    return next(item for item in read_items("a.rs", SOURCE) if item.name == name)


def test_struct() -> None:
    pair = named("Pair")
    assert isinstance(pair, Struct)
    assert pair.shape == "tuple"
    assert [(f.name, f.type.text, f.visibility and f.visibility.text) for f in pair.fields] == [
        ("0", "T", "pub(crate)"),
        ("1", "&'a str", None),
    ]
    assert pair.derives == ("Debug", "Clone")
    assert [(g.kind, g.name) for g in pair.generics] == [
        ("lifetime", "'a"),
        ("type", "T"),
        ("const", "N"),
    ]
    assert pair.where is not None
    assert pair.where.text == "where T: Ord"
    assert SOURCE[pair.first : pair.first + 2] == b"#["


def test_enum_and_union() -> None:
    shape, bits = named("Shape"), named("Bits")
    assert isinstance(shape, Enum)
    assert [(v.name, v.shape, len(v.fields)) for v in shape.variants] == [
        ("Dot", "unit", 0),
        ("Rect", "tuple", 2),
        ("Circle", "named", 1),
    ]
    assert shape.variants[2].value is not None
    assert isinstance(bits, Struct)
    assert bits.kind == "union"


def test_trait_and_impl() -> None:
    trait = next(item for item in read_items("a.rs", SOURCE) if isinstance(item, Trait))
    assert [item.name for item in trait.required()] == ["Unit", "area"]
    area = trait.items[2]
    assert isinstance(area, Function)
    assert [(p.name, p.type.text) for p in area.parameters] == [("other", "&R"), ("", "u8")]
    impl = next(item for item in read_items("a.rs", SOURCE) if isinstance(item, Impl))
    assert impl.name == "Shape"
    assert impl.trait is not None
    assert impl.trait.text == "m::Area<T>"
    assert isinstance(impl.items[0], Alias)


def test_modules_uses_and_locals() -> None:
    go, local, constant = named("go"), named("Local"), named("C")
    assert isinstance(go, Function)
    assert go.module == ("inner",)
    assert go.modifiers == "async unsafe"
    assert local.parent is go  # type: ignore[attr-defined]
    assert isinstance(constant, Value)
    use = next(item for item in read_items("a.rs", SOURCE) if isinstance(item, Use))
    assert [("::".join(leaf.path), leaf.name) for leaf in use.leaves] == [
        ("a::b", "c"),
        ("a", "a"),
        ("a::d", "*"),
        ("a::e::f", "f"),
    ]


def test_every_span_is_the_text_it_says() -> None:
    for item in read_items("a.rs", SOURCE):
        if item.name and item.kind != "impl":
            assert SOURCE[item.name_start : item.name_end].decode() == item.name
        for piece in (item.body, item.where, item.visibility, item.generics_span):
            if piece is not None:
                assert SOURCE[piece.start : piece.end].decode() == piece.text


def situation(files: dict[str, bytes]) -> Situation:
    def read(path: str) -> bytes:
        if path not in files:
            raise SourceUnavailable(path)
        return files[path]

    package = Package("case", "", "2021", (Target("case", "lib", "src/lib.rs"),))
    return Situation((), read, lambda verb, args: None, Project((package,)))  # type: ignore[arg-type, return-value]


def test_files_along_modules() -> None:
    """mod.rs, nested folders, inline modules and #[path]; what is missing is left out."""
    found = situation(
        {
            "src/lib.rs": b'mod a; mod b { mod c; } #[path = "odd/place.rs"] mod d; mod gone;',
            "src/a/mod.rs": b"mod deep;",
            "src/a/deep.rs": b"pub struct Deep;",
            "src/b/c.rs": b"pub fn c() {}",
            "src/odd/place.rs": b"mod beside;",
            "src/odd/beside.rs": b"",
            "src/never.rs": b"pub struct Never;",
        }
    )
    assert {path: module for path, module, _ in files_of(found)} == {
        "src/lib.rs": (),
        "src/a/mod.rs": ("a",),
        "src/a/deep.rs": ("a", "deep"),
        "src/b/c.rs": ("b", "c"),
        "src/odd/place.rs": ("d",),
        "src/odd/beside.rs": ("d", "beside"),
    }
    index = ItemIndex.of(found)
    assert index is ItemIndex.of(found)
    assert [index.module_of(item) for item in index.named("Deep", Struct)] == [("a", "deep")]
    assert index.named("Never", Struct) == []


def test_lookups() -> None:
    text = b"""
    pub mod x { pub struct S { pub k: u8 } } pub mod y { pub struct S; }
    type Other = x::S;
    impl x::S { fn new() -> Self { todo!() } }
    impl Clone for x::S { fn clone(&self) -> Self { todo!() } }
    enum E { S(u8) }
    """
    index = ItemIndex([("lib.rs", (), text)])
    structs = [i for i in index.by_path("crate::y::S", Struct) if not isinstance(i, Variant)]
    assert structs[0].module == ("y",)
    assert [item.name for item in index.methods("&mut S")] == ["new", "clone"]
    assert index.implements("Option", "Clone") is False
    assert index.implements("S", "Clone")
    assert index.struct("Other") is index.struct("x::S")
    assert [item.parent.name for item in index.named("E::S", Variant) if item.parent] == ["E"]
    inside = text.index(b"pub k")
    assert index.at("lib.rs", inside) is index.struct("S")


def test_calls_are_found() -> None:
    source = b"fn f() { a::go::<u8>(1); x.go(2); go(); ngo(); Go(3) }"
    assert [source[a:b] for a, b in functions_calling(source, "go")] == [
        b"a::go::<u8>(1)",
        b"x.go(2)",
        b"go()",
    ]


def test_std_traits_are_readable() -> None:
    traits = std_traits()
    assert [item.name for item in traits["Iterator"].required()] == ["Item", "next"]
    assert [item.name for item in traits["PartialEq"].required()] == ["eq"]
    assert all(trait.items for trait in traits.values())


@given(st.binary(max_size=200), st.integers(0, len(SOURCE)), st.integers(0, 30))
def test_broken_text_is_read(noise: bytes, place: int, gone: int) -> None:
    """Whatever the text, reading it raises nothing and every span lies in it."""
    broken = SOURCE[:place] + noise + SOURCE[place + gone :]
    for item in read_items("a.rs", broken):
        assert 0 <= item.start <= item.name_start <= item.name_end <= item.end <= len(broken)


def test_places() -> None:
    source = b"fn f() {\n    let a = g(1 + 2);\n    a\n}\n"
    tree = parse(source)
    node = nodes.node_at(tree, source.index(b"1"), source.index(b"1") + 1)
    assert node.type == "integer_literal"
    statement = nodes.statement_of(node)
    assert statement is not None
    assert statement.type == "let_declaration"
    assert nodes.text(nodes.tail_of(nodes.block_of(node))) == "a"
    assert nodes.indent_at(source, statement.start_byte) == "    "
    assert nodes.indent_unit(b"fn f() {\n  a\n}\n") == "  "
    assert nodes.indent_unit(b"fn f() {\n\ta\n}\n") == "\t"
    function = nodes.function_of(node)
    assert function is not None
    assert nodes.exact(tree, function.start_byte, function.end_byte) == function
    assert [nodes.text(n) for n in nodes.every(tree.root_node, "integer_literal")] == ["1", "2"]


def test_item_start_has_documentation() -> None:
    source = b"// not this\n\n/// this\n#[a]\nfn f() {}\n"
    function = parse(source).root_node.children[-1]
    assert nodes.item_start(function) == source.index(b"///")
