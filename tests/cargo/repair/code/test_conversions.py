"""From one type to another: the likeliest form, and none that turns a type into itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.conversion import Place, conversions
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.literals import literal_of, rewritten
from rusta_cargo.repair.syntax import parse

SOURCE = b"""
struct Meters(f64);
enum Failure { Io(std::io::Error), Empty }
struct Owner { name: String }
impl Owner { fn age(&self) -> u32 { 3 } }
"""
INDEX = ItemIndex([("main.rs", (), SOURCE)])


def _best(have: str, want: str, leaves: str | None = None) -> str:
    found = conversions(have, want, Place(SOURCE, INDEX, None, leaves))
    return found[0][0].put("x") if found else ""


@pytest.mark.parametrize(
    ("have", "want", "written"),
    [
        ("String", "&str", "&x"),
        ("&str", "String", "x.to_string()"),
        ("&u32", "u32", "*x"),
        ("&String", "String", "x.clone()"),
        ("u32", "Option<u32>", "Some(x)"),
        ("u32", "Result<u32, String>", "Ok(x)"),
        ("&str", "Option<String>", "Some(x.to_string())"),
        ("Option<&u32>", "Option<u32>", "x.copied()"),
        ("Option<&String>", "Option<String>", "x.cloned()"),
        ("Option<String>", "Option<&str>", "x.as_deref()"),
        ("Option<String>", "Option<&String>", "x.as_ref()"),
        ("Result<u8, E>", "Option<u8>", "x.ok()"),
        ("u8", "u64", "x as u64"),
        ("u64", "u8", "x as u8"),
        ("Vec<u8>", "&[u8]", "&x"),
        ("&[u8]", "Vec<u8>", "x.to_vec()"),
        ("Vec<u8>", "usize", "x.len()"),
        ("f64", "Meters", "Meters(x)"),
        ("Meters", "f64", "x.0"),
        ("Owner", "u32", "x.age()"),
        ("Box<u32>", "u32", "*x"),
        ("u32", "Box<u32>", "Box::new(x)"),
        ("Map<I, F>", "Vec<u8>", "x.collect()"),
        ("Result<u8, std::io::Error>", "Result<u8, Failure>", "x.map_err(Failure::Io)"),
        ("fn() -> u8 {make}", "u8", "x()"),
    ],
)
def test_likeliest(have: str, want: str, written: str) -> None:
    assert _best(have, want) == written


def test_failures_are_handed_on_where_they_can_be() -> None:
    assert _best("Option<u8>", "u8", "Option<u8>") == "x?"
    assert _best("Option<u8>", "u8") == "x.unwrap()"


KINDS = st.sampled_from(
    [
        *types.NUMBERS,
        "String",
        "&str",
        "bool",
        "char",
        "Vec<u8>",
        "&[u8]",
        "Option<u8>",
        "Option<&u8>",
        "Box<u8>",
        "Meters",
        "()",
        "&u8",
        "&&u8",
    ]
)


@settings(max_examples=300, deadline=None)
@given(KINDS, KINDS)
def test_forms_are_few_distinct_and_ordered(have: str, want: str) -> None:
    found = conversions(have, want, Place(SOURCE, INDEX))
    weights = [weight for _, weight in found]
    assert weights == sorted(weights, reverse=True)
    assert len(found) <= 10
    assert all(0 < weight <= 0.95 for weight in weights)
    assert len({form for form, _ in found}) == len(found)
    for form, _ in found:
        made = f"fn main() {{ let y = {form.put('x')}; }}".encode()
        assert not parse(made).root_node.has_error, made


@pytest.mark.parametrize(
    ("literal", "want", "written"),
    [
        ("1", "f64", "1.0"), ("1.0", "u32", "1"), ("1u8", "u16", "1u16"), ('"5"', "i32", "5"), ('"2.5"', "f32", "2.5"),
        ("'a'", "&str", '"a"'),
        ('"a"', "char", "'a'"), ('"a"', "u8", "b'a'"), ('"abc"', "&[u8; 3]", 'b"abc"'), ("0", "bool", "false"),
        ("'\"'", "&str", '"\\""'),
        ("-3", "f64", "3.0"),
    ],
)  # fmt: skip
def test_literals(literal: str, want: str, written: str) -> None:
    root = parse(f"fn main() {{ let x = {literal}; }}".encode()).root_node
    node = root.named_children[0].child_by_field_name("body")
    assert node is not None
    value = literal_of(node.named_children[0].child_by_field_name("value"))  # type: ignore[arg-type]
    assert value is not None
    assert [text for text, _ in rewritten(value, want)][:1] == [written]


@pytest.mark.parametrize(("literal", "want"), [('"abc"', "char"), ('"x"', "i32"), ("1", "Vec<u8>"), ("true", "&str")])
def test_literals_that_cannot_be_another_kind(literal: str, want: str) -> None:
    root = parse(f"fn main() {{ let x = {literal}; }}".encode()).root_node
    node = root.named_children[0].child_by_field_name("body")
    assert node is not None
    value = literal_of(node.named_children[0].child_by_field_name("value"))  # type: ignore[arg-type]
    assert value is not None
    assert list(rewritten(value, want)) == []
