"""What is bound at a place, of what type, and what could fill a hole there."""

from __future__ import annotations

import pytest

from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.scopes import bindings_at, bound_in
from rusta_cargo.repair.code.values import Values, fit
from rusta_cargo.repair.project import Package, Project, Target
from rusta_cargo.repair.proposer import Situation
from rusta_cargo.repair.syntax import parse

SOURCE = b"""
struct P { x: f64, y: Option<String>, kids: Vec<P> }
impl P {
    fn new(x: f64) -> Self { P { x, y: None, kids: Vec::new() } }
    fn name(&self) -> &str { "" }
    fn walk(&mut self, mut depth: usize, (a, b): (u8, char), other: &Self) {
        let q = P::new(1.0);
        let z = q.x;
        let n = q.name();
        let s = n.to_string();
        let list = vec![1u8, 2];
        let depth = depth as u64;
        if let Some(inner) = &q.y {
            for e in &list {
                let c = |k: u8, w| { HERE };
            }
            let later = 1;
        }
        while let [first, rest @ ..] = &list[..] { THERE }
        match q.y { Some(t) if t.len() > 1 => AWAY, None => {} }
    }
}
"""


def types_at(mark: bytes) -> dict[str, str | None]:
    root = parse(SOURCE).root_node
    reader = Types(root, ItemIndex([("a.rs", (), SOURCE)]))
    return {binding.name: kind for binding, kind in reader.visible(SOURCE.index(mark))}


def test_nearest_first_and_shadowed() -> None:
    names = [binding.name for binding in bindings_at(parse(SOURCE).root_node, SOURCE.index(b"HERE"))]
    assert names[:4] == ["w", "k", "e", "inner"]
    assert names.count("depth") == 1
    assert "later" not in names


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("q", "P"), ("z", "f64"), ("n", "&str"), ("s", "String"), ("list", "Vec<u8>"), ("inner", "&String"),
        ("e", "&u8"),
        ("k", "u8"), ("w", None), ("a", "u8"), ("b", "char"), ("other", "&P"), ("self", "&mut P"), ("depth", "u64"),
    ],
)  # fmt: skip
def test_type_of_a_local(name: str, kind: str | None) -> None:
    assert types_at(b"HERE")[name] == kind


def test_patterns_of_loops_and_arms() -> None:
    assert {"first", "rest"} <= set(types_at(b"THERE"))
    assert types_at(b"AWAY")["t"] == "String"


def test_paths_in_patterns_bind_nothing() -> None:
    root = parse(b"fn f() { match x { E::A(b) | C { d, e: F(g), .. } | None | MAX => 1 } }").root_node
    arm = root.descendant_for_byte_range(20, 20)
    while arm is not None and arm.type != "match_pattern":
        arm = arm.parent
    assert [node.text for node in bound_in(arm)] == [b"b", b"d", b"g"]


@pytest.mark.parametrize(
    ("have", "want", "text"),
    [
        ("String", "String", "v"), ("String", "&str", "&v"), ("Vec<u8>", "&[u8]", "&v"), ("&u8", "u8", "*v"),
        ("&P", "P", "v.clone()"), ("&str", "String", "v.to_string()"), ("u8", "Option<u8>", "Some(v)"),
        ("u8", "u64", "v as u64"), ("P", "&mut P", "&mut v"), ("P", "Box<P>", "Box::new(v)"),
    ],
)  # fmt: skip
def test_fit(have: str, want: str, text: str) -> None:
    assert fit("v", have, want)[0][0] == text


def test_misfit() -> None:
    assert fit("v", "bool", "String") == []


def values() -> Values:
    package = Package("case", "", "2021", (Target("case", "lib", "a.rs"),))
    situation = Situation((), {"a.rs": SOURCE}.__getitem__, lambda verb, args: None, Project((package,)))  # type: ignore[arg-type, return-value]
    return Values(situation, "a.rs", SOURCE.index(b"HERE"))


@pytest.mark.parametrize(
    ("name", "kind", "best"),
    [
        ("depth", "u64", "depth"), ("label", "String", "s"), ("other", "P", "other.clone()"), ("on", "bool", "false"),
        ("kids", "Vec<P>", "self.kids.clone()"), ("origin", "P", "q"), ("pair", "(bool, u32)", "(false, 0)"),
    ],
)  # fmt: skip
def test_best_offer(name: str, kind: str, best: str) -> None:
    assert values().offers(name, kind)[0].text == best
