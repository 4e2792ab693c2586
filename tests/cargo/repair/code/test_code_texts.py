"""Types as text, labels, names that look alike, analogies, and edits of lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.analogy import by_analogy, mentions, readings
from rusta_cargo.repair.code.edits import elements_of
from rusta_cargo.repair.code.items import ItemIndex, Struct
from rusta_cargo.repair.code.labels import mismatch_in, named, quoted
from rusta_cargo.repair.code.signatures import unify
from rusta_cargo.repair.code.similar import closest, distance, likeness, rank
from rusta_cargo.repair.syntax import parse
from rusta_cargo.repair.tree import replace_in
from rusta_schemas.diagnostic import Replacement

NAMES = st.text("abcXYZ_", max_size=8)


def test_type_parts() -> None:
    assert types.split_generic("std::collections::HashMap<K, Vec<(u8, V)>>") == (
        "std::collections::HashMap",
        ["K", "Vec<(u8, V)>"],
    )
    assert types.reference("&'a mut [u8]") == ("a", "mut", "[u8]")
    assert types.strip_references("&&mut T") == "T"
    assert types.inner("Option<&str>", "Option") == "&str"
    assert types.head("&std::vec::Vec<u8>") == "Vec"
    assert types.tuple_parts("(u8, (i8, i8))") == ["u8", "(i8, i8)"]
    assert types.tuple_parts("()") == []
    assert types.tuple_parts("(u8)") is None
    assert types.element("&[u8; 4]") == "u8"
    assert types.substitute("Option<Self::Item<T>>", {"T": "u8", "Item": "x"}) == "Option<Self::Item<u8>>"
    assert types.tidy("HashMap <\n  K,\n V,\n>") == "HashMap<K, V>"
    assert types.split_top("fn(a, b) -> c, d") == ["fn(a, b) -> c", "d"]


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("std::string::String", "String", True), ("Vec<_>", "Vec<u8>", True), ("{integer}", "u16", True),
        ("&'a T", "&T", True), ("&mut T", "&T", False), ("(u8, {float})", "(u8, f32)", True), ("u8", "u16", False),
        ("[u8; 3]", "[u8; _]", True), ("Option<u8>", "Result<u8>", False),
    ],
)  # fmt: skip
def test_same_type(left: str, right: str, equal: bool) -> None:
    assert types.same(left, right) is equal
    assert types.same(right, left) is equal


def test_labels() -> None:
    found = mismatch_in("expected `&str`, found `String`")
    assert found is not None
    assert (found.expected, found.found, found.full) == ("&str", "String", True)
    found = mismatch_in("expected integer, found `&str`")
    assert found is not None
    assert (found.expected, found.found) == ("{integer}", "&str")
    assert mismatch_in("cannot borrow as mutable") is None
    assert named("fields `a`, `b` and 2 other fields") == (["a", "b"], 2)
    assert named("patterns `A`, `B` and 1 more not covered") == (["A", "B"], 1)
    assert quoted("no field `x` on type `&T`") == ["x", "&T"]


def test_unify() -> None:
    holes = {"Self::Item", "Self::Error"}
    assert unify("Option<Self::Item>", "Option<&'a T>", holes) == {"Self::Item": "&'a T"}
    assert unify("Result<Self, Self::Error>", "Result<Foo, String>", holes) == {"Self::Error": "String"}
    assert unify("&Self::Item", "&u8", holes) == {"Self::Item": "u8"}
    assert unify("Option<Self::Item>", "u8", holes) == {}


@given(NAMES, NAMES)
def test_distance_is_one(left: str, right: str) -> None:
    assert distance(left, right) == distance(right, left)
    assert (distance(left, right) == 0) == (left == right)
    assert distance(left, right) <= max(len(left), len(right))


@given(NAMES, NAMES)
def test_likeness_is_a_share(left: str, right: str) -> None:
    assert 0.0 <= likeness(left, right) <= 1.0
    assert likeness(left, left) == 1.0


def test_likely_names() -> None:
    assert closest("widht", ["height", "width", "depth"]) == "width"
    assert closest("maxWidth", ["min_width", "max_width"]) == "max_width"
    assert closest("item", ["items", "time"]) == "items"
    assert rank("zzz", ["a", "b"]) == []


def test_analogies() -> None:
    assert by_analogy("y", [("x", "self.x + other.x"), ("z", "self.z + other.z")])[0] == (
        "self.y + other.y",
        1.0,
    )
    assert by_analogy("DarkBlue", [("Red", '"red"'), ("LightRed", '"light-red"')])[0][0] == '"dark-blue"'
    assert by_analogy("C", [("A", "{}"), ("B", "{}")])[0][0] == "{}"
    assert by_analogy("C", [("A", "1"), ("B", "2")]) == []
    assert mentions("left", "self.left_child")
    assert not mentions("left", "self.leftover")


@given(NAMES, NAMES, st.text(max_size=20))
def test_readings_need_a_mention(sibling: str, name: str, text: str) -> None:
    assert bool(readings(sibling, text, name)) == mentions(sibling, text)


LISTS = [
    "f()",
    "f( )",
    "f(a)",
    "f(a, b)",
    "f(a, b,)",
    "f(\n    a,\n    b,\n)",
    "f(\n    a,\n    b\n)",
    "f(a /* x */, g(b, c))",
]


@pytest.mark.parametrize("text", LISTS)
def test_lists_grow_and_shrink(text: str) -> None:
    """An element put in at any place is there, and goes again without a trace in the tokens."""
    source = f"fn x() {{ {text}; }}".encode()
    call = next(n for n in _walk(source) if n.type == "arguments")
    count = len(elements_of(call))
    for at in [*range(count), None]:
        grown = replace_in(source, [edits.add_to("a.rs", source, call, "new", at)])
        again = next(n for n in _walk(grown) if n.type == "arguments")
        spans = elements_of(again)
        place = count if at is None else at
        assert len(spans) == count + 1
        assert grown[slice(*spans[place])] == b"new"
        assert not parse(grown).root_node.has_error
        shrunk = replace_in(grown, [edits.remove_from("a.rs", grown, again, place)])
        assert b"".join(shrunk.split()).replace(b",)", b")") == b"".join(source.split()).replace(b",)", b")")


def _walk(source: bytes) -> list:  # type: ignore[type-arg]
    found, waiting = [], [parse(source).root_node]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(reversed(node.children))
    return found


def apply(source: bytes, change: Replacement | None) -> str:
    assert change is not None
    return replace_in(source, [change]).decode()


def item(source: bytes) -> Struct:
    return ItemIndex([("a.rs", (), source)]).of_kind(Struct)[0]


def test_item_edits() -> None:
    plain = b"    struct A<T> { x: T }\n"
    assert (
        apply(plain, edits.add_derive(plain, item(plain), ["Clone"]))
        == "    #[derive(Clone)]\n    struct A<T> { x: T }\n"
    )
    derived = b"#[derive(Debug)]\nstruct A<T> { x: T }\n"
    assert apply(derived, edits.add_derive(derived, item(derived), ["Debug", "Clone"])).startswith(
        "#[derive(Debug, Clone)]"
    )
    assert edits.add_derive(derived, item(derived), ["Debug"]) is None
    assert "struct A<'a, T>" in apply(plain, edits.add_generic(item(plain), "'a"))
    assert "struct A<T, U>" in apply(plain, edits.add_generic(item(plain), "U"))
    assert "struct A<T: Copy>" in apply(plain, edits.add_bound(item(plain), "T", "Copy"))
    assert "where T: Copy {" in apply(plain, edits.add_where(item(plain), "T: Copy"))
    assert "{ x: T, y: u8 }" in apply(plain, edits.add_field(plain, item(plain), "y: u8"))
    assert "pub struct" in apply(plain, edits.add_visibility("a.rs", item(plain)))
    empty = b"struct A {\n}\n"
    assert apply(empty, edits.add_field(empty, item(empty), "y: u8")) == "struct A {\n    y: u8,\n}\n"


def test_line_edits() -> None:
    source = b"fn f() {\n    a();\n    b(); // why\n}\n"
    a, b = source.index(b"a()"), source.index(b"b()")
    assert (
        apply(source, edits.line_before("x", source, b, "c();")) == "fn f() {\n    a();\n    c();\n    b(); // why\n}\n"
    )
    assert apply(source, edits.line_after("x", source, b, b + 4, "c();")) == (
        "fn f() {\n    a();\n    b(); // why\n    c();\n}\n"
    )
    assert apply(source, edits.delete_lines("x", source, a, a + 4)) == "fn f() {\n    b(); // why\n}\n"
