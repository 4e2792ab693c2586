"""Forms around expressions: brackets are put where they are needed, in code and inside macros, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.conversion import form_of, joined
from rusta_cargo.repair.code.expression import Form, Spot, bare, opened
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.syntax import parse
from rusta_cargo.repair.tree import replace_in

EXPRESSIONS = (
    "x", "a.b", "f(1)", "-x", "&x", "a + b", "a * b", "x as u8", "|y| y + 1", "0..3", "(a, b)", "[1, 2]", "\"t\"",
    "match x { _ => 1 }", "x?", "a == b", "!flag", "*p", "a.b(c)[0]",
)  # fmt: skip
FORMS = ("&", "*", ".clone()", "Some(", " as u64", "?", "Box::new(", "&mut ", "char::from_u32(…).unwrap()", "!")
HOLDERS = (
    "let v = {};",
    "g({}, 2);",
    "let v = ({}) == 1;",
    "let v = ({}).m();",
    'println!("{{}}", {});',
    "let w = vec![{}, 1];",
)


def _spot(source: str, inside: str) -> Spot:
    data = source.encode()
    start = data.rindex(inside.encode())
    root = opened(data, start, start + len(inside.encode()))
    node = nodes.exact(root, start, start + len(inside.encode()))
    assert node is not None, (source, inside)
    return Spot("main.rs", node, root, ItemIndex([("main.rs", (), data)]))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(EXPRESSIONS), st.sampled_from(FORMS), st.sampled_from(HOLDERS))
def test_what_is_written_parses_as_it_was_meant(inside: str, written: str, holder: str) -> None:
    source = "fn main() { " + holder.format(inside) + " }"
    spot = _spot(source, inside)
    form = form_of(written)
    after = replace_in(source.encode(), spot.wrapped(form))
    assert not parse(after).root_node.has_error, after
    # Read by itself, the new expression is the form around the old one: brackets are all that may differ.
    alone = form.put(inside, spot.strength)
    assert alone.replace("(", "").replace(")", "") in after.decode().replace("(", "").replace(")", "") or (
        inside.startswith("&") and written.startswith(".")
    )


@pytest.mark.parametrize(
    ("inside", "written", "wanted"),
    [
        ("a + b", " as u64", "(a + b) as u64"),
        ("a + b", ".clone()", "(a + b).clone()"),
        ("a.b", ".clone()", "a.b.clone()"),
        ("-x", " as u8", "-x as u8"),
        ("x as u8", "&", "&(x as u8)"),
        ("a + b", "Some(", "Some(a + b)"),
        ("(a + b)", "Some(", "Some(a + b)"),
    ],
)
def test_brackets(inside: str, written: str, wanted: str) -> None:
    spot = _spot(f"fn main() {{ let v = {inside}; }}", inside)
    assert form_of(written).put(inside, spot.strength) == wanted


def test_a_cast_before_less_than_is_bracketed() -> None:
    spot = _spot("fn main() { let v = n < m; }", "n < m")
    left = spot.node.child_by_field_name("left")
    assert left is not None
    after = replace_in(b"fn main() { let v = n < m; }", spot.of(left).wrapped(form_of(" as u8")))
    assert after == b"fn main() { let v = (n as u8) < m; }"


def test_a_shorthand_field_gets_its_name() -> None:
    source = "fn main() { let v = S { name }; }"
    start = source.rindex("name")
    root = opened(source.encode(), start, start + 4)
    node = nodes.node_at(root, start, start + 4)
    spot = Spot("main.rs", node, root, ItemIndex([("main.rs", (), source.encode())]))
    assert b"S { name: name.clone() }" in replace_in(source.encode(), spot.wrapped(form_of(".clone()")))


@settings(deadline=None)
@given(st.text(alphabet="()ab ,", max_size=12))
def test_bare_takes_only_brackets_around_the_whole(written: str) -> None:
    inner = bare(written)
    assert inner == written or f"({inner})" == written
    if inner != written:
        assert inner.count("(") == inner.count(")")


def test_forms_join() -> None:
    assert joined(form_of("*"), form_of(".clone()")).put("x") == "(*x).clone()"
    assert joined(form_of(".get()"), form_of("Some(")).put("x") == "Some(x.get())"
    assert joined(Form(), form_of("Ok(")).put("x") == "Ok(x)"
